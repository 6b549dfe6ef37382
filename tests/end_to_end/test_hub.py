"""Models come from the hub through the hub's own library: found, described, downloaded, resumed, refused, offline."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.wire.events import Progressed
from neuron_studio.wire.journal import JournalReader
from tests.support.hub_server import READER_TOKEN, STRANGER_TOKEN, HubServer
from tests.support.until import until

SHIPPED = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt")
WEIGHTS_SIZE = (STARTER_MODEL / "model.safetensors").stat().st_size
MODEL = "acme/pairs"


@pytest.fixture(scope="module")
def starter_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter model as a repository would hold it, with files beside that nobody needs to download."""
    folder = tmp_path_factory.mktemp("repository")
    for name in SHIPPED:
        (folder / name).write_bytes((STARTER_MODEL / name).read_bytes())
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04" * 1000)
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.safetensors").write_bytes(b"not needed")
    return folder


@pytest.fixture
def hub(starter_files: Path) -> Iterator[HubServer]:
    """A hub on loopback that serves one model."""
    with HubServer() as server:
        server.add_model(MODEL, starter_files, pipeline_tag="text-classification", license="apache-2.0", downloads=7)
        yield server


def compile_from(
    hub: HubServer, home: Path, *arguments: str, token: str | None = None, **extra: str
) -> subprocess.CompletedProcess[str]:
    """Run compile against this hub, with a hub cache below home."""
    env = {**hub.environment(home, token), **extra}
    command = [sys.executable, "-m", "neuron_studio", "compile", *arguments, "--target", "inf2", "--json"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=env)


def run_folders() -> list[Path]:
    return sorted(Path(os.environ["NEURON_STUDIO_DATA"]).glob("runs/*"))


def test_that_a_hub_model_is_compiled_with_its_commit_its_licence_and_bytes_on_the_way(
    hub: HubServer, tmp_path: Path
) -> None:
    hub.trouble(MODEL, bytes_per_s=4_000_000, only="model.safetensors")
    done = compile_from(hub, tmp_path, MODEL)
    assert done.returncode == 0, done.stderr
    model = json.loads(done.stdout)["model"]
    assert model["id"] == MODEL
    assert len(model["revision"]) == 40
    assert model["licence"] == "apache-2.0"
    (folder,) = run_folders()
    events = [entry.event for entry in JournalReader(folder / "events.jsonl").read()]
    progress = [event for event in events if isinstance(event, Progressed) and event.unit == "bytes"]
    assert progress[-1].done == progress[-1].total
    assert progress[-1].total is not None
    assert progress[-1].total >= WEIGHTS_SIZE
    assert [event.done for event in progress] == sorted(event.done for event in progress)
    assert not hub.requests_for("pytorch_model.bin")
    assert not hub.requests_for("onnx/model.safetensors")


def test_that_a_download_cut_in_the_middle_goes_on_from_where_it_broke(hub: HubServer, tmp_path: Path) -> None:
    hub.trouble(MODEL, cut_after=300_000, only="model.safetensors", times=1)
    first = compile_from(hub, tmp_path, MODEL)
    again = first if first.returncode == 0 else compile_from(hub, tmp_path, MODEL)
    assert again.returncode == 0, again.stderr
    ranges = [request.byte_range for request in hub.requests_for("model.safetensors") if request.byte_range]
    assert any(start is not None and start >= 250_000 for start, _end in ranges)


def test_that_a_download_that_was_stopped_goes_on_from_there(hub: HubServer, tmp_path: Path) -> None:
    hub.trouble(MODEL, bytes_per_s=400_000, only="model.safetensors")
    command = [sys.executable, "-m", "neuron_studio", "compile", MODEL, "--target", "inf2", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=hub.environment(tmp_path)
    ) as run:
        until(lambda: _bytes_arrived() > 600_000)
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=60)
    assert run.returncode == 130
    hub.mend()
    hub.forget_requests()
    done = compile_from(hub, tmp_path, MODEL)
    assert done.returncode == 0, done.stderr
    ranges = [request.byte_range for request in hub.requests_for("model.safetensors") if request.byte_range]
    assert any(start is not None and start >= 250_000 for start, _end in ranges)
    assert not list(tmp_path.rglob("*.incomplete"))


def test_that_a_download_which_the_network_ended_goes_on_from_there(hub: HubServer, tmp_path: Path) -> None:
    hub.trouble(MODEL, cut_after=700_000, only="model.safetensors", times=1)
    hub.trouble(MODEL, cut_after=1, only="model.safetensors")
    failed = compile_from(hub, tmp_path, MODEL)
    assert failed.returncode == 4
    (left,) = tmp_path.rglob("*.incomplete")
    assert left.stat().st_size >= 500_000
    hub.mend()
    hub.forget_requests()
    assert compile_from(hub, tmp_path, MODEL).returncode == 0
    starts = [request.byte_range[0] for request in hub.requests_for("model.safetensors") if request.byte_range]
    assert max(start or 0 for start in starts) >= 500_000


def _bytes_arrived() -> int:
    events = [entry.event for folder in run_folders() for entry in JournalReader(folder / "events.jsonl").read()]
    return max((event.done for event in events if isinstance(event, Progressed) and event.unit == "bytes"), default=0)


def test_that_a_model_on_this_machine_is_compiled_without_a_network(hub: HubServer, tmp_path: Path) -> None:
    assert compile_from(hub, tmp_path, MODEL).returncode == 0
    hub.close()
    unplugged = compile_from(hub, tmp_path, MODEL)
    assert unplugged.returncode == 0, unplugged.stderr
    told = compile_from(hub, tmp_path, MODEL, HF_HUB_OFFLINE="1")
    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize("offline", ["0", "1"])
