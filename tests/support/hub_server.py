"""A hub on loopback that the real huggingface_hub library talks to unchanged, with troubles at the flick of a switch.

with HubServer() as hub:
    hub.add_model("acme/pairs", folder, pipeline_tag="text-classification", license="apache-2.0", downloads=12)
    hub.trouble("acme/pairs", cut_after=100_000, times=1)
    subprocess.run([...], env=hub.environment(tmp_path))
    assert hub.requests[-1].byte_range == (100_000, None)
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import socketserver
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.hub_content import Model, listed_model, take_snapshot
from tests.support.hub_handler import HubHandler
from tests.support.hub_transfer import Trouble, asked_range

READER_TOKEN = "hf_reader"  # belongs to "reader", who may read every private and gated model unless it says otherwise
STRANGER_TOKEN = "hf_stranger"  # a good token of somebody who was let in nowhere
USERS = {READER_TOKEN: "reader", STRANGER_TOKEN: "stranger"}


@dataclass(frozen=True)
class Received:
    """One request as it arrived; of a token it says whose it was, never its value."""

    place: str  # "hub" or "storage"
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    byte_range: tuple[int | None, int | None] | None
    bearer: str | None


class Listener(ThreadingHTTPServer):
    """A listening socket, and every connection that came in through it."""

    daemon_threads = False  # closing waits for every thread, so none outlives its test
    request_queue_size = 64

    def __init__(self, hub: HubServer, place: str) -> None:
        super().__init__(("127.0.0.1", 0), HubHandler)
        self.hub = hub
        self.place = place
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self._connections: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, name=f"test-{place}")
        self._thread.start()

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # HTTPServer's own asks the network for this machine's name

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a client may leave when it likes
            super().handle_error(request, client_address)

    def stop(self) -> None:
        self.shutdown()
        self._thread.join()
        for connection in tuple(self._connections):
            with contextlib.suppress(OSError):  # gone already
                connection.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for a kept-alive client
        self.server_close()


class HubServer:
    """The hub: what it holds, what goes wrong with it, and what it was asked."""

    def __init__(self, page_size: int = 1000) -> None:
        self.page_size = page_size
        self.is_closing = threading.Event()
        self.signature = secrets.token_hex(8)
        self._lock = threading.Lock()
        self._models: dict[str, Model] = {}
        self._moves: dict[str, str] = {}
        self._troubles: list[tuple[str | None, Trouble]] = []
        self._uses: dict[int, int] = {}
        self._requests: list[Received] = []
        self._hub = Listener(self, "hub")
        self._storage = Listener(self, "storage")

    def __enter__(self) -> HubServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening; from here on connections are refused."""
        if not self.is_closing.is_set():
            self.is_closing.set()
            self._hub.stop()
            self._storage.stop()

    @property
    def endpoint(self) -> str:
        return self._hub.address

    @property
    def storage(self) -> str:
        """Where LFS files are: an origin other than the hub's."""
        return self._storage.address

    def environment(self, home: Path, token: str | None = None) -> dict[str, str]:
        """A whole environment for a child whose hub this is, with a cache below the given folder."""
        foreign = ("HF_", "HUGGING", "TRANSFORMERS_", "DISABLE_TELEMETRY")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        own = {
            "HF_ENDPOINT": self.endpoint,
            "HF_HOME": str(home / "huggingface"),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }
        # Before 0.17 the library read its token from the second of these names only.
        tokens = {"HF_TOKEN": token, "HUGGING_FACE_HUB_TOKEN": token} if token else {}
        return {**inherited, **own, **tokens}

    # What it holds.

    def add_model(self, model_id: str, folder: Path, branch: str = "main", **card: Any) -> Model:
        """Serve a folder as a model, or as the newest commit of a branch of a model that is here already.

        The card takes the fields of Model: pipeline_tag, license, library_name, tags, card, downloads, likes, gated,
        private, disabled, readers, created_at, last_modified. A later commit keeps what it does not name.
        """
        snapshot = take_snapshot(model_id, folder)
        with self._lock:
            known = self._models.get(model_id) or Model(model_id, {"main": snapshot})
            branches = {**known.branches, branch: snapshot}
            former = (*known.former, *known.branches.values())
            self._models[model_id] = replace(known, branches=branches, former=former, **card)
            return self._models[model_id]

    def add_listing(self, count: int) -> None:
        """Fill the hub with models that have a card and no files."""
        models = [listed_model(number) for number in range(count)]
        with self._lock:
            self._models.update({model.id: model for model in models})

    def move_model(self, old_id: str, new_id: str) -> None:
        """Answer for an old id with a redirect, as the hub does for ids from before there were namespaces."""
        with self._lock:
            self._moves[old_id] = new_id

    def model(self, model_id: str) -> Model | None:
        return self._models.get(model_id)

    def models(self) -> list[Model]:
        with self._lock:
            return list(self._models.values())

    def new_id(self, model_id: str) -> str | None:
        return self._moves.get(model_id)

    # What goes wrong.

    def trouble(self, model_id: str | None = None, **switches: Any) -> Trouble:
        """Add a trouble to one model, or to everything; the switches are the fields of Trouble."""
        trouble = Trouble(**switches)
        with self._lock:
            self._troubles.append((model_id, trouble))
        return trouble

    def mend(self) -> None:
        """Take away all troubles."""
        with self._lock:
            self._troubles.clear()
            self._uses.clear()

    def troubles_of(self, model_id: str | None, address: str) -> tuple[Trouble, ...]:
        """What befalls a request now; a trouble that cuts files counts only when it does."""
        with self._lock:
            ids = (None, model_id, self._moves.get(model_id or ""))
            near = [each for whose, each in self._troubles if whose in ids and each.only in unquote(address)]
        return tuple(each for each in near if each.cut_after is not None or self.claim(each))

    def claim(self, trouble: Trouble) -> bool:
        """Use a trouble once; False where it has happened as often as it should."""
        with self._lock:
            uses = self._uses.get(id(trouble), 0)
            self._uses[id(trouble)] = uses + 1
            return trouble.times is None or uses < trouble.times

    # What it was asked.

    @property
    def requests(self) -> tuple[Received, ...]:
        with self._lock:
            return tuple(self._requests)

    def requests_for(self, ending: str, method: str = "GET") -> tuple[Received, ...]:
        """The requests whose address ends so; for LFS files, those that reached storage too."""
        return tuple(each for each in self.requests if each.method == method and _names(each, ending))

    def forget_requests(self) -> None:
        with self._lock:
            self._requests.clear()

    def record(self, request: HubHandler) -> None:
        address = urlsplit(request.path)
        headers = {name.lower(): value for name, value in request.headers.items()}
        if "authorization" in headers:
            headers["authorization"] = "Bearer (hidden)"
        received = Received(
            request.server.place,
            request.command,
            unquote(address.path),
            address.query,
            headers,
            asked_range(headers.get("range", "")),
            request.reader,
        )
        with self._lock:
            self._requests.append(received)

    def reader_of(self, authorization: str | None) -> str | None:
        """Whose token a request carries; "unknown" for one that nobody has, None without any."""
        if authorization is None:
            return None
        return USERS.get(authorization[len("Bearer ") :], "unknown")


def _names(request: Received, ending: str) -> bool:
    stored = parse_qs(request.query).get("file", [""])[-1]
    return request.path.endswith(ending) or (request.place == "storage" and stored.endswith(ending))
