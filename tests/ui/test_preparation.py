"""The request judged at every change, and models looked up behind the typing."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace

import pytest

from neuron_studio.core.model_facts import ModelFacts
from neuron_studio.core.request import Request
from neuron_studio.ui.preparation import Preparation, Readiness
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.spec import ModelChoice, SentencePair
from tests.ui.conftest import Run, an_environment, facts_of, until

START = Request(ModelChoice("first/model"))


def a_preparation(describe: object = facts_of) -> tuple[Preparation, list[Readiness]]:
    preparation = Preparation(START, describe)
    told: list[Readiness] = []
    preparation.judged.connect(told.append)
    return preparation, told


async def ready(preparation: Preparation) -> None:
    preparation.change_environment(an_environment())
    preparation.change_request(preparation.readiness.request)
    await until(lambda: preparation.readiness.facts is not None)


def test_that_it_waits_for_an_environment_and_for_the_model(run: Run) -> None:
    async def scene() -> None:
        preparation, told = a_preparation()
        assert preparation.readiness.refusal == "Looking for a Python that can trace …"
        preparation.change_environment(an_environment())
        assert preparation.readiness.refusal == "Looking at the model …"
        assert not preparation.readiness.is_ready
        await ready(preparation)
        assert told[-1].is_ready
        assert told[-1].refusal == ""

    run(scene())


def test_that_a_ready_request_becomes_a_spec_and_another_does_not(run: Run) -> None:
    async def scene() -> None:
        preparation, _ = a_preparation()
        await ready(preparation)
        spec = preparation.spec()
        assert (spec.model.id, spec.target.instance, spec.target.backend) == ("first/model", "inf1.xlarge", "emulator")
        preparation.change_request(replace(START, pairs=(SentencePair("one", " "),)))
        with pytest.raises(ValueError, match="has no spec"):
            preparation.spec()

    run(scene())


def test_that_problems_are_told_at_once_with_how_many_there_are(run: Run) -> None:
    async def scene() -> None:
        preparation, told = a_preparation()
        await ready(preparation)
        preparation.change_request(replace(START, pairs=(), sequence_length=4, neuron_cores=16))
        fields = [problem.field for problem in told[-1].problems]
        assert sorted(fields) == ["neuron_cores", "pairs", "sequence_length"]
        assert told[-1].refusal == "16 NeuronCores asked, inf1.xlarge has 4. (2 more)"

    run(scene())


def test_that_a_longer_sequence_than_the_model_can_use_is_a_problem(run: Run) -> None:
    async def scene() -> None:
        preparation, told = a_preparation()
        await ready(preparation)
        preparation.change_request(replace(START, sequence_length=513))
        assert [problem.code for problem in told[-1].problems] == ["sequence-too-long"]

    run(scene())


def test_that_only_the_model_at_the_end_of_the_typing_is_asked_for(run: Run) -> None:
    asked: list[str] = []

    def describe(choice: ModelChoice) -> ModelFacts:
        asked.append(choice.id)
        return facts_of(choice)

    async def scene() -> None:
        preparation, _ = a_preparation(describe)
        await ready(preparation)
        for length in range(1, len("second/model") + 1):
            preparation.change_request(replace(START, model=ModelChoice("second/model"[:length])))
            await asyncio.sleep(0.01)
        await until(lambda: preparation.readiness.facts is not None)
        assert asked == ["first/model", "second/model"]
        assert preparation.readiness.facts.id == "second/model"

    run(scene())


def test_that_a_late_answer_about_an_older_model_is_dropped(run: Run) -> None:
    was_asked, may_answer = threading.Event(), threading.Event()

    def describe(choice: ModelChoice) -> ModelFacts:
        if choice.id == "slow/model":
            was_asked.set()
            may_answer.wait(10)
        return facts_of(choice)

    async def scene() -> None:
        preparation, told = a_preparation(describe)
        await ready(preparation)
        preparation.change_request(replace(START, model=ModelChoice("slow/model")))
        await until(was_asked.is_set)
        preparation.change_request(replace(START, model=ModelChoice("quick/model")))
        await until(lambda: preparation.readiness.facts is not None)
        may_answer.set()
        await until(lambda: not any(thread.name == "waited-for" for thread in threading.enumerate()))
        await asyncio.sleep(0)
        assert {readiness.facts.id for readiness in told if readiness.facts} == {"first/model", "quick/model"}

    run(scene())


def test_that_a_model_that_cannot_be_described_is_a_problem_of_its_field(run: Run) -> None:
    def describe(choice: ModelChoice) -> ModelFacts:
        raise StudioError("no-such-model", f"There is no model {choice.id}.", "Look at the spelling.")

    async def scene() -> None:
        preparation, told = a_preparation(describe)
        preparation.change_environment(an_environment())
        preparation.change_request(START)
        await until(lambda: told[-1].problems)
        assert told[-1].problems[0].field == "model"
        assert told[-1].refusal == "There is no model first/model."
        preparation.change_request(replace(START, model=ModelChoice("")))
        assert told[-1].refusal == "No model is chosen."

    run(scene())


def test_that_an_environment_without_torch_is_a_problem(run: Run) -> None:
    async def scene() -> None:
        preparation, told = a_preparation()
        await ready(preparation)
        preparation.change_environment(an_environment(versions={}))
        assert {problem.code for problem in told[-1].problems} == {"no-torch", "no-transformers"}

    run(scene())
