"""What the environment says of the display, and what an X server answers."""

from __future__ import annotations

import os
import shlex
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from neuron_studio.core.display import DisplayAddress, display_address, is_forwarded, is_frugal, platform_of
from neuron_studio.runs import system_packages, x_server
from neuron_studio.runs.display import display_problem
from neuron_studio.runs.x_server import Answer, ask

SSH = {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}
COOKIE = bytes(range(16))
WELCOME = struct.pack("<BxHHH", 1, 11, 0, 0)

Talk = Callable[[socket.socket], None]
Serve = Callable[[Talk], Mapping[str, str]]


@pytest.mark.parametrize(
    ("display", "address"),
    [
        (":0", DisplayAddress("", 0)),
        ("unix:1.0", DisplayAddress("", 1)),
        ("localhost:10.0", DisplayAddress("localhost", 10)),
        ("[::1]:11", DisplayAddress("::1", 11)),
        ("0", None),
        (":zero", None),
    ],
)
def test_that_a_display_names_a_host_and_a_number(display: str, address: DisplayAddress | None) -> None:
    assert display_address(display) == address


@pytest.mark.parametrize(
    ("environ", "is_far"),
    [
        ({"DISPLAY": "localhost:10.0", **SSH}, True),
        ({"DISPLAY": ":10.0", **SSH}, True),
        ({"DISPLAY": "desk:0", **SSH}, True),
        ({"DISPLAY": ":0", **SSH}, False),
        ({"DISPLAY": "localhost:10.0"}, False),
        ({"DISPLAY": "localhost:10.0", "QT_QPA_PLATFORM": "offscreen", **SSH}, False),
        (SSH, False),
    ],
)
def test_that_a_display_is_forwarded_where_ssh_and_its_address_say_so(environ: dict[str, str], is_far: bool) -> None:
    assert is_forwarded(environ) is is_far
    assert is_frugal(environ, None) is is_far
    assert is_frugal(environ, True)
    assert not is_frugal(environ, False)


def test_that_wayland_is_used_where_there_is_nothing_else() -> None:
    assert platform_of({"WAYLAND_DISPLAY": "wayland-0"}) == "wayland"
    assert platform_of({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}) == "xcb"
    assert platform_of({"WAYLAND_DISPLAY": "wayland-0", "QT_QPA_PLATFORM": "xcb:no"}) == "xcb"
    assert platform_of({}) == "xcb"


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Listens as a display on the loopback and talks to each client in turn; gives a client's environment."""
    monkeypatch.setattr(system_packages, "_LIBRARIES", {})
    monkeypatch.setattr(x_server, "_HANG_UP_S", 0.2)
    with closing(_display_on_loopback()) as listening:

        def serve(talk: Talk) -> Mapping[str, str]:
            def work() -> None:
                while True:
                    try:
                        client, _ = listening.accept()
                    except OSError:
                        return
                    with client:
                        talk(client)

            threading.Thread(target=work, daemon=True).start()
            number = listening.getsockname()[1] - 6000
            authority = tmp_path / "authority"
            authority.write_bytes(
                an_entry(number + 1, bytes(16)) + an_entry(number, COOKIE) + an_entry(number, bytes(16)) + b"\0"
            )
            return {"DISPLAY": f"127.0.0.1:{number}", "XAUTHORITY": str(authority), **SSH}

        yield serve
        listening.shutdown(socket.SHUT_RDWR)


def _display_on_loopback() -> socket.socket:
    while True:
        listening = socket.create_server(("127.0.0.1", 0))
        if listening.getsockname()[1] >= 6000:
            return listening
        listening.close()


def an_entry(number: int, cookie: bytes) -> bytes:
    """An entry of the authority file, as xauth writes it for a display of this machine."""
    parts = (os.fsencode(socket.gethostname()), b"%d" % number, b"MIT-MAGIC-COOKIE-1", cookie)
    return struct.pack(">H", 256) + b"".join(struct.pack(">H", len(part)) + part for part in parts)


