"""scipy, to hold the product's statistics to; it lies apart, where no worker's transformers finds and imports it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(sys.prefix, "oracle")))

from scipy import stats

__all__ = ["stats"]
