"""What a choice of precision means: the compiler's flags, and the casts that the emulator applies.

Flags and arithmetic follow AWS's documents: the neuron-cc and neuronx-cc command line references and
the data type pages. Every flag is passed explicitly, because the compilers' defaults changed between
releases (neuronx-cc casts matrix products up to SDK 2.26 and nothing from 2.27 on).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Optional, Tuple

INF1 = "inf1"
AUTO_CASTS = ("none", "matmult", "all")
CAST_TYPES: Dict[str, Tuple[str, ...]] = {
    "inf1": ("bf16", "fp16"),
    "inf2": ("bf16", "fp16", "tf32", "fp8_e4m3"),
    "trn1": ("bf16", "fp16", "tf32", "fp8_e4m3"),
    "trn1n": ("bf16", "fp16", "tf32", "fp8_e4m3"),
    "trn2": ("bf16", "fp16", "tf32", "fp8_e4m3"),
}
FAMILIES = tuple(CAST_TYPES)

# The facts give no scaling rule for 8-bit floats, so an emulation would be a guess.
EMULATED_TYPES = ("bf16", "fp16", "tf32")


@dataclass(frozen=True)
class Casts:
    """The arithmetic of a target: the type of matrix products' operands, of everything else, of embeddings.

    None means float32. Products accumulate in float32; values are rounded to nearest even.
    """

    matmult: Optional[str]
    other: Optional[str]
    embedding: Optional[str]

    @property
    def changes_nothing(self) -> bool:
        """Whether the target computes as the CPU does."""
        return self.matmult is None and self.other is None and self.embedding is None


def preset(family: str) -> str:
    """The auto_cast that the family's current SDK applies when it is not told otherwise."""
    return "all" if family == INF1 else "none"


def casts(family: str, auto_cast: str, auto_cast_type: str) -> Casts:
    """The casts that the documents state for this choice; NeuronCore-v1 has no float32 product."""
    if family == INF1:
        return {
            "none": Casts(matmult="bf16", other=None, embedding=None),
            "matmult": Casts(matmult=auto_cast_type, other=None, embedding=None),
            "all": Casts(matmult=auto_cast_type, other=auto_cast_type, embedding=None),
        }[auto_cast]
    return {
        "none": Casts(matmult=None, other=None, embedding=None),
        "matmult": Casts(matmult=auto_cast_type, other=None, embedding=None),
        "all": Casts(matmult=auto_cast_type, other=auto_cast_type, embedding=auto_cast_type),
    }[auto_cast]


def neuron_cc_flags(auto_cast: str, auto_cast_type: str) -> Tuple[str, ...]:
    """neuron-cc's words for a precision (Inf1); fast-relayout lets transposes lose bits as well."""
    words = {
        ("none", "bf16"): ("none",),
        ("none", "fp16"): ("none",),
        ("matmult", "bf16"): ("fp32-cast-matmult", "no-fast-relayout"),
        ("matmult", "fp16"): ("fp32-cast-matmult-fp16", "no-fast-relayout"),
        ("all", "bf16"): ("all",),
        ("all", "fp16"): ("fp32-cast-all-fp16", "fast-relayout"),
    }[(auto_cast, auto_cast_type)]
    return ("--fast-math", *words)


def neuronx_cc_flags(auto_cast: str, auto_cast_type: str) -> Tuple[str, ...]:
    """neuronx-cc's words for a precision; accumulations stay in float32, as the current default has it."""
    cast_type = () if auto_cast == "none" else ("--auto-cast-type", auto_cast_type)
    return ("--auto-cast", auto_cast, *cast_type, "--enable-mixed-precision-accumulation")


def in_words(family: str, auto_cast: str, auto_cast_type: str) -> str:
    """One line for people: what this choice does to the numbers."""
    if auto_cast == "none":
        return "matrix products in bf16, the rest in float32" if family == INF1 else "float32 throughout"
    if auto_cast == "matmult":
        return f"matrix products in {auto_cast_type}, the rest in float32"
    return f"everything in {auto_cast_type}" + (", embeddings in float32" if family == INF1 else "")
