"""What the window is answered in pictures of it: one Python, a model or two, and a hub with made-up numbers."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from neuron_studio.core.environment import Environment
from neuron_studio.core.model_facts import ModelFacts, ModelFile
from neuron_studio.core.model_offers import Offer, hub_offer, local_offer
from neuron_studio.runs.local_models import STARTER_OFFER
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.spec import ModelChoice
from tests.support.scripted_run import CONFIG

VERSIONS = {"torch": "2.13.0", "transformers": "5.23.0"}


def find() -> Iterator[Environment]:
    """This Python, as a laptop without a device has it."""
    yield Environment(sys.executable, "3.11.7", VERSIONS)


def describe(choice: ModelChoice) -> ModelFacts:
    """The starter model, or the model of the tutorial."""
    if choice.id == "acme/roberta-large":
        files = (ModelFile("config.json"), ModelFile("model.safetensors", 1_420_000_000))
        return ModelFacts(
            choice.id,
            {**CONFIG, "architectures": ["RobertaForMaskedLM"]},
            files,
            parameters=355_000_000,
            licence="mit",
            size=1_420_000_000,
            to_fetch=1_420_000_000,
            free=52_000_000_000,
        )
    parameters = 720_000 if choice.id == str(STARTER_MODEL) else 108_311_810
    files = (ModelFile("model.safetensors"), ModelFile("tokenizer.json"))
    # Whatever the model is called here, its tokens are those of the starter model.
    return ModelFacts(str(STARTER_MODEL), CONFIG, files, parameters=parameters, is_folder=True)


def search(text: str) -> Sequence[Offer]:
    """What a hub has for "mrpc"; the numbers are made up."""
    return (
        hub_offer("bert-base-cased-finetuned-mrpc", "text-classification", (), 52_431, 12, 433_000_000),
        hub_offer("Intel/bert-base-uncased-mrpc", "text-classification", (), 3_912, 4, 438_000_000),
        *(
            hub_offer(f"acme/{name}-mrpc", "text-classification", (), downloads, likes, size)
            for name, downloads, likes, size in (
                ("roberta-large", 1_230_000, 430, 1_420_000_000),
                ("deberta-v3-base", 89_400, 31, 738_000_000),
                ("distilbert", 7_020, 3, 268_000_000),
                ("albert-base-v2", 411, 0, 46_700_000),
                ("electra", 9, 0, None),
            )
        ),
        hub_offer("acme/mrpc-sentence-vectors", "sentence-similarity", (), 2_310, 8, 91_000_000),
        hub_offer("acme/t5-mrpc-writer", "text2text-generation", (), 120, 1, 892_000_000),
    )


def here() -> Sequence[Offer]:
    """The shipped model, and a cache with one."""
    return (
        STARTER_OFFER, local_offer("cross-encoder/stsb-roberta-base", "RobertaForSequenceClassification", 499_000_000),
    )  # fmt: skip


def unplugged(text: str) -> Sequence[Offer]:
    """A hub that cannot be reached."""
    raise StudioError("hub-unreachable", "The hub is out of reach.", "Check the network.")
