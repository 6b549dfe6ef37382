"""Run folders whose journal a test writes itself, record by record, as a worker would."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from neuron_studio.core.consumption import Consumption
from neuron_studio.core.diagnosis import failure_of
from neuron_studio.wire import events, stages
from neuron_studio.wire.events import Event, PairOutcome
from neuron_studio.wire.findings import Finding, Level
from neuron_studio.wire.journal import Journal
from neuron_studio.wire.operators import JudgedOperator, OperatorUse, Support
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.wire.spec import ModelChoice, Options, RunSpec, SentencePair, Target

LABELS = ("not paraphrase", "paraphrase")

# Of a BERT that tells them apart.
CONFIG = {
    "architectures": ["BertForSequenceClassification"],
    "model_type": "bert",
    "id2label": dict(enumerate(LABELS)),
    "max_position_embeddings": 512,
}

PAIRS = (
    SentencePair(
        "The company HuggingFace is based in New York City", "HuggingFace's headquarters are situated in Manhattan"
    ),
    SentencePair("The company HuggingFace is based in New York City", "Apples are especially bad for your health"),
    SentencePair("The ferry leaves at nine in the morning", "At 9 a.m. the ferry departs", "paraphrase"),
    SentencePair("She sold the bicycle to her neighbour", "Her neighbour sold her the bicycle", "not paraphrase"),
)


def a_spec(pairs: Sequence[SentencePair] = PAIRS, backend: str = "emulator", output: str | None = None) -> RunSpec:
    """A spec for inf1.xlarge, as the window makes it."""
    return RunSpec(
        model=ModelChoice("bert-base-cased-finetuned-mrpc"),
        pairs=tuple(pairs),
        target=Target(backend, "inf1", "inf1.xlarge", 4),
        options=Options(auto_cast="all"),
        python="/opt/aws_neuron_venv_pytorch_inf1/bin/python",
        output=output,
    )


def an_outcome(index: int, cpu: Sequence[float], neuron: Sequence[float] | None = None) -> PairOutcome:
    """A pair's numbers; bfloat16 on the CPU is off by a little, as it is in life."""
    traced = tuple(value + 0.0009 for value in cpu) if neuron is None else tuple(neuron)
    return PairOutcome(index, 31 + index, False, tuple(cpu), tuple(value + 0.001 for value in cpu), traced)


BEAT = events.Beat(
    stage=stages.TRACE, phase="compiling sub-graph 2 (_NeuronGraph$12)", seconds=94.0, processes=4, cores=1.9,
    cpu_seconds=171.0, memory_bytes=3_210_000_000, peak_memory_bytes=4_100_000_000,
    machine_memory_bytes=16_400_000_000, available_memory_bytes=11_000_000_000, silent_s=42.0, idle_s=0.0,
)  # fmt: skip

SAME = (an_outcome(0, (-1.8134, 2.0417)), an_outcome(1, (2.6021, -2.3378)),
        an_outcome(2, (-1.1172, 1.4093)), an_outcome(3, (0.7311, -0.4410)))  # fmt: skip
FLIPPED = (*SAME[:3], an_outcome(3, (0.0061, -0.0012), (-0.0023, 0.0048)))
BUNDLE_FILES = {
    "config.json": 812, "golden.json": 2_810, "infer.py": 4_200, "manifest.json": 3_300, "model.emulated.pt": 43_310,
    "report.csv": 900, "report.html": 4_700, "tokenizer.json": 21_400,
}  # fmt: skip
DESCRIBED = events.ModelDescribed(
    "bert-base-cased-finetuned-mrpc", "main", "BertForSequenceClassification", 108_311_810, LABELS, None, "apache-2.0",
    ("input_ids", "attention_mask", "token_type_ids"),
)  # fmt: skip


_KINDS = (
    ("aten::linear", 74, "bert.encoder.layer.*.output.dense bert.pooler.dense classifier", Support.SUPPORTED, ""),
    ("aten::transpose", 60, "bert.encoder.layer.*.attention.self", Support.SUPPORTED, ""),
    ("aten::view", 36, "bert.encoder.layer.*.attention.self", Support.SUPPORTED, ""),
    ("aten::layer_norm", 25, "bert.encoder.layer.*.output.LayerNorm", Support.SUPPORTED, ""),
    ("aten::matmul", 24, "bert.encoder.layer.*.attention.self", Support.SUPPORTED, ""),
    ("aten::gelu", 12, "bert.encoder.layer.*.intermediate.intermediate_act_fn", Support.SUPPORTED, ""),
    ("aten::softmax", 12, "bert.encoder.layer.*.attention.self", Support.SUPPORTED, ""),
    ("aten::embedding", 3, "bert.embeddings.position_embeddings bert.embeddings.token_type_embeddings "
     "bert.embeddings.word_embeddings", Support.UNSUPPORTED, "withdrawn from the compiler for its speed"),
    ("aten::where", 1, "bert", Support.LIMITED, "only with three arguments"),
)  # fmt: skip
PREFLIGHT = events.Preflighted(
    operators=tuple(
        JudgedOperator(OperatorUse(kind, count, tuple(modules.split())), support, reason)
        for kind, count, modules, support, reason in _KINDS
    ),
    findings=(
        Finding(Level.GOOD, "evaluating", "The model is in its evaluating state: no dropout is on."),
        Finding(Level.WARNING, "pairs-truncated", "1 of 4 pairs have more than 128 tokens and are cut: 3.",
                "The longest has 140 tokens; choose a longer sequence where the model allows it."),
        Finding(Level.NOTE, "short-batch", "4 pairs do not fill batches of 3.", "The last batch is filled again."),
    ),
)  # fmt: skip


