"""Feels the pulse of a run's processes while their worker waits for them, and puts what matters on record."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Callable

from neuron_studio.core.compiler_log import new_log, read_on
from neuron_studio.core.pulse import Pulse, beat_of, felt, is_due, told
from neuron_studio.wire import stages
from neuron_studio.wire.events import Beat, StageStarted
from neuron_studio.wire.journal import Journal, JournalReader
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.worker.meter import Meter

STEP_S = 2.0

# Of a flood only the end is read, so that the flood does not become work.
_PIECE = 1 << 18


class Heart:
    """One run's pulse; a beat that cannot be read or written, for whatever reason, is dropped: the run goes on."""

    def __init__(
        self, folder: RunFolder, journal: Journal, meter: Meter, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._journal, self._meter, self._clock = journal, meter, clock
        self._records = JournalReader(folder.events_file)
        self._log_file = folder.log_file
        self._log_read = 0
        self._log = new_log(folder.read_spec().target.backend)
        self._stage = ""
        self._pulse = Pulse()
        self._last = clock()

    def feel(self) -> None:
        """Look at the processes and the log, and tell where it is time to."""
        with suppress(Exception):
            if self._feel() or is_due(self._pulse):
                self._tell()

    def rest(self) -> None:
        """Tell what was not told yet: the processes have ended, and with them their last stage."""
        with suppress(Exception):
            self._feel()
            self._tell()
        self._stage = ""

    def _feel(self) -> bool:
        """Feel the pulse; whether a stage has ended. What was met since the last look counts for the older stage."""
        before, has_output = self._stage, self._listen()
        stage = before or self._stage
        now = self._clock()
        # In a longer gap the worker itself was stopped, and nobody knows what the others did.
        step_s = min(now - self._last, 2 * STEP_S)
        self._last = now
        phase = self._log.phase if stage == stages.TRACE else ""
        self._pulse = felt(self._pulse, step_s, self._meter.read(), stage, phase, has_output)
        return stage != self._stage

    def _listen(self) -> bool:
        """Read on in log and journal; whether anyone but us wrote there."""
        entries = [entry.event for entry in self._records.read()]
        for event in entries:
            if isinstance(event, StageStarted):
                self._stage = event.stage
        text = self._new_text()
        self._log = read_on(self._log, text)
        return bool(text) or any(not isinstance(event, Beat) for event in entries)

    def _new_text(self) -> bytes:
        with open(str(self._log_file), "rb") as file:
            end = file.seek(0, 2)
            file.seek(max(self._log_read, end - _PIECE))
            self._log_read = end
            return file.read()

    def _tell(self) -> None:
        beat = beat_of(self._pulse)
        self._journal.append(beat)
        self._pulse = told(self._pulse, beat)
