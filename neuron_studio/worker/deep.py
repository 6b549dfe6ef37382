"""A process of its own that compares layer by layer: whatever happens in it, the bundle lies aside untouched."""

from __future__ import annotations

import os

from neuron_studio.core.diagnosis import RECENT_BYTES, failure_of
from neuron_studio.core.known_failures import COMPILE_TIMED_OUT
from neuron_studio.core.run_state import RunState, fold_all
from neuron_studio.wire import stages
from neuron_studio.wire.events import Noted
from neuron_studio.wire.journal import Journal, JournalReader
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.worker.child import folder_when_told, settle
from neuron_studio.worker.cores import set_variables
from neuron_studio.worker.stage import Stages

NOT_COMPARED = "layers-not-compared"


def compare_when_told() -> int:
    """Wait for a run whose bundle lies aside, and compare its model's layers; a failure is told as a note."""
    settle()
    folder = folder_when_told()
    if folder is not None:
        _compare(folder)
    return 0


def not_compared(reason: str, remedy: str) -> Noted:
    """The note that a failure comes to; the bundle is as good without."""
    return Noted(NOT_COMPARED, f"The layers were not compared: {reason}", remedy)


def _compare(folder: RunFolder) -> None:
    spec, journal = folder.read_spec(), Journal(folder.events_file)
    steps = Stages(journal)
    steps.current = stages.LAYERS
    state = fold_all(RunState(spec), JournalReader(folder.events_file).read())
    try:
        folder.work_on_layers.mkdir(exist_ok=True)
        os.chdir(str(folder.work_on_layers))
        set_variables(spec.target)
        late = not_compared(COMPILE_TIMED_OUT.message, COMPILE_TIMED_OUT.remedy)
        from neuron_studio.worker.layers import compare_layers

        for event in compare_layers(state, folder.work_on_layers, lambda: journal.append(late), steps):
            journal.append(event)
    except Exception as error:
        log = folder.log_tail(RECENT_BYTES)
        failure = failure_of(error, stages.LAYERS, log, state.consumption)
        print(failure.detail)
        journal.append(not_compared(failure.message, failure.remedy))
