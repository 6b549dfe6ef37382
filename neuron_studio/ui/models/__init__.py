"""Item models and what stands behind them, one a file."""
