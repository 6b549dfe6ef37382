"""The tokens shown before a run: the run's own, whatever stands in a sentence, and fetched as one small file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from neuron_studio.core.shapes import lost_tokens
from neuron_studio.runs.model_folder import describe_folder
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.runs.tokens import counter_for
from tests.support.compiling import compile_pairs
from tests.support.hub_server import HubServer
from tests.support.workers import WORKER_PYTHON

LENGTH = 32
PAIRS = [
    ("The company is based in New York City", "Its headquarters are in Manhattan"),
    ("Ünïcödé, 東京 and 👩‍👩‍👧 zero\u200bwidth", "a\u0301 combining\u00a0space\ttab"),
    ("[SEP] a special token [MASK] in the text [PAD]", "[CLS]"),
    ("word " * 60, "few words"),
    ("few words", "word " * 60),
    ("one " * 31, "two " * 30),
    ("x", "antidisestablishmentarianism" * 20),
]

CUT = """
import json, sys
from transformers import AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
kept = []
for first, second in json.loads(sys.stdin.read()):
    encoded = tokenizer(first, second, max_length=int(sys.argv[2]), truncation="longest_first")
    owners = encoded.sequence_ids(0)
    kept.append([owners.count(0), owners.count(1)])
print(json.dumps(kept))
"""


def test_that_the_starter_models_counts_are_those_of_the_run(tmp_path: Path) -> None:
    counter = counter_for(describe_folder(STARTER_MODEL))
    assert counter is not None
    counts = [pair.whole for pair in counter.count(PAIRS)]
    words = [word for pair in PAIRS for word in ("--pair", *pair)]
    options = ("--target", "inf2", "--backend", "emulator", "--max-length", str(LENGTH))
    compiled = compile_pairs(tmp_path, str(STARTER_MODEL), *words, *options)
    assert [pair["tokens"] for pair in compiled.pairs] == [min(count, LENGTH) for count in counts], compiled.said
    assert [pair["truncated"] for pair in compiled.pairs] == [count > LENGTH for count in counts]
    assert len({count > LENGTH for count in counts}) == 2


def test_that_what_would_be_cut_of_each_sentence_is_what_transformers_cuts() -> None:
    counter = counter_for(describe_folder(STARTER_MODEL))
    assert counter is not None
    command = [WORKER_PYTHON, "-c", CUT, str(STARTER_MODEL), str(LENGTH)]
    done = subprocess.run(command, input=json.dumps(PAIRS), capture_output=True, text=True, check=True)
    kept = []
    for count in counter.count(PAIRS):
        first, second = lost_tokens(count, LENGTH, "longest_first")
        kept.append([count.first - first, count.second - second])
    assert kept == json.loads(done.stdout)


@pytest.fixture
def hub(tmp_path: Path) -> HubServer:
    folder = tmp_path / "repository"
    folder.mkdir()
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        (folder / name).write_bytes((STARTER_MODEL / name).read_bytes())
    server = HubServer()
    server.add_model("acme/pairs", folder)
    return server


def test_that_only_the_small_file_of_a_hub_model_is_downloaded_to_count(hub: HubServer, tmp_path: Path) -> None:
    script = (
        "from neuron_studio.runs.models import describe; from neuron_studio.runs.tokens import counter_for;"
        "from neuron_studio.wire.spec import ModelChoice;"
        "print(counter_for(describe(ModelChoice('acme/pairs'))).count([('a', 'b')])[0].whole)"
    )
    with hub:
        done = subprocess.run(
            [sys.executable, "-c", script], env=hub.environment(tmp_path / "home"), capture_output=True, text=True
        )
        assert done.stdout == "5\n", done.stderr
        assert hub.requests_for("tokenizer.json")
    kept = [path.stat().st_size for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert max(kept) < (STARTER_MODEL / "model.safetensors").stat().st_size
