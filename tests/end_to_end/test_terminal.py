"""What a terminal sees: one live line for each stage there, plain lines elsewhere, the log's end on failure."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from neuron_studio.runs.resources import STARTER_MODEL

STAGES = ("prepare", "load", "preflight", "reference", "trace", "infer", "compare", "save", "verify")


def in_a_terminal(*arguments: str) -> tuple[int, str]:
    """Run the program with stderr on a terminal; its exit code and what the terminal got."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "neuron_studio", *arguments], stdout=subprocess.PIPE, stderr=theirs, text=True
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            chunk = os.read(ours, 4096)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    os.close(ours)
    process.communicate(timeout=60)
    return process.returncode, seen.decode("utf-8", "replace")


def test_that_a_terminal_sees_each_stage_once_and_the_running_one_change_in_place() -> None:
    code, seen = in_a_terminal("compile", str(STARTER_MODEL), "--target", "inf2")
    assert code == 0
    assert "\r\x1b[K" in seen, "the running stage's line is drawn over"
    lines = [line.rpartition("\x1b[K")[2] for line in seen.replace("\r\n", "\n").split("\n")]
    ended = [line.split()[0] for line in lines if " ok " in line]
    assert ended == list(STAGES)


def test_that_without_a_terminal_lines_are_plain_and_the_report_alone_is_on_stdout() -> None:
    command = [sys.executable, "-m", "neuron_studio", "compile", str(STARTER_MODEL), "--target", "inf2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "\x1b" not in done.stderr
    assert "\r" not in done.stderr
    assert done.stdout.startswith("✓ SAME DECISIONS   2 of 2 pairs agree   EMULATED")
    assert "reproduced by a fresh process" in done.stdout
    assert not any(line.strip().startswith(STAGES) for line in done.stdout.splitlines())


def test_that_a_failure_shows_its_reason_its_remedy_and_the_end_of_the_details(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for path in STARTER_MODEL.iterdir():
        if path.is_file() and path.suffix in (".json", ".txt", ".safetensors"):
            (broken / path.name).write_bytes(path.read_bytes())
    (broken / "tokenizer.json").write_text('{"model": {"type": "FromTheFuture"}}')
    code, seen = in_a_terminal("compile", str(broken))
    assert code == 2
    assert "cannot read the tokenizer" in seen
    assert "→" in seen
