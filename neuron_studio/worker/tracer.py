"""The worker's child that imports torch: waits to be told, walks the stages that need it, says why it failed."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress

from neuron_studio.core.diagnosis import RECENT_BYTES, failure_of
from neuron_studio.core.run_state import RunState, fold_all
from neuron_studio.wire import processes, stages
from neuron_studio.wire.journal import Journal, JournalReader
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.worker.child import folder_when_told, settle
from neuron_studio.worker.cores import ask_for_cores
from neuron_studio.worker.leftovers import make_room
from neuron_studio.worker.stage import Stages


def trace_when_told(warm: bool) -> int:
    """Import what takes long while nobody waits, where there is time, then work on the run folder named on stdin."""
    settle()
    if warm:
        _warm_up()
    folder = folder_when_told()
    return 0 if folder is None else _trace(folder)


def preflight_when_told() -> int:
    """Look closely at the model of the run folder named on stdin, and go no further."""
    os.environ[processes.MARK] = uuid.uuid4().hex  # nobody stands above it who would have done so
    settle()
    folder = folder_when_told()
    return 0 if folder is None else _trace(folder, only_preflight=True)


def _warm_up() -> None:
    # Whatever is wrong here is met again in the prepare stage, where it can be told.
    with suppress(Exception):
        from neuron_studio.worker import pipeline

        pipeline.warm_up()


def _trace(folder: RunFolder, only_preflight: bool = False) -> int:
    journal = Journal(folder.events_file)
    steps = Stages(journal)
    spec = folder.read_spec()
    try:
        with steps.run(stages.PREPARE):
            # Compilers write logs of their own into the folder they are started in.
            folder.work.mkdir(exist_ok=True)
            os.chdir(str(folder.work))
            if not only_preflight:
                ask_for_cores(spec.target)
            from neuron_studio.worker import pipeline

            backend = pipeline.prepare(spec, journal)
        if only_preflight:
            pipeline.preflight(spec, backend, journal, steps)
        elif spec.bundle is not None:
            from neuron_studio.worker import saved

            saved.run(folder, spec, backend, journal, steps)
        else:
            pipeline.run(folder, spec, backend, journal, steps)
    except Exception as error:
        state = fold_all(RunState(spec), JournalReader(folder.events_file).read())
        failure = failure_of(error, steps.current, folder.log_tail(RECENT_BYTES), state.consumption)
        make_room(folder, spec)
        journal.append(failure)
        return 1
    return 0
