"""The test hub's answers byte by byte, asked for with bare HTTP: ranges, cuts, limits, and what it never gives away."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.hub_server import READER_TOKEN, HubServer

VOCABULARY = b"[PAD]\n[UNK]\n"
WORDS = "/acme/pairs/resolve/main/vocab.txt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "vocab.txt").write_bytes(VOCABULARY)
    (folder / "config.json").write_text('{"model_type": "bert"}')
    (folder / "model.safetensors").write_bytes(bytes(range(100)))
    (tmp_path / "secret.txt").write_text("not in the folder")
    return folder


@pytest.fixture
def hub(folder: Path) -> Iterator[HubServer]:
    with HubServer() as hub:
        hub.add_model("acme/pairs", folder)
        yield hub


def get(address: str, path: str, headers: Mapping[str, str] | None = None) -> tuple[HTTPResponse, bytes]:
    """One answer, read to its end; the path goes out as it is written."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=10)
    try:
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def test_that_a_lasting_cut_strikes_every_time_and_spares_shorter_answers(hub):
    hub.trouble("acme/pairs", cut_after=15)
    for _ in range(2):
        with pytest.raises(IncompleteRead) as broken:
            get(hub.endpoint, "/acme/pairs/resolve/main/config.json")
        assert len(broken.value.partial) == 15
    assert get(hub.endpoint, WORDS)[1] == VOCABULARY


def test_that_a_cut_counts_only_when_it_happens_and_from_where_the_answer_begins(hub):
    hub.trouble("acme/pairs", cut_after=5, times=1)
    assert get(hub.endpoint, "/api/models/acme/pairs")[0].status == 200
    assert get(hub.endpoint, WORDS, {"Range": "bytes=9-"})[1] == VOCABULARY[9:]
    with pytest.raises(IncompleteRead) as broken:
        get(hub.endpoint, WORDS, {"Range": "bytes=2-"})
    assert broken.value.partial == VOCABULARY[2:7]
    assert get(hub.endpoint, WORDS)[1] == VOCABULARY


def test_that_a_trouble_keeps_to_the_addresses_it_was_given(hub):
    hub.trouble("acme/pairs", status=500, only="config.json")
    hub.trouble("acme/other", status=500)
    statuses = [
        get(hub.endpoint, f"/acme/pairs/resolve/main/{name}")[0].status for name in ("config.json", "vocab.txt")
    ]
    assert statuses == [500, 200]


def test_that_too_many_requests_say_when_to_come_back(hub):
    hub.trouble(status=429, retry_after_s=7)
    response, _ = get(hub.endpoint, "/api/models")
    assert (response.status, response.headers["RateLimit"]) == (429, '"api";r=0;t=7')


def test_that_a_bandwidth_limit_stretches_an_answer(hub):
    hub.trouble("acme/pairs", bytes_per_s=40)
    began = time.monotonic()
    assert get(hub.endpoint, WORDS)[1] == VOCABULARY
    assert time.monotonic() - began > 0.8 * len(VOCABULARY) / 40


@pytest.mark.parametrize(
    ("asked", "status", "content_range", "body"),
    [
        ("bytes=2-4", 206, "bytes 2-4/12", VOCABULARY[2:5]),
        ("bytes=9-", 206, "bytes 9-11/12", VOCABULARY[9:]),
        ("bytes=9-400", 206, "bytes 9-11/12", VOCABULARY[9:]),
        ("bytes=-2", 206, "bytes 10-11/12", VOCABULARY[-2:]),
        ("bytes=12-", 416, "bytes */12", b'{"error": "The range is not within the file."}'),
        ("lines=1-2", 200, None, VOCABULARY),
    ],
)
def test_that_a_range_brings_just_those_bytes(hub, asked, status, content_range, body):
    response, received = get(hub.endpoint, WORDS, {"Range": asked})
    assert (response.status, response.headers["Content-Range"], received) == (status, content_range, body)
    hub.trouble("acme/pairs", ignores_ranges=True)
    response, received = get(hub.endpoint, WORDS, {"Range": asked})
    assert (response.status, received) == (200, VOCABULARY)


@pytest.mark.parametrize(
    "way_out", ["../secret.txt", "%2e%2e/secret.txt", "..%2Fsecret.txt", "/etc/passwd", "model.bin"]
)
def test_that_nothing_is_served_but_what_was_added(hub, way_out):
    response, body = get(hub.endpoint, f"/acme/pairs/resolve/main/{way_out}")
    assert (response.status, response.headers["X-Error-Code"]) == (404, "EntryNotFound")
    assert b"not in the folder" not in body


def test_that_storage_takes_the_hubs_signature_and_no_token(hub):
    redirect, _ = get(hub.endpoint, "/acme/pairs/resolve/main/model.safetensors")
    signed = redirect.headers["Location"][len(hub.storage) :]
    assert (redirect.status, redirect.headers["X-Linked-Size"]) == (302, "100")
    assert get(hub.storage, signed)[1] == bytes(range(100))
    assert get(hub.storage, signed, {"Authorization": f"Bearer {READER_TOKEN}"})[0].status == 400
    assert get(hub.storage, signed.split("&signature=")[0])[0].status == 403
    assert get(hub.storage, WORDS)[0].status == 404


def test_that_requests_are_kept_without_the_token(hub):
    get(hub.endpoint, f"{WORDS}?download=true", {"Authorization": f"Bearer {READER_TOKEN}", "Range": "bytes=3-"})
    (kept,) = hub.requests
    assert (kept.place, kept.method, kept.path, kept.query) == ("hub", "GET", WORDS, "download=true")
    assert (kept.byte_range, kept.bearer) == ((3, None), "reader")
    assert READER_TOKEN not in repr(kept)


def test_that_a_closed_hub_leaves_no_thread_and_refuses_connections(folder):
    before = set(threading.enumerate())
    with HubServer() as hub:
        hub.add_model("acme/pairs", folder)
        waiting = HTTPConnection(urlsplit(hub.endpoint).netloc)
        waiting.request("GET", "/api/models/acme/pairs")
        waiting.getresponse().read()  # and the connection stays open, as a client's pool keeps it
    waiting.close()
    assert set(threading.enumerate()) <= before
    with pytest.raises(ConnectionRefusedError):
        get(hub.endpoint, "/api/models")
