"""Logits by calling transformers and nothing else, one pair at a time: python -m tests.support.direct_logits.

Reads {"models": [folder, …], "pairs": [[a, b], …], "length": n} from stdin, writes {folder: [[logit, …], …]}.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import torch
import transformers
from transformers import AutoModelForSequenceClassification, AutoTokenizer


def logits(folder: str, pairs: list[list[str]], length: int) -> list[list[float]]:
    """One row for each pair."""
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    # Releases before 4.36 know no other attention than the eager one, and no word for it.
    release = tuple(int(part) for part in transformers.__version__.split(".")[:2])
    eager = {"attn_implementation": "eager"} if release >= (4, 36) else {}
    model: Any = AutoModelForSequenceClassification.from_pretrained(folder, **eager).float().eval()
    rows = []
    for first, second in pairs:
        encoded = tokenizer(
            first, second, max_length=length, padding="max_length", truncation=True, return_tensors="pt"
        )
        with torch.no_grad():
            rows.append(model(**encoded).logits[0].tolist())
    return rows


def main() -> None:
    """Answer the request on stdin."""
    asked = json.load(sys.stdin)
    json.dump({folder: logits(folder, asked["pairs"], asked["length"]) for folder in asked["models"]}, sys.stdout)


if __name__ == "__main__":
    main()
