"""A fresh process that runs a bundle's own infer.py; it may wait, warm, for the bundle to be there."""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path


def verify_when_told() -> int:
    """Import what takes long, then let the bundle named on stdin prove itself; its verdict is the exit status."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    try:
        import torch  # noqa: F401
        from transformers import AutoTokenizer  # noqa: F401
    except ImportError:
        pass  # the bundle's script meets it again, and says so in the log
    line = sys.stdin.readline()
    if not line:
        return 0
    bundle = Path(line.rstrip("\n"))
    sys.argv = [str(bundle / "infer.py"), "--golden"]
    runpy.run_path(sys.argv[0], run_name="__main__")
    return 0
