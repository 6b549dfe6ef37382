"""What is wrong with an environment is said with the command that mends it."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import Any

import pytest

from neuron_studio.core.environment import NO_USABLE_TORCH, Environment
from neuron_studio.core.environment_findings import environment_findings
from neuron_studio.core.machine_findings import driver_findings, machine_findings
from neuron_studio.core.sdk_releases import RELEASES, fit_together, newest_for
from neuron_studio.wire.findings import Finding, Level
from neuron_studio.wire.machine import Machine

WRONG_PACKAGE = "WRONG PACKAGE. Please install the package from Neuron Repository - pip.repos.neuron.amazonaws.com"
INDEX = "--extra-index-url https://pip.repos.neuron.amazonaws.com"
INF1_PYTHON = "/opt/aws_neuron_venv_pytorch_inf1/bin/python"
INF1 = Environment(
    INF1_PYTHON, "3.10.12", glibc="2.35", compilers={"neuron-cc": "/opt/aws_neuron_venv_pytorch_inf1/bin/neuron-cc"},
    versions={"torch": "1.13.1", "transformers": "4.30.2", "protobuf": "3.19.6",
              "torch-neuron": "1.13.1.2.11.13.0", "neuron-cc": "1.24.0.0"},
)  # fmt: skip
NEURONX = Environment(
    "/opt/aws_neuronx_venv_pytorch_2_9/bin/python", "3.12.3", glibc="2.39", compilers={"neuronx-cc": "/x/neuronx-cc"},
    versions={"torch": "2.9.0", "transformers": "4.57.1", "protobuf": "5.29.0",
              "torch-neuronx": "2.9.0.2.15.32035", "neuronx-cc": "2.26.6360.0"},
)  # fmt: skip


def with_versions(environment: Environment, **versions: str | None) -> Environment:
    """The same with other versions; None takes a package out."""
    merged = {**environment.versions, **{name.replace("_", "-"): version for name, version in versions.items()}}
    return replace(environment, versions={name: version for name, version in merged.items() if version})


def the_one(environment: Environment) -> Finding:
    (finding,) = environment_findings(environment)
    return finding


@pytest.mark.parametrize(
    ("environment", "says"), [(INF1, "compiles; there is no Neuron device here"), (NEURONX, "torch-neuronx 2.9.0")]
)
def test_that_an_environment_as_aws_ships_it_is_good(environment: Environment, says: str) -> None:
    finding = the_one(environment)
    assert (finding.level, finding.code) == (Level.GOOD, "environment-good")
    assert says in finding.message


def test_that_what_can_be_done_follows_from_device_and_imports() -> None:
    on_device = replace(NEURONX, machine=Machine(devices=1, instance="inf2.xlarge"))
    on_another = replace(NEURONX, machine=Machine(devices=1, instance="inf1.xlarge"))
    assert [environment.offer for environment in (on_device, NEURONX, on_another)] == ["run", "compile", "compile"]
    assert " · compiles only, not for this inf1.xlarge · " in on_another.in_words("inf2")
    assert replace(on_device, imports={"torch_neuronx": "ImportError: no"}).offer == "emulate"
    assert Environment("python", versions={"torch": "2", "transformers": "5"}).offer == "emulate"
    assert Environment("python").offer == "nothing"
    assert " · cannot be imported · " in replace(NEURONX, imports={"torch_neuronx": "x"}).in_words("inf2")


@pytest.mark.parametrize(
    ("environment", "package", "version"),
    [(INF1, "torch-neuron", "1.0"), (NEURONX, "torch-neuronx", "1.0"), (INF1, "neuron-cc", "1.0.post1"),
     (NEURONX, "neuronx-cc", "1.0.post1")],
)  # fmt: skip
def test_that_a_placeholder_is_known_by_its_version_before_any_import(
    environment: Environment, package: str, version: str
) -> None:
    finding = the_one(replace(environment, versions={**environment.versions, package: version}))
    assert (finding.level, finding.code) == (Level.PROBLEM, "wrong-package")
    taken_out, put_in = finding.command.splitlines()
    assert taken_out.startswith(f"{environment.python} -m pip uninstall -y {environment.backend}")
    assert put_in.startswith(f"{environment.python} -m pip install {INDEX} ")


@pytest.mark.parametrize("version", ["1.11.0.2.3.0.0", "1.13.1.2.9.1.0"])
def test_that_an_older_true_release_is_no_placeholder(version: str) -> None:
    assert "wrong-package" not in [
        finding.code for finding in environment_findings(with_versions(INF1, torch_neuron=version))
    ]


def test_that_a_placeholder_is_known_by_what_its_import_says() -> None:
    finding = the_one(replace(NEURONX, imports={"torch_neuronx": f"ImportError: {WRONG_PACKAGE}"}))
    assert finding.code == "wrong-package"
    assert "neuronx-cc==2.26.6360.0 torch-neuronx==2.9.0.2.15.32035" in finding.command


def test_that_no_sdk_is_advised_for_a_python_that_it_is_not_built_for() -> None:
    finding = the_one(replace(with_versions(INF1, torch_neuron="1.0"), python_version="3.12.1"))
    assert "not built for Python 3.12.1" in finding.remedy
    assert finding.command == f"{INF1_PYTHON} -m pip uninstall -y torch-neuron neuron-cc"


def test_that_a_command_survives_a_shell_whatever_the_path() -> None:
    odd = replace(with_versions(NEURONX, protobuf="3.19.0"), python="/opt/my env; rm -rf ~/bin/python")
    assert shlex.split(the_one(odd).command) == [odd.python, "-m", "pip", "install", "protobuf>=3.20"]


@pytest.mark.parametrize(
    ("environment", "code", "level", "command"),
    [
        (with_versions(INF1, torch="1.12.1"), "torch-of-another-release", Level.WARNING, "install torch==1.13.1"),
        (with_versions(NEURONX, torch="2.8.0+cpu"), "torch-of-another-release", Level.WARNING, "install torch==2.9.0"),
        (with_versions(INF1, transformers="5.23.0"), "transformers-too-new", Level.PROBLEM,
         "install 'transformers>=4.30,<4.50'"),
        (with_versions(NEURONX, transformers="4.51.3"), "transformers-too-old", Level.WARNING,
         "install 'transformers>=4.52'"),
        (with_versions(NEURONX, neuronx_cc="2.24.8799.0"), "compiler-of-another-release", Level.WARNING,
         f"install {INDEX} neuronx-cc==2.26.6360.0"),
        (with_versions(NEURONX, torch_neuronx=None, neuronx_cc="2.27.5334.0"), "sdk-without-torch-neuronx",
         Level.PROBLEM, f"install {INDEX} neuronx-cc==2.26.6360.0 torch-neuronx==2.9.0.2.15.32035"),
        (replace(NEURONX, compilers={}), "compiler-missing", Level.PROBLEM,
         f"install --force-reinstall {INDEX} neuronx-cc==2.26.6360.0"),
        (replace(with_versions(INF1, neuron_cc=None), compilers={}), "compiler-missing", Level.PROBLEM,
         f"install {INDEX} 'neuron-cc[tensorflow]'"),
        (with_versions(INF1, protobuf="4.25.1"), "protobuf-of-another-line", Level.WARNING,
         "install 'protobuf<3.20'"),
        (replace(NEURONX, python_version="3.11.9", glibc="2.34"), "glibc-too-old", Level.PROBLEM,
         f"install {INDEX} neuronx-cc==2.23.6484.0 torch-neuronx==2.8.0.2.12.22436"),
    ],
)  # fmt: skip
def test_that_versions_that_do_not_fit_are_named_with_the_command(
    environment: Environment, code: str, level: Level, command: str
) -> None:
    finding = the_one(environment)
    assert (finding.code, finding.level) == (code, level)
    assert finding.command == f"{environment.python} -m pip {command}"


def test_that_another_torch_is_a_problem_once_the_import_has_failed() -> None:
    broken = replace(
        with_versions(INF1, torch="1.12.1"), imports={"torch_neuron": "OSError: _XLAC.so undefined symbol"}
    )
    found = {finding.code: finding.level for finding in environment_findings(broken)}
    assert found == {"torch-of-another-release": Level.PROBLEM, "packages-collide": Level.PROBLEM}


def test_that_another_torch_is_not_blamed_for_what_has_another_cause() -> None:
    libnrt = "ImportError: libnrt.so.1: cannot open shared object file"
    broken = replace(with_versions(INF1, torch="1.12.1"), imports={"torch_neuron": libnrt})
    found = {finding.code: finding.level for finding in environment_findings(broken)}
    assert found == {"torch-of-another-release": Level.WARNING, "runtime-library-missing": Level.PROBLEM}


def test_that_transformers_without_models_is_a_problem_with_any_torch() -> None:
    shell = replace(
        with_versions(NEURONX, transformers="5.0.0"), imports={"torch": "", "transformers": NO_USABLE_TORCH}
    )
    assert (the_one(shell).code, the_one(shell).command) == ("transformers-too-new", "")


def test_that_a_known_failure_is_told_in_its_own_words_and_an_unknown_one_by_its_last_line() -> None:
    numpy = "ImportError: module compiled against API version 0xf but this version of numpy is 0xe"
    known = the_one(replace(NEURONX, imports={"torch_neuronx": numpy}))
    assert (known.code, known.command.split()[-1]) == ("numpy-mismatch", "neuronx-cc")
    unknown = the_one(replace(NEURONX, imports={"torch_neuronx": "Trace:\nOSError: libodd.so.7: gone"}))
    assert (unknown.code, unknown.message) == (
        "import-failed",
        "torch-neuronx cannot be imported: OSError: libodd.so.7: gone",
    )


def test_that_transformers_that_was_seen_to_work_is_believed() -> None:
    seen = replace(
        with_versions(INF1, transformers="4.50.0"), imports={"torch": "", "transformers": "", "torch_neuron": ""}
    )
    assert the_one(seen).level is Level.GOOD


def test_that_what_lacks_torch_or_does_not_answer_is_said() -> None:
    assert the_one(Environment("python", problem="python did not answer.")).code == "environment-broken"
    assert [finding.code for finding in environment_findings(Environment("python", "3.11.7"))] == [
        "no-torch",
        "no-transformers",
    ]


def test_that_each_release_fits_itself_and_no_other() -> None:
    for one in RELEASES:
        for other in RELEASES:
            assert fit_together(one.torch_neuronx, other.neuronx_cc) == (one is other)
    assert fit_together("2.9.0.2.15.32035", "2.27.5334.0")  # as AWS's install page pins them
    assert fit_together("1.13.1.1.17.0", "2.16.372.0")  # not in the table, so nothing is claimed
    assert not fit_together("2.9.0.2.14.27725", "2.27.5334.0")


@pytest.mark.parametrize(
    ("python", "glibc", "sdk"),
    [((3, 12), (2, 39), "2.31"), ((3, 10), (2, 35), "2.29"), ((3, 11), (2, 34), "2.28"), ((3, 9), (), "2.26"),
     ((3, 8), (2, 31), "2.21")],
)  # fmt: skip
def test_that_the_newest_release_for_a_python_and_a_c_library_is_advised(
    python: tuple[int, ...], glibc: tuple[int, ...], sdk: str
) -> None:
    release = newest_for(python, glibc)
    assert release is not None
    assert release.sdk == sdk
    assert newest_for((3, 7), glibc) is None


@pytest.mark.parametrize(
    ("machine", "code", "command"),
    [
        (Machine(1, "inf1.xlarge", driver="2.25.1.0"), "driver-too-new",
         "sudo apt-get install aws-neuronx-dkms=2.24.* -y"),
        (Machine(0, "inf1.xlarge"), "driver-missing", "sudo apt-get install aws-neuronx-dkms=2.24.* -y"),
        (Machine(0, "inf2.xlarge"), "driver-missing", "sudo apt-get install aws-neuronx-dkms -y"),
        (Machine(1, "inf1.xlarge", driver="2.24.13.0"), "driver", ""),
        (Machine(1, "inf2.xlarge", driver="2.26.5.0"), "driver", ""),
    ],
)  # fmt: skip
def test_that_the_driver_must_know_the_chips(machine: Machine, code: str, command: str) -> None:
    (finding,) = driver_findings(machine)
    assert (finding.code, finding.command) == (code, command)


def a_device(**changes: Any) -> dict[str, Any]:
    return {"neuron_device": 0, "nc_count": 2, "neuroncore_ids": [0, 1], "neuron_processes": [], **changes}


def test_that_whoever_holds_a_device_is_named() -> None:
    holder = {"pid": 4242, "command": "python worker.py", "neuron_runtime_version": "2"}
    machine = Machine(1, "inf2.xlarge", (a_device(neuron_processes=[holder]),), "2.26.5.0")
    found = {finding.code: finding for finding in machine_findings(machine)}
    assert "0 of 2 NeuronCores are free" in found["devices"].message
    assert "process 4242 (python worker.py)" in found["device-held"].message
    assert found["device-held"].command == "kill 4242"


def test_that_a_machine_without_devices_or_with_an_odd_tool_is_judged_all_the_same() -> None:
    assert [finding.code for finding in machine_findings(Machine())] == ["no-device"]
    assert [finding.code for finding in machine_findings(Machine(listing=()))] == ["no-device"]
    assert [finding.code for finding in machine_findings(Machine(1, listing=({"odd": 1},)))] == ["neuron-ls-unreadable"]
