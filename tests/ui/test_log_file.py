"""The lines of a growing log."""

from __future__ import annotations

from pathlib import Path

import pytest

from neuron_studio.ui.models.log_file import LogFile


def a_log(tmp_path: Path, content: bytes) -> LogFile:
    """A log with this content, indexed."""
    path = tmp_path / "log.txt"
    path.write_bytes(content)
    log = LogFile(path)
    while log.grow():
        pass
    return log


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"one", ["one"]),
        (b"one\n", ["one"]),
        (b"one\ntwo", ["one", "two"]),
        (b"\n\nthree\r\n", ["", "", "three"]),
        (b"10%\r50%\r100%\ndone\n", ["100%", "done"]),
        (b"10%\r\r\n", ["10%"]),
        (b"\x1b[31mred\x1b[0m \x07bell\x00\n", ["red bell"]),
        (b"a\tb\n", ["a       b"]),
        ("ünï😀".encode() + b"\xff\n", ["ünï😀�"]),
    ],
)
def test_that_lines_are_shown_as_a_terminal_would_leave_them(tmp_path: Path, content: bytes, lines: list[str]) -> None:
    log = a_log(tmp_path, content)
    assert log.count == len(lines)
    assert log.lines(0, 100) == lines


def test_that_a_line_may_grow_after_it_was_first_seen(tmp_path: Path) -> None:
    log = a_log(tmp_path, b"first\nCompiling")
    assert log.lines(1, 1) == ["Compiling"]
    with open(log.path, "ab") as file:
        file.write(b" ... done\nthird\n")
    assert log.grow()
    assert log.lines(0, 10) == ["first", "Compiling ... done", "third"]
    assert not log.grow()


def test_that_a_log_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "log.txt")
    assert not log.grow()
    assert (log.count, log.lines(0, 10)) == (0, [])


def test_that_of_an_endless_line_only_what_can_be_seen_is_read(tmp_path: Path) -> None:
    log = a_log(tmp_path, b"x" * 3_000_000 + b"\n" + b"1%\r" * 500_000 + b"100%\nend\n")
    first, second, third = log.lines(0, 3)
    assert len(first) <= 4000
    assert (second, third) == ("100%", "end")


def test_that_a_million_lines_are_found_again_in_flat_memory(tmp_path: Path) -> None:
    log = a_log(tmp_path, b"".join(b"line %07d of the flood\n" % number for number in range(1_000_000)))
    assert log.count == 1_000_000
    assert log.lines(765_432, 2) == ["line 0765432 of the flood", "line 0765433 of the flood"]
    assert log._starts.itemsize * len(log._starts) < 9_000_000


def test_that_the_nearest_line_with_a_text_is_found_in_both_directions(tmp_path: Path) -> None:
    content = b"".join(b"ERROR here\n" if number % 2500 == 10 else b"fine\n" for number in range(10_000))
    log = a_log(tmp_path, content)
    assert log.find("error", 0) == 10
    assert log.find("error", 11) == 2510
    assert log.find("error", 9_000) is None
    assert log.find("Error", 9_999, backwards=True) == 7510
    assert log.find("error", 7509, backwards=True) == 5010
    assert log.find("error", 9, backwards=True) is None
    assert log.find("", 0) is None


def test_that_copied_lines_are_joined_as_they_stood(tmp_path: Path) -> None:
    log = a_log(tmp_path, b"one\ntwo\nthree\n")
    assert log.text(1, 2) == "two\nthree"
