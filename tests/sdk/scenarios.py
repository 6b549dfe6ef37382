"""What the tests do inside an environment: `python scenarios.py SDK FOLDER MACHINE` prints findings as JSON.

Runs on every Python and torch that the SDKs live in, with nothing else at hand.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from importlib import metadata
from pathlib import Path
from typing import Any, Callable

import torch


class Pair(torch.nn.Module):
    """A small sentence-pair classifier: an embedding, mask arithmetic, products, a softmax, a norm."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(7)
        self.embedding = torch.nn.Embedding(20, 16)
        self.up = torch.nn.Linear(16, 32)
        self.norm = torch.nn.LayerNorm(32)
        self.down = torch.nn.Linear(32, 2)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor]:
        """Logits, shape (batch, 2)."""
        away = (1.0 - mask.unsqueeze(-1).to(torch.float32)) * -10000.0
        hidden = torch.nn.functional.gelu(self.norm(self.up(self.embedding(ids))))
        weights = (hidden + away).softmax(1)
        return (self.down((hidden * weights).sum(1)),)


class Product(torch.nn.Module):
    """One product, whose operands' rounding can be computed by hand."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.linear = torch.nn.Linear(64, 8, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """A product, and two operators after it."""
        return torch.tanh(self.linear(x)) + x[:, :8]


class Outputs(torch.nn.Module):
    """A model that gives a dict, as those of Hugging Face do."""

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """A dict of one."""
        return {"logits": torch.relu(x) * 2}


class Sorted(torch.nn.Module):
    """A model with an operator that neither compiler takes, between others that both take."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Sorted in the middle."""
        return torch.relu(torch.sort(torch.relu(x * 2))[0] * 3)


_TWO_CASTS = ("fp32-cast-all", "fp32-cast-matmult")

IDS = torch.arange(8).reshape(1, 8)
MASK = torch.tensor([[1, 1, 1, 1, 1, 0, 0, 0]])
X = torch.linspace(-2, 2, 64).reshape(1, 64)


def said(action: Callable[[], Any]) -> str:
    """What an action raises, as "Type: text"; "nothing" where it raises nothing."""
    try:
        action()
    except BaseException as error:  # noqa: BLE001  the tests judge it
        return f"{type(error).__module__}.{type(error).__name__}: {error}"
    return "nothing"


def with_fault(word: str, action: Callable[[], Any]) -> str:
    """What an action raises while a fault is switched on."""
    os.environ["NEURON_STAND_IN_FAULT"] = word
    try:
        return said(action)
    finally:
        del os.environ["NEURON_STAND_IN_FAULT"]


def kinds(module: Any) -> list[str]:
    """The operators of a module, inlined."""
    return sorted({node.kind() for node in module.inlined_graph.nodes() if not node.kind().startswith("prim::")})


def off(module: Any, *inputs: torch.Tensor) -> float:
    """How far a traced Pair is from the true one."""
    with torch.no_grad():
        return float((module(*inputs)[0] - Pair().eval()(*inputs)[0]).abs().max())


def inf1_compile(folder: Path) -> dict[str, Any]:
    """torch_neuron where there is no device."""
    os.environ["NEURON_RT_NUM_CORES"] = "2"
    import torch.neuron
    import torch_neuron

    def trace(model: Any, inputs: Any, **settings: Any) -> Any:
        return torch_neuron.trace(model.eval(), inputs, **settings)

    pair, both = Pair(), (IDS, MASK)
    traced = trace(pair, both, compiler_args=["--fast-math", "none"], compiler_workdir=str(folder / "work"))
    torch.jit.save(traced, str(folder / "model.pt"))
    counts = torch.neuron.analyze_model(pair.eval(), example_inputs=both)
    os.environ["NEURON_STAND_IN_GRAPH_LIMIT"] = "100"
    too_large = said(lambda: trace(pair, both))
    separate = said(lambda: trace(pair, both, separate_weights=True))
    del os.environ["NEURON_STAND_IN_GRAPH_LIMIT"]
    nothing = trace(torch.nn.Embedding(20, 4), IDS)
    return {
        "versions": [torch_neuron.__version__, metadata.version("torch-neuron"), metadata.version("neuron-cc")],
        "is_alias": torch.neuron is torch_neuron,
        "operators": kinds(traced),
        "counts": {key: counts[key] for key in ("supported_count_arithmetic", "total_count_arithmetic")},
        "unsupported": counts["unsupported_operators"],
        "full_operators": len(torch.neuron.get_supported_operations()),
        "call": said(lambda: traced(*both)),
        "load": said(lambda: torch.jit.load(str(folder / "model.pt"))),
        "undocumented": said(lambda: trace(pair, both, verbose=1)),
        "dict": said(lambda: trace(Outputs(), X)),
        "dict_not_strict": said(lambda: trace(Outputs(), X, strict=False)),
        "fallback": said(lambda: trace(pair, both, fallback=False)),
        "nothing_placed": kinds(nothing),
        "two_parts": kinds(trace(Sorted(), X, single_fusion_ratio_threshold=1.0)),
        "too_large": too_large,
        "separate": separate,
        "bad_flag": said(lambda: trace(pair, both, compiler_args=["--fast-maths", "none"])),
        "bad_word": said(lambda: trace(pair, both, compiler_args=["--fast-math", *_TWO_CASTS])),
        "timeout": with_fault("hang", lambda: trace(pair, both, compiler_timeout=0.3)),
        "killed": with_fault("killed", lambda: trace(pair, both)),
        "error": with_fault("error", lambda: trace(pair, both)),
        "faulty_nothing": with_fault("nothing-placed", lambda: trace(pair, both)),
    }


