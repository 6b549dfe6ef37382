"""From an exception, an exit status or a compiler's words to a code, a cause and a remedy."""

from __future__ import annotations

import errno
import signal
import traceback
from typing import Iterator, List, Optional

from neuron_studio.core.consumption import Consumption
from neuron_studio.core.known_failures import DISK_FULL, OUT_OF_MEMORY, KnownFailure, recognise
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.events import RunFailed

# How much of a log's end is searched for words that are known; a cause comes before its long consequences.
RECENT_BYTES = 1 << 18

_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DETAIL = 12_000
_GIB = 1 << 30

# What AWS advises for compiling on another machine: c5.4xlarge or larger.
_ADVISED_GB = 32


def failure_of(error: BaseException, stage: str, log: str, used: Optional[Consumption] = None) -> RunFailed:
    """The failure that an exception means, in the light of the log's end; what is unknown keeps both."""
    told = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    # Asked first: whoever met the full disk may have told it in words of its own.
    if is_disk_full(error):
        return disk_full(stage, told, _first_line(error))
    if isinstance(error, StudioError):
        detail = _end_of(log) if error.blame is Blame.RUN else ""
        return RunFailed(error.code, error.message, error.remedy, stage, error.blame.value, detail)
    known = recognise(_words_of(error)) or recognise(log)
    # What the compiler gave as its reason says more than that it gave up.
    if known is not None and known.is_vague:
        known = recognise(log) or known
    if known is not None:
        return _known(known, stage, f"{_words_of(error)}\n{_end_of(log)}", log, used)
    if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
        return _known(OUT_OF_MEMORY, stage, told, log, used, f"Memory ran out during {stage}.")
    detail = f"{told}\n{_end_of(log)}".strip()
    if isinstance(error, ImportError):
        return RunFailed(
            "missing-package", f"{_first_line(error)}.",
            "Install it into the environment that traces, or choose another environment.",
            stage, Blame.ENVIRONMENT.value, detail,
        )  # fmt: skip
    return RunFailed(
        "stage-failed", f"{type(error).__name__} during {stage}: {_first_line(error)}",
        "Nobody has met this yet: the details below name the line that failed, and the log what led to it. "
        "Copy them into a report.", stage, Blame.RUN.value, detail,
    )  # fmt: skip


def disk_full(stage: str, detail: str, reason: str = "") -> RunFailed:
    """The failure of a run that had no room left."""
    message = f"The disk ran full during {stage}{f': {reason}' if reason else ''}."
    return RunFailed(DISK_FULL.code, message, DISK_FULL.remedy, stage, Blame.RUN.value, detail)


def is_disk_full(error: BaseException) -> bool:
    """Whether an error, or one that it came from, says that the disk is full; torch says so only in words."""
    return any(
        (isinstance(seen, OSError) and seen.errno in _DISK_ERRORS)
        or (isinstance(seen, RuntimeError) and recognise(str(seen)) is DISK_FULL)
        for seen in _chain(error)
    )  # fmt: skip


def died(status: Optional[int], stage: str, log: str, used: Optional[Consumption] = None) -> RunFailed:
    """The failure of a process that ended without a word; status as subprocess gives it, None where unknown."""
    if status == -signal.SIGKILL:
        return _killed(stage, log, used)
    known = recognise(log)
    if known is DISK_FULL:
        return disk_full(stage, _end_of(log))
    if status is not None and status < 0:
        remedy = "Read the end of the log; a crash inside a library is often cured by another version of it."
        if known is not None and not known.is_vague:
            remedy = f"The log says: {known.message} {known.remedy}"
        message = f"The worker crashed during {stage} ({signal_name(-status)})."
        return RunFailed("crashed", message, remedy, stage, Blame.RUN.value, _end_of(log))
    if known is not None:
        return _known(known, stage, _end_of(log), log, used)
    ended = "ended" if status is None else f"ended with status {status}"
    return RunFailed(
        "died", f"The worker {ended} during {stage} without saying why.",
        "Read the end of the log, then start the run again.", stage, Blame.RUN.value, _end_of(log),
    )  # fmt: skip


def _killed(stage: str, log: str, used: Optional[Consumption]) -> RunFailed:
    if used is not None and used.memory_ran_out:
        message = f"The kernel killed the worker during {stage}: memory ran out."
        return _known(OUT_OF_MEMORY, stage, _end_of(log), log, used, message)
    most = "" if used is None else f" It had used {used.peak_in_words} at most when it was last looked at."
    return RunFailed(
        "killed", f"The worker was killed during {stage} (signal 9), which the kernel does when memory runs out.{most}",
        _more_memory(used), stage, Blame.RUN.value, _end_of(log),
    )  # fmt: skip


def _known(
    known: KnownFailure, stage: str, detail: str, log: str, used: Optional[Consumption], message: str = ""
) -> RunFailed:
    message, remedy = message or known.message, known.remedy
    if known is OUT_OF_MEMORY:
        most = "" if used is None else f" The run had used {used.peak_in_words} at most when it was last looked at."
        message, remedy = message + most, _more_memory(used)
    said = known.line_in(f"{detail}\n{log}")
    return RunFailed(known.code, message, remedy, stage, known.blame.value, detail, said)


def _more_memory(used: Optional[Consumption]) -> str:
    wanted = _ADVISED_GB
    while used is not None and wanted * _GIB <= used.machine_memory_bytes:
        wanted *= 2
    return (
        f"Compile on an instance with {wanted} GB of memory or more (no Neuron device is needed for that), close "
        "other programs, or lower the batch size or sequence length."
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: Optional[BaseException] = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _words_of(error: BaseException) -> str:
    """What an error and those that it came from say, without the lines of code between."""
    lines: List[str] = []
    for seen in _chain(error):
        lines.extend(traceback.format_exception_only(type(seen), seen))
    return "".join(lines).strip()


def signal_name(number: int) -> str:
    """A signal's name where it has one, such as SIGSEGV."""
    return signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")[:400]


def _end_of(log: str) -> str:
    """The end of a log, in whole lines where there are any."""
    return log if len(log) <= _DETAIL else log[-_DETAIL:].partition("\n")[2] or log[-_DETAIL:]
