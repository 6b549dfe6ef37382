"""The graph traced on the CPU: a sound one passes, and each kind of broken one is caught by its own check alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from neuron_studio.core.graph_behaviour import GraphBehaviour, graph_behaviour_findings
from neuron_studio.wire.findings import Level
from neuron_studio.wire.spec import ModelChoice, Options, SentencePair
from tests.support.tiny_models import PROBES
from tests.support.workers import a_spec

pytestmark = pytest.mark.filterwarnings("ignore")

SPEC = a_spec(
    Path("model"), pairs=tuple(SentencePair(*pair) for pair in PROBES[:4]),
    options=Options(sequence_length=48, batch_size=2),
)  # fmt: skip


@pytest.fixture(scope="module")
def torch() -> ModuleType:
    return pytest.importorskip("torch")


@pytest.fixture
def behaviour(tiny_model: Path, torch: ModuleType) -> Callable[..., GraphBehaviour]:
    """The behaviour of a tiny model after something was done to its forward, seen from its tensors by name."""
    from neuron_studio.worker.download import LocalModel
    from neuron_studio.worker.graph import trace_on_cpu
    from neuron_studio.worker.graph_behaviour import graph_behaviour_of
    from neuron_studio.worker.inputs import Encoder, NamedInputs
    from neuron_studio.worker.model import load

    def seen(change: Callable[[dict[str, Any]], dict[str, Any]] = dict, **outside: Any) -> GraphBehaviour:
        loaded = load(ModelChoice(str(tiny_model)), LocalModel(tiny_model))
        forward = loaded.model.forward
        encoder = Encoder(loaded.tokenizer, loaded.model, SPEC.options)
        loaded.model.forward = lambda **tensors: outside.get("after", list)(forward(**change(tensors)))
        module = NamedInputs(loaded.model, encoder.names)
        graph = trace_on_cpu(module, encoder.example(SPEC.pairs, 0), None)
        return graph_behaviour_of(graph.module, module, encoder, SPEC)

    return seen


def bad(seen: GraphBehaviour) -> set[str]:
    return {finding.code for finding in graph_behaviour_findings(seen, 2) if finding.level is not Level.GOOD}


def test_that_a_sound_model_passes(behaviour: Callable[..., GraphBehaviour]) -> None:
    assert bad(behaviour()) == set()


def test_that_a_mask_that_is_not_heeded_is_caught(behaviour: Callable[..., GraphBehaviour]) -> None:
    def without_mask(tensors: dict[str, Any]) -> dict[str, Any]:
        return {**tensors, "attention_mask": tensors["attention_mask"] * 0 + 1}

    assert bad(behaviour(without_mask)) == {"mask-ignored", "padding-counts"}


def test_that_a_mask_frozen_from_the_example_is_caught(
    behaviour: Callable[..., GraphBehaviour], torch: ModuleType
) -> None:
    def frozen(tensors: dict[str, Any]) -> dict[str, Any]:
        if not torch.jit.is_tracing():
            return tensors
        return {**tensors, "attention_mask": torch.tensor(tensors["attention_mask"].tolist())}

    assert bad(behaviour(frozen)) == {"example-frozen"}


def test_that_token_types_that_change_nothing_are_noted(behaviour: Callable[..., GraphBehaviour]) -> None:
    assert bad(behaviour(lambda tensors: {**tensors, "token_type_ids": tensors["token_type_ids"] * 0})) == {
        "types-ignored"
    }


def test_that_rows_that_depend_on_each_other_are_caught(behaviour: Callable[..., GraphBehaviour]) -> None:
    def mixed(output: Any) -> list[Any]:
        return [output[0] + output[0].flip(0) * 0.5 * (output[0].size(0) > 1)]

    assert bad(behaviour(after=mixed)) == {"rows-differ"}


def test_that_one_answer_for_all_is_caught(behaviour: Callable[..., GraphBehaviour]) -> None:
    assert "constant-output" in bad(behaviour(after=lambda output: [output[0] * 0 + 1]))


def test_that_answers_that_are_no_numbers_are_caught_and_judged_no_further(
    behaviour: Callable[..., GraphBehaviour],
) -> None:
    assert bad(behaviour(after=lambda output: [output[0] * float("nan")])) == {"not-finite"}
