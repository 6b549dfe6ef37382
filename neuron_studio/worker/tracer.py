"""The worker's child that imports torch: waits to be told, walks the stages up to save, says why it failed."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from pathlib import Path

from neuron_studio.core.diagnosis import failure_of
from neuron_studio.wire.journal import Journal
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.worker.output import redirect_output
from neuron_studio.worker.stage import Stages

# Exit status of a tracer whose journal holds the reason already.
SAID_SO = 4


def trace_when_told(warm: bool) -> int:
    """Import what takes long while nobody waits, then work on the run folder named on stdin."""
    _settle_environment()
    if warm:
        _warm_up()
    line = sys.stdin.readline()
    if not line:
        return 0
    threading.Thread(target=_die_with_parent, daemon=True).start()
    return _trace(RunFolder(Path(line.rstrip("\n"))))


def _settle_environment() -> None:
    # Forked tokenizer threads deadlock compilers; a bar redrawn in a log file is only noise.
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


def _warm_up() -> None:
    try:
        from neuron_studio.worker import pipeline

        pipeline.warm_up()
    except ImportError:
        pass  # the prepare stage meets it again, where it can be told


def _die_with_parent() -> None:
    # The worker holds the other end; when it is killed, nobody could stop this group any more.
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)


def _trace(folder: RunFolder) -> int:
    redirect_output(folder.log_file)
    journal = Journal(folder.events_file)
    stages = Stages(journal)
    spec = folder.read_spec()
    try:
        from neuron_studio.worker import pipeline

        pipeline.run(folder, spec, journal, stages)
    except Exception as error:
        # First make room: on a full disk the half-made bundle is what stands in the record's way.
        shutil.rmtree(str(folder.bundle_aside(spec)), ignore_errors=True)
        journal.append(failure_of(error, stages.current, folder.log_tail()))
        return SAID_SO
    return 0
