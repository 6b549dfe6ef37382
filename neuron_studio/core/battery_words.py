"""The behavioural battery in words: the same lines in the log, the terminal, the window and the report."""

from __future__ import annotations

from html import escape
from typing import Any, Dict, List, Optional, Sequence, Tuple

from neuron_studio.core.battery import MEANINGS, QUESTIONS, cause
from neuron_studio.core.counting import counted
from neuron_studio.core.finding_words import finding_lines
from neuron_studio.core.run_state import RunState
from neuron_studio.core.wording import error_text
from neuron_studio.wire.codec import encode
from neuron_studio.wire.events import Check
from neuron_studio.wire.findings import Finding, Level

COLUMNS = ("Check", "CPU", "Neuron", "Allowed", "Result")

_NOT_CHECKED = "Behaviour was not checked: the traced module cannot run here."


def behaviour_findings(checks: Sequence[Check]) -> Tuple[Finding, ...]:
    """What is wrong and what to do, then the checks that say so; one line where none does."""
    found = cause(checks)
    if found is None:
        return (Finding(Level.GOOD, "behaviour", behaviour_headline(checks)),)
    meaning, remedy = MEANINGS[found]
    failed = (Finding(Level.NOTE, f"failed-{check.code}", _failure(check)) for check in checks if check.passed is False)
    return (Finding(Level.PROBLEM, f"behaviour-{found}", meaning, remedy), *failed)


def behaviour_headline(checks: Sequence[Check]) -> str:
    """How many checks passed or failed, on one line."""
    asked = [check for check in checks if check.passed is not None]
    if not asked:
        return "Behaviour was not checked: the CPU's own logits are not finite."
    failed = sum(check.passed is False for check in asked)
    if failed:
        return f"The module does not behave as the model: {failed} of {counted(len(asked), 'check')} failed."
    return f"The module behaves as the model: {counted(len(asked), 'check')} passed."


def behaviour_text(checks: Sequence[Check]) -> str:
    """The headline, and each check that failed with its numbers; the verdict's reason says what they mean."""
    failed = [f"  {_failure(check)}" for check in checks if check.passed is False]
    return "\n".join([behaviour_headline(checks), *failed])


def behaviour_lines(state: RunState) -> List[str]:
    """The same for a run; says so where the traced module could not be asked."""
    if state.behaviour is not None:
        return [*behaviour_text(state.behaviour.checks).splitlines(), ""]
    return [_NOT_CHECKED, ""] if _could_not_run(state) else []


def behaviour_report(state: RunState) -> Optional[List[Dict[str, Any]]]:
    """Every check with its numbers as plain objects; None where nothing was asked."""
    if state.behaviour is None:
        return None
    return [{**encode(check), "question": QUESTIONS[check.code]} for check in state.behaviour.checks]


def behaviour_section(state: RunState) -> str:
    """The table of checks as a part of the report's page; empty where nothing was asked."""
    title = "<h2>Behaviour</h2>"
    if state.behaviour is None:
        return f"{title}<p>{_NOT_CHECKED}</p>" if _could_not_run(state) else ""
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in check_row(check)) + "</tr>"
        for check in state.behaviour.checks
    )
    found = "".join(
        f"<p>{'<br>'.join(map(escape, finding_lines(finding)))}</p>"
        for finding in behaviour_findings(state.behaviour.checks)
    )
    return (
        f'{title}{found}<table><tr>{head}</tr>{body}</table><p class="small">Numbers are differences in logits. '
        "What is allowed is two, eight or ten times the most that bfloat16 changes on the CPU in the answers to "
        "these questions: two where the module is held to itself, eight where a change is held to the CPU's, ten "
        "where logits are.</p>"
    )


def check_row(check: Check) -> Tuple[str, ...]:
    """One check in the columns' order."""
    result = {True: "✓ passed", False: "✗ failed", None: "– does not arise"}[check.passed]
    return (QUESTIONS[check.code], *map(error_text, (check.reference, check.traced, check.allowed)), result)


def _could_not_run(state: RunState) -> bool:
    return bool(state.judged) and not state.judged[0].outcome.neuron


def _failure(check: Check) -> str:
    numbers = (("CPU", check.reference), ("Neuron", check.traced), ("allowed", check.allowed))
    told = ", ".join(f"{name} {error_text(value)}" for name, value in numbers if value is not None)
    return f"{QUESTIONS[check.code]} No{f': {told}' if told else ''}."
