"""Both SDKs through their documented interfaces: what is asked reaches the compiler, and nothing else does."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.sdk.environment import INF1, NEURONX
from tests.support.sdk_runs import SDKS, Bench
from tests.support.workers import IS_OLDER, ROOT


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bench]:
    return {sdk: Bench(tmp_path_factory.mktemp(sdk), sdk) for sdk in SDKS}


def is_alive(pid: int) -> bool:
    """Whether a process still works; where nobody asks how it ended, its number stays."""
    try:
        return Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def value_after(arguments: list[str], flag: str) -> list[str]:
    """The words behind a flag, up to the next one."""
    rest = arguments[arguments.index(flag) + 1 :]
    ends = [place for place, word in enumerate(rest) if word.startswith("-")]
    return rest[: ends[0]] if ends else rest


PRECISIONS = (
    (INF1, (), ("--fast-math", "all")),
    (INF1, ("--auto-cast", "matmult"), ("--fast-math", "fp32-cast-matmult", "no-fast-relayout")),
    (INF1, ("--auto-cast", "all", "--auto-cast-type", "fp16"), ("--fast-math", "fp32-cast-all-fp16", "fast-relayout")),
    (NEURONX, (), ("--auto-cast", "none", "--enable-mixed-precision-accumulation")),
    (NEURONX, ("--auto-cast", "matmult", "--auto-cast-type", "tf32"),
     ("--auto-cast", "matmult", "--auto-cast-type", "tf32", "--enable-mixed-precision-accumulation")),
)  # fmt: skip


@pytest.mark.parametrize(("sdk", "asked", "flags"), [each for each in PRECISIONS if each[0] in SDKS])
def test_that_the_flags_of_the_chosen_precision_reach_the_compiler(
    sdk: str,
    asked: tuple[str, ...],
    flags: tuple[str, ...],
    benches: dict[str, Bench],
    tiny_model: Path,
    tmp_path: Path,
) -> None:
    run = benches[sdk].compile(tmp_path, tiny_model, *asked, machine=benches[sdk].machine(tmp_path / "machine"))
    assert run.compiled.exit_code == 0, run.compiled.said
    assert run.calls, "one for each sub-graph"
    for call in run.calls:
        place = call.index(flags[0])
        assert tuple(call[place : place + len(flags)]) == flags
    manifest = json.loads((Path(run.report["artifact"]["path"]) / "manifest.json").read_text())
    assert [word for word in manifest["compiler"]["arguments"] if word in flags] == list(flags)


@pytest.mark.skipif(NEURONX not in SDKS, reason="torch-neuronx does not run here")
def test_that_neuronx_compiles_for_a_named_target_where_there_is_no_device(
    benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    run = benches[NEURONX].compile(tmp_path, tiny_model, "--target", "trn1", "--deep")
    assert run.compiled.exit_code == 3, "compiled, but not run"
    assert run.decisions == "not_run"
    assert run.report["layers"] is None
    (note,) = [note for note in run.report["notes"] if note["code"] == "layers-not-compared"]
    assert "no Neuron device" in note["message"]
    assert [pair["neuron"] for pair in run.report["pairs"]] == [[], []]
    assert run.report["artifact"]["verified"] is False
    (call,) = run.calls
    assert value_after(call, "--target") == ["trn1"]


@pytest.mark.skipif(NEURONX not in SDKS, reason="torch-neuronx does not run here")
@pytest.mark.parametrize("size", ["1", "2"])
def test_that_trn2_gets_the_logical_core_size_and_its_neff_carries_it(
    size: str, benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    bench = benches[NEURONX]
    run = bench.compile(
        tmp_path, tiny_model, "--target", "trn2", "--logical-core-size", size,
        machine=bench.machine(tmp_path / "machine", "trn2.48xlarge"),
    )  # fmt: skip
    assert run.compiled.exit_code == 0, run.compiled.said
    assert value_after(run.calls[0], "--logical-nc-config") == [size]
    manifest = json.loads((Path(run.report["artifact"]["path"]) / "manifest.json").read_text())
    (neff,) = manifest["compiler"]["neffs"].values()
    assert neff["logical_core_size"] == int(size)


@pytest.mark.parametrize("sdk", SDKS)
def test_that_shape_and_batch_reach_the_compiler_and_its_files_stay_in_the_run_folder(
    sdk: str, benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    machine = benches[sdk].machine(tmp_path / "machine")
    run = benches[sdk].compile(
        tmp_path, tiny_model, "--batch-size", "3", "--max-length", "48", machine=machine
    )  # fmt: skip
    assert run.compiled.exit_code == 0, run.compiled.said
    if sdk == INF1:
        configs = [json.loads(value_after(call, "--io-config")[0]) for call in run.calls]
        shapes = [shape for config in configs for shape, _ in config["inputs"].values() if shape]
    else:
        described = json.loads((run.folder.work / "model" / "metadata.json").read_text())
        shapes = [shape for shape, _ in described["inputs"]]
    assert 3 in {shape[0] for shape in shapes}
    assert 48 in {size for shape in shapes for size in shape}
    neffs = sorted(path.relative_to(run.folder.work) for path in run.folder.work.rglob("*.neff"))
    manifest = json.loads((Path(run.report["artifact"]["path"]) / "manifest.json").read_text())
    assert [str(path) for path in neffs] == list(manifest["compiler"]["neffs"])
    assert not list(Path(run.report["artifact"]["path"]).glob("*.neff")), "it lies in the module itself"


@pytest.mark.parametrize("sdk", SDKS)
def test_that_any_number_of_rows_may_be_asked_for_and_is_tried(
    sdk: str, benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    machine = benches[sdk].machine(tmp_path / "machine")
    run = benches[sdk].compile(tmp_path, tiny_model, "--dynamic-batch-size", machine=machine)
    if sdk == INF1 and not IS_OLDER:
        # Current transformers leave a scalar between the parts, which Inf1 never met; it is refused in words.
        assert (run.compiled.exit_code, run.error["code"]) == (4, "batch-sizes-differ")
        assert run.error["remedy"] == "Compile again without the dynamic batch size."
    else:
        assert run.compiled.exit_code == 0, run.compiled.said
        manifest = json.loads((Path(run.report["artifact"]["path"]) / "manifest.json").read_text())
        defaults = manifest["compiler"]["defaults"]
        assert defaults["dynamic_batch_size" if sdk == INF1 else "dynamic_batch"] == "True"


@pytest.mark.parametrize("sdk", SDKS)
def test_that_a_compile_that_takes_too_long_is_given_up_with_all_it_started(
    sdk: str, benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    run = benches[sdk].compile(tmp_path, tiny_model, "--compile-timeout", "3", FAULT="hang")
    assert run.compiled.exit_code == 4
    assert (run.error["code"], run.error["stage"]) == ("compile-timed-out", "trace")
    assert "Raise the compile timeout" in run.error["remedy"]
    pids = [json.loads(line)["pid"] for line in (tmp_path / "calls.jsonl").read_text().splitlines()]
    assert pids
    assert not [pid for pid in pids if is_alive(pid)]


@pytest.mark.parametrize("sdk", SDKS)
def test_that_further_compiler_arguments_go_through_as_they_are_and_wrong_ones_are_the_user_s(
    sdk: str, benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    flag = "--enable-fast-loading-neuron-binaries"
    good = benches[sdk].compile(tmp_path / "good", tiny_model, f"--compiler-arg={flag}")
    assert good.compiled.exit_code == 3, "compiled, but not run"
    assert flag in good.calls[0]
    bad = benches[sdk].compile(tmp_path / "bad", tiny_model, "--compiler-arg=--no-such-flag")
    assert bad.compiled.exit_code == 2
    assert bad.error["code"] == "compiler-argument-refused"
    assert "--no-such-flag" in bad.compiled.said


WEIGHTS = """
import json, sys
from pathlib import Path
import torch, torch_neuron
from neuron_studio.wire.spec import ModelChoice, Options, RunSpec, SentencePair, Target
from neuron_studio.worker.backends import torch_neuron as backend