def a_beat(**changes: Any) -> events.Beat:
    """A compiler that works, a minute and a half into its run."""
    return replace(BEAT, **changes)


class ScriptedRun:
    """A run folder that is written to by hand; where times matter, give them a beginning."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.spec = folder.read_spec()
        self._journal = Journal(folder.events_file)
        self._lock: int | None = None
        self._now = time.time()

    def write(self, *facts: Event) -> ScriptedRun:
        """Append records, as of now."""
        for fact in facts:
            self._journal.append(fact)
        return self

    def write_at(self, when: float, *facts: Event) -> ScriptedRun:
        """Append records that were written then."""
        for fact in facts:
            self._journal.append(fact, at=when)
        return self

    def log(self, text: str) -> ScriptedRun:
        """Append to the log."""
        with open(self.folder.log_file, "a", encoding="utf-8") as file:
            file.write(text)
        return self

    def take_lock(self, pid: int = 2**22 + 1, host: str = "elsewhere") -> ScriptedRun:
        """Be the worker that lives in this folder; unless told otherwise, its process never was."""
        self._lock = os.open(self.folder.lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        holder = {"pid": pid, "host": host, "started": time.time(), "mark": f"scripted-{pid}"}
        os.pwrite(self._lock, json.dumps(holder).encode(), 0)
        return self

    def release_lock(self) -> ScriptedRun:
        """Be a worker that is gone."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        return self

    def begin(
        self, until: str = stages.TRACE, seconds: Sequence[float] = (0.1, 2.4, 0.1, 0.6), so_far_s: float = 0.0
    ) -> ScriptedRun:
        """Walk through the stages before this one, and be in it for so long already."""
        lasted = [seconds[number] if number < len(seconds) else 0.3 for number in range(stages.STAGES.index(until))]
        self._now = time.time() - sum(lasted) - so_far_s
        self.write_at(self._now, events.RunStarted(os.getpid(), os.uname().nodename, self.spec.python))
        for stage, its_seconds in zip(stages.STAGES, lasted, strict=False):
            if stage == stages.LOAD:
                self.write_at(self._now, DESCRIBED)
            if stage == stages.PREFLIGHT:
                self.write_at(self._now, PREFLIGHT)
            self.walk(stage, its_seconds)
        return self.write_at(self._now, events.StageStarted(until))

    def walk(self, stage: str, seconds: float, *facts: Event) -> ScriptedRun:
        """Go through a whole stage."""
        self.write_at(self._now, events.StageStarted(stage))
        self._now += seconds
        return self.write_at(self._now, *facts, events.StageFinished(stage, seconds))

    def judge(self, outcomes: Sequence[PairOutcome] = SAME, trace_s: float = 41.2) -> ScriptedRun:
        """Be done with the trace, run every pair and compare."""
        self._now += trace_s
        self.write_at(self._now, events.StageFinished(stages.TRACE, trace_s))
        self.walk(stages.INFER, 0.4, events.PairsJudged(tuple(outcomes)))
        return self.walk(stages.COMPARE, 0.1)

    def finish(self, bundle: Path | None = None) -> ScriptedRun:
        """Save and verify a bundle, and end well."""
        place = bundle or self.folder.path / "artifact"
        place.mkdir(parents=True, exist_ok=True)
        for name, size in BUNDLE_FILES.items():
            (place / name).write_bytes(b"x" * size)
        self.walk(stages.SAVE, 0.3).walk(stages.VERIFY, 2.2)
        saved = events.BundleSaved(str(place), "model.emulated.pt", "c5f91d23" * 8, 433_100_000, True)
        return self.write_at(self._now, saved, events.RunFinished())


def new_run(root: Path, spec: RunSpec | None = None, name: str = "20261122-205501-mrpc") -> ScriptedRun:
    """A run folder in which nothing has happened yet."""
    folder = RunFolder(root / name)
    folder.path.mkdir(parents=True)
    folder.write_spec(spec or a_spec())
    return ScriptedRun(folder)


def finished_run(root: Path, outcomes: Sequence[PairOutcome] = SAME, name: str = "20261122-205501-mrpc") -> ScriptedRun:
    """A run that ended well, with these numbers."""
    pairs = tuple(replace(pair) for pair in PAIRS[: len(outcomes)])
    return new_run(root, a_spec(pairs), name).begin(so_far_s=46).judge(outcomes).finish()


def failed_run(root: Path, name: str = "20261122-205501-mrpc") -> ScriptedRun:
    """A run whose compiler ran out of memory."""
    run = new_run(root, name=name).begin(so_far_s=93)
    log = "".join(f"INFO: Compiling function _NeuronGraph$66{number} with neuron-cc\n" for number in range(12))
    log += "Compile command returned: -9\n"
    run.log(log)
    taken = Consumption(15_900_000_000, 15_900_000_000, 16_400_000_000, 120_000_000, 131.0)
    error = RuntimeError("No operations were successfully partitioned and compiled to neuron for this model")
    return run.write(failure_of(error, stages.TRACE, log, taken))
