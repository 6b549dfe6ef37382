"""A BERT pair classifier in numpy alone, with the target's casts done on the bits: the emulator's counterpart.

It shares nothing with the emulator but the rule: a float32 operand is rounded where a function reads it
and the result where it leaves it, once for each torch function of the model's forward pass.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    Array = np.ndarray[Any, np.dtype[Any]]

# Digits after the leading one and the least exponent of a normal number.
FORMATS = {"bf16": (7, -126), "tf32": (10, -126), "fp16": (10, -14)}
LARGEST = {"bf16": 0x7F7F0000, "tf32": 0x7F7FE000, "fp16": 0x477FE000}


@dataclass(frozen=True)
class Arithmetic:
    """The types of products' operands, of everything else and of embeddings; None is float32."""

    product: str | None
    other: str | None
    embedding: str | None


def arithmetic(family: str, auto_cast: str, kind: str) -> Arithmetic:
    """What AWS's documents say of a choice."""
    product = {"none": "bf16" if family == "inf1" else None, "matmult": kind, "all": kind}[auto_cast]
    other = kind if auto_cast == "all" else None
    return Arithmetic(product, other, None if family == "inf1" else other)


def rounded(values: Array, kind: str | None) -> Array:
    """Float32 values to the nearest of a narrower format, ties to even, by integer arithmetic on their bits."""
    if kind is None:
        return values
    digits, least = FORMATS[kind]
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32).astype(np.int64)
    sign, field, fraction = bits >> 31, bits >> 23 & 0xFF, bits & 0x7FFFFF
    # An integer times 2 ** (exponent - 23): the leading one is there for normal numbers only.
    exponent = np.maximum(field, 1) - 127
    integer = fraction | np.where(field > 0, 1 << 23, 0)
    dropped = np.minimum(23 - digits + np.maximum(least - exponent, 0), 40)
    half_less_one, even = (np.int64(1) << (dropped - 1)) - 1, integer >> dropped & 1
    integer = (integer + half_less_one + even) >> dropped << dropped
    with np.errstate(over="ignore"):
        found = np.ldexp(integer.astype(np.float64), exponent - 23).astype(np.float32)
    largest = np.uint32(LARGEST[kind]).view(np.float32)
    found = np.where(found > largest, np.float32(np.inf), found)
    return np.where(field == 0xFF, values, np.where(sign == 1, -found, found)).astype(np.float32)


def tensors_of(file: Path) -> dict[str, Array]:
    """The tensors of a safetensors file, in float32."""
    raw = file.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    header.pop("__metadata__", None)
    kinds = {"F32": np.float32, "F16": np.float16, "I64": np.int64}
    found: dict[str, Array] = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        array = np.frombuffer(raw[begin:end], kinds[entry["dtype"]]).reshape(entry["shape"])
        found[name] = array.astype(np.float32) if entry["dtype"] != "I64" else array
    return found


class BertInNumpy:
    """BertForSequenceClassification, evaluating, with eager attention."""

    def __init__(self, folder: Path, used: Arithmetic) -> None:
        self._config = json.loads((folder / "config.json").read_text())
        self._weights = tensors_of(folder / "model.safetensors")
        self._used = used

    def logits(self, ids: Array, mask: Array, types: Array) -> Array:
        """Float32 logits, shape (batch, labels)."""
        hidden = self._embedded(ids, types)
        least = -np.uint32(LARGEST[self._used.other]).view(np.float32) if self._used.other else np.finfo("f4").min
        bias = np.where(mask[:, None, None, :] == 1, np.float32(0), np.float32(least))
        for layer in range(self._config["num_hidden_layers"]):
            hidden = self._layer(f"bert.encoder.layer.{layer}.", hidden, bias)
        pooled = self._function(np.tanh, self._linear("bert.pooler.dense", hidden[:, 0]))
        return self._linear("classifier", pooled)

    def _embedded(self, ids: Array, types: Array) -> Array:
        positions = np.arange(ids.shape[1])[None]
        words, kinds, places = (
            rounded(self._weights[f"bert.embeddings.{name}_embeddings.weight"], self._used.embedding)[index]
            for name, index in (("word", ids), ("token_type", types), ("position", positions))
        )
        if self._used.embedding is None:
            # The tables are on the CPU, and their sum too: it is rounded once, where the device reads it.
            return self._norm("bert.embeddings.LayerNorm", words + kinds + places)
        return self._norm("bert.embeddings.LayerNorm", self._add(self._add(words, kinds), places))

    def _layer(self, name: str, hidden: Array, bias: Array) -> Array:
        attended = self._linear(f"{name}attention.output.dense", self._attention(name, hidden, bias))
        hidden = self._norm(f"{name}attention.output.LayerNorm", self._add(attended, hidden))
        inner = self._function(_gelu, self._linear(f"{name}intermediate.dense", hidden))
        outer = self._linear(f"{name}output.dense", inner)
        return self._norm(f"{name}output.LayerNorm", self._add(outer, hidden))

    def _attention(self, name: str, hidden: Array, bias: Array) -> Array:
        batch, length, width = hidden.shape
        heads = self._config["num_attention_heads"]
        query, key, value = (
            self._linear(f"{name}attention.self.{part}", hidden).reshape(batch, length, heads, -1).swapaxes(1, 2)
            for part in ("query", "key", "value")
        )
        scale = np.float32((width // heads) ** -0.5)
        scores = self._function(lambda values: values * scale, self._product(query, key.swapaxes(2, 3)))
        shares = self._function(_softmax, self._add(scores, bias))
        return self._product(shares, value).swapaxes(1, 2).reshape(batch, length, width)

    def _linear(self, name: str, values: Array) -> Array:
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        product = rounded(values, self._used.product) @ rounded(weight, self._used.product).T
        return rounded(product + rounded(bias, self._used.other), self._used.other)

    def _product(self, first: Array, second: Array) -> Array:
        return rounded(rounded(first, self._used.product) @ rounded(second, self._used.product), self._used.other)

    def _add(self, first: Array, second: Array) -> Array:
        return rounded(rounded(first, self._used.other) + rounded(second, self._used.other), self._used.other)

    def _norm(self, name: str, values: Array) -> Array:
        gain, bias = (rounded(self._weights[f"{name}.{part}"], self._used.other) for part in ("weight", "bias"))

        def norm(read: Array) -> Array:
            centred = read - read.mean(-1, keepdims=True, dtype=np.float64)
            spread = np.sqrt((centred**2).mean(-1, keepdims=True) + self._config["layer_norm_eps"])
            return (centred / spread * gain + bias).astype(np.float32)

        return self._function(norm, values)

    def _function(self, function: Any, values: Array) -> Array:
        return rounded(function(rounded(values, self._used.other)).astype(np.float32), self._used.other)


def _softmax(values: Array) -> Array:
    powers = np.exp((values - values.max(-1, keepdims=True)).astype(np.float64))
    found: Array = powers / powers.sum(-1, keepdims=True)
    return found


def _gelu(values: Array) -> Array:
    exact = values.astype(np.float64)
    found: Array = exact * 0.5 * (1 + np.vectorize(math.erf)(exact / math.sqrt(2)))
    return found
