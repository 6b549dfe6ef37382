"""What past runs took for their traces, read from as little of their journals as tells it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from neuron_studio.core.estimate import Estimate, PastTrace, estimate, shape_of
from neuron_studio.core.run_state import RunState
from neuron_studio.runs.store import RunStore
from neuron_studio.wire import stages
from neuron_studio.wire.errors import ProtocolError
from neuron_studio.wire.events import Event, ModelDescribed, RunStarted, StageFinished
from neuron_studio.wire.journal import from_line
from neuron_studio.wire.run_folder import RunFolder

# Older runs say little about today's compiler.
_MOST_RUNS = 200
_MOST_BYTES = 1 << 20

# The journal's lines begin with the name of their record: most need not be read to be passed over.
_WANTED = tuple(f'{{"event": "{kind.__name__}"'.encode() for kind in (RunStarted, ModelDescribed, StageFinished))


class History:
    """The finished traces of a store; each is read once."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._known: dict[str, PastTrace] = {}

    def estimate(self, folder: RunFolder, state: RunState) -> Estimate | None:
        """How long the trace of a run was to be expected to take, from those that began before it; blocking."""
        if state.model is None or state.worker is None:
            return None
        return estimate(shape_of(state.spec, state.model, state.worker.host), list(self._before(folder)))

    def _before(self, folder: RunFolder) -> Iterator[PastTrace]:
        earlier = (other for other in self._store.folders() if other.name < folder.name)
        for other in islice(earlier, _MOST_RUNS):
            trace = self._known.get(other.name) or _read(other)
            if trace is not None:
                self._known[other.name] = trace
                yield trace


def _read(folder: RunFolder) -> PastTrace | None:
    host, model = "", None
    try:
        for event in _events(folder):
            if isinstance(event, RunStarted):
                host = event.host
            elif isinstance(event, ModelDescribed):
                model = event
            elif isinstance(event, StageFinished) and event.stage == stages.TRACE and model is not None:
                return PastTrace(shape_of(folder.read_spec(), model, host), event.seconds)
    except (OSError, ProtocolError):
        return None
    return None


def _events(folder: RunFolder) -> Iterator[Event]:
    with open(folder.events_file, "rb") as file:
        for line in file.read(_MOST_BYTES).splitlines():
            if line.startswith(_WANTED) and line.endswith(b"}"):
                yield from_line(line).event
