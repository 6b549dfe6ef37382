"""Numbers, times and names in words: the same sentences in the window, in the terminal and in the report."""

from __future__ import annotations

import math
import shlex
from typing import Optional, Sequence

from neuron_studio.core.counting import counted
from neuron_studio.core.environment import Environment
from neuron_studio.core.run_state import Phase, RunState, StageStatus
from neuron_studio.wire.events import Progressed
from neuron_studio.wire.spec import RunSpec, SentencePair

STAGE_SIGNS = {
    StageStatus.WAITING: "·",
    StageStatus.RUNNING: "▸",
    StageStatus.DONE: "✓",
    StageStatus.FAILED: "✗",
    StageStatus.STOPPED: "■",
}
PHASES = {
    Phase.STARTING: "starting",
    Phase.RUNNING: "running",
    Phase.FINISHED: "finished",
    Phase.FAILED: "failed",
    Phase.STOPPED: "stopped",
}

NOTHING = "–"


def logit_text(logit: float) -> str:
    """A logit in a fixed width, its sign's place kept free so that columns line up."""
    if not math.isfinite(logit):
        return f"{'NaN' if math.isnan(logit) else 'Inf' if logit > 0 else '-Inf':>7}"
    return f"{logit: .4f}" if abs(logit) < 1000 else f"{logit: .4g}"


def logits_text(logits: Sequence[float], most: int = 4) -> str:
    """A row of logits; of many only the first ones, since the chart shows them all."""
    shown = " ".join(map(logit_text, logits[:most]))
    return f"{shown} …" if len(logits) > most else shown or NOTHING


def logit_lines(logits: Sequence[float], most: int = 4) -> str:
    """The same, one beneath the other, as a table's cell holds them."""
    shown = [logit_text(logit) for logit in logits[:most]]
    return "\n".join([*shown, "…"] if len(logits) > most else shown) or NOTHING


def error_text(error: Optional[float]) -> str:
    """A difference with as many digits as mean something."""
    if error is None:
        return NOTHING
    if not math.isfinite(error):
        return "NaN" if math.isnan(error) else "Inf"
    if error == 0:
        return "0"
    return f"{error:.1e}" if error < 0.0001 else f"{error:.4f}" if error < 10 else f"{error:.4g}"


def ratio_text(ratio: Optional[float]) -> str:
    """A yardstick or another ratio."""
    if ratio is None:
        return NOTHING
    if not math.isfinite(ratio):
        return error_text(ratio)
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"


def duration_text(seconds: float) -> str:
    """A time that people read at a glance: 0.4 s, 42 s, 1:05, 2:03:09."""
    if seconds < 9.95:
        return f"{max(0.0, seconds):.1f} s"
    whole = int(seconds + 0.5)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def elapsed_text(seconds: float) -> str:
    """The time of something that still goes on: whole seconds, so that it changes once a second."""
    whole = max(0, int(seconds))
    return f"{whole} s" if whole < 60 else duration_text(whole)


def bytes_text(count: int) -> str:
    """A size of a file or of a download."""
    if count < 1000:
        return f"{count} B"
    for power, unit in ((1e3, "kB"), (1e6, "MB"), (1e9, "GB"), (1e12, "TB")):
        size = count / power
        if size < 999.5 or unit == "TB":
            return f"{size:.1f} {unit}" if size < 99.95 else f"{size:.0f} {unit}"
    raise AssertionError("the last unit takes every size")


def progress_text(progress: Optional[Progressed]) -> str:
    """How far a stage is, in its own unit; empty where nothing is known."""
    if progress is None:
        return ""
    if progress.unit == "bytes":
        done = bytes_text(progress.done)
        return done if progress.total is None else f"{done} of {bytes_text(progress.total)}"
    done = f"{progress.done:,}" if progress.total is None else f"{progress.done:,} of {progress.total:,}"
    return f"{done} {progress.unit}".rstrip()


def run_duration(state: RunState) -> Optional[float]:
    """How long a run took, in seconds; None while it goes on or where it never began."""
    if state.started is None or state.ended is None:
        return None
    return max(0.0, state.ended - state.started)


def model_name(model_id: str) -> str:
    """A model's name for people: the hub's id, or the last part of a folder's path."""
    is_path = model_id.startswith(("/", ".", "~"))
    return model_id.rstrip("/").rsplit("/", 1)[-1] or model_id if is_path else model_id


def subject_text(spec: RunSpec) -> str:
    """What a run is about, in a list of runs: its model, and whether it judges a saved bundle again."""
    return model_name(spec.model.id) if spec.bundle is None else f"compare {model_name(spec.model.id)}"


def run_title(spec: RunSpec) -> str:
    """What a run does, on one line."""
    options, target = spec.options, spec.target
    cast = options.auto_cast if options.auto_cast == "none" else f"{options.auto_cast} {options.auto_cast_type}"
    return (
        f"{subject_text(spec)} → {target.instance} · cast {cast} · "
        f"{options.sequence_length} tokens × {options.batch_size} · {core_count(target.neuron_cores)}"
    )


def core_count(count: int) -> str:
    """A number of NeuronCores."""
    return counted(count, "NeuronCore")


def begun_text(run_name: str) -> str:
    """When a run began, read from its folder's name; the name itself where it has none."""
    stamp = run_name[:15]
    if len(stamp) == 15 and stamp[8] == "-" and stamp.replace("-", "").isdigit():
        return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]} {stamp[9:11]}:{stamp[11:13]}"
    return run_name


def environment_title(environment: Environment, own_python: str) -> str:
    """An interpreter's name for people: "This Python", or the folder of its environment."""
    if environment.python == own_python:
        return "This Python"
    parts = environment.python.split("/")
    in_environment = len(parts) > 3 and parts[-2] == "bin" and parts[-3] not in ("usr", "local", "")
    return parts[-3] if in_environment else environment.python


def environment_line(environment: Environment, own_python: str, family: str) -> str:
    """An interpreter with its name and what a run in it really is."""
    title = environment_title(environment, own_python)
    return f"{title} · {environment.problem or environment.in_words(family)}"


def infer_command(python: str, bundle: str, pair: SentencePair) -> str:
    """The command that judges a pair with a finished bundle, ready for a shell."""
    return " ".join(map(shlex.quote, (python, f"{bundle}/infer.py", pair.first, pair.second)))


def chart_numbers(labels: Sequence[str], cpu: Sequence[float], neuron: Sequence[float]) -> tuple[tuple[str, ...], ...]:
    """The chart's numbers as rows of text: label, CPU, Neuron, difference."""
    if not neuron:
        return tuple((label, logit_text(value), NOTHING, NOTHING) for label, value in zip(labels, cpu))
    return tuple(
        (label, logit_text(a), logit_text(b), error_text(abs(a - b))) for label, a, b in zip(labels, cpu, neuron)
    )
