"""The emulator against an arithmetic of its own: the same casts, written in numpy on the bits of the numbers.

The emulator rounds once for each torch function, operands and result, and so does the counterpart. Where
both round, they agree to the last digits of float32; but a float32 sum that differs by one bit between two
libraries may fall on the other side of a tie, and from there on both are right by another path. So
most pairs must agree and no pair may differ by more than the casts themselves do; a cast that is
missing or in the wrong place would part all of them.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.reference_arithmetic import BertInNumpy, arithmetic, rounded
from tests.support.workers import ROOT, WORKER_PYTHON

CHOICES = (
    "inf1:none:bf16", "inf1:matmult:bf16", "inf1:matmult:fp16", "inf1:all:bf16", "inf1:all:fp16",
    "inf2:none:bf16", "inf2:matmult:bf16", "inf2:matmult:fp16", "inf2:matmult:tf32",
    "inf2:all:bf16", "inf2:all:fp16", "inf2:all:tf32",
)  # fmt: skip
CASTING = [choice for choice in CHOICES if choice != "inf2:none:bf16"]
NAMES = ("input_ids", "attention_mask", "token_type_ids")

# Loads what the emulator saved where this project cannot be imported, and runs it three times.
LOADER = """
import json, sys, torch
sys.modules["neuron_studio"] = None
asked = json.load(sys.stdin)
module = torch.jit.load(asked["file"])
rows = [[torch.tensor([row]) for row in column] for column in asked["columns"]]
with torch.no_grad(), torch.jit.optimized_execution(False):
    print(json.dumps([[module(*inputs)[0][0].tolist() for inputs in zip(*rows)] for _ in range(3)]))
"""


def last_line_of(command: list[str]) -> Any:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("emulator")


@pytest.fixture(scope="module")
def model(place: Path) -> Path:
    command = [WORKER_PYTHON, "-m", "tests.support.tiny_models", str(place), "bert-one-layer"]
    subprocess.run(command, check=True, cwd=ROOT)
    return place / "bert-one-layer"


@pytest.fixture(scope="module")
def logits(model: Path, place: Path) -> dict[str, Any]:
    """Both sides' logits and the inputs, by choice."""
    found: dict[str, Any] = last_line_of(
        [WORKER_PYTHON, "-m", "tests.support.emulated_logits", str(model), str(place), *CHOICES]
    )
    return found


@pytest.fixture(scope="module")
def operators() -> dict[str, Any]:
    """What each operator gave, and what it should have given, by case and cast."""
    found: dict[str, Any] = last_line_of([WORKER_PYTHON, "-m", "tests.support.operators"])
    return found


