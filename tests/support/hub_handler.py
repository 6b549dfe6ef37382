"""What the test hub answers: the addresses of the real hub's API, who may read what, and how it refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from tests.support.hub_content import (
    QUERY_NAMES,
    SORTED_BY,
    Model,
    Snapshot,
    document,
    is_asked_for,
    is_true,
    listing_entry,
    picked,
)
from tests.support.hub_transfer import Refusal, Transfer

WAYS = "revision|tree|refs|resolve"  # a canonical id has no namespace, so what follows it must not be taken for a name
MODEL = rf"(?P<model_id>[^/]+(?:/(?!(?:{WAYS})(?:/|$))[^/]+)?)"
ROUTES = (
    (re.compile(r"/api/models"), "_list"),
    (re.compile(rf"/api/models/{MODEL}"), "_describe"),
    (re.compile(rf"/api/models/{MODEL}/revision/(?P<revision>[^/]+)"), "_describe"),
    (re.compile(rf"/api/models/{MODEL}/tree/(?P<revision>[^/]+)(?:/(?P<path>.+))?"), "_list_tree"),
    (re.compile(rf"/api/models/{MODEL}/refs"), "_list_refs"),
    (re.compile(r"/api/whoami-v2"), "_tell_who"),
    (re.compile(r"/api/agent-harnesses"), "_list_harnesses"),
    (re.compile(rf"/{MODEL}/resolve/(?P<revision>[^/]+)/(?P<path>.+)"), "_resolve"),
)
STORAGE_ROUTES = ((re.compile(r"/lfs/(?P<sha256>[0-9a-f]{64})"), "_send_stored"),)


class HubHandler(Transfer):
    """One connection to the hub or to its storage."""

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        address = urlsplit(self.path)
        self.query = parse_qs(address.query, keep_blank_values=True)
        self.reader = self.hub.reader_of(self.headers.get("Authorization"))
        self.troubles = ()
        self.hub.record(self)
        try:
            route, named = self._route(address.path)
            self.troubles = self.hub.troubles_of(named.get("model_id") or self._asked("repository"), self.path)
            self.suffer()
            getattr(self, route)(**named)
        except Refusal as refusal:
            self.send_refusal(refusal)

    def _route(self, path: str) -> tuple[str, dict[str, Any]]:
        for pattern, route in STORAGE_ROUTES if self.server.place == "storage" else ROUTES:
            match = pattern.fullmatch(path)
            if match:
                return route, {name: unquote(part) for name, part in match.groupdict().items() if part}
        raise Refusal(404, "Sorry, we can't find the page you are looking for.")

    def _asked(self, name: str) -> str:
        return self.query.get(name, [""])[-1]

    # What the API tells.

    def _list(self) -> None:
        unknown = sorted(set(self.query) - QUERY_NAMES)
        sort = self._asked("sort")
        if unknown or (sort and sort not in SORTED_BY):
            # A filter that were ignored would let a test believe that it was applied.
            raise Refusal(400, f"This hub does not know {unknown or sort}.")
        models = [model for model in self.hub.models() if self._is_listed(model) and is_asked_for(model, self.query)]
        if sort:
            models.sort(key=SORTED_BY[sort], reverse=self._asked("direction") != "1")
        self._send_page(models, lambda model: listing_entry(model, self.query))

    def _is_listed(self, model: Model) -> bool:
        return not model.disabled and (not model.private or self.reader in model.readers)

    def _describe(self, model_id: str, revision: str = "main") -> None:
        model, snapshot = self._snapshot(model_id, revision)
        everything = document(model, snapshot, with_sizes=is_true(self.query, "blobs"))
        if is_true(self.query, "securityStatus"):
            everything["securityRepoStatus"] = {"scansDone": True, "filesWithIssues": []}
        self.send_json(picked(everything, self.query["expand"]) if "expand" in self.query else everything)

    def _list_tree(self, model_id: str, revision: str, path: str = "") -> None:
        model, snapshot = self._snapshot(model_id, revision)
        entries = snapshot.tree(path, recursive=is_true(self.query, "recursive"))
        if path and not entries:
            raise _no_entry(snapshot, path)
        commit = {"id": snapshot.commit, "title": "Upload the model", "date": model.last_modified}
        scan = {"status": "safe", "avScan": None, "pickleImportScan": None}
        more = {"lastCommit": commit, "securityFileStatus": scan} if is_true(self.query, "expand") else {}
        self._send_page(entries, lambda entry: {**entry, **more})

    def _list_refs(self, model_id: str) -> None:
        branches = [
            {"name": name, "ref": f"refs/heads/{name}", "targetCommit": snapshot.commit}
            for name, snapshot in self._model(model_id).branches.items()
        ]
        self.send_json({"branches": branches, "converts": [], "tags": [], "pullRequests": []})

    def _tell_who(self) -> None:
        self._refuse_unknown_token()
        if self.reader is None:
            raise Refusal(401, "Invalid username or password.")
        auth = {"type": "access_token", "accessToken": {"displayName": "test", "role": "read"}}
        self.send_json({"type": "user", "name": self.reader, "fullname": self.reader, "orgs": [], "auth": auth})

    def _list_harnesses(self) -> None:
        self.send_json({"standardEnvVars": [], "harnesses": {}})

    def _send_page(self, items: list[Any], entry: Callable[[Any], dict[str, Any]]) -> None:
        start = int(self._asked("cursor") or 0)
        stop = start + min(int(self._asked("limit") or self.hub.page_size), self.hub.page_size)
        headers = {}
        if stop < len(items):
            onward = urlencode({**self.query, "cursor": [stop]}, doseq=True)
            headers["Link"] = f'<{self.hub.endpoint}{urlsplit(self.path).path}?{onward}>; rel="next"'
        self.send_json([entry(item) for item in items[start:stop]], headers=headers)

    # Files.

    def _resolve(self, model_id: str, revision: str, path: str) -> None:
        model, snapshot = self._snapshot(model_id, revision)
        self._refuse_the_ungranted(model)
        stored = snapshot.files.get(path)
        if stored is None:
            raise _no_entry(snapshot, path)
        headers = {"X-Repo-Commit": snapshot.commit}
        if not stored.is_lfs:
            self.send_file(stored, headers)
            return
        # Storage is another origin, as it is for the real hub: a client must not take its token there.
        signed = urlencode({"repository": model.id, "file": path, "signature": self.hub.signature})
        headers["Location"] = f"{self.hub.storage}/lfs/{stored.sha256}?{signed}"
        headers["X-Linked-Size"] = str(stored.size)
        headers["X-Linked-Etag"] = f'"{stored.etag}"'
        headers["Accept-Ranges"] = "bytes"
        self.send_bytes(b"Found. Redirecting to storage.", "text/plain", 302, headers)

    def _send_stored(self, sha256: str) -> None:
        model, path = self.hub.model(self._asked("repository")), self._asked("file")
        held = [snapshot.files[path] for snapshot in model.snapshots if path in snapshot.files] if model else []
        stored = next((each for each in held if each.is_lfs and each.sha256 == sha256), None)
        if stored is None or self._asked("signature") != self.hub.signature:
            raise Refusal(403, "Access denied.")
        if self.headers.get("Authorization"):  # storage takes one proof only, which gives a leaked token away
            raise Refusal(400, "Only one auth mechanism allowed.")
        name = path.split("/")[-1]
        disposition = f"inline; filename*=UTF-8''{quote(name)}; filename=\"{name}\";"
        self.send_file(stored, {"Content-Disposition": disposition})

    # Who may read what.

    def _model(self, model_id: str) -> Model:
        self._refuse_unknown_token()
        new_id = self.hub.new_id(model_id)
        if new_id:
            raise Refusal(307, "Moved.", headers={"Location": self.path.replace(f"/{model_id}", f"/{new_id}", 1)})
        model = self.hub.model(model_id)
        if model is None or (model.private and self.reader not in model.readers):
            # Nobody is told whether a model is private or does not exist.
            if self.reader is None:
                raise Refusal(401, "Invalid username or password.", "RepoNotFound")
            raise Refusal(404, "Repository not found", "RepoNotFound")
        if model.disabled:
            raise Refusal(403, "Access to this resource is disabled.")
        return model

    def _snapshot(self, model_id: str, revision: str) -> tuple[Model, Snapshot]:
        model = self._model(model_id)
        snapshot = model.snapshot(revision)
        if snapshot is None:
            raise Refusal(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return model, snapshot

    def _refuse_unknown_token(self) -> None:
        if self.reader == "unknown":
            raise Refusal(401, "Invalid credentials in Authorization header")

    def _refuse_the_ungranted(self, model: Model) -> None:
        """Gated models show what they are to everybody, and their files to those who were let in."""
        if not model.gated or self.reader in model.readers:
            return
        restricted = f"Access to model {model.id} is restricted"
        if self.reader is None:
            log_in = "You must have access to it and be authenticated to access it. Please log in."
            raise Refusal(401, f"{restricted}. {log_in}", "GatedRepo")
        ask = f"Visit {self.hub.endpoint}/{model.id} to ask for access."
        raise Refusal(403, f"{restricted} and you are not in the authorized list. {ask}", "GatedRepo")


def _no_entry(snapshot: Snapshot, path: str) -> Refusal:
    return Refusal(404, f"Entry not found: {path}", "EntryNotFound", {"X-Repo-Commit": snapshot.commit})