class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.layer = torch.nn.Embedding(1000, 8), torch.nn.Linear(8, 2)

    def forward(self, ids):
        return (torch.tanh(self.layer(self.table(ids).mean(1))),)

asked = []
trace = torch_neuron.trace
torch_neuron.trace = lambda *given, **named: asked.append(named) or trace(*given, **named)
target = Target("torch-neuron", "inf1", "inf1.xlarge", 4)
spec = RunSpec(ModelChoice(""), (SentencePair("a", "b"),), target, Options(), "")
example = (torch.zeros(1, 4, dtype=torch.int64),)
for limit in (71, 72):
    backend.GRAPH_LIMIT = limit
    with torch.no_grad():
        traced = backend.TorchNeuron().trace(Model().eval(), example, spec, Path(sys.argv[1]))
    print(json.dumps([asked[-1].get("separate_weights"), traced.defaults["separate_weights"]]))
"""


@pytest.mark.skipif(INF1 not in SDKS, reason="torch-neuron does not run here")
def test_that_weights_are_kept_apart_once_the_compiled_part_is_too_large_for_one_graph(
    benches: dict[str, Bench], tmp_path: Path
) -> None:
    # 8 × 2 weights and 2 biases of four bytes are compiled; the table stays on the CPU and does not count.
    done = subprocess.run(
        [str(benches[INF1].environment.python), "-c", WEIGHTS, str(tmp_path)], capture_output=True, text=True,
        check=False, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), "NEURON_STAND_IN_SECONDS": "0.02"},
    )  # fmt: skip
    said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    assert said == [[True, "True"], [None, "False"]], done.stderr
