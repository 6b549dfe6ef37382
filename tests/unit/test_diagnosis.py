"""From exceptions and exit statuses to a code, a sentence and a remedy."""

from __future__ import annotations

import errno
import os
import signal
import subprocess

import pytest

from neuron_studio.core.consumption import Consumption
from neuron_studio.core.diagnosis import died, failure_of
from neuron_studio.wire.errors import Blame, StudioError

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def raised_from(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FULL, "disk-full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "disk-full"),
        (RuntimeError("PytorchStreamWriter failed writing file data/0: file write failed"), "disk-full"),
        (raised_from(StudioError("output-not-writable", "It cannot be written.", "Mend it."), FULL), "disk-full"),
        (raised_from(RuntimeError("saving failed"), FULL), "disk-full"),
        (MemoryError(), "out-of-memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"), "out-of-memory"),
        (ModuleNotFoundError("No module named 'torch'"), "missing-package"),
        (ValueError("odd\nin two lines"), "stage-failed"),
        (AssertionError(), "stage-failed"),
        (OSError(errno.EACCES, "Permission denied"), "stage-failed"),
    ],
)
def test_that_an_exception_becomes_a_failure_with_a_way_out(error: Exception, code: str) -> None:
    failure = failure_of(error, "save", "the log's end")
    assert (failure.code, failure.stage) == (code, "save")
    assert "\n" not in failure.message
    assert failure.remedy
    assert type(error).__name__ in failure.detail


def test_that_a_missing_package_is_the_environments_fault_and_a_full_disk_the_runs() -> None:
    assert failure_of(ModuleNotFoundError("No module named 'torch'"), "prepare", "").blame == "environment"
    assert failure_of(FULL, "save", "").blame == "run"


def test_that_a_failure_that_was_foreseen_keeps_its_own_words() -> None:
    error = StudioError("no-pad-token", "There is none.", "Set one.", Blame.INPUT)
    failure = failure_of(error, "load", "the log's end")
    assert (failure.code, failure.message, failure.remedy) == ("no-pad-token", "There is none.", "Set one.")
    assert (failure.blame, failure.detail) == ("input", ""), "the log has nothing to say about bad input"


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (-signal.SIGKILL, "killed", "signal 9"),
        (-signal.SIGSEGV, "crashed", "SIGSEGV"),
        (-signal.SIGABRT, "crashed", "SIGABRT"),
        (-signal.SIGRTMIN - 1, "crashed", "signal 35"),
        (3, "died", "status 3"),
        (0, "died", "status 0"),
        (None, "died", "ended during trace"),
    ],
)
def test_that_a_death_is_told_by_its_status(status: int | None, code: str, words: str) -> None:
    failure = died(status, "trace", "the log's end")
    assert (failure.code, failure.stage, failure.detail) == (code, "trace", "the log's end")
    assert words in failure.message
    assert failure.remedy


def used(peak: float, total: float) -> Consumption:
    """What a run took of a machine, in GB."""
    peak_bytes, total_bytes = int(peak * (1 << 30)), int(total * (1 << 30))
    return Consumption(peak_bytes, peak_bytes, total_bytes, total_bytes - peak_bytes, 1.0)


def test_that_a_compiler_s_reason_is_found_far_above_the_exception() -> None:
    log = "ERROR [neuronx-cc]: [NCC_EVRF029] Operation sort is not supported\n" + "a long consequence\n" * 2000
    failure = failure_of(RuntimeError("neuronx-cc failed with 70"), "trace", log)
    assert failure.code == "unsupported-operator"
    assert failure.said == "ERROR [neuronx-cc]: [NCC_EVRF029] Operation sort is not supported"


def test_that_torchscript_s_wrapping_hides_no_reason() -> None:
    told = "The following operation failed in the TorchScript interpreter.\nTraceback (most recent call last):\n"
    error = RuntimeError(f"{told}RuntimeError: Could not load the model status=4 message=Allocation Failure")
    failure = failure_of(error, "infer", "")
    assert failure.code == "device-memory-full"


def test_that_a_timeout_is_known_by_its_kind() -> None:
    error = subprocess.TimeoutExpired(["neuron-cc", "compile"], 5)
    assert failure_of(error, "trace", "").code == "compile-timed-out"


def test_that_what_nobody_has_met_keeps_its_frames_and_the_end_of_the_log() -> None:
    failure = failure_of(ValueError("odd"), "trace", "first line\nlast words of the compiler\n")
    assert failure.code == "stage-failed"
    assert "ValueError: odd" in failure.detail
    assert "last words of the compiler" in failure.detail


@pytest.mark.parametrize(
    ("memory", "advice"),
    [
        (None, "32 GB"),
        (used(7.6, 8), "32 GB"),
        (used(30, 32), "64 GB"),
        (used(60, 61.8), "64 GB"),
    ],
)
def test_that_a_killed_compiler_asks_for_an_instance_with_more_memory(memory: Consumption | None, advice: str) -> None:
    failure = failure_of(RuntimeError("neuronx-cc failed with -9"), "trace", "", memory)
    assert failure.code == "out-of-memory"
    assert advice in failure.remedy
    assert (memory is None) != ("at most when it was last looked at" in failure.message)


def test_that_a_worker_killed_at_the_limit_ran_out_of_memory_and_one_far_from_it_was_killed() -> None:
    at_the_limit = died(-signal.SIGKILL, "trace", "", used(15, 16))
    far_from_it = died(-signal.SIGKILL, "trace", "", used(2, 16))
    assert (at_the_limit.code, far_from_it.code) == ("out-of-memory", "killed")
    assert "2.0 of 16.0 GB" in far_from_it.message


@pytest.mark.parametrize(
    "words",
    [
        "OSError: [Errno 28] No space left on device",
        "  what():  [enforce fail at inline_container.cc:672] . unexpected pos 148032 vs 147920",
    ],
)
def test_that_a_crash_whose_log_speaks_of_a_full_disk_is_a_full_disk(words: str) -> None:
    assert died(-signal.SIGABRT, "save", f"before\n{words}\nafter\n").code == "disk-full"
    assert died(-signal.SIGKILL, "save", words).code == "killed", "nobody is killed for that"
