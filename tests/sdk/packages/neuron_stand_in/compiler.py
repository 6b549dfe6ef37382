"""What both pretend compilers do alike: take real time and memory, show signs of life, and fail on demand."""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import resource
import signal
import sys
import time
from typing import Any, NoReturn

from neuron_stand_in import switches

_MEGABYTE = 1 << 20
_BLOCK = bytes(1 << 16)


class StrictParser(argparse.ArgumentParser):
    """A parser that takes documented options in full and nothing else."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, add_help=False, **settings)


class CompilerFailed(Exception):
    """The compiler must end with a status and an error message."""

    def __init__(self, message: str, error_class: str = "CompilerInternalError", code: str = "") -> None:
        super().__init__(message)
        self.error_class = error_class
        self.code = code


def say(text: str) -> None:
    """Write to stdout at once, without a newline of its own."""
    sys.stdout.write(text)
    sys.stdout.flush()


def work(heartbeat: str = ".") -> None:
    """Take the configured CPU seconds and megabytes, with a sign of life now and then."""
    _suffer_silently()
    seconds, megabytes = switches.number("SECONDS", 0.2), int(switches.number("MEMORY_MB", 32))
    beat_every = switches.number("HEARTBEAT", 0.05)
    held: list[bytearray] = []
    begun = last = time.process_time()
    while time.process_time() - begun < seconds:
        _burn()
        share = min((time.process_time() - begun) / seconds, 1.0)
        while len(held) < share * megabytes:
            held.append(bytearray(os.urandom(1)) * _MEGABYTE)
        if time.process_time() - last >= beat_every:
            last = time.process_time()
            say(heartbeat)
    _fail_on_demand(held)


def numpy_version() -> str:
    """The NumPy that both compilers name in their version texts."""
    return switches.word("NUMPY_VERSION", "1.23.5")


def python_version() -> str:
    """This interpreter's version."""
    return platform.python_version()


def _suffer_silently() -> None:
    if switches.fault("hang"):
        time.sleep(3600)
    if switches.fault("slow"):
        end = time.process_time() + switches.number("SLOW_SECONDS", 600)
        while time.process_time() < end:
            _burn()


def _fail_on_demand(held: list[bytearray]) -> None:
    if switches.fault("killed") or switches.fault("forcibly-killed"):
        for _ in range(int(switches.number("MEMORY_MB", 32))):
            held.append(bytearray(b"\1") * _MEGABYTE)
            time.sleep(0.002)
    for word, number in (("killed", signal.SIGKILL), ("segfault", signal.SIGSEGV), ("abort", signal.SIGABRT)):
        if switches.fault(word):
            die(number)


def die(number: signal.Signals) -> NoReturn:
    """End by a signal, as a crash or the kernel would; leaves no core file behind."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(number, signal.SIG_DFL) if number != signal.SIGKILL else None
    os.kill(os.getpid(), number)
    raise AssertionError(f"still alive after signal {number}")


def _burn() -> None:
    for _ in range(40):
        hashlib.sha256(_BLOCK).digest()
