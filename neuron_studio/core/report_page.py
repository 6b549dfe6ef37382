"""report.html: one light file that opens from disk, prints well and asks nothing of a network."""

from __future__ import annotations

from html import escape
from typing import Iterable, List, Sequence, Tuple

from neuron_studio.core.battery_words import behaviour_section
from neuron_studio.core.charts import set_charts
from neuron_studio.core.compared import of_run
from neuron_studio.core.comparison import Comparison
from neuron_studio.core.decision import JudgedPair
from neuron_studio.core.definitions import definitions
from neuron_studio.core.finding_words import finding_lines, gravest_first
from neuron_studio.core.golden import golden_text
from neuron_studio.core.layer_words import layers_html
from neuron_studio.core.operator_words import COLUMNS, rows, summary
from neuron_studio.core.precision import in_words
from neuron_studio.core.pulse_words import consumption_text
from neuron_studio.core.run_state import RunState
from neuron_studio.core.svg_chart import svg
from neuron_studio.core.verdict_words import (
    confusion_rows,
    decisions_text,
    goal_line,
    number_rows,
    verdict_count,
    verdict_title,
    yardstick_meaning,
)
from neuron_studio.core.wording import bytes_text, duration_text, error_text, logits_text, ratio_text
from neuron_studio.wire.findings import Finding, Level

# More rows than people read make a file that browsers do not open at once; report.csv and --json hold the rest.
_MOST_ROWS = 1000

_STYLE = """
:root { color-scheme: light; font: 15px/1.5 system-ui, sans-serif; color: #1b1f24; background: #fff; }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.verdict { font-size: 1.3rem; font-weight: 600; margin: 1.2rem 0 .2rem; padding-left: .8rem;
border-left: 5px solid #444; }
.same, .close { border-color: #1a7f37; }
.flipped, .reordered, .invalid, .defective { border-color: #b42318; }
.emulated { display: inline-block; border: 2px solid #8a5300; color: #8a5300; font-weight: 700; padding: 0 .5rem; }
table { border-collapse: collapse; width: 100%; } th { font-weight: 600; }
td, th { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid #d8dde3; }
.n { font-variant-numeric: tabular-nums; white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; }
dt { color: #57606a; } dd { margin: 0; }
tr.differs td { background: #fdeceb; }
caption { text-align: left; color: #57606a; } code { overflow-wrap: anywhere; }
p.small { color: #57606a; }
figure { margin: 0 0 1rem; break-inside: avoid; } svg { max-width: 100%; height: auto; }
@media print { body { margin: 0; max-width: none; } tr { break-inside: avoid; } }
"""


def report_page(state: RunState) -> str:
    """The whole page of a run that has ended."""
    name = escape(state.spec.model.id.rstrip("/").split("/")[-1])
    parts = [
        _verdict(state), _numbers(state), behaviour_section(state), _charts(state), _pairs(state), layers_html(state),
        _operators(state), _made(state), _definitions(state),
    ]  # fmt: skip
    badge = ' <span class="emulated">EMULATED</span>' if state.emulated else ""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}: Neuron Studio report</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>\n'
        f"<h1>{name}{badge}</h1>\n" + "\n".join(part for part in parts if part) + "\n</body></html>\n"
    )


def _verdict(state: RunState) -> str:
    comparison = state.comparison
    if comparison is None:
        return ""
    lines = [
        f'<p class="verdict {comparison.decisions.value}">{escape(verdict_title(comparison))}</p>',
        f"<p>{escape(verdict_count(comparison))}. {escape(comparison.reason)}</p>",
        *(f"<p>{escape(goal_line(outcome))}</p>" for outcome in comparison.goals),
    ]
    if state.emulated:
        lines.append(
            "<p><strong>EMULATED:</strong> no Neuron device took part. The numbers show what the documented casts of "
            f"{escape(state.spec.target.family.capitalize())} do to this model; they are an envelope, not the chip.</p>"
        )
    if state.proof_in_words:
        lines.append(f"<p>{escape(state.proof_in_words)}</p>")
    if state.golden is not None:
        lines.append(f"<p>The saved bundle {escape(str(state.spec.bundle))}: {escape(golden_text(state.golden))}.</p>")
    if state.bundle is not None:
        said = "loaded by a fresh process, which reproduced the golden logits" if state.bundle.verified else (
            "not verified: it was not run, so nothing was reproduced")  # fmt: skip
        lines.append(f"<p>Bundle: {said}.</p>")
    return "\n".join(lines)


def _numbers(state: RunState) -> str:
    comparison = state.comparison
    if comparison is None or comparison.max_abs_error is None:
        return ""
    labels = state.model.labels if state.model else ()
    meaning = yardstick_meaning(comparison, state.model.saved_as if state.model else None)
    numbers = f'<h2>Numbers</h2>{_list(number_rows(comparison, labels))}<p class="small">{escape(meaning)}</p>'
    return numbers + _confusion(comparison, labels)


