"""A run outlives the studio that started it; whoever comes later follows it to the same end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from neuron_studio.core.run_state import Phase
from neuron_studio.runs.follower import follow, read_state
from neuron_studio.runs.store import RunStore
from neuron_studio.wire import stages
from tests.support.until import until
from tests.support.workers import (
    a_spec,
    at_stage,
    begin,
    cleared_away,
    half_made,
    newest,
    reached,
    studio,
    until_exists,
)

LINES = 250_000
SHORT = ("--target", "inf2", "--max-length", "16")


def said(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out


def test_that_a_run_whose_studio_was_killed_is_followed_to_its_end_by_another(
    tiny_model: Path, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = tmp_path / "go on"
    at_stage(monkeypatch, stages.TRACE, until_exists(go_on))
    first = studio("compile", tiny_model, *SHORT, "--json", start_new_session=True)
    folder = newest(store)
    until(lambda: reached(folder, stages.TRACE))
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    assert read_state(folder).phase is Phase.RUNNING
    attached = studio("runs", "attach", folder.name, "--json")
    go_on.touch()
    report = json.loads(said(attached))
    assert report["status"] == "finished"
    assert report["artifact"]["verified"] is True
    assert [stage["name"] for stage in report["stages"]] == list(stages.STAGES)
    assert json.loads(said(studio("runs", "show", "last", "--json"))) == report
    text = said(studio("runs", "show", folder.name))
    assert text == said(studio("runs", "attach", folder.name))
    assert report["artifact"]["path"] in text


@pytest.mark.parametrize("stage", [stages.PREPARE, stages.VERIFY])
def test_that_ctrl_c_stops_the_run_and_the_program_ends_with_130(
    stage: str, tiny_model: Path, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_stage(monkeypatch, stage)
    program = studio("compile", tiny_model, *SHORT, "--json", "--output", tmp_path / "bundle")
    folder = newest(store)
    until(lambda: reached(folder, stage))
    began = time.monotonic()
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=20)
    assert time.monotonic() - began < 2.0
    assert program.returncode == 130, err
    assert json.loads(out)["status"] == "stopped"
    assert "Traceback" not in err
    assert half_made(tmp_path, folder.path) == []
    assert not (tmp_path / "bundle").exists()


def test_that_runs_stop_ends_a_run_of_another_studio(
    tiny_model: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_stage(monkeypatch, stages.PREPARE)
    program = studio("compile", tiny_model, *SHORT, "--json")
    folder = newest(store)
    until(lambda: reached(folder, stages.PREPARE))
    stopper = studio("runs", "stop", "last")
    assert "stopped" in stopper.communicate(timeout=20)[1]
    assert stopper.returncode == 0
    assert json.loads(program.communicate(timeout=20)[0])["status"] == "stopped"
    assert program.returncode == 130


def test_that_a_flood_of_log_lines_is_kept_whole_and_costs_the_follower_nothing(
    tiny_model: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    flood = f"""
import os
block = 1000
for start in range(0, {LINES}, block):
    lines = b"".join(b"%09d a compiler says what nobody asked\\n" % number for number in range(start, start + block))
    while lines:
        lines = lines[os.write(1, lines):]
"""
    at_stage(monkeypatch, stages.TRACE, flood)
    run = begin(store, a_spec(tiny_model))
    with cleared_away(run):
        spent = time.process_time()
        states = list(follow(run.folder, run.process))
        spent = time.process_time() - spent
    print(f"following {LINES:,} lines cost {spent:.2f} s of CPU in {len(states)} states")
    assert states[-1].phase is Phase.FINISHED
    assert spent < 1.0
    assert len(states) < 200
    numbers = [line[:9] for line in run.folder.log_file.read_bytes().splitlines() if b"nobody asked" in line]
    assert numbers == [b"%09d" % number for number in range(LINES)]
    assert states[-1].bundle is not None
    kept = Path(states[-1].bundle.path, "compile.log").read_bytes()
    assert run.folder.log_file.read_bytes().startswith(kept)
    assert kept.count(b"nobody asked") == LINES
