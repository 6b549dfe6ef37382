"""The window at the far end of a real `ssh -X`: what it says when it cannot open, what is left when the link is cut."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from neuron_studio.core.display import display_address, is_forwarded
from neuron_studio.core.run_state import Phase
from neuron_studio.runs import x_server
from neuron_studio.runs.display import display_problem
from neuron_studio.runs.follower import read_state
from neuron_studio.runs.store import RunStore
from neuron_studio.runs.x_server import Answer, ask
from neuron_studio.wire import processes, stages
from tests.support import ssh_server, x_display
from tests.support.ssh_server import SshServer, at_far_end
from tests.support.until import until
from tests.support.workers import at_stage, newest, reached, studio, until_exists
from tests.support.x_display import XDisplay

NOT_HERE = x_display.missing(*x_display.PROGRAMS, *ssh_server.PROGRAMS)

pytestmark = [pytest.mark.display, pytest.mark.skipif(NOT_HERE != "", reason=f"not installed: {NOT_HERE}")]

# Debian's ssh trusts the far end over -X too; elsewhere it does not, and lets nobody in after 20 minutes.
UNTRUSTED = ("-X", "-o", "ForwardX11Trusted=no")

# How the command of a window ends; ssh, at the near end, has it all in one word.
WINDOW = b"\0-m\0neuron_studio\0"

STAYS = 'echo "$DISPLAY"; exec sleep 600'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[XDisplay]:
    """The display that the user sits at."""
    with x_display.x_display(tmp_path_factory.mktemp("home")) as display:
        yield display


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    """The machine with the studio, which here is this one."""
    with ssh_server.ssh_server(tmp_path_factory.mktemp("far")) as running:
        yield running


@pytest.fixture(autouse=True)
def _nothing_stays(server: SshServer, tmp_path: Path) -> Iterator[None]:
    """Connections and whatever was started in the test's places end with the test."""
    yield
    server.end_logins()
    processes.end(lambda: of_this_test(tmp_path), 0.0)


def of_this_test(folder: Path) -> list[int]:
    """The processes that were started in the test's own places."""
    mark = f"NEURON_STUDIO_DATA={folder}".encode()
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in pids if pid != os.getpid() and mark in processes.read(pid, "environ")]


def forwarded(login: subprocess.Popen[str], server: SshServer) -> dict[str, str]:
    """What a program at the far end of this login finds in its environment."""
    assert login.stdout is not None
    return {"SSH_CONNECTION": "127.0.0.1 1 127.0.0.1 2", "DISPLAY": login.stdout.readline().strip(),
            "XAUTHORITY": str(server.authority), "PATH": os.environ["PATH"]}  # fmt: skip


def code_of(environment: dict[str, str]) -> str:
    """The code of what keeps the window from opening there."""
    problem = display_problem(environment)
    return problem.code if problem is not None else ""


def test_that_a_forwarded_display_is_told_from_one_that_refuses_and_from_one_that_is_gone(
    home: XDisplay, server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(x_server, "_HANG_UP_S", 0.5)
    login = server.log_in("-Y", command=STAYS, environment=home.environment)
    environment = forwarded(login, server)
    assert is_forwarded(environment)
    assert display_problem(environment) is None
    elsewhere = {**environment, "XAUTHORITY": str(tmp_path / "nowhere")}
    assert code_of(elsewhere) == "display-refused"
    server.cut()
    until(lambda: login.poll() is not None)
    assert code_of(environment) == "display-absent"


def test_that_a_login_with_x_that_lets_nobody_in_any_more_is_known_as_such(home: XDisplay, server: SshServer) -> None:
    login = server.log_in(*UNTRUSTED, "-o", "ForwardX11Timeout=1", command=STAYS, environment=home.environment)
    environment = forwarded(login, server)
    address = display_address(environment["DISPLAY"])
    assert address is not None
    until(lambda: ask(address, environment).answer is Answer.TAKES_NONE)
    program = studio(env={**os.environ, **environment, "QT_QPA_PLATFORM": ""})
    out, err = program.communicate(timeout=60)
    assert program.returncode == 3
    assert out == ""
    assert "ForwardX11Timeout 0" in err
    assert "ssh -Y" in err
    assert "neuron-studio compile" in err
    assert "Traceback" not in err


def test_that_a_run_outlives_the_link_and_is_found_again_by_window_and_terminal(
    home: XDisplay, server: SshServer, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, said, code = tmp_path / "go on", tmp_path / "said", tmp_path / "code"
    at_stage(monkeypatch, stages.TRACE, until_exists(go_on))
    first = server.log_in(
        *UNTRUSTED, command=f"( {at_far_end()} ) >'{said}' 2>&1; echo $? >'{code}'", environment=home.environment
    )

    def begun() -> bool:
        home.press("Neuron Studio", "ctrl+Return")
        return next(store.folders(), None) is not None

    until(begun, step_s=0.2)
    folder = newest(store)
    until(lambda: reached(folder, stages.TRACE))
    server.cut()
    until(lambda: first.poll() is not None)
    assert until(lambda: code.exists() and code.read_text()) == "3\n", said.read_text()
    assert "Traceback" not in said.read_text()
    # Before it, Qt says what an untrusted client must do without.
    assert said.read_text().splitlines()[-2:] == [
        "neuron-studio: The display is gone.",
        f"  → The run goes on: neuron-studio shows it again, neuron-studio runs attach {folder.name} follows it.",
    ]
    assert read_state(folder).phase is Phase.RUNNING

    # A terminal that hangs up, and one that stays.
    hanging = server.log_in("-tt", command=at_far_end("runs", "attach", "last"))
    assert hanging.stdout is not None
    until(lambda: stages.PREPARE in hanging.stdout.readline())  # type: ignore[union-attr]
    server.cut()
    hanging.communicate(timeout=20)
    staying = server.log_in(command=at_far_end("runs", "attach", "last", "--json"))

    second = server.log_in("-Y", command=at_far_end(), environment=home.environment)
    until(lambda: any(title.startswith("▸") for title in home.titles()), step_s=0.2)
    go_on.touch()
    out, err = staying.communicate(timeout=60)
    assert staying.returncode == 0, err
    assert json.loads(out)["status"] == "finished"
    until(lambda: any(title.startswith("✓") for title in home.titles()), step_s=0.2)
    window = next(pid for pid in of_this_test(tmp_path) if processes.read(pid, "cmdline").endswith(WINDOW))
    os.kill(window, signal.SIGHUP)
    until(lambda: not of_this_test(tmp_path))
    assert second.wait() == 0