def inf1_run(folder: Path) -> dict[str, Any]:
    """torch_neuron on a pretend inf1.xlarge of which this process may have two cores."""
    import torch_neuron
    from neuron_stand_in.runtime import runtime

    def trace(model: Any, inputs: Any, *words: str, **settings: Any) -> Any:
        return torch_neuron.trace(model.eval(), inputs, compiler_args=["--fast-math", *words], **settings)

    pair, both = Pair(), (IDS, MASK)
    torch.jit.save(trace(pair, both, "none"), str(folder / "model.pt"))
    loaded = torch.jit.load(str(folder / "model.pt"))
    os.environ["NEURON_RT_NUM_CORES"] = "4"
    grown = trace(pair, both, "all", dynamic_batch_size=True)
    weight = Product().linear.weight.detach()
    product = X.bfloat16().float() @ weight.bfloat16().float().t()
    half = torch_neuron.trace(Product().eval(), X, optimizations=[torch_neuron.Optimization.FLOAT32_TO_FLOAT16])
    parallel = torch_neuron.DataParallel(grown)
    with torch.no_grad():
        return {
            "cores": runtime().cores,
            "none": off(loaded, *both),
            "all": off(trace(pair, both, "all"), *both),
            "fp16": off(trace(pair, both, "fp32-cast-matmult-fp16", "no-fast-relayout"), *both),
            "product": float((trace(Product(), X, "none")(X) - torch.tanh(product) - X[:, :8]).abs().max()),
            "half": [str(half(X).dtype), str(half(X.half()).dtype)],
            "grid": bool(torch.equal(grown(*both)[0], grown(*both)[0].bfloat16().float())),
            "grown": off(grown, IDS.repeat(5, 1), MASK.repeat(5, 1)),
            "parallel": [parallel.num_workers, off(parallel, IDS.repeat(4, 1), MASK.repeat(4, 1))],
            "wrong_shape": said(lambda: loaded(IDS[:, :4], MASK[:, :4])),
            "bad_count": said(lambda: torch_neuron.experimental.set_neuron_cores(loaded, 0, 3)),
            "memory": with_fault("device-memory", lambda: torch.jit.load(str(folder / "model.pt"))),
            "pipeline": said(lambda: _pipeline(trace, pair, both)),
            "nan": with_fault("nan", lambda: _expect_nan(loaded, both)),
        }


def _pipeline(trace: Any, pair: Any, both: Any) -> None:
    torch_args = ["none", "--neuroncore-pipeline-cores", "4"]
    trace(pair, both, *torch_args)(*both)


def _expect_nan(module: Any, both: Any) -> None:
    if bool(module(*both)[0].isnan().all()):
        raise ArithmeticError("all NaN")


