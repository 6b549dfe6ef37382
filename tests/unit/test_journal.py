"""The journal: whole records in order for every reader, whatever happens to the writer."""

from __future__ import annotations

import errno
import math
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from neuron_studio.wire.errors import ProtocolError
from neuron_studio.wire.events import (
    EVENT_KINDS,
    BundleSaved,
    Noted,
    PairOutcome,
    PairsJudged,
    RunFailed,
    RunFinished,
    StageStarted,
    Traced,
)
from neuron_studio.wire.journal import Entry, Journal, JournalReader, from_line, to_line
from tests.support.until import until
from tests.support.workers import ROOT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def events_in(path: Path) -> list[object]:
    return [entry.event for entry in JournalReader(path).read()]


def run_python(code: str, *arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)], cwd=ROOT)


@pytest.mark.parametrize(
    "event",
    [
        StageStarted("trace"),
        RunFinished(),
        Traced("neuronx-cc", ("--auto-cast", "none"), {"--optlevel": "2"}),
        BundleSaved("/a/Bündel", "model.pt", "ab" * 32, 433_000_000, True),
        RunFailed("disk-full", "The disk ran full.", "Free some space.", "save", "run", "a\nlong\ntraceback \udcff"),
        PairsJudged((PairOutcome(0, 22, False, (math.inf, -0.1), (0.5,), ()),)),
    ],
)
def test_that_a_record_is_one_line_and_comes_back(event: object) -> None:
    entry = Entry(1795394604.401, event)  # type: ignore[arg-type]
    line = to_line(entry)
    assert line.count("\n") == 1
    assert from_line(line.encode()) == entry


def test_that_nan_logits_are_not_lost_on_the_way(path: Path) -> None:
    Journal(path).append(PairsJudged((PairOutcome(0, 3, False, (1.0,), (1.0,), (math.nan,)),)))
    (judged,) = events_in(path)
    assert isinstance(judged, PairsJudged)
    assert math.isnan(judged.outcomes[0].neuron[0])


@pytest.mark.parametrize(
    "line",
    [
        b'{"event": "TeaServed", "time": 1.0}',
        b'{"event": ["RunFinished"], "time": 1.0}',
        b'{"event": "RunFinished"}',
        b'{"event": "RunFinished", "time": null}',
        b'{"event": "RunFinished", "time": 1.0, "mood": "good"}',
        b'{"event": "StageStarted", "time": 1.0}',
        b'["RunFinished", 1.0]',
        b'"RunFinished"',
        b"RunFinished",
        b'{"event": "StageSta',
        b"\xff\xfe",
        b"",
    ],
)
def test_that_what_is_not_a_known_record_is_refused(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        from_line(line)


def test_that_a_journal_that_cannot_be_read_stays_unreadable(path: Path) -> None:
    Journal(path).append(RunFinished())
    path.write_bytes(path.read_bytes() + b"what is this?\n")
    reader = JournalReader(path)
    for _ in range(2):
        with pytest.raises(ProtocolError):
            reader.read()


def test_that_every_kind_of_record_has_a_name_of_its_own() -> None:
    assert len(EVENT_KINDS) == 14


def test_that_a_reader_before_the_first_record_finds_none(path: Path) -> None:
    reader = JournalReader(path)
    assert reader.read() == ()
    Journal(path).append(RunFinished())
    assert [entry.event for entry in reader.read()] == [RunFinished()]
    assert reader.read() == ()


def test_that_a_line_still_being_written_waits_for_its_rest(path: Path) -> None:
    line = to_line(Entry(1.0, StageStarted("trace"))).encode()
    reader = JournalReader(path)
    for end in range(1, len(line)):
        path.write_bytes(line[:end])
        assert reader.read() == ()
    path.write_bytes(line)
    assert [entry.event for entry in reader.read()] == [StageStarted("trace")]


def test_that_a_record_may_be_dated(path: Path) -> None:
    Journal(path).append(RunFinished(), at=1795394604.5)
    (entry,) = JournalReader(path).read()
    assert entry.time == 1795394604.5


@pytest.mark.parametrize("cut", [1, 17, -2, -1])
def test_that_a_line_cut_short_is_void_and_the_next_writer_goes_on_after_it(cut: int, path: Path) -> None:
    journal = Journal(path)
    journal.append(StageStarted("trace"))
    line = to_line(Entry(1.0, PairsJudged((PairOutcome(0, 3, False, (1.0,), (), ()),)))).encode()
    with open(path, "ab") as file:
        file.write(line[:cut])
    assert events_in(path) == [StageStarted("trace")]
    journal.append(RunFinished())
    assert events_in(path) == [StageStarted("trace"), RunFinished()]


def test_that_a_full_disk_is_an_error_and_the_record_after_it_is_whole(path: Path) -> None:
    code = """
        import resource, signal, sys
        from pathlib import Path
        from neuron_studio.wire.events import Noted, RunFinished
        from neuron_studio.wire.journal import Journal

        journal = Journal(Path(sys.argv[1]))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
        numbers = []
        for size in (600, 600, 600):
            try:
                journal.append(Noted("code", "x" * size))
            except OSError as error:
                numbers.append(error.errno)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        Journal(Path(sys.argv[1])).append(RunFinished())
        sys.exit(repr(numbers))
    """
    child = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert child.stderr.strip() == repr([errno.ENOSPC, errno.EFBIG]), "cut short, then refused whole"
    assert events_in(path) == [Noted("code", "x" * 600), RunFinished()]


def test_that_two_writers_do_not_mix_their_records(path: Path) -> None:
    code = """
        import sys
        from pathlib import Path
        from neuron_studio.wire.events import Noted
        from neuron_studio.wire.journal import Journal

        journal = Journal(Path(sys.argv[1]))
        for number in range(2000):
            journal.append(Noted(sys.argv[2], str(number) * (number % 700)))
    """
    writers = [run_python(code, path, name) for name in ("one", "two")]
    reader = JournalReader(path)
    seen: list[object] = []

    def have_ended() -> bool:
        ended = all(writer.poll() is not None for writer in writers)
        seen.extend(entry.event for entry in reader.read())
        return ended

    until(have_ended, step_s=0.001)
    for name in ("one", "two"):
        expected = [Noted(name, str(number) * (number % 700)) for number in range(2000)]
        assert [event for event in seen if isinstance(event, Noted) and event.code == name] == expected


def test_that_the_journal_is_its_owners_alone(path: Path) -> None:
    Journal(path).append(RunFinished())
    assert os.stat(path).st_mode & 0o777 == 0o600
