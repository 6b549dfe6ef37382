"""Logits by calling transformers and nothing else, one pair at a time: python -m tests.support.direct_logits.

Reads {"models": [folder, …], "pairs": [[a, b], …], "length": n} from stdin, writes {folder: [[logit, …], …]}.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer


def logits(folder: str, pairs: list[list[str]], length: int) -> list[list[float]]:
    """One row for each pair."""
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForSequenceClassification.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32
    ).eval()
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
