"""From an exception, an exit status or a compiler's words to a code, a cause and a remedy."""

from __future__ import annotations

import errno
import signal
import traceback
from typing import Optional

from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.events import RunFailed

_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# The last is torch's: it finds its place in the file is not where its writes should have brought it, and aborts.
_DISK_WORDS = ("No space left on device", "Disk quota exceeded", "failed writing file", ". unexpected pos ")
_LESS_MEMORY = "Close other programs, lower the batch size or sequence length, or use a machine with more memory."


def failure_of(error: BaseException, stage: str, log_tail: str) -> RunFailed:
    """The failure that an exception means; what is unknown keeps its traceback."""
    detail = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    # Asked first: whoever met the full disk may have told it in words of its own.
    if is_disk_full(error):
        return disk_full(stage, detail, _first_line(error))
    if isinstance(error, StudioError):
        detail = log_tail if error.blame is Blame.RUN else ""
        return RunFailed(error.code, error.message, error.remedy, stage, error.blame.value, detail)
    if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
        return RunFailed(
            "out-of-memory", f"Memory ran out during {stage}.", _LESS_MEMORY, stage, Blame.RUN.value, detail
        )
    if isinstance(error, ImportError):
        return RunFailed(
            "missing-package", f"{_first_line(error)}.",
            "Install it into the environment that traces, or choose another environment.",
            stage, Blame.ENVIRONMENT.value, detail,
        )  # fmt: skip
    return RunFailed(
        "stage-failed", f"{type(error).__name__} during {stage}: {_first_line(error)}",
        "Read the details below; they name the line that failed.", stage, Blame.RUN.value, detail,
    )  # fmt: skip


def disk_full(stage: str, detail: str, reason: str = "") -> RunFailed:
    """The failure of a run that had no room left."""
    return RunFailed(
        "disk-full", f"The disk ran full during {stage}{f': {reason}' if reason else ''}.",
        "Free some space, or choose an output folder on another disk.", stage, Blame.RUN.value, detail,
    )  # fmt: skip


def is_disk_full(error: BaseException) -> bool:
    """Whether an error, or one that it came from, says that the disk is full; torch says so only in words."""
    seen: Optional[BaseException] = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in _DISK_ERRORS:
            return True
        if isinstance(seen, RuntimeError) and any(words in str(seen) for words in _DISK_WORDS):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def died(status: Optional[int], stage: str, log_tail: str) -> RunFailed:
    """The failure of a process that ended without a word; status as subprocess gives it, None where unknown."""
    if status != -signal.SIGKILL and any(words in log_tail for words in _DISK_WORDS):
        return disk_full(stage, log_tail)
    if status == -signal.SIGKILL:
        return RunFailed(
            "killed", f"The worker was killed during {stage} (signal 9), which the kernel does when memory runs out.",
            _LESS_MEMORY, stage, Blame.RUN.value, log_tail,
        )  # fmt: skip
    if status is not None and status < 0:
        return RunFailed(
            "crashed", f"The worker crashed during {stage} ({signal_name(-status)}).",
            "Read the end of the log; a crash inside a library is often cured by another version of it.",
            stage, Blame.RUN.value, log_tail,
        )  # fmt: skip
    ended = "ended" if status is None else f"ended with status {status}"
    return RunFailed(
        "died", f"The worker {ended} during {stage} without saying why.",
        "Read the end of the log, then start the run again.", stage, Blame.RUN.value, log_tail,
    )  # fmt: skip


def signal_name(number: int) -> str:
    """A signal's name where it has one, such as SIGSEGV."""
    return signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")[:400]
