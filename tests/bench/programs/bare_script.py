"""The script that the studio replaces, as it stands in tutorials, on the CPU: python bare_script.py MODEL OUT."""

import sys

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

PAIRS = (
    ("The company HuggingFace is based in New York City", "HuggingFace's headquarters are situated in Manhattan"),
    ("The company HuggingFace is based in New York City", "Apples are especially bad for your health"),
)


def main(name, out):
    """Load, run the CPU model, trace, run the traced model, save."""
    tokenizer = AutoTokenizer.from_pretrained(name)
    model = AutoModelForSequenceClassification.from_pretrained(name, return_dict=False).eval()
    inputs = []
    for first, second in PAIRS:
        encoded = tokenizer(first, second, max_length=128, padding="max_length", truncation=True, return_tensors="pt")
        inputs.append((encoded["input_ids"], encoded["attention_mask"], encoded["token_type_ids"]))
    with torch.no_grad():
        cpu = [model(*encoded)[0] for encoded in inputs]
        traced = torch.jit.trace(model, inputs[0], strict=False)
        for plain, encoded in zip(cpu, inputs):  # noqa: B905  as it stands in tutorials
            print(plain, traced(*encoded)[0])
    traced.save(out)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
