"""Precision: one choice of the user's, each compiler's own words for it, and the casts that they mean."""

from __future__ import annotations

import pytest

from neuron_studio.core.precision import (
    AUTO_CASTS,
    CAST_TYPES,
    FAMILIES,
    Casts,
    casts,
    in_words,
    neuron_cc_flags,
    neuronx_cc_flags,
    preset,
)

NEURONX = ("inf2", "trn1", "trn1n", "trn2")


@pytest.mark.parametrize(
    ("auto_cast", "kind", "flags"),
    [
        ("none", "bf16", ("--fast-math", "none")),
        ("matmult", "bf16", ("--fast-math", "fp32-cast-matmult", "no-fast-relayout")),
        ("matmult", "fp16", ("--fast-math", "fp32-cast-matmult-fp16", "no-fast-relayout")),
        ("all", "bf16", ("--fast-math", "all")),
        ("all", "fp16", ("--fast-math", "fp32-cast-all-fp16", "fast-relayout")),
    ],
)
def test_that_inf1_gets_the_words_of_neuron_cc(auto_cast: str, kind: str, flags: tuple[str, ...]) -> None:
    assert neuron_cc_flags(auto_cast, kind) == flags


@pytest.mark.parametrize(
    ("auto_cast", "kind", "flags"),
    [
        ("none", "bf16", ("--auto-cast", "none", "--enable-mixed-precision-accumulation")),
        ("matmult", "bf16",
         ("--auto-cast", "matmult", "--auto-cast-type", "bf16", "--enable-mixed-precision-accumulation")),
        ("all", "tf32", ("--auto-cast", "all", "--auto-cast-type", "tf32", "--enable-mixed-precision-accumulation")),
        ("all", "fp8_e4m3",
         ("--auto-cast", "all", "--auto-cast-type", "fp8_e4m3", "--enable-mixed-precision-accumulation")),
    ],
)  # fmt: skip
def test_that_the_other_chips_get_the_words_of_neuronx_cc(auto_cast: str, kind: str, flags: tuple[str, ...]) -> None:
    assert neuronx_cc_flags(auto_cast, kind) == flags


def test_that_no_choice_is_left_to_a_compiler_s_default() -> None:
    for family in FAMILIES:
        for auto_cast in AUTO_CASTS:
            for kind in CAST_TYPES[family]:
                flags = (neuron_cc_flags if family == "inf1" else neuronx_cc_flags)(auto_cast, kind)
                assert flags[0] in ("--fast-math", "--auto-cast")


def test_that_the_preset_is_what_the_current_sdk_does_by_itself() -> None:
    assert preset("inf1") == "all"
    assert [preset(family) for family in NEURONX] == ["none"] * 4


def test_that_inf1_multiplies_in_bfloat16_even_where_nothing_is_to_be_cast() -> None:
    assert casts("inf1", "none", "bf16") == Casts(matmult="bf16", other=None, embedding=None)
    assert casts("inf1", "none", "fp16") == Casts(matmult="bf16", other=None, embedding=None)


def test_that_inf1_keeps_embeddings_in_float32() -> None:
    assert casts("inf1", "matmult", "fp16") == Casts(matmult="fp16", other=None, embedding=None)
    assert casts("inf1", "all", "bf16") == Casts(matmult="bf16", other="bf16", embedding=None)


@pytest.mark.parametrize("family", NEURONX)
def test_that_the_other_chips_cast_what_is_asked_and_nothing_else(family: str) -> None:
    assert casts(family, "none", "bf16").changes_nothing
    assert casts(family, "matmult", "tf32") == Casts(matmult="tf32", other=None, embedding=None)
    assert casts(family, "all", "fp16") == Casts(matmult="fp16", other="fp16", embedding="fp16")
    assert not casts(family, "all", "fp16").changes_nothing


def test_that_every_choice_can_be_said_in_words() -> None:
    assert in_words("inf1", "none", "bf16") == "matrix products in bf16, the rest in float32"
    assert in_words("inf1", "all", "bf16") == "everything in bf16, embeddings in float32"
    assert in_words("inf2", "none", "bf16") == "float32 throughout"
    assert in_words("trn1", "matmult", "tf32") == "matrix products in tf32, the rest in float32"
    assert in_words("trn2", "all", "fp16") == "everything in fp16"
