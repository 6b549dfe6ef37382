"""A run in a terminal: one live line for each stage, or plain lines where nobody watches."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import click

from neuron_studio.core.comparison import Decisions
from neuron_studio.core.report import report
from neuron_studio.core.run_state import Phase, RunState, StageState, StageStatus
from neuron_studio.core.wording import (
    agreement_text,
    duration_text,
    error_text,
    logits_text,
    stage_line,
    verdict_count,
    verdict_numbers,
    verdict_title,
)
from neuron_studio.wire.errors import EXIT_CODES, Blame

STOPPED = 130
FLIPPED = 5

_MOST_ROWS = 20
_LOG_LINES = 15
_CLEAR_LINE = "\r\x1b[K"


def say(text: str = "") -> None:
    """A line for the user, beside the report: stderr."""
    click.echo(text, err=True)


def say_error(message: str, remedy: str) -> None:
    """What went wrong and what to do next."""
    say(f"neuron-studio: {message}")
    if remedy:
        say(f"  → {remedy}")


class StageLines:
    """Shows states on stderr as they come; a terminal sees the running stage's line change in place."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._is_live = sys.stderr.isatty()
        self._clock = clock
        self._shown: set[tuple[str, StageStatus]] = set()
        self._notes = 0
        self._open_line = ""

    def show(self, state: RunState) -> None:
        """Print what changed since the last state."""
        for note in state.notes[self._notes :]:
            self._print(f"  note: {note.message} {note.remedy}".rstrip())
        self._notes = len(state.notes)
        for stage in state.stages:
            if stage.status in (StageStatus.WAITING, StageStatus.RUNNING):
                continue
            if (stage.name, stage.status) not in self._shown:
                self._shown.add((stage.name, stage.status))
                self._print(_stage_text(stage))
        if self._is_live and state.stage is not None and not state.is_over:
            self._keep_open(f"  {state.stage.name:<10} {stage_line(state.stage, state.progress, self._clock())}")

    def close(self) -> None:
        """Leave no half line behind."""
        if self._open_line:
            click.echo(_CLEAR_LINE, err=True, nl=False)
            self._open_line = ""

    def _print(self, text: str) -> None:
        self.close()
        say(text)

    def _keep_open(self, text: str) -> None:
        if text != self._open_line:
            click.echo(f"{_CLEAR_LINE}{text}", err=True, nl=False)
            self._open_line = text


def _stage_text(stage: StageState) -> str:
    seconds = duration_text(stage.seconds) if stage.seconds is not None else ""
    word = "ok" if stage.status is StageStatus.DONE else stage.status.value
    return f"  {stage.name:<10} {word:<8} {seconds}".rstrip()


def say_failure(state: RunState) -> None:
    """Why a run failed, with the end of its details; nothing where it did not."""
    if state.failure is not None:
        say_error(state.failure.message, state.failure.remedy)
        for line in state.failure.detail.rstrip().splitlines()[-_LOG_LINES:]:
            say(f"  | {line}")


def say_end(state: RunState, as_json: bool) -> int:
    """The report on stdout and the reason of a failure on stderr; returns the exit code."""
    say_failure(state)
    if state.phase is Phase.STOPPED:
        say("neuron-studio: stopped; nothing half-made was left.")
    if as_json:
        click.echo(json.dumps(report(state), ensure_ascii=False, allow_nan=False, indent=2))
    elif state.phase is Phase.FINISHED:
        click.echo(text_report(state))
    return exit_code(state)


def exit_code(state: RunState) -> int:
    """0 same or close, 5 flipped or invalid, 3 not run on a device, 2 to 4 failures by blame, 130 stopped."""
    if state.phase is Phase.STOPPED:
        return STOPPED
    if state.failure is not None:
        return EXIT_CODES[Blame(state.failure.blame)]
    if state.comparison is None or state.comparison.decisions is Decisions.NOT_RUN:
        return EXIT_CODES[Blame.ENVIRONMENT]
    return 0 if state.comparison.passed else FLIPPED


def text_report(state: RunState) -> str:
    """The finished run in a few lines: verdict, numbers, pairs, bundle."""
    lines: list[str] = []
    if state.comparison is not None:
        mark = "   EMULATED" if state.emulated else ""
        lines += [f"{verdict_title(state.comparison)}   {verdict_count(state.comparison)}{mark}"]
        lines += [state.comparison.reason]
        if state.comparison.max_abs_error is not None:
            lines += [verdict_numbers(state.comparison)]
        lines += [""]
    for judged in state.judged[:_MOST_ROWS]:
        pair, outcome = state.spec.pairs[judged.outcome.index], judged.outcome
        lines += [f"{outcome.index + 1:>4}  {_short(pair.first)} | {_short(pair.second)}"]
        neuron = f"neuron {logits_text(outcome.neuron)}   |d| {error_text(judged.max_abs_error)}   "
        lines += [f"      cpu {logits_text(outcome.cpu)}   {neuron if outcome.neuron else ''}{agreement_text(judged)}: "
                  f"{judged.cpu_label}"]  # fmt: skip
    if len(state.judged) > _MOST_ROWS:
        lines += [f"      and {len(state.judged) - _MOST_ROWS} more; --json prints them all"]
    if state.bundle is not None:
        proof = "verified by a fresh process" if state.bundle.verified else "not verified: it was not run"
        lines += ["", f"bundle  {state.bundle.path}  ({proof})"]
    return "\n".join(lines)


def _short(sentence: str, most: int = 60) -> str:
    flat = " ".join(sentence.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"
