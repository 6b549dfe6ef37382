"""A real sshd on the loopback, for this user alone: its keys and settings lie in a folder, nothing else is touched."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from neuron_studio.wire import processes
from tests.support.until import until
from tests.support.workers import ROOT

PROGRAMS = ("sshd", "ssh", "ssh-keygen", "xauth")

# sshd wants this folder where root starts it; a system service makes it elsewhere.
_EMPTY = Path("/run/sshd")

_SETTINGS = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
PidFile none
AuthorizedKeysFile {folder}/key.pub
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
PermitUserRC no
X11Forwarding yes
SetEnv XAUTHORITY={folder}/far-authority
"""


@dataclass(frozen=True)
class SshServer:
    """Where it listens, the folder with its keys, its process, who logged in."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]
    logins: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def authority(self) -> Path:
        """The file into which it writes the cookies of the displays that it forwards."""
        return self.folder / "far-authority"

    def log_in(
        self, *options: str, command: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Run a shell command at the far end; environment is that of the near one."""
        words = ["ssh", "-F", "none", "-i", str(self.folder / "key"), "-p", str(self.port), "-o", "BatchMode=yes",
                 "-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={self.folder / 'known'}",
                 "-o", "LogLevel=ERROR", *options, f"{getpass.getuser()}@127.0.0.1", command]  # fmt: skip
        login = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip
        self.logins.append(login)
        return login

    def end_logins(self) -> None:
        """Leave nobody logged in."""
        self.cut()
        while self.logins:
            with self.logins.pop() as login:  # closes its pipes, too
                login.kill()

    def cut(self) -> None:
        """End every connection at this end, as a network does: no word to anybody."""
        processes.send(self._sessions(), signal.SIGKILL)

    def _sessions(self) -> list[int]:
        pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
        return [pid for pid in pids if processes.stat(pid)[1:2] == [b"%d" % self.process.pid]]


def at_far_end(*arguments: Any) -> str:
    """The shell command that runs the program in the places of this test."""
    names = ("PYTHONPATH", "AT_STAGE", "AT_STAGE_DO", "HF_HOME", "HF_ENDPOINT", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if name in names or name.startswith("NEURON_STUDIO_")}
    settings = [f"{name}={value}" for name, value in kept.items()]
    program = [sys.executable, "-m", "neuron_studio", *map(str, arguments)]
    return f"cd {shlex.quote(str(ROOT))} && exec {shlex.join(['env', *settings, *program])}"


@contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """A server for as long as the block lasts; its connections end with it."""
    for name in ("host", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    (folder / "far-authority").touch(mode=0o600)  # xauth complains about a file that it makes itself
    (folder / "settings").write_text(_SETTINGS.format(folder=folder, port=port))
    program = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
    with _empty_folder(), open(folder / "log", "wb") as log:
        process = subprocess.Popen([str(program), "-D", "-e", "-f", str(folder / "settings")], stderr=log)
        server = SshServer(port, folder, process)
        try:
            until(lambda: _listens(port) or process.poll() is not None)
            assert process.poll() is None, (folder / "log").read_text()
            yield server
        finally:
            server.end_logins()
            process.kill()
            process.wait()


@contextmanager
def _empty_folder() -> Iterator[None]:
    is_ours = os.geteuid() == 0 and not _EMPTY.exists()
    if is_ours:
        _EMPTY.mkdir(mode=0o755)
    try:
        yield
    finally:
        if is_ours:
            _EMPTY.rmdir()


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
        return True
    return False
