"""Start workers: detached, in the chosen interpreter, on a run folder now or standing by for one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from neuron_studio.runs import worker_lock
from neuron_studio.runs.worker_folder import worker_folder
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.run_folder import RunFolder

# The window must stay ahead of the compiler on a small machine.
_NICENESS = 5

# How long a worker that stands by may take to take a folder; it has nothing else to do.
_TAKE_S = 3.0


def worker_command(python: str, *arguments: str) -> list[str]:
    """The command that runs the worker's folder in an interpreter."""
    return [python, "-u", "-X", "faulthandler", str(worker_folder()), *arguments]


def worker_environment(python: str) -> dict[str, str]:
    """This process' environment as if the interpreter's own had been activated, without the studio's packages."""
    env = dict(os.environ)
    env.pop("PYTHONHOME", None)
    # torch_neuronx looks for its compiler on the path alone.
    env["PATH"] = os.pathsep.join((str(Path(python).absolute().parent), env.get("PATH", os.defpath)))
    if Path(python).absolute() != Path(sys.executable).absolute():
        kept = [entry for entry in env.get("PYTHONPATH", "").split(os.pathsep) if entry and not _is_ours(entry)]
        env["PYTHONPATH"] = os.pathsep.join(kept)
        if not kept:
            del env["PYTHONPATH"]
    return env


def _is_ours(entry: str) -> bool:
    return Path(entry).resolve().is_relative_to(Path(sys.prefix).resolve())


def start(folder: RunFolder, python: str) -> subprocess.Popen[bytes]:
    """Start a worker on a run folder, in its own session; it outlives this process."""
    with open(folder.log_file, "ab") as log:
        return _spawn(python, ["run", str(folder.path)], subprocess.DEVNULL, log.fileno())


def start_preflight(folder: RunFolder, python: str) -> subprocess.Popen[bytes]:
    """Start a process that looks at the model of a folder's spec; it lives no longer than its stdin is open."""
    with open(folder.log_file, "ab") as log:
        process = _spawn(python, ["preflight"], subprocess.PIPE, log.fileno())
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it died first; whoever waits for it learns how
        process.stdin.write(os.fsencode(folder.path) + b"\n")
        process.stdin.flush()
    return process


def _spawn(python: str, arguments: list[str], stdin: int, output: int) -> subprocess.Popen[bytes]:
    command = worker_command(python, *arguments, "--nice", str(_NICENESS))
    try:
        with _sigterm_held_back():
            return subprocess.Popen(
                command,
                stdin=stdin,
                stdout=output,
                stderr=output,
                env=worker_environment(python),
                cwd="/",
                start_new_session=True,
            )
    except OSError as error:
        raise StudioError(
            "no-interpreter",
            f"{python} cannot be started: {error.strerror}.",
            "Choose the Python of an environment that has torch and transformers.",
            Blame.ENVIRONMENT,
        ) from error


@contextmanager
def _sigterm_held_back() -> Iterator[None]:
    # The worker inherits this, and so obeys a stop in order even where it comes before Python is up.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Standby:
    """A worker that is up, with torch and transformers imported, waiting for its run folder."""

    def __init__(self, python: str) -> None:
        self.python = python
        self._process: subprocess.Popen[bytes] | None = _spawn(python, ["standby"], subprocess.PIPE, subprocess.DEVNULL)

    @property
    def pid(self) -> int | None:
        """The worker's process id, while it stands by."""
        return self._process.pid if self._process is not None else None

    def fits(self, python: str) -> bool:
        """Whether it is alive and of this interpreter."""
        return self._process is not None and self.python == python and self._process.poll() is None

    def take(self, folder: RunFolder) -> subprocess.Popen[bytes]:
        """Hand it the run folder; from here on it is that run's worker. A cold one takes a dead one's place."""
        process, self._process = self._process, None
        if process is None or not _told(process, folder):
            return start(folder, self.python)
        return process

    def dismiss(self) -> None:
        """Let it go: it leaves when its stdin closes."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            process.wait()

    def __enter__(self) -> Standby:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.dismiss()


def _told(process: subprocess.Popen[bytes], folder: RunFolder) -> bool:
    """Whether a worker that stands by has taken the run folder."""
    assert process.stdin is not None
    with suppress(BrokenPipeError), process.stdin as stdin:
        stdin.write(os.fsencode(folder.path) + b"\n")
    # What is written to a pipe may still be lost with a reader that dies before it reads.
    deadline = time.monotonic() + _TAKE_S
    while not worker_lock.is_held(folder) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    return process.poll() is None or folder.events_file.exists()
