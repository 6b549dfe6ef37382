"""The report of a run as one plain object; its keys are a promise to scripts.

Records are written with their own fields' names: what each number means stands with its record, such as
comparison.Comparison, labelled.Labelled, labelled.Graded, ranking.Ranking and goals.GoalOutcome. Pairs are named by
their index from 0.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from neuron_studio.core.battery_words import behaviour_report
from neuron_studio.core.comparison import Comparison
from neuron_studio.core.decision import JudgedPair
from neuron_studio.core.goals import goal_text
from neuron_studio.core.layer_words import layers_report
from neuron_studio.core.operator_words import summary
from neuron_studio.core.run_state import Phase, RunState
from neuron_studio.wire.codec import encode

SCHEMA = 1

_STATUS = {Phase.FINISHED: "finished", Phase.FAILED: "failed", Phase.STOPPED: "stopped"}


def report(state: RunState) -> Dict[str, Any]:
    """Everything that is known of a run; null wherever a number was not computed."""
    spec, model, failure = state.spec, state.model, state.failure
    plain: Dict[str, Any] = encode({
        "schema": SCHEMA,
        "status": _STATUS.get(state.phase, state.phase.value),
        "emulated": state.emulated,
        "model": {
            "id": spec.model.id,
            "revision": model.revision if model else spec.model.revision,
            "architecture": model.architecture if model else None,
            "parameters": model.parameters if model else None,
            "labels": list(model.labels) if model else None,
            "problem_type": model.problem_type if model else None,
            "saved_as": model.saved_as if model else None,
            "licence": model.licence if model else None,
            "inputs": list(model.inputs) if model else None,
        },
        "target": spec.target,
        "options": spec.options,
        "goals": [goal_text(goal) for goal in spec.goals],
        "versions": dict(state.environment.versions) if state.environment else {},
        "stages": [
            {"name": stage.name, "seconds": stage.seconds} for stage in state.stages if stage.seconds is not None
        ],
        "pairs": [_pair(state, judged) for judged in state.judged],
        "comparison": _comparison(state.comparison),
        "behaviour": behaviour_report(state),
        "layers": layers_report(state),
        "device_proof": _device_proof(state),
        "judged_bundle": spec.bundle,
        "golden": state.golden,
        "preflight": _preflight(state),
        "artifact": state.bundle,
        "consumption": state.consumption,
        "notes": state.notes,
        "error": {
            "code": failure.code, "message": failure.message, "remedy": failure.remedy, "stage": failure.stage,
        } if failure else None,
    })  # fmt: skip
    return plain


def preflight_report(state: RunState) -> Dict[str, Any]:
    """The report of a look at a model without a run."""
    whole = report(state)
    kept = ("schema", "emulated", "model", "target", "options", "versions", "preflight", "error")
    return {"status": "failed" if state.preflight is None else "finished", **{key: whole[key] for key in kept}}


def error_report(code: str, message: str, remedy: str) -> Dict[str, Any]:
    """The same object for a run that was refused before it began: every key is there, and most are empty."""
    keys = ("model", "target", "options", "comparison", "behaviour", "layers", "device_proof", "judged_bundle",
            "golden", "preflight", "artifact", "consumption")  # fmt: skip
    empty: Dict[str, Any] = dict.fromkeys(keys)
    none: List[Any] = []
    return {
        "schema": SCHEMA, "status": "failed", "emulated": False, **empty, "versions": {}, "stages": none, "pairs": none,
        "goals": none, "notes": none, "error": {"code": code, "message": message, "remedy": remedy, "stage": None},
    }  # fmt: skip


def _device_proof(state: RunState) -> Optional[Dict[str, Any]]:
    if state.proof is None:
        return None
    operators = dict(state.traced.neuron_operators) if state.traced else {}
    return {**encode(state.proof), "neuron_operators": operators, "lacking": list(state.lacking)}


def _pair(state: RunState, judged: JudgedPair) -> Dict[str, Any]:
    outcome = judged.outcome
    pair = state.spec.pairs[outcome.index]
    return {
        "first": pair.first,
        "second": pair.second,
        "expected": pair.expected,
        "tokens": outcome.tokens,
        "truncated": outcome.truncated,
        "cpu": outcome.cpu,
        "cpu_bf16": outcome.cpu_bf16,
        "neuron": outcome.neuron,
        "cpu_label": judged.cpu_label,
        "neuron_label": judged.neuron_label,
        "margin": judged.margin,
        "max_abs_error": judged.max_abs_error,
        "relative_error": judged.relative_error,
        "yardstick": judged.yardstick,
        "agrees": judged.agrees,
    }


def _preflight(state: RunState) -> Optional[Dict[str, Any]]:
    if state.preflight is None:
        return None
    operators = state.preflight.operators
    return {
        "summary": summary(state),
        "operators": [
            {
                "kind": operator.use.kind, "count": operator.use.count, "modules": list(operator.use.modules),
                "support": operator.support.value, "reason": operator.reason, "said_by": operator.said_by or None,
            }
            for operator in operators
        ],
        "findings": state.preflight.findings,
        "placed": state.placed,
    }  # fmt: skip


def _comparison(comparison: Optional[Comparison]) -> Optional[Dict[str, Any]]:
    if comparison is None:
        return None
    plain: Dict[str, Any] = encode(comparison)
    labelled = comparison.labelled
    plain["accuracy"] = {
        "cpu": labelled.cpu.accuracy, "neuron": labelled.neuron.accuracy, "labelled": labelled.count,
    } if labelled else None  # fmt: skip
    plain["passed"] = comparison.passed
    return plain
