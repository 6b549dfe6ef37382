"""What a look at model, tokenizer, inputs and graph means before a run: each trap its own finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, List, Optional, Tuple

from neuron_studio.core.graph_behaviour import GraphBehaviour, graph_behaviour_findings
from neuron_studio.core.instances import Instance
from neuron_studio.core.operators import with_support
from neuron_studio.core.precision import INF1
from neuron_studio.core.shapes import PairTokens, shape_findings
from neuron_studio.core.size import ModelSize, size_findings
from neuron_studio.wire.findings import Finding, Level
from neuron_studio.wire.operators import JudgedOperator, Support
from neuron_studio.wire.spec import RunSpec


@dataclass(frozen=True)
class PreflightFacts:
    """What was seen: names of inputs and parameters in their order, ids and tables as counts, the rest as it is."""

    inputs: Tuple[str, ...]
    accepted: Tuple[str, ...]
    returned: Tuple[str, ...]
    labels: int
    type_vocabulary: Optional[int]
    usable_length: Optional[int]
    position_table: Optional[int]
    tokens: Tuple[PairTokens, ...]
    pad_id: int
    config_pad_id: Optional[int]
    tokenizer_size: int
    embedding_rows: Optional[int]
    attention: Optional[str]
    remote_code: bool
    pickle: bool
    returns_dict: bool
    dropouts_on: int
    largest_constant: float
    largest_in_cast: Optional[float]
    size: ModelSize
    analysis_failure: str = ""
    behaviour: Optional[GraphBehaviour] = None


def preflight_findings(
    facts: PreflightFacts, spec: RunSpec, operators: Tuple[JudgedOperator, ...], instance: Optional[Instance]
) -> Tuple[Finding, ...]:
    """Everything that can be said before a compile, in the order in which it happens."""
    found: List[Finding] = [
        *_inputs(facts),
        *_tokenizer(facts),
        *shape_findings(facts.tokens, spec, facts.labels, facts.usable_length, facts.position_table),
        *_model(facts, spec),
        *_operators(operators, spec.target.family),
        *_analysis(facts),
        *size_findings(facts.size, spec, instance),
    ]
    if facts.behaviour is not None:
        found += graph_behaviour_findings(facts.behaviour, spec.options.batch_size)
    return tuple(found)


def _inputs(facts: PreflightFacts) -> Iterator[Finding]:
    order = ", ".join(facts.inputs)
    by_place = tuple(name for name in facts.returned if name in facts.accepted)
    if by_place != facts.accepted[: len(by_place)]:
        taken = ", ".join(facts.accepted[: len(facts.returned)])
        message = f"The tokenizer gives {', '.join(facts.returned)}; forward takes {taken}, in another order."
        yield Finding(Level.GOOD, "inputs-bound-by-name", message, f"They are bound by name, traced as {order}.")
    third = facts.accepted[2] if len(facts.accepted) > 2 else ""
    if third and third != "token_type_ids":
        message = f"The third argument of forward is {third}, not token_type_ids: passed by place it would be wrong."
        yield Finding(Level.GOOD, "third-argument", message, f"It is left alone; the trace takes {order}, by name.")
    if "token_type_ids" in facts.returned and facts.type_vocabulary is not None and facts.type_vocabulary < 2:
        message = f"The model has {facts.type_vocabulary} token types, its tokenizer tells two sentences apart by them."
        yield Finding(Level.GOOD, "type-ids-left-out", message, "token_type_ids are not passed on.")
    yield Finding(Level.GOOD, "int64-inputs", "Inputs are int64, as the tokenizer gives them, and are traced so.")


def _tokenizer(facts: PreflightFacts) -> Iterator[Finding]:
    if facts.config_pad_id is not None and facts.config_pad_id != facts.pad_id:
        message = f"The tokenizer pads with id {facts.pad_id}, the model's configuration says {facts.config_pad_id}."
        remedy = "The tokenizer's is used. Models that find their padding by its id judge wrongly: mend config.json."
        yield Finding(Level.WARNING, "pad-ids-differ", message, remedy)
    elif facts.pad_id != 0:
        yield Finding(Level.GOOD, "pad-id", f"Padding has id {facts.pad_id}, not 0; the tokenizer's own is used.")
    if facts.embedding_rows is not None and facts.tokenizer_size > facts.embedding_rows:
        message = (f"The tokenizer knows {facts.tokenizer_size:,} tokens, the model has rows for "
                   f"{facts.embedding_rows:,}.")  # fmt: skip
        remedy = "A sentence with one of the others ends a run; save tokenizer and model from the same source."
        yield Finding(Level.WARNING, "vocabularies-differ", message, remedy)


def _model(facts: PreflightFacts, spec: RunSpec) -> Iterator[Finding]:
    if facts.remote_code:
        remedy = "Pin its revision, and read its code again whenever that changes."
        message = "The model runs Python code from its own repository, in whatever loads it."
        yield Finding(Level.WARNING, "runs-remote-code", message, remedy)
    if facts.pickle:
        remedy = "Save it once with save_pretrained(safe_serialization=True), and use that copy."
        yield Finding(
            Level.WARNING, "weights-in-pickle", "The weights come from a pickle, which can run any code.", remedy
        )
    if facts.returns_dict:
        yield Finding(
            Level.GOOD, "tuple-output", "The model returns a dict by itself; it is traced with a plain tuple."
        )
    if facts.attention not in (None, "eager"):
        remedy = "Kernels made for other devices may be traced into the graph; choose another release of transformers."
        yield Finding(Level.WARNING, "attention-not-eager", f"Attention runs as {facts.attention}, not eager.", remedy)
    elif facts.attention is not None:
        yield Finding(Level.GOOD, "eager-attention", "Attention is traced eagerly, product by product.")
    if facts.dropouts_on:
        count = "1 dropout is" if facts.dropouts_on == 1 else f"{facts.dropouts_on} dropouts are"
        remedy = "The answers would be random; the model's own code has to heed eval()."
        yield Finding(Level.PROBLEM, "dropout-on", f"{count} switched on in the traced graph.", remedy)
    else:
        yield Finding(Level.GOOD, "evaluating", "The model is in its evaluating state: no dropout is on.")
    yield from _constants(facts, spec)


def _constants(facts: PreflightFacts, spec: RunSpec) -> Iterator[Finding]:
    limit, kind = facts.largest_in_cast, spec.options.auto_cast_type
    if limit is not None and facts.largest_constant > limit:
        message = f"The graph holds the constant {facts.largest_constant:.3g}, beyond the largest {kind}, {limit:.3g}."
        remedy = "As a mask it becomes infinite, and a row of nothing else becomes NaN; choose bf16, or cast less."
        yield Finding(Level.WARNING, "mask-overflows", message, remedy)
    elif limit is not None:
        yield Finding(Level.GOOD, "mask-finite", f"Every constant, the attention mask's too, stays finite in {kind}.")


def _analysis(facts: PreflightFacts) -> Iterator[Finding]:
    if facts.analysis_failure:
        first = facts.analysis_failure.splitlines()[0][:300]
        remedy = "The published list is shown instead; a compile may fail in the same way."
        yield Finding(Level.WARNING, "analysis-failed", f"The SDK could not go through this model: {first}.", remedy)


def _operators(operators: Tuple[JudgedOperator, ...], family: str) -> Iterator[Finding]:
    for operator in with_support(operators, Support.FAILS):
        message = f"{operator.use.kind} fails to compile: {operator.reason or 'the SDK says so'}."
        remedy = "There is no fallback to the CPU; choose a model without it, or another release of transformers."
        yield Finding(Level.PROBLEM, "operator-fails", message, remedy, subject=", ".join(operator.use.modules[:3]))
    left = with_support(operators, Support.UNSUPPORTED)
    if family == INF1 and left and not with_support(operators, Support.SUPPORTED, Support.LIMITED):
        message = "No operator of this graph is known to compile for Inf1."
        yield Finding(Level.PROBLEM, "nothing-compiles", message, "Choose another target, or another model.")
