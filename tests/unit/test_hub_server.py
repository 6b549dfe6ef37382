"""The test hub against the real huggingface_hub library, which a child process points at it and leaves as it is."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.hub_server import READER_TOKEN, STRANGER_TOKEN, HubServer

LIBRARY_CHUNK = 10 * 1024 * 1024  # the library keeps what it received in steps of this size, and resumes from there
WEIGHTS = 12_000_000
PRELUDE = """
import json
from pathlib import Path
from huggingface_hub import HfApi, hf_hub_download, snapshot_download
api = HfApi()

def kinds(call, *args, **options):
    try:
        call(*args, **options)
    except Exception as error:
        return [kind.__name__ for kind in type(error).__mro__]
    return []
"""


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer() as hub:
        yield hub


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    config = {"architectures": ["BertForSequenceClassification"], "model_type": "bert", "hidden_size": 8}
    header = {"weight": {"dtype": "F32", "shape": [3, WEIGHTS // 12], "data_offsets": [0, WEIGHTS]}}
    encoded = json.dumps(header).encode()
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "nested").mkdir()
    (folder / "nested" / "vocab.txt").write_text("[PAD]\n[UNK]\n")
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(encoded)) + encoded + os.urandom(WEIGHTS))
    return folder


def in_child(hub: HubServer, home: Path, script: str, token: str | None = None, **variables: str) -> Any:
    """What the script leaves in `answer`, after it ran in a process whose hub this is."""
    environment = {**hub.environment(home, token), **variables}
    text = f"{PRELUDE}\n{script}\nprint(json.dumps(answer))"
    child = subprocess.run([sys.executable, "-c", text], env=environment, capture_output=True, text=True, timeout=60)
    assert child.returncode == 0, child.stderr
    return json.loads(child.stdout.splitlines()[-1])


def same_files(first: Path, second: Path) -> bool:
    contents = [
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (first, second)
    ]
    return contents[0] == contents[1]


def test_that_a_search_finds_models_by_name_task_tag_and_popularity(hub, folder, tmp_path):
    task = {"pipeline_tag": "text-classification", "license": "mit"}
    hub.add_model("acme/pairs-small", folder, downloads=3, likes=9, tags=("glue",), **task)
    hub.add_model("acme/pairs-large", folder, downloads=7, likes=2, **task)
    hub.add_model("umbrella/PAIRS", folder, pipeline_tag="fill-mask", gated="auto")
    hub.add_model("acme/secret-pairs", folder, private=True)
    script = """
    ids = lambda **query: [model.id for model in api.list_models(**query)]
    task = "text-classification"
    answer = [ids(search="pairs"), ids(pipeline_tag=task, sort="downloads"), ids(filter=[task, "glue"]),
              ids(author="umbrella"), ids(gated=True), ids(search="pairs", limit=1), ids(search="nothing")]
    """.replace("\n    ", "\n")
    small, large, third = "acme/pairs-small", "acme/pairs-large", "umbrella/PAIRS"
    expected = [[small, large, third], [large, small], [small], [third], [third], [small], []]
    assert in_child(hub, tmp_path, script) == expected
    assert "acme/secret-pairs" in in_child(hub, tmp_path, "answer = [m.id for m in api.list_models()]", READER_TOKEN)


def test_that_ten_thousand_models_arrive_page_by_page(hub, tmp_path):
    hub.add_listing(10_000)
    script = """answer = [[model.id, model.downloads, model.tags, model.likes]
                          for model in api.list_models(sort="likes", expand=["downloads"])]"""
    listed = in_child(hub, tmp_path, script)
    pages = [request for request in hub.requests if request.path == "/api/models"]
    assert [len(pages), pages[-1].query] == [10, "sort=likes&expand=downloads&cursor=9000"]
    assert [listed[0], len(listed)] == [["listed/sentence-pairs-09999", 990_001, None, None], 10_000]


def test_that_a_parameter_the_hub_does_not_know_is_refused_rather_than_ignored(hub, tmp_path):
    assert "BadRequestError" in in_child(hub, tmp_path, "answer = kinds(lambda: list(api.list_models(apps='ollama')))")


def test_that_a_model_is_described_with_sizes_hashes_and_parameters(hub, folder, tmp_path):
    hub.add_model("acme/pairs", folder, license="apache-2.0", downloads=12, likes=3, card={"language": "en"})
    script = """
