"""How grave a line of a log is."""

from __future__ import annotations

import pytest

from neuron_studio.core.log_level import LogLevel, level_of


@pytest.mark.parametrize(
    "line",
    [
        "ERROR:Neuron:Compile command returned: -9",
        "2026-11-23 08:00:01.000012: ERROR 77 [job.SchedulerJob.0]: Internal tensorizer error",
        "[NCC_EVRF007] Instruction count is too large",
        "nrt_load: NRT_FAILURE and NRT_EXEC_FAIL",
        "Traceback (most recent call last):",
        "RuntimeError: The PyTorch Neuron Runtime could not be initialized",
        "error: argument --target: invalid choice",
        "FATAL: out of memory",
        "Segmentation fault (core dumped)",
        "Killed",
    ],
)
def test_that_an_error_is_known_by_the_words_of_loggers_compilers_and_python(line: str) -> None:
    assert level_of(line) is LogLevel.ERROR


@pytest.mark.parametrize("line", ["WARNING:tensorflow:slow", "UserWarning: deprecated", "[WARN] few cores"])
def test_that_a_warning_is_less_than_an_error(line: str) -> None:
    assert LogLevel.ANY < level_of(line) < LogLevel.ERROR


@pytest.mark.parametrize(
    "line",
    [
        "INFO: 0 errors so far",
        "loading /models/error-detector",
        "scheduling block 7",
        "",
        "max error 0.003",
        "fault-free",
    ],
)
def test_that_a_word_in_passing_is_no_error(line: str) -> None:
    assert level_of(line) is LogLevel.ANY