def refuses(reason: bytes) -> Talk:
    """Says why, as an X server does."""
    padded = reason + bytes(-len(reason) % 4)

    def talk(client: socket.socket) -> None:
        client.recv(1024)
        client.sendall(struct.pack("<BBHHH", 0, len(reason), 11, 0, len(padded) // 4) + padded)

    return talk


def problem(environ: Mapping[str, str]) -> tuple[str, str, str]:
    """The code and the texts of what is wrong with a display."""
    found = display_problem(environ)
    assert found is not None
    return found.code, found.message, found.remedy


def test_that_a_client_comes_with_the_cookie_of_its_display_alone(serve: Serve) -> None:
    heard: list[bytes] = []

    def talk(client: socket.socket) -> None:
        heard.append(client.recv(1024))
        client.sendall(WELCOME)

    assert display_problem(serve(talk)) is None
    assert heard == [struct.pack("<BxHHHHxx", ord("l"), 11, 0, 18, 16) + b"MIT-MAGIC-COOKIE-1\0\0" + COOKIE]


def test_that_a_refusal_is_told_in_the_servers_own_words(serve: Serve) -> None:
    code, message, remedy = problem(serve(refuses(b"Maximum number of clients\x1b reached\n")))
    assert code == "display-refused"
    assert message.endswith("refused the connection: Maximum number of clients  reached.")
    assert "ssh -Y -C" in remedy


def test_that_sudo_is_named_where_it_took_the_cookie_away(serve: Serve) -> None:
    environ = {**serve(refuses(b"No protocol specified")), "SUDO_USER": "ada"}
    assert "without sudo" in problem(environ)[2]


def test_that_hanging_up_on_the_first_word_is_a_refusal(serve: Serve) -> None:
    assert problem(serve(lambda client: client.recv(1024) and None))[0] == "display-refused"


def test_that_a_display_that_lets_nobody_in_any_more_asks_for_another_login(serve: Serve) -> None:
    code, _, remedy = problem(serve(lambda client: None))
    assert code == "display-closed"
    assert "ForwardX11Timeout 0" in remedy


def test_that_a_server_that_never_answers_is_given_up(serve: Serve) -> None:
    environ = serve(lambda client: threading.Event().wait(5.0) and None)
    address = display_address(environ["DISPLAY"])
    assert address is not None
    assert ask(address, environ, answer_s=0.2).answer is Answer.SILENT


@pytest.mark.parametrize(
    ("environ", "code"),
    [
        ({}, "no-display"),
        (SSH, "no-xauth"),
        ({"DISPLAY": "desk"}, "no-display"),
        ({"DISPLAY": ":60123"}, "display-absent"),
        ({"DISPLAY": "127.0.0.1:59000"}, "display-absent"),
        ({"WAYLAND_DISPLAY": "nowhere", "XDG_RUNTIME_DIR": "/nowhere"}, "display-absent"),
    ],
)
def test_that_what_is_not_there_is_told(environ: dict[str, str], code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "_LIBRARIES", {})
    monkeypatch.setattr("shutil.which", lambda program, path=None: None)
    assert problem(environ)[0] == code


@pytest.mark.parametrize(
    ("installer", "command"),
    [
        ("apt-get", "sudo apt-get install -y libnowhere0"),
        ("dnf", "sudo dnf install -y 'libnowhere.so.0()(64bit)'"),
        ("yum", "sudo yum install -y 'libnowhere.so.0()(64bit)'"),
        ("", "Install the packages that bring them."),
    ],
)
def test_that_missing_libraries_come_with_the_command_of_this_system(
    installer: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_packages, "_LIBRARIES", {"libc.so.6": "libc6", "libnowhere.so.0": "libnowhere0"})
    monkeypatch.setattr("shutil.which", lambda program: program if program == installer else None)
    code, message, remedy = problem({"DISPLAY": ":0"})
    assert code == "qt-libraries-missing"
    assert message == "Qt's system libraries are missing: libnowhere.so.0."
    assert remedy == command
    assert shlex.split(remedy)