def sides(found: dict[str, Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    return np.array(found["cpu"]), np.array(found["emulated"])


@pytest.mark.parametrize("choice", CHOICES)
def test_that_emulated_logits_are_those_of_an_independent_arithmetic(
    choice: str, model: Path, logits: dict[str, Any]
) -> None:
    cpu, emulated = sides(logits[choice])
    family, auto_cast, kind = choice.split(":")
    inputs = [np.array(logits[choice]["inputs"][name]) for name in NAMES]
    wanted = BertInNumpy(model, arithmetic(family, auto_cast, kind)).logits(*inputs)
    apart, scale = np.abs(emulated - wanted).max(1), np.abs(cpu).max()
    if choice == "inf2:none:bf16":
        assert apart.max() <= 1e-5 * scale
        return
    # The finer the type, the likelier that a last bit decides a tie.
    assert (apart <= 2e-6 * scale).mean() >= (0.75 if kind == "bf16" else 0.5), apart
    assert apart.max() <= 1.5 * np.abs(emulated - cpu).max(), apart


def test_that_a_target_that_casts_nothing_computes_as_the_cpu_to_the_last_bit(logits: dict[str, Any]) -> None:
    assert logits["inf2:none:bf16"]["emulated"] == logits["inf2:none:bf16"]["cpu"]


@pytest.mark.parametrize("choice", CASTING)
def test_that_every_cast_is_really_there(choice: str, logits: dict[str, Any]) -> None:
    cpu, emulated = sides(logits[choice])
    least = {"bf16": 1e-3, "fp16": 1e-4, "tf32": 1e-4}[choice.split(":")[2]]
    assert (np.abs(emulated - cpu).max(1) > least).all()


def test_that_inf1_multiplies_in_bfloat16_even_where_nothing_is_to_be_cast(logits: dict[str, Any]) -> None:
    assert logits["inf1:none:bf16"]["emulated"] == logits["inf1:matmult:bf16"]["emulated"]
    assert logits["inf1:none:bf16"]["emulated"] == logits["inf2:matmult:bf16"]["emulated"]


@pytest.mark.parametrize("choice", [choice for choice in CASTING if ":all:" in choice])
def test_that_where_everything_is_cast_the_logits_lie_on_the_type_s_grid(choice: str, logits: dict[str, Any]) -> None:
    emulated = np.array(logits[choice]["emulated"], np.float32)
    assert (rounded(emulated, choice.split(":")[2]) == emulated).all()


def test_that_products_alone_leave_logits_off_the_grid(logits: dict[str, Any]) -> None:
    emulated = np.array(logits["inf1:matmult:bf16"]["emulated"], np.float32)
    assert (rounded(emulated, "bf16") != emulated).any()


@pytest.mark.parametrize("choice", ["inf1:all:bf16", "inf2:matmult:tf32", "inf2:none:bf16"])
def test_that_the_saved_module_needs_nothing_of_this_project(choice: str, place: Path, logits: dict[str, Any]) -> None:
    columns = [logits[choice]["inputs"][name] for name in NAMES]
    asked = json.dumps({"file": str(place / f"{choice}.pt"), "columns": columns})
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [WORKER_PYTHON, "-I", "-c", LOADER], input=asked, capture_output=True, text=True, env=environment, cwd="/"
    )
    assert done.returncode == 0, done.stderr
    first, second, third = json.loads(done.stdout.splitlines()[-1])
    assert first == second == third
    assert np.array(first) == pytest.approx(np.array(logits[choice]["emulated"]), abs=2e-6)


# Every way into torch.


def test_that_no_operator_escapes_the_casts(operators: dict[str, Any]) -> None:
    wrong = [
        f"{name} under {kind}: {apart:.3g}"
        for name, by_kind in operators.items()
        for kind, found in by_kind.items()
        if (apart := np.abs(np.subtract(found["got"], found["wanted"])).max()) > 1e-6 * np.abs(found["wanted"]).max()
    ]
    assert wrong == []
    assert len(operators) > 20


def test_that_the_cases_would_show_an_escape(operators: dict[str, Any]) -> None:
    for name, by_kind in operators.items():
        effect = np.abs(np.subtract(by_kind["all"]["plain"], by_kind["all"]["wanted"])).max()
        assert effect > 1e-4, name


# Rounding itself.

EDGES = {
    "the leading digits": np.arange(0x3F800000, 0x3F800000 + (1 << 17), 7, dtype=np.uint32),
    "ties": (np.arange(0x3F800, 0x40000, dtype=np.uint32) << 12) | 0x800,
    "ties of bfloat16": (np.arange(0x3F80, 0x4080, dtype=np.uint32) << 16) | 0x8000,
    "below ties of bfloat16": (np.arange(0x3F80, 0x4080, dtype=np.uint32) << 16) | 0x7FFF,
    "above ties of bfloat16": (np.arange(0x3F80, 0x4080, dtype=np.uint32) << 16) | 0x8001,
    "denormals": np.arange(0, 1 << 23, 4099, dtype=np.uint32),
    "denormals of float16": np.arange(0x33000000 - 64, 0x38800000 + 64, 8191, dtype=np.uint32),
    "the largest": np.arange(0x7F7F0000, 0x7F800000, 13, dtype=np.uint32),
    "the largest of float16": np.arange(0x477FE000 - 64, 0x47800000 + 64, dtype=np.uint32),
    "zero and infinity": np.array([0x00000000, 0x7F800000, 0x00000001, 0x00800000], np.uint32),
    "nan": np.array([0x7FC00000, 0x7F800001, 0x7FFFFFFF], np.uint32),
    "anything": np.random.default_rng(0).integers(0, 1 << 31, 50_000).astype(np.uint32),
}  # fmt: skip

ROUNDER = """
import sys, numpy, torch
from neuron_studio.worker.backends.cast_mode import round_to
values = torch.from_numpy(numpy.load(sys.argv[1]))
numpy.savez(sys.argv[2], **{kind: round_to(values, kind).numpy() for kind in ("bf16", "fp16", "tf32")})
"""


@pytest.fixture(scope="module")
def edges(place: Path) -> tuple[np.ndarray[Any, Any], dict[str, np.ndarray[Any, Any]]]:
    """Every edge with both signs, and what the emulator makes of it."""
    bits = np.concatenate([part | sign for part in EDGES.values() for sign in (np.uint32(0), np.uint32(1 << 31))])
    values = bits.view(np.float32)
    np.save(place / "edges.npy", values)
    command = [WORKER_PYTHON, "-c", ROUNDER, str(place / "edges.npy"), str(place / "rounded.npz")]
    subprocess.run(command, check=True, cwd=ROOT)
    with np.load(place / "rounded.npz") as file:
        return values, {kind: file[kind] for kind in file}


@pytest.mark.parametrize("kind", ["bf16", "fp16", "tf32"])
def test_that_rounding_is_that_of_exact_bits_at_every_edge(
    kind: str, edges: tuple[np.ndarray[Any, Any], dict[str, np.ndarray[Any, Any]]]
) -> None:
    values, by_kind = edges
    wanted, got = rounded(values, kind), by_kind[kind]
    nan = np.isnan(values)
    assert np.isnan(got[nan]).all()
    wrong = (wanted.view(np.uint32) != got.view(np.uint32)) & ~nan
    assert values[wrong].tolist() == []


def test_that_the_counterpart_rounds_float16_as_numpy_does(
    edges: tuple[np.ndarray[Any, Any], dict[str, np.ndarray[Any, Any]]],
) -> None:
    values = edges[0][~np.isnan(edges[0])]
    with np.errstate(over="ignore", under="ignore"):
        wanted = values.astype(np.float16).astype(np.float32)
    assert (rounded(values, "fp16").view(np.uint32) == wanted.view(np.uint32)).all()


@pytest.mark.parametrize(
    ("kind", "value", "nearest"),
    [
        ("bf16", 1 + 2**-8, 1.0), ("bf16", 1 + 3 * 2**-8, 1 + 2**-6), ("bf16", 1 + 2**-8 + 2**-20, 1 + 2**-7),
        ("bf16", 3.4e38, float("inf")), ("bf16", -3.389e38, -3.3895313892515355e38), ("bf16", -0.0, -0.0),
        ("fp16", 65519.0, 65504.0), ("fp16", 65520.0, float("inf")), ("fp16", 2**-25, 0.0), ("fp16", 2**-24, 2**-24),
        ("fp16", 3 * 2**-25, 2**-23), ("tf32", 1 + 2**-11, 1.0), ("tf32", 1 + 3 * 2**-11, 1 + 2**-9),
        ("tf32", 65520.0, 65536.0), ("tf32", 2**-136, 2**-136), ("tf32", 2**-137, 0.0),
    ],
)  # fmt: skip
def test_that_the_counterpart_itself_rounds_to_nearest_even(kind: str, value: float, nearest: float) -> None:
    found = rounded(np.array([value], np.float32), kind)
    assert found[0] == np.float32(nearest)
    assert np.signbit(found[0]) == np.signbit(np.float32(value))