def neuronx_compile(folder: Path) -> dict[str, Any]:
    """torch_neuronx where there is no device."""
    import torch_neuronx

    def trace(model: Any, inputs: Any, arguments: Any = "--target inf2", **settings: Any) -> Any:
        return torch_neuronx.trace(model.eval(), inputs, compiler_args=arguments, cpu_backend=True, **settings)

    pair, both = Pair(), (IDS, MASK)
    work = folder / "work"
    traced = trace(pair, both, ["--target", "inf2", "--auto-cast", "matmult"], compiler_workdir=str(work))
    torch.jit.save(traced, str(folder / "model.pt"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        trace(_Ignores(), (X, X + 1))
    limits = torch_neuronx.PartitionerConfig(max_subgraph_count=1)
    analysis = torch_neuronx.analyze(Sorted(), X)
    return {
        "versions": [torch_neuronx.__version__, metadata.version("torch-neuronx"), metadata.version("neuronx-cc")],
        "operators": kinds(traced),
        "workdir": sorted(str(path.relative_to(work)) for path in work.rglob("*") if path.suffix != ".npy"),
        "command": (work / "command.txt").read_text(),
        "load": said(lambda: torch.jit.load(str(folder / "model.pt"))),
        "call": said(lambda: torch.jit.load(str(folder / "model.pt"))(*both)),
        "no_device": said(lambda: torch_neuronx.trace(pair.eval(), both)),
        "no_target": said(lambda: torch_neuronx.trace(pair.eval(), both, cpu_backend=True)),
        "undocumented": said(lambda: trace(pair, both, compiler_timeout=3)),
        "dict": said(lambda: trace(Outputs(), X)),
        "unused": [str(each.message) for each in caught if "unused" in str(each.message)],
        "sort": said(lambda: trace(Sorted(), X)),
        "partitioned": kinds(trace(Sorted(), X, partitioner_config=torch_neuronx.PartitionerConfig())),
        "too_many": said(lambda: trace(Sorted(), X, partitioner_config=limits)),
        "analysis": [analysis["support_percentage"], [each["kind"] for each in analysis["unsupported_operators"]]],
        "bad_flag": said(lambda: trace(pair, both, "--target inf2 --auto-casts none")),
        "bad_lnc": said(lambda: trace(pair, both, "--target inf2 --lnc 2")),
        "killed": with_fault("killed", lambda: trace(pair, both)),
        "forcibly_killed": with_fault("forcibly-killed", lambda: trace(pair, both)),
        "disk_full": with_fault("disk-full", lambda: trace(pair, both)),
    }


class _Ignores(torch.nn.Module):
    def forward(self, x: torch.Tensor, _y: torch.Tensor) -> torch.Tensor:
        return torch.relu(x)


def neuronx_run(folder: Path) -> dict[str, Any]:
    """torch_neuronx on a pretend inf2.xlarge."""
    import torch_neuronx
    from neuron_stand_in.runtime import runtime

    def trace(model: Any, inputs: Any, words: str = "", **settings: Any) -> Any:
        return torch_neuronx.trace(model.eval(), inputs, compiler_args=words, **settings)

    pair, both = Pair(), (IDS, MASK)
    torch.jit.save(trace(pair, both), str(folder / "model.pt"))
    loaded = torch.jit.load(str(folder / "model.pt"))
    apart = trace(Product(), X, inline_weights_to_neff=False)
    before = apart(X)
    torch_neuronx.replace_weights(apart, {"linear.weight": torch.zeros(8, 64)})
    grown = trace(pair, both)
    other = trace(pair, both, "--target trn2")
    with torch.no_grad():
        return {
            "cores": runtime().cores,
            "same_object": torch_neuronx.dynamic_batch(grown) is grown,
            "none": off(loaded, *both),
            "matmult": off(trace(pair, both, "--auto-cast matmult"), *both),
            "tf32": off(trace(pair, both, "--auto-cast=matmult --auto-cast-type=tf32"), *both),
            "all": off(trace(pair, both, "--auto-cast all"), *both),
            "last_wins": off(trace(pair, both, "--auto-cast all --auto-cast none"), *both),
            "grown": off(grown, IDS.repeat(3, 1), MASK.repeat(3, 1)),
            "replaced": [float((before - apart(X)).abs().max()) > 0.1, float((apart(X) - X[:, :8]).abs().max())],
            "unknown_token": said(lambda: loaded(IDS + 20, MASK)),
            "wrong_type": said(lambda: loaded(IDS.int(), MASK)),
            "other_chip": said(lambda: other(*both)),
        }


if __name__ == "__main__":
    sdk, place = sys.argv[1], Path(sys.argv[2])
    alone = {"inf1": inf1_compile, "neuronx": neuronx_compile}[sdk](place)
    os.environ["NEURON_STAND_IN_HARDWARE"] = sys.argv[3]
    on_device = {"inf1": inf1_run, "neuronx": neuronx_run}[sdk](place)
    sys.stdout.write("\n" + json.dumps({"alone": alone, "on_device": on_device}) + "\n")