def _confusion(comparison: Comparison, labels: Sequence[str]) -> str:
    labelled = comparison.labelled
    if labelled is None:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in ("Expected", *labels))
    tables = ""
    for name, side in (("CPU", labelled.cpu), ("Neuron", labelled.neuron)):
        rows = confusion_rows(side, labels)
        cells = ("".join(f'<td class="n">{escape(cell)}</td>' for cell in row) for row in rows)
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        tables += f"<table><caption>Decided by {name}</caption><tr>{head}</tr>{body}</table>"
    return f"<h2>Expected and decided labels</h2>{tables}"


def _charts(state: RunState) -> str:
    charts = "".join(f"<figure>{svg(chart)}</figure>" for chart in set_charts(of_run(state)))
    return f"<h2>Charts</h2>{charts}" if charts else ""


def _pairs(state: RunState) -> str:
    names = ("#", "Pair", "CPU logits", "Neuron logits", "Difference", "R", "Margin", "Decision")
    head = "<tr>" + "".join(f"<th>{name}</th>" for name in names) + "</tr>"
    rows = "".join(_pair(state, judged) for judged in state.judged[:_MOST_ROWS])
    rest = len(state.judged) - _MOST_ROWS
    more = f'<p class="small">{rest} more pairs are in report.csv.</p>' if rest > 0 else ""
    return f"<h2>Pairs</h2><table>{head}{rows}</table>{more}"


def _pair(state: RunState, judged: JudgedPair) -> str:
    pair, outcome = state.spec.pairs[judged.outcome.index], judged.outcome
    cut = " <em>(cut)</em>" if outcome.truncated else ""
    expected = f"<br>expected: {escape(pair.expected)}" if pair.expected is not None else ""
    cells = (
        f'<td class="n">{outcome.index + 1}</td>'
        f"<td>{escape(pair.first)}<br>{escape(pair.second)}{cut}</td>"
        f'<td class="n">{escape(logits_text(outcome.cpu))}</td>'
        f'<td class="n">{escape(logits_text(outcome.neuron)) if outcome.neuron else "not run"}</td>'
        f'<td class="n">{escape(error_text(judged.max_abs_error))}</td>'
        f'<td class="n">{escape(ratio_text(judged.yardstick))}</td>'
        f'<td class="n">{escape(error_text(judged.margin))}</td>'
        f"<td>{escape(decisions_text(judged)).replace(chr(10), '<br>')}{expected}</td>"
    )
    return f"<tr{' class=differs' if judged.agrees is False else ''}>{cells}</tr>"


def _operators(state: RunState) -> str:
    if state.preflight is None:
        return ""
    lines = "".join(f"<p>{escape(line)}</p>" for line in summary(state))
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    cells = rows(state.preflight.operators, state.placed)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in cells)
    found = "".join(f"<p>{'<br>'.join(map(escape, finding_lines(finding)))}</p>" for finding in _worth_reading(state))
    return f"<h2>Operators</h2>{lines}<table><tr>{head}</tr>{body}</table><h2>Before the run</h2>{found}"


def _worth_reading(state: RunState) -> List[Finding]:
    found = gravest_first(state.preflight.findings) if state.preflight else []
    return [finding for finding in found if finding.level is not Level.GOOD]


def _made(state: RunState) -> str:
    spec, model = state.spec, state.model
    options, target = spec.options, spec.target
    rows: List[Tuple[str, str]] = [("Model", spec.model.id)]
    if model is not None:
        rows += [
            ("Revision", model.revision or "a local folder"),
            ("Architecture", f"{model.architecture}, {model.parameters:,} parameters, {', '.join(model.labels)}"),
            ("Inputs", ", ".join(model.inputs)),
            ("Licence", model.licence or "not stated"),
        ]
    rows += [
        ("Target", f"{target.family} ({target.instance}), {target.neuron_cores} NeuronCores, backend {target.backend}"),
        ("Shape", f"sequence length {options.sequence_length}, batch {options.batch_size}"),
        ("Precision", f"{options.auto_cast}: {in_words(target.family, options.auto_cast, options.auto_cast_type)}"),
    ]
    if state.traced is not None:
        rows.append((state.traced.compiler, " ".join(state.traced.arguments)))
    if state.environment is not None:
        rows += sorted((name, version) for name, version in state.environment.versions.items())
    if state.bundle is not None:
        rows += [("Model file", f"{state.bundle.model_file}, {bytes_text(state.bundle.bytes)}"),
                 ("sha256", state.bundle.sha256)]  # fmt: skip
    if state.consumption is not None:
        rows.append(("Consumption", consumption_text(state.consumption)))
    times = [(stage.name, duration_text(stage.seconds)) for stage in state.stages if stage.seconds is not None]
    return "<h2>How it was made</h2>" + _list(rows) + "<h2>Stages</h2>" + _list(times)


def _definitions(state: RunState) -> str:
    return f"<h2>How the numbers are defined</h2>{_list(definitions(state))}"


def _list(rows: Iterable[Sequence[str]]) -> str:
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows) + "</dl>"