info = api.model_info("acme/pairs", files_metadata=True, securityStatus=True)
files = {each.rfilename: [each.size, each.lfs and each.lfs["size"]] for each in info.siblings}
brief = api.model_info("acme/pairs", expand=["downloads"])
answer = [files, info.sha, info.card_data.license, info.card_data.language, info.config, info.safetensors.total,
          info.gated, info.downloads, info.likes, "license:apache-2.0" in info.tags, [brief.downloads, brief.likes]]
"""
    files, commit, *facts = in_child(hub, tmp_path, script)
    weights = (folder / "model.safetensors").stat().st_size
    assert files["model.safetensors"] == [weights, weights]
    assert files["nested/vocab.txt"] == [12, None]
    config = {"architectures": ["BertForSequenceClassification"], "model_type": "bert", "tokenizer_config": {}}
    assert facts == ["apache-2.0", "en", config, WEIGHTS // 4, False, 12, 3, True, [12, None]]
    assert commit == hub.model("acme/pairs").branches["main"].commit


def test_that_trees_and_branches_are_listed(folder, tmp_path):
    script = """
tree = lambda **query: [entry.path for entry in api.list_repo_tree("acme/pairs", **query)]
refs = {branch.name: branch.target_commit for branch in api.list_repo_refs("acme/pairs").branches}
answer = [tree(), tree(recursive=True, expand=True), tree(path_in_repo="nested"), sorted(refs), api.whoami()["name"]]
"""
    with HubServer(page_size=2) as hub:
        hub.add_model("acme/pairs", folder)
        hub.add_model("acme/pairs", folder, branch="v2")
        top = ["config.json", "model.safetensors", "nested"]
        expected = [top, [*top, "nested/vocab.txt"], ["nested/vocab.txt"], ["main", "v2"], "reader"]
        assert in_child(hub, tmp_path, script, READER_TOKEN) == expected


def test_that_whole_models_download_by_new_canonical_and_moved_ids(hub, folder, tmp_path):
    hub.add_model("acme/pairs", folder)
    hub.add_model("bert-base-cased-finetuned-mrpc", folder)
    hub.move_model("old-pairs", "acme/pairs")
    ids = ["acme/pairs", "bert-base-cased-finetuned-mrpc", "old-pairs"]
    for snapshot in in_child(hub, tmp_path, f"answer = [snapshot_download(each) for each in {ids}]"):
        assert same_files(Path(snapshot), folder)
    places = [request.place for request in hub.requests_for("model.safetensors")]
    assert places == ["storage"] * 3


def test_that_a_new_commit_moves_the_branch_and_leaves_the_old_commit_in_reach(hub, folder, tmp_path):
    old = hub.add_model("acme/pairs", folder, likes=5).branches["main"].commit
    (tmp_path / "next").mkdir()
    (tmp_path / "next" / "config.json").write_text("{}")
    new = hub.add_model("acme/pairs", tmp_path / "next")
    script = f"""
names = lambda revision: [Path(snapshot_download("acme/pairs", revision=revision)).name,
                          len(api.model_info("acme/pairs", revision=revision).siblings)]
answer = [names("main"), names("{old}")]
"""
    assert in_child(hub, tmp_path, script) == [[new.branches["main"].commit, 1], [old, 3]]
    assert new.likes == 5


def test_that_parameters_are_read_from_the_head_of_the_weights_alone(hub, folder, tmp_path):
    hub.add_model("acme/pairs", folder)
    script = 'answer = api.get_safetensors_metadata("acme/pairs").parameter_count'
    assert in_child(hub, tmp_path, script) == {"F32": WEIGHTS // 4}
    assert {request.byte_range for request in hub.requests_for("model.safetensors")} == {(0, 100_000)}


def test_that_a_cut_download_is_resumed_from_where_it_broke(hub, folder, tmp_path):
    hub.add_model("acme/pairs", folder)
    hub.trouble("acme/pairs", cut_after=LIBRARY_CHUNK + 500_000, times=1)
    # Newer versions go on by themselves; until 0.36 the library gave up and went on in the next call.
    script = 'kinds(hf_hub_download, "acme/pairs", "model.safetensors")'
    path = in_child(hub, tmp_path, script + '\nanswer = hf_hub_download("acme/pairs", "model.safetensors")')
    at_storage = [request for request in hub.requests if request.place == "storage"]
    assert [request.byte_range for request in at_storage] == [None, (LIBRARY_CHUNK, None)]
    assert Path(path).read_bytes() == (folder / "model.safetensors").read_bytes()


def test_that_each_refusal_becomes_its_own_exception(hub, folder, tmp_path):
    hub.add_model("acme/pairs", folder)
    hub.add_model("acme/gated", folder, gated="manual")
    hub.add_model("acme/private", folder, private=True)
    hub.add_model("acme/disabled", folder, disabled=True)
    script = f"""