def test_that_without_a_network_and_without_a_copy_nothing_starts(hub: HubServer, tmp_path: Path, offline: str) -> None:
    hub.close()
    done = compile_from(hub, tmp_path, MODEL, HF_HUB_OFFLINE=offline)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "hub-unreachable"
    assert not run_folders()


@pytest.mark.parametrize(
    ("card", "token", "model", "code"),
    [
        ({}, None, "acme/other", "no-such-model"),
        ({"private": True}, None, MODEL, "no-such-model"),
        ({"private": True}, STRANGER_TOKEN, MODEL, "no-such-model"),
        ({"gated": "manual"}, None, MODEL, "gated-model"),
        ({"gated": "manual"}, STRANGER_TOKEN, MODEL, "gated-model"),
    ],
)
def test_that_a_model_which_the_hub_will_not_give_is_refused_with_the_way_to_get_it(
    hub: HubServer,
    starter_files: Path,
    tmp_path: Path,
    card: dict[str, object],
    token: str | None,
    model: str,
    code: str,
) -> None:
    hub.add_model(MODEL, starter_files, **card)
    done = compile_from(hub, tmp_path, model, token=token)
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert error["code"] == code
    assert "hf auth login" in error["remedy"]
    assert not run_folders()


def test_that_an_unknown_revision_is_refused_however_it_is_given(hub: HubServer, tmp_path: Path) -> None:
    for asked in ((MODEL, "--revision", "v9"), (f"{MODEL}@v9",)):
        done = compile_from(hub, tmp_path, *asked)
        assert done.returncode == 2
        assert json.loads(done.stdout)["error"]["code"] == "no-such-revision"


def test_that_a_private_model_is_compiled_with_the_users_token_and_the_token_is_written_nowhere(
    hub: HubServer, starter_files: Path, tmp_path: Path
) -> None:
    hub.add_model(MODEL, starter_files, private=True)
    done = compile_from(hub, tmp_path, MODEL, token=READER_TOKEN)
    assert done.returncode == 0, done.stderr
    assert READER_TOKEN not in done.stdout + done.stderr
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    assert not [path for path in written if READER_TOKEN.encode() in path.read_bytes()]


@pytest.mark.parametrize("trouble", [{"status": 503}, {"status": 500}, {"html": True}])
def test_that_a_hub_in_trouble_is_said_to_be_and_nothing_starts(
    hub: HubServer, tmp_path: Path, trouble: dict[str, object]
) -> None:
    hub.trouble(MODEL, only="/api/", **trouble)
    done = compile_from(hub, tmp_path, MODEL)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "hub-unreachable"
    assert "Traceback" not in done.stderr


def test_that_a_search_finds_text_classifiers_first_and_other_models_after_them(
    hub: HubServer, starter_files: Path, tmp_path: Path
) -> None:
    hub.add_model("acme/pairs-large", starter_files, pipeline_tag="text-classification", downloads=900)
    hub.add_model("acme/pairs-writer", starter_files, pipeline_tag="text-generation", downloads=9000)
    code = "from neuron_studio.runs.hub import search; print([(m.id, m.downloads) for m in search('pairs')])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=hub.environment(tmp_path)
    )
    assert done.stdout.strip() == str([("acme/pairs-large", 900), (MODEL, 7), ("acme/pairs-writer", 9000)]), done.stderr


@pytest.mark.parametrize("trouble", [{"status": 503}, {"html": True}])
def test_that_a_search_in_a_hub_in_trouble_ends_at_once_with_the_reason(
    hub: HubServer, tmp_path: Path, trouble: dict[str, object]
) -> None:
    hub.trouble(only="/api/models", **trouble)
    code = "from neuron_studio.runs.hub import search; search('pairs')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=hub.environment(tmp_path)
    )
    assert "StudioError" in done.stderr
    assert len([request for request in hub.requests if request.path == "/api/models"]) == 1


def test_that_a_list_of_ten_thousand_is_cut(hub: HubServer, tmp_path: Path) -> None:
    hub.add_listing(10_000)
    code = "from neuron_studio.runs.hub import search; print(len(search('listed')))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=hub.environment(tmp_path)
    )
    assert done.stdout.strip() == "200", done.stderr


@pytest.mark.parametrize("trickle", [1, 40])
def test_that_a_hub_which_sends_a_byte_now_and_then_does_not_hold_a_search(
    hub: HubServer, tmp_path: Path, trickle: int
) -> None:
    hub.add_listing(10_000)
    hub.trouble(only="/api/models", bytes_per_s=trickle)
    code = "from neuron_studio.runs import hub; hub._SEARCH_LIMIT_S = 1; hub.search('listed')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=hub.environment(tmp_path)
    )
    assert "The hub is too slow: no whole answer within 1 s." in done.stderr


def test_that_a_hub_which_sends_a_byte_now_and_then_leaves_the_copy_on_this_machine(
    hub: HubServer, tmp_path: Path
) -> None:
    assert compile_from(hub, tmp_path, MODEL).returncode == 0
    hub.trouble(only="/api/models", bytes_per_s=1)
    code = (
        "from neuron_studio.runs import hub; from neuron_studio.wire.spec import ModelChoice; hub._FACTS_LIMIT_S = 1;"
        f"print(hub.describe(ModelChoice({MODEL!r})).cached)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=hub.environment(tmp_path)
    )
    assert done.stdout.strip() == "True", done.stderr
