"""What can be chosen, in the terminal: found on the hub, on this machine or known, and what one model is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from neuron_studio.core.model_offers import KNOWN_OFFERS, Place
from neuron_studio.runs.local_models import STARTER_TITLE
from neuron_studio.runs.resources import STARTER_MODEL
from tests.support.hub_server import HubServer

MODEL = "acme/pairs-mrpc"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter model as a repository would hold it."""
    folder = tmp_path_factory.mktemp("repository")
    for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        (folder / name).write_bytes((STARTER_MODEL / name).read_bytes())
    return folder


@pytest.fixture
def hub(files: Path) -> Iterator[HubServer]:
    """A hub on loopback that serves one model in two branches."""
    with HubServer() as server:
        server.add_model(
            MODEL, files, pipeline_tag="text-classification", license="apache-2.0", downloads=1_230_000, likes=430
        )
        server.add_model(MODEL, files, branch="fp16")
        yield server


def models(hub: HubServer, home: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run models against this hub, with a hub cache below home."""
    return subprocess.run(
        [sys.executable, "-m", "neuron_studio", "models", *arguments],
        capture_output=True, text=True, check=False, timeout=120, env={**hub.environment(home), **extra},
    )  # fmt: skip


def fetched(hub: HubServer, home: Path) -> Path:
    """The model as the hub's own library keeps it; returns the cache."""
    code = f"from huggingface_hub import snapshot_download; snapshot_download({MODEL!r})"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=hub.environment(home))
    return home / "huggingface" / "hub"


def offers(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, object]]:
    return {offer["id"]: offer for offer in json.loads(done.stdout)["models"]}


def test_that_without_a_text_what_is_known_is_listed_and_nothing_is_asked(hub: HubServer, tmp_path: Path) -> None:
    done = models(hub, tmp_path)
    assert done.returncode == 0, done.stderr
    first, starter, *_ = done.stdout.splitlines()
    assert (first, starter.strip().split("  ")[0]) == (Place.HERE.value, STARTER_TITLE)
    assert all(offer.id in done.stdout for offer in KNOWN_OFFERS)
    assert done.stderr == ""
    assert not hub.requests


def test_that_a_text_finds_models_of_pairs_before_others_with_their_numbers(
    hub: HubServer, files: Path, tmp_path: Path
) -> None:
    hub.add_model("acme/mrpc-writer", files, pipeline_tag="text-generation", downloads=9_000_000)
    done = models(hub, tmp_path, "mrpc")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    at = lines.index(Place.PAIRS.value)
    assert lines[at + 1].split() == [MODEL, "paraphrase", "1.2M", "↓", "430", "♥", "3.5", "MB"]
    assert lines.index(Place.OTHERS.value) > at
    assert lines[-1].split()[0] == "acme/mrpc-writer"
    assert done.stderr.strip() == "neuron-studio: The hub has 2 models for “mrpc”."


def test_that_a_model_on_this_machine_is_offered_with_its_size_and_without_a_network(
    hub: HubServer, tmp_path: Path
) -> None:
    fetched(hub, tmp_path)
    hub.close()
    done = models(hub, tmp_path, "--json", "mrpc")
    assert done.returncode == 0, done.stderr
    offer = offers(done)[MODEL]
    assert (offer["place"], offer["kind"], offer["is_here"]) == (Place.HERE.value, "paraphrase", True)
    assert isinstance(offer["size"], int)
    assert offer["size"] > (STARTER_MODEL / "model.safetensors").stat().st_size
    assert json.loads(done.stdout)["hub"] == "Offline: these are the models that are known without the hub."


@pytest.mark.parametrize("damage", ["refs", "config", "a file for a cache", "nothing in it"])
def test_that_a_damaged_cache_offers_less_and_is_no_error(hub: HubServer, tmp_path: Path, damage: str) -> None:
    cache = fetched(hub, tmp_path)
    (repository,) = cache.glob("models--*")
    (config,) = repository.glob("snapshots/*/config.json")
    if damage == "refs":
        (repository / "refs" / "main").write_text("0" * 40)
    elif damage == "config":
        os.truncate(config.resolve(), 20)
    elif damage == "nothing in it":
        (repository / "snapshots").rename(tmp_path / "elsewhere")
    extra = {"HF_HUB_CACHE": str(config.resolve())} if damage == "a file for a cache" else {}
    done = models(hub, tmp_path, "--json", **extra)
    assert done.returncode == 0, done.stderr
    assert MODEL not in offers(done)
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ({"status": 503}, "The hub answered with an error (503)."),
        ({"html": True}, "What answered is not the hub, or not in order."),
    ],
)
def test_that_a_hub_in_trouble_is_said_to_be_and_what_is_known_is_listed(
    hub: HubServer, tmp_path: Path, trouble: dict[str, object], said: str
) -> None:
    hub.trouble(only="/api/models", **trouble)
    done = models(hub, tmp_path, "mrpc")
    assert done.returncode == 0
    assert "Intel/bert-base-uncased-mrpc" in done.stdout
    assert done.stderr.startswith(f"neuron-studio: {said}")


def test_that_a_list_of_ten_thousand_is_cut_and_said_to_be(hub: HubServer, tmp_path: Path) -> None:
    hub.add_listing(10_000)
    done = models(hub, tmp_path, "listed", "--json")
    assert len(offers(done)) == 200
    assert json.loads(done.stdout)["hub"] == "The hub has more than these 200 for “listed”: type more of the name."


@pytest.mark.parametrize("name", [MODEL, f"{MODEL}@fp16", f"https://huggingface.co/{MODEL}/tree/fp16"])
def test_that_one_model_is_shown_with_its_verdict_before_its_weights_are_fetched(
    hub: HubServer, tmp_path: Path, name: str
) -> None:
    done = models(hub, tmp_path, "show", name, "--target", "inf2")
    assert done.returncode == 0, done.stderr
    first, *lines = done.stdout.splitlines()
    assert first == MODEL
    assert "licence apache-2.0 · safetensors · trained head" in done.stdout
    assert lines[-1] == "✓ Works on inf2.xlarge, as far as its configuration tells."
    asked = f"/api/models/{MODEL}/revision/fp16" if "fp16" in name else f"/api/models/{MODEL}"
    assert hub.requests_for(asked)
    whole = [request for request in hub.requests_for("model.safetensors") if not request.byte_range]
    assert not [request for request in whole if request.method == "GET" and request.place == "storage"]


def test_that_a_model_which_will_not_do_ends_with_2_and_says_why(hub: HubServer, files: Path, tmp_path: Path) -> None:
    folder = tmp_path / "masked"
    folder.mkdir()
    config = json.loads((files / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "architectures": ["BertForMaskedLM"]}))
    (folder / "model.safetensors").write_bytes((files / "model.safetensors").read_bytes())
    done = models(hub, tmp_path, "show", str(folder), "--target", "inf2", "--json")
    assert done.returncode == 2
    shown = json.loads(done.stdout)
    assert shown["fit"] == "will not"
    assert "not as a sequence classifier" in " ".join(shown["reasons"])


def test_that_a_revision_that_is_not_there_names_the_branches_that_are(hub: HubServer, tmp_path: Path) -> None:
    done = models(hub, tmp_path, "show", MODEL, "--revision", "v9", "--json")
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "no-such-revision"
    assert error["remedy"] == "Its branches are main, fp16; or give a tag or a commit."


def test_that_a_target_that_is_none_is_refused(hub: HubServer, tmp_path: Path) -> None:
    done = models(hub, tmp_path, "show", MODEL, "--instance", "p4d.24xlarge")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not hub.requests