answer = [kinds(api.model_info, "acme/unknown"), kinds(api.model_info, "acme/private"),
          kinds(api.model_info, "acme/private", token="{STRANGER_TOKEN}"),
          kinds(api.model_info, "acme/pairs", revision="v9"), kinds(hf_hub_download, "acme/pairs", "pytorch_model.bin"),
          kinds(hf_hub_download, "acme/gated", "config.json"),
          kinds(snapshot_download, "acme/gated", token="{STRANGER_TOKEN}"), kinds(api.model_info, "acme/disabled"),
          kinds(api.model_info, "acme/pairs", token="hf_nobody"), [api.model_info("acme/gated").gated]]
"""
    names = ["RepositoryNotFoundError"] * 3 + ["RevisionNotFoundError", "EntryNotFoundError"] + ["GatedRepoError"] * 2
    names += ["DisabledRepoError", "HfHubHTTPError", "manual"]
    answers = in_child(hub, tmp_path, script)
    assert [name in kinds for name, kinds in zip(names, answers, strict=True)] == [True] * len(names)
    assert "RepositoryNotFoundError" not in answers[-2]


def test_that_a_token_opens_what_it_may_and_never_reaches_storage(hub, folder, tmp_path):
    hub.add_model("acme/private", folder, private=True)
    hub.add_model("acme/gated", folder, gated=True)
    script = 'answer = [snapshot_download(each) for each in ("acme/private", "acme/gated")]'
    for snapshot in in_child(hub, tmp_path, script, READER_TOKEN):
        assert same_files(Path(snapshot), folder)
    assert {(request.place, request.bearer) for request in hub.requests} == {("hub", "reader"), ("storage", None)}
    assert READER_TOKEN not in repr(hub.requests)


def test_that_a_page_of_html_is_not_taken_for_an_answer(hub, folder, tmp_path):
    hub.add_model("acme/pairs", folder)
    hub.trouble(html=True)
    script = 'answer = [kinds(api.model_info, "acme/pairs"), kinds(hf_hub_download, "acme/pairs", "config.json")]'
    described, downloaded = in_child(hub, tmp_path, script)
    assert "JSONDecodeError" in described
    assert "LocalEntryNotFoundError" in downloaded


def test_that_offline_the_cache_is_all_there_is(hub, folder, tmp_path):
    hub.add_model("acme/pairs", folder)
    script = 'answer = kinds(snapshot_download, "acme/pairs")'
    assert "LocalEntryNotFoundError" in in_child(hub, tmp_path, script, HF_HUB_OFFLINE="1")
    assert in_child(hub, tmp_path, script) == []
    hub.forget_requests()
    assert in_child(hub, tmp_path, script, HF_HUB_OFFLINE="1") == []
    assert hub.requests == ()


def test_that_a_trouble_is_over_after_its_times_and_stays_where_it_belongs(hub, folder, tmp_path):
    hub.add_model("acme/pairs", folder)
    hub.add_model("acme/other", folder)
    hub.trouble("acme/pairs", status=500)
    hub.trouble(status=503, only="/api/models?", times=1)
    script = """answer = [len(list(api.list_models())), kinds(api.model_info, "acme/other"),
                          kinds(api.model_info, "acme/pairs")]"""
    count, other, pairs = in_child(hub, tmp_path, script)
    assert [count, other, "HfHubHTTPError" in pairs] == [2, [], True]
    hub.mend()
    assert in_child(hub, tmp_path, 'answer = kinds(api.model_info, "acme/pairs")') == []


def test_that_a_silent_hub_runs_into_the_callers_time_limit_and_still_closes_at_once(hub, tmp_path):
    hub.trouble(latency_s=60)
    assert "ReadTimeout" in in_child(hub, tmp_path, 'answer = kinds(api.model_info, "acme/pairs", timeout=0.3)')
    began = time.monotonic()
    hub.close()
    assert time.monotonic() - began < 10


def test_that_a_childs_environment_holds_nothing_of_the_users_hub(hub, tmp_path, monkeypatch):
    for name in ("HF_TOKEN", "HF_HUB_OFFLINE", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.setenv(name, "1")
    environment = hub.environment(tmp_path)
    owned = {name for name in environment if name.startswith(("HF_", "HUGGING", "TRANSFORMERS"))}
    telemetry = {"HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_UPDATE_CHECK"}
    assert owned == {"HF_ENDPOINT", "HF_HOME", "HF_HUB_DISABLE_XET", *telemetry}
    assert environment["PATH"] == os.environ["PATH"]
