"""What the worker's two children share: they wait on stdin for their run folder, and never outlive the worker."""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
import threading
from pathlib import Path
from typing import NoReturn, Optional

from neuron_studio.wire import processes
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.worker.output import redirect_output


def settle() -> None:
    """What must stand before the first import that takes long."""
    # torch and transformers make a million objects that stay; looking them through again and again as they come
    # takes a fifth of the time of their import.
    gc.set_threshold(50_000, 20, 100)
    # The worker is started with SIGTERM held back; whoever works here has nothing to put in order first.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    threading.Thread(target=_die_with_worker, args=(os.dup(0),), daemon=True).start()
    # Forked tokenizer threads deadlock compilers; a bar redrawn in a log file is only noise.
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    # torch would bring in an SDK by itself, before the cores that it may take are known.
    os.environ.setdefault("TORCH_DEVICE_BACKEND_AUTOLOAD", "0")


def folder_when_told() -> Optional[RunFolder]:
    """Wait for the run folder, and print to its log from then on; None where the worker has none."""
    line = sys.stdin.buffer.readline()
    if not line:
        return None
    folder = RunFolder(Path(os.fsdecode(line.rstrip(b"\n"))))
    redirect_output(folder.log_file)
    # A compiler that reads stdin finds it empty instead of waiting for the worker to speak.
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return folder


def leave(status: int) -> NoReturn:
    """End at once: unloading torch takes a second, and a library that hangs at exit must not hang the run."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _die_with_worker(pipe: int) -> None:
    # The worker holds the other end until it ends; when it is killed, nobody could stop its children any more.
    closed = select.poll()
    closed.register(pipe, 0)
    closed.poll()
    processes.send(processes.marked(os.environ.get(processes.MARK, "")), signal.SIGKILL)
    os.killpg(0, signal.SIGKILL)
