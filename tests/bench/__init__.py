"""make bench: the promises about speed, each measured against a baseline of the same run."""
