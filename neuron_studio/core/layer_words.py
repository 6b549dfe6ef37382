"""The comparison layer by layer in words, as rows of a table, as points of a curve, in the JSON and in the page."""

from __future__ import annotations

from html import escape
from typing import Any, Dict, List, Optional, Sequence, Tuple

from neuron_studio.core.counting import counted
from neuron_studio.core.layers import JUMP, Start, origin, relative_error, yardstick
from neuron_studio.core.run_state import RunState
from neuron_studio.core.wording import error_text, ratio_text
from neuron_studio.wire.codec import encode
from neuron_studio.wire.events import LayerError

LAYER_COLUMNS = ("Layer", "R", "Relative error", "Size")

_FP16_LIMIT = " fp16 holds no number beyond 65,504; with bf16 there is room."


def where_it_starts(state: RunState) -> str:
    """One sentence or two: the first layer that is not explained by rounding, or that none is; empty without layers."""
    if state.layers is None or not state.layers.layers:
        return ""
    layers = state.layers.layers
    found = origin(layers)
    if found is None:
        return _nowhere(layers)
    name = layers[found.place].name
    if found.start is Start.NOT_FINITE:
        is_fp16 = state.spec.options.auto_cast != "none" and state.spec.options.auto_cast_type == "fp16"
        return f"The first layer with NaN or infinity is {name}.{_FP16_LIMIT if is_fp16 else ''}"
    before = [ratio for ratio in map(yardstick, layers[: found.place]) if ratio is not None]
    jump = f"R is {ratio_text(yardstick(layers[found.place]))} after it"
    if yardstick(layers[found.place]) is None:
        jump = f"the relative error is {error_text(relative_error(layers[found.place]))} after it"
    known = f", and {ratio_text(max(before))} at most before it" if before else ""
    return f"The difference starts at {name}: {jump}{known}."


def layer_rows(layers: Sequence[LayerError]) -> Tuple[Tuple[str, ...], ...]:
    """A row of text for each layer, in the order of LAYER_COLUMNS; where the difference starts, the name says so."""
    found = origin(layers)
    return tuple(
        (
            f"✗ {layer.name}" if found is not None and found.place == place else layer.name,
            ratio_text(yardstick(layer)), error_text(relative_error(layer)), error_text(layer.size),
        )
        for place, layer in enumerate(layers)
    )  # fmt: skip


def layer_points(layers: Sequence[LayerError]) -> Tuple[Tuple[str, Optional[float]], ...]:
    """The curve of R: each layer's name and its R, None where there is none."""
    return tuple((layer.name, yardstick(layer)) for layer in layers)


def layers_text(state: RunState) -> List[str]:
    """The lines of a terminal's report; none where the layers were not compared."""
    if state.layers is None:
        return []
    rows = (LAYER_COLUMNS[:3], *(row[:3] for row in layer_rows(state.layers.layers)))
    width = max(len(row[0]) for row in rows)
    table = [f"  {name:<{width}}  {ratio:>7}  {error:>14}" for name, ratio, error in rows]
    return ["", f"layer by layer, {_compared(state)}", *table, where_it_starts(state)]


def layers_report(state: RunState) -> Optional[Dict[str, Any]]:
    """The part of the JSON report; None where the layers were not compared."""
    if state.layers is None:
        return None
    layers = state.layers.layers
    found = origin(layers)
    return {
        "pairs": state.layers.pairs,
        "starts_at": None if found is None else layers[found.place].name,
        "start": None if found is None else found.start.value,
        "reason": where_it_starts(state),
        "layers": [
            {**encode(layer), "yardstick": encode(yardstick(layer)), "relative_error": encode(relative_error(layer))}
            for layer in layers
        ],
    }


def layers_html(state: RunState) -> str:
    """The part of report.html; empty where the layers were not compared."""
    if state.layers is None:
        return ""
    head = "".join(f"<th>{name}</th>" for name in LAYER_COLUMNS)
    body = "".join(
        f"<tr{' class=differs' if row[0].startswith('✗') else ''}><td>{escape(row[0])}</td>"
        + "".join(f'<td class="n">{escape(cell)}</td>' for cell in row[1:]) + "</tr>"
        for row in layer_rows(state.layers.layers)
    )  # fmt: skip
    return (
        f"<h2>Layer by layer</h2><p>{escape(where_it_starts(state))}</p><table><tr>{head}</tr>{body}</table>"
        f'<p class="small">Measured on {escape(_compared(state))}, by a twin of the module that also gives what its '
        "layers give and was compiled alike. R after a layer is the Euclidean distance between Neuron's and the CPU's "
        "values divided by the distance between the CPU's own bfloat16 and float32 values, over the real tokens. The "
        f"difference starts where R is beyond {JUMP:g} and beyond {JUMP:g} times the largest R before. The relative "
        "error divides by the size, the norm of the CPU's values.</p>"
    )


def _nowhere(layers: Sequence[LayerError]) -> str:
    if all(layer.error == 0 for layer in layers):
        return "Both sides agree to the last bit after every layer."
    ratios = [(ratio, layer.name) for layer in layers for ratio in [yardstick(layer)] if ratio is not None]
    if not ratios:
        return "The error jumps at no layer."
    largest, name = max(ratios)
    explained = ", which rounding explains" if largest <= JUMP else ""
    return f"R jumps at no layer: it is largest after {name}, {ratio_text(largest)}{explained}."


def _compared(state: RunState) -> str:
    assert state.layers is not None
    return f"{state.layers.pairs} of {counted(len(state.spec.pairs), 'pair')}"
