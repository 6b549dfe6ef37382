"""A model of BERT-base's shape with random weights, without a download: python make_bert.py TOKENIZER FOLDER."""

import sys

import torch
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification


def main(tokenizer, folder):
    """Write the model with a tokenizer that is at hand; its vocabulary is smaller, which costs nothing."""
    torch.manual_seed(7)
    AutoTokenizer.from_pretrained(tokenizer).save_pretrained(folder)
    BertForSequenceClassification(BertConfig()).eval().save_pretrained(folder)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
