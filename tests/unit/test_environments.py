"""Interpreters are asked in processes of their own, within their time, and not again until something changes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from neuron_studio.core.environment import Environment
from neuron_studio.core.environment_findings import environment_findings
from neuron_studio.runs import bounded, environments
from neuron_studio.wire import processes
from tests.sdk.environment import INF1, NEURONX, SdkEnvironment, install
from tests.sdk.hardware import pretend_machine
from tests.support.until import until

# Stands before a true interpreter, and notes each time that it is asked.
_COUNTING = """#!/bin/sh
case "$*" in */worker-*) echo "$*" >> "{record}" ;; esac
exec "{python}" "$@"
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEURON_STUDIO_CACHE", str(tmp_path / "cache"))


class Counted:
    """An environment without packages whose interpreter notes each probe."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        self.python = str(folder / "bin" / "counting")
        self._record = folder / "record"
        Path(self.python).write_text(_COUNTING.format(record=self._record, python=folder / "bin" / "python"))
        Path(self.python).chmod(0o755)
        (self.site,) = folder.glob("lib/python*/site-packages")
        self.put_in("torch", "1.13.1")

    def put_in(self, name: str, version: str) -> Path:
        """Install a package of one line."""
        described = self.site / f"{name}-{version}.dist-info"
        described.mkdir()
        (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (self.site / f"{name}.py").touch()
        return described

    @property
    def asked(self) -> list[str]:
        """What it was asked so far."""
        lines = self._record.read_text().splitlines() if self._record.exists() else []
        return [line.rpartition("/worker-")[2].split()[1] for line in lines]


@pytest.fixture
def counted(tmp_path: Path) -> Counted:
    return Counted(tmp_path / "environment")


def test_that_nothing_is_asked_again_while_nothing_changes(counted: Counted) -> None:
    first = environments.examine(environments.probe(counted.python))
    assert first.imports == {"torch": ""}
    assert counted.asked == ["probe", "imports"]
    for _ in range(3):
        assert environments.examine(environments.probe(counted.python)) == first
    assert counted.asked == ["probe", "imports"]


def test_that_two_who_ask_at_once_import_once(counted: Counted) -> None:
    environment = environments.probe(counted.python)
    both = [threading.Thread(target=environments.examine, args=(environment,)) for _ in range(2)]
    for asking in both:
        asking.start()
    for asking in both:
        asking.join()
    assert counted.asked == ["probe", "imports"]


def test_that_a_package_put_in_or_taken_out_is_noticed(counted: Counted) -> None:
    assert "numpy" not in environments.probe(counted.python).versions
    described = counted.put_in("numpy", "1.24.4")
    assert environments.probe(counted.python).versions["numpy"] == "1.24.4"
    (described / "METADATA").unlink()
    described.rmdir()
    assert "numpy" not in environments.probe(counted.python).versions
    assert counted.asked == ["probe"] * 3


def test_that_another_interpreter_in_its_place_is_asked(counted: Counted) -> None:
    environments.probe(counted.python)
    settings = counted.site.parents[2] / "pyvenv.cfg"
    settings.write_text(settings.read_text() + "prompt = other\n")
    environments.probe(counted.python)
    assert counted.asked == ["probe"] * 2


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"asked": []}', b"\xff\xfe", None])
def test_that_a_damaged_answer_is_ignored(counted: Counted, tmp_path: Path, damage: bytes | None) -> None:
    first = environments.probe(counted.python)
    (kept,) = (tmp_path / "cache" / "probes").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole.replace(b'"versions"', b'"vermin"') if damage is None else damage)
    assert environments.probe(counted.python) == first
    assert counted.asked == ["probe"] * 2
    assert kept.read_bytes() == whole


def test_that_the_machine_is_looked_at_every_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = str(install(tmp_path / "sdk", NEURONX).python)
    assert not environments.probe(python).has_device
    monkeypatch.setenv("NEURON_STAND_IN_HARDWARE", str(pretend_machine(tmp_path, "inf2.xlarge")))
    assert environments.probe(python).machine.instance == "inf2.xlarge"


def test_that_a_cache_that_cannot_be_written_costs_only_the_memory(counted: Counted, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "probes").touch()
    assert environments.probe(counted.python).versions == {"torch": "1.13.1"}


@pytest.fixture(params=["this python", "python 3.8"])
def base_python(request: pytest.FixtureRequest) -> str:
    if request.param == "this python":
        return sys.executable
    python = os.environ.get("PYTHON38", "")
    return python or pytest.skip("PYTHON38 names no Python 3.8")


@pytest.mark.parametrize(
    ("sdk", "backend", "instance"), [(INF1, "torch-neuron", "inf1.xlarge"), (NEURONX, "torch-neuronx", "inf2.xlarge")]
)
def test_that_an_sdk_is_really_imported_and_says_what_it_can_do(
    sdk: str, backend: str, instance: str, base_python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEURON_RT_NUM_CORES", "not a number")
    installed = install(tmp_path / "sdk", sdk, base_python)
    environment = environments.probe(str(installed.python))
    assert (environment.backend, environment.imports) == (backend, None)
    assert environment.compiler == str(installed.bin / backend.replace("torch-", "")) + "-cc"
    examined = environments.examine(environment)
    assert list((examined.imports or {}).values()) == ["", "", ""]
    assert examined.offer == "compile"
    monkeypatch.setenv("NEURON_STAND_IN_HARDWARE", str(pretend_machine(tmp_path, instance)))
    assert environments.probe(str(installed.python)).offer == "run"
    assert environments.probe(str(installed.python)).imports == examined.imports


def broken(tmp_path: Path, words: str) -> SdkEnvironment:
    return install(tmp_path / "sdk", NEURONX, broken=words)


def test_that_a_broken_sdk_is_recognised_and_asked_again_each_time(tmp_path: Path) -> None:
    installed = broken(tmp_path, "libnrt.so.1: cannot open shared object file: No such file or directory")
    examined = environments.examine(environments.probe(str(installed.python)))
    assert "libnrt.so.1" in examined.sdk_error
    codes = {finding.code: finding.command for finding in environment_findings(examined)}
    assert codes["runtime-library-missing"] == "sudo apt-get install -y aws-neuronx-runtime-lib"
    # What mends it lies outside of the environment.
    assert environments.probe(str(installed.python)).imports is None


def test_that_a_compiler_missing_beside_its_sdk_is_found_out(tmp_path: Path) -> None:
    installed = install(tmp_path / "sdk", INF1)
    (installed.bin / "neuron-cc").unlink()
    environment = environments.probe(str(installed.python))
    assert "compiler-missing" in [finding.code for finding in environment_findings(environment)]
    (installed.bin / "neuron-cc").touch(0o755)
    assert environments.probe(str(installed.python)).compiler is not None


def test_that_the_best_is_an_sdk_that_is_whole_before_one_to_be_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mended = str(install(tmp_path / "placeholder", INF1, versions={"torch-neuron": "1.0"}).python)
    whole = str(install(tmp_path / "whole", NEURONX).python)
    for found, chosen in (((sys.executable, mended, whole), whole), ((sys.executable, mended), mended),
                          ((sys.executable,), sys.executable)):  # fmt: skip
        monkeypatch.setattr(environments, "candidates", lambda is_inf1, found=found: found)
        assert environments.best().python == chosen


def test_that_an_import_that_crashes_or_ends_the_interpreter_is_told(counted: Counted) -> None:
    environment = environments.probe(counted.python)
    (counted.site / "torch.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert environments.examine(environment).imports == {"torch": "its import crashed (SIGSEGV)"}
    (counted.site / "torch.py").write_text("print('{}'); print('[]'); raise SystemExit('no licence')")
    assert environments.examine(environment).imports == {"torch": "SystemExit: no licence"}


def a_script(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_that_an_interpreter_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "_PROBE_TIMEOUT_S", 3.0)
    python = a_script(tmp_path / "python", f"echo $$ > {tmp_path}/pid; sleep 300 & sleep 300")
    assert environments.probe(python).problem == f"{python} did not answer within 3 seconds."
    until(lambda: not processes.in_session(int((tmp_path / "pid").read_text())))


def test_that_a_program_that_leaves_takes_its_probes_along(tmp_path: Path) -> None:
    python = a_script(tmp_path / "python", f"echo $$ > {tmp_path}/pid; exec sleep 300")
    asking = threading.Thread(target=environments.probe, args=(python,), daemon=True)
    asking.start()
    until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip())
    bounded.end_all()
    asking.join()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), signal.SIG_DFL)


@pytest.mark.parametrize(
    ("text", "says"), [("echo hello", "it said nothing"), ("echo odd >&2; exit 3", "could not be probed: odd")]
)
def test_that_what_is_no_python_is_told(tmp_path: Path, text: str, says: str) -> None:
    assert says in environments.probe(a_script(tmp_path / "python", text)).problem


def test_that_what_is_not_there_or_no_program_is_told(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    assert "No such file or directory" in environments.probe(str(tmp_path / "none")).problem
    assert "Permission denied" in environments.probe(str(tmp_path / "text")).problem


def test_that_an_environment_without_torch_is_not_imported() -> None:
    bare = Environment("/no/such/python", "3.11.7")
    assert environments.examine(bare) is bare
    assert environments.examine(replace(bare, problem="gone")).problem == "gone"


def test_that_an_interpreter_may_be_named_as_in_a_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers start elsewhere, so a relative path or a bare name must become a whole path first."""
    folder = tmp_path / "venv" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to(sys.executable)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(folder))
    whole = str(folder / "python")
    for named in ("venv/bin/python", "./venv", "python", whole):
        assert environments.probe(named).python == whole
    assert environments.probe("no-such-python").problem
