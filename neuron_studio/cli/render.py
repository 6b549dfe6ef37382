"""A run in a terminal: one live line for each stage, or plain lines where nobody watches."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable

import click

from neuron_studio.core.battery_words import behaviour_lines
from neuron_studio.core.comparison import Comparison, Decisions
from neuron_studio.core.estimate import Estimate
from neuron_studio.core.golden import golden_text
from neuron_studio.core.layer_words import layers_text
from neuron_studio.core.liveness import Heard, Life, hear
from neuron_studio.core.pulse_words import consumption_text, pulse_now, pulse_text
from neuron_studio.core.report import report
from neuron_studio.core.run_state import Phase, RunState, StageState, StageStatus
from neuron_studio.core.stage_words import basis_text, stage_line
from neuron_studio.core.verdict_words import (
    agreement_text,
    goal_line,
    number_rows,
    verdict_count,
    verdict_title,
)
from neuron_studio.core.wording import duration_text, error_text, logits_text
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.errors import EXIT_CODES, Blame
from neuron_studio.wire.stages import TRACE

STOPPED = 130
JUDGED_UNFIT = 5

# A terminal's line counts seconds, whether or not anything happens.
TICK_S = 1.0

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


def _nothing_expected(state: RunState) -> Estimate | None:
    return None


class StageLines:
    """Shows states on stderr as they come; a terminal sees the running stage's line change in place.

    Where nobody watches, the running stage gets a line for each phase of the compiler and each minute of silence.
    """

    def __init__(
        self,
        expect: Callable[[RunState], Estimate | None] = _nothing_expected,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._is_live = sys.stderr.isatty()
        self._clock = clock
        self._expect = expect
        self._was_asked = False
        self._expected: Estimate | None = None
        self._heard: Heard | None = None
        self._news: tuple[object, ...] = ()
        self._shown: set[tuple[str, StageStatus]] = set()
        self._notes = 0
        self._open_line = ""

    def show(self, state: RunState) -> None:
        """Print what changed since the last state."""
        self._print_past(state)
        if state.stage is not None and not state.is_over:
            if self._is_live:
                self._keep_open(self._running_text(state))
            else:
                self._print_news(state)

    def show_once(self, state: RunState) -> None:
        """Print where a run stands, for those who will not look again."""
        self._print_past(state)
        if state.stage is not None:
            say(self._running_text(state))

    def _print_past(self, state: RunState) -> None:
        for note in state.notes[self._notes :]:
            self._print(f"  note: {note.message} {note.remedy}".rstrip())
        self._notes = len(state.notes)
        self._listen(state)
        for stage in state.stages:
            if stage.status in (StageStatus.WAITING, StageStatus.RUNNING):
                continue
            if (stage.name, stage.status) not in self._shown:
                self._shown.add((stage.name, stage.status))
                self._print(_stage_text(stage, self._expected))

    def _running_text(self, state: RunState) -> str:
        stage = state.stage
        assert stage is not None
        expected = self._expected if stage.name == TRACE else None
        parts = [stage_line(stage, state.progress, self._clock(), state.beat, expected, state.pace)]
        if self._heard is not None:
            parts.append(pulse_text(self._heard.beat, state.consumption, pulse_now(self._heard, time.monotonic())))
        return f"  {stage.name:<10} {' · '.join(parts)}"

    def _listen(self, state: RunState) -> None:
        self._heard = hear(self._heard, state, time.time(), time.monotonic())
        if state.model is not None and not self._was_asked:
            self._was_asked = True
            self._expected = self._expect(state)

    def _print_news(self, state: RunState) -> None:
        if self._heard is None:
            return
        beat, found = self._heard.beat, pulse_now(self._heard, time.monotonic())
        phase = beat.phase if beat.stage == state.stage_name else ""
        silent_s = time.monotonic() - self._heard.at if found.life is Life.UNHEARD else beat.silent_s
        news = (state.stage_name, phase, silent_s // 60, found.is_worrying)
        if news != self._news:
            self._news = news
            if phase or silent_s >= 60 or found.is_worrying:
                self._print(self._running_text(state))

    def close(self) -> None:
        """Leave no half line behind."""
        if self._open_line:
            click.echo(_CLEAR_LINE, err=True, nl=False)
            self._open_line = ""

    def _print(self, text: str) -> None:
        self.close()
        say(text)

    def _keep_open(self, text: str) -> None:
        # A line that wraps could not be taken back.
        text = _cut(text, shutil.get_terminal_size().columns - 1)
        if text != self._open_line:
            click.echo(f"{_CLEAR_LINE}{text}", err=True, nl=False)
            self._open_line = text


def _stage_text(stage: StageState, expected: Estimate | None) -> str:
    seconds = duration_text(stage.seconds) if stage.seconds is not None else ""
    word = "ok" if stage.status is StageStatus.DONE else stage.status.value
    basis = basis_text(expected) if stage.name == TRACE else ""
    return f"  {stage.name:<10} {word:<8} {seconds}{f'   {basis}' if basis else ''}".rstrip()


def say_failure(state: RunState) -> None:
    """Why a run failed, with the end of its details; nothing where it did not."""
    if state.failure is not None:
        say_error(state.failure.message, state.failure.remedy)
        if state.failure.said:
            say(f"  It was said: {state.failure.said}")
        for line in state.failure.detail.rstrip().splitlines()[-_LOG_LINES:]:
            say(f"  | {line}")


def say_end(state: RunState, as_json: bool) -> int:
    """The report on stdout and the reason of a failure on stderr; returns the exit code."""
    say_failure(state)
    if state.phase is Phase.STOPPED:
        say("neuron-studio: stopped; nothing half-made was left.")
    if as_json:
        click.echo(dumps(report(state), indent=2))
    elif state.phase is Phase.FINISHED:
        click.echo(text_report(state))
    return exit_code(state)


def exit_code(state: RunState) -> int:
    """0 same or close, 5 another verdict, 3 not proven on a device, 2 to 4 failures by blame, 130 stopped.

    With goals, 0 where all are met and nothing is invalid, defective or unproven, else 5.
    """
    if state.phase is Phase.STOPPED:
        return STOPPED
    if state.failure is not None:
        return EXIT_CODES[Blame(state.failure.blame)]
    return verdict_code(state.comparison)


def verdict_code(comparison: Comparison | None) -> int:
    """The exit code of a verdict: 0, 5 or 3; 3 where there is none. Goals decide where there are some."""
    if comparison is None:
        return EXIT_CODES[Blame.ENVIRONMENT]
    if not comparison.goals and comparison.decisions in (Decisions.NOT_RUN, Decisions.UNPROVEN):
        return EXIT_CODES[Blame.ENVIRONMENT]
    return 0 if comparison.passed else JUDGED_UNFIT


def text_report(state: RunState) -> str:
    """The finished run in a few lines: verdict, numbers, pairs, bundle."""
    lines: list[str] = []
    if state.comparison is not None:
        mark = "   EMULATED" if state.emulated else ""
        lines += [f"{verdict_title(state.comparison)}   {verdict_count(state.comparison)}{mark}"]
        lines += [state.comparison.reason]
        if state.proof_in_words:
            lines += [state.proof_in_words]
        lines += map(goal_line, state.comparison.goals)
        if state.golden is not None:
            lines += [golden_text(state.golden)]
        labels = state.model.labels if state.model else ()
        lines += [f"  {name + ':':<36} {value}" for name, value in number_rows(state.comparison, labels)]
        lines += [""]
    lines += behaviour_lines(state)
    for judged in state.judged[:_MOST_ROWS]:
        pair, outcome = state.spec.pairs[judged.outcome.index], judged.outcome
        lines += [f"{outcome.index + 1:>4}  {_short(pair.first)} | {_short(pair.second)}"]
        neuron = f"neuron {logits_text(outcome.neuron)}   |d| {error_text(judged.max_abs_error)}   "
        lines += [f"      cpu {logits_text(outcome.cpu)}   {neuron if outcome.neuron else ''}{agreement_text(judged)}: "
                  f"{judged.cpu_label}"]  # fmt: skip
    if len(state.judged) > _MOST_ROWS:
        lines += [f"      and {len(state.judged) - _MOST_ROWS} more; --json prints them all"]
    lines += layers_text(state)
    if state.consumption is not None:
        lines += ["", consumption_text(state.consumption)]
    if state.bundle is not None:
        proof = "reproduced by a fresh process" if state.bundle.verified else "not verified: it was not run"
        lines += ["", f"bundle  {state.bundle.path}  ({proof})"]
    return "\n".join(lines)


def _short(sentence: str, most: int = 60) -> str:
    return _cut(" ".join(sentence.split()), most)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
