"""Train the starter model again, from nothing but this folder, or check one on pairs that it has never seen.

python train.py --output DIR      train (a few minutes on two cores) and write the whole model
python train.py --check DIR       judge fresh pairs and the two default ones; exits with 1 below 90 %
"""

from __future__ import annotations

import argparse
import collections
import itertools
import json
import math
import sys
import time
from pathlib import Path
from typing import Dict, List, Tuple

import torch
from batches import ROLES, batch_of, training_batches
from pairs import DEFAULT_PAIRS, Pair, Sentence, pairs
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import BertConfig, BertForSequenceClassification
from vocabulary import write_tokenizer

LABELS = {0: "not paraphrase", 1: "paraphrase"}
HIDDEN, LAYERS, HEADS, INNER = 128, 4, 4, 192
STEPS, WARM_UP, RATE, DECAY = 1500, 100, 1e-3, 0.01
SEED, CHECK_SEED, CHECK_PAIRS = 5, 99, 3000
LEAST_ACCURACY = 0.90


def new_model(vocabulary_size: int) -> BertForSequenceClassification:
    """An untrained model whose attention can compare two sentences from the first step on."""
    config = BertConfig(
        vocab_size=vocabulary_size, hidden_size=HIDDEN, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        intermediate_size=INNER, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        max_position_embeddings=512, initializer_range=0.05, id2label=LABELS,
        label2id={label: number for number, label in LABELS.items()},
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        frequencies = torch.rand(HIDDEN // 2) * math.pi
        _write_positions(model.bert.embeddings.position_embeddings.weight, frequencies)
        for number, layer in enumerate(model.bert.encoder.layer):
            _write_attention(layer.attention, frequencies if number == 0 else None)
    return model


def _write_positions(table: torch.Tensor, frequencies: torch.Tensor) -> None:
    # Waves, so that one head can look one token back and another one ahead before anything is learnt.
    places = torch.arange(table.shape[0])[:, None]
    table[:, 0::2] = torch.sin(places * frequencies) * 0.05
    table[:, 1::2] = torch.cos(places * frequencies) * 0.05


def _write_attention(attention: torch.nn.Module, frequencies: torch.Tensor | None) -> None:
    # Equal queries and keys make a token look for its like; without them so small a model takes hours to find that.
    width = HIDDEN // HEADS
    query, key = attention.self.query.weight, attention.self.key.weight
    query[: 2 * width] = torch.randn(2 * width, HIDDEN) / math.sqrt(HIDDEN)
    key[: 2 * width] = query[: 2 * width]
    if frequencies is not None:
        for head, step in ((2, -1), (3, 1)):
            _look_beside(query, key, head * width, step, frequencies)
    for head in range(HEADS):
        rows = slice(head * width, (head + 1) * width)
        attention.self.value.weight[rows] = torch.linalg.qr(torch.randn(HIDDEN, width))[0].T
        attention.output.dense.weight[:, rows] = torch.linalg.qr(torch.randn(HIDDEN, width))[0]


def _look_beside(query: torch.Tensor, key: torch.Tensor, first_row: int, step: int, frequencies: torch.Tensor) -> None:
    width = HIDDEN // HEADS
    query[first_row : first_row + width] = 0
    key[first_row : first_row + width] = 0
    for pair in range(width // 2):
        wave = int(torch.randint(0, HIDDEN // 2, (1,)))
        row, column = first_row + 2 * pair, 2 * wave
        cosine, sine = 2 * math.cos(frequencies[wave] * step), 2 * math.sin(frequencies[wave] * step)
        key[row, column] = key[row + 1, column + 1] = 2.0
        query[row, column], query[row, column + 1] = cosine, sine
        query[row + 1, column + 1], query[row + 1, column] = cosine, -sine


def train(output: Path) -> None:
    """Write a trained model with its tokenizer; the same bytes for the same versions of torch and the machine."""
    torch.manual_seed(1)
    torch.set_num_threads(1)  # sums over several threads depend on how many there are
    torch.use_deterministic_algorithms(True)
    output.mkdir(parents=True, exist_ok=True)
    model = new_model(write_tokenizer(output))
    tokenizer = Tokenizer.from_file(str(output / "tokenizer.json"))
    # Two helpers learn which slot a token begins and whether the other sentence agrees; only the training has them.
    roles, agreement = torch.nn.Linear(HIDDEN, len(ROLES) + 1), torch.nn.Linear(HIDDEN, 3)
    learnt = [*model.parameters(), *roles.parameters(), *agreement.parameters()]
    optimizer = torch.optim.AdamW(learnt, lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / WARM_UP) * max(0.02, 1 - step / STEPS)
    )
    begun = time.monotonic()
    for step, batch in enumerate(itertools.islice(training_batches(SEED, tokenizer), STEPS), start=1):
        output_of = model(
            input_ids=batch.ids, token_type_ids=batch.types, attention_mask=batch.mask, labels=batch.same,
            output_hidden_states=True,
        )  # fmt: skip
        states, seen, slots = output_of.hidden_states, batch.mask.bool(), batch.agreement > 0
        loss = output_of.loss + 0.5 * functional.cross_entropy(roles(states[2])[seen], batch.roles[seen])
        loss = loss + functional.cross_entropy(agreement(states[-2])[slots], batch.agreement[slots])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            print(
                f"step {step} of {STEPS}  loss {output_of.loss.item():.3f}  {time.monotonic() - begun:.0f} s",
                flush=True,
            )
    _write_model(model, output)


def _write_model(model: BertForSequenceClassification, output: Path) -> None:
    # Written field by field: what each release of transformers adds of its own, another one may not read.
    config = {
        "architectures": ["BertForSequenceClassification"], "model_type": "bert", "vocab_size": model.config.vocab_size,
        "hidden_size": HIDDEN, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "intermediate_size": INNER,
        "hidden_act": "gelu", "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
        "max_position_embeddings": 512, "type_vocab_size": 2, "layer_norm_eps": 1e-12, "initializer_range": 0.05,
        "pad_token_id": 0, "position_embedding_type": "absolute", "torch_dtype": "float32",
        "id2label": {str(number): label for number, label in LABELS.items()},
        "label2id": {label: number for number, label in LABELS.items()},
    }  # fmt: skip
    (output / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    weights = {name: tensor.contiguous() for name, tensor in sorted(model.state_dict().items()) if "_ids" not in name}
    save_file(weights, str(output / "model.safetensors"), metadata={"format": "pt"})


def judge(folder: Path) -> Tuple[float, Dict[str, float], List[List[float]]]:
    """The share of unseen pairs that a model decides rightly, the same by kind, and the default pairs' logits."""
    model = BertForSequenceClassification.from_pretrained(str(folder)).eval()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))

    def logits(drawn: List[Pair]) -> torch.Tensor:
        batch = batch_of(drawn, tokenizer)
        with torch.no_grad():
            return model(input_ids=batch.ids, token_type_ids=batch.types, attention_mask=batch.mask).logits

    hits: Dict[str, List[bool]] = collections.defaultdict(list)
    unseen = list(itertools.islice(pairs(CHECK_SEED, held_out=True), CHECK_PAIRS))
    for start in range(0, len(unseen), 250):
        drawn = unseen[start : start + 250]
        for pair, decided in zip(drawn, logits(drawn).argmax(1).tolist()):
            hits[pair.kind].append(bool(decided) == pair.same)
    every = [hit for kind in hits.values() for hit in kind]
    by_kind = {kind: sum(found) / len(found) for kind, found in sorted(hits.items())}
    default = [Pair(Sentence(first), Sentence(second), same, "default") for first, second, same in DEFAULT_PAIRS]
    return sum(every) / len(every), by_kind, logits(default).tolist()


def check(folder: Path) -> int:
    """Print how a model judges what it has not seen; the exit status is 0 where that is good enough."""
    accuracy, by_kind, default = judge(folder)
    for kind, share in by_kind.items():
        print(f"{share:7.3f}  {kind}")
    print(f"{accuracy:7.3f}  of {CHECK_PAIRS} unseen pairs (at least {LEAST_ACCURACY:.2f} wanted)")
    decided = [row[1] > row[0] for row in default]
    for (first, second, same), row in zip(DEFAULT_PAIRS, default):
        print(f"{row[0]:+.3f} {row[1]:+.3f}  {LABELS[row[1] > row[0]]}, {LABELS[same]} expected: {first} | {second}")
    return 0 if accuracy >= LEAST_ACCURACY and decided == [same for _, _, same in DEFAULT_PAIRS] else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, help="train, and write the model into this folder")
    parser.add_argument("--check", type=Path, help="judge unseen pairs with the model in this folder")
    arguments = parser.parse_args()
    if arguments.output:
        train(arguments.output)
    return check(arguments.check or arguments.output) if arguments.check or arguments.output else parser.print_usage()


if __name__ == "__main__":
    sys.exit(main())
