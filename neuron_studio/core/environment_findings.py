"""What is wrong with an environment, and the command that mends it: judged from what its probes found alone."""

from __future__ import annotations

from typing import Iterator, Tuple

from neuron_studio.core.environment import COMPILERS, MODULES, NO_USABLE_TORCH, Environment
from neuron_studio.core.known_failures import recognise
from neuron_studio.core.pip_commands import install, install_from_neuron, install_sdk, sdk_packages, uninstall
from neuron_studio.core.sdk_releases import (
    GLIBC_OF_TORCH_2_9,
    LAST,
    fit_together,
    newest_for,
    numbers,
    release_of_torch_neuronx,
)
from neuron_studio.wire.findings import Finding, Level

# What stands on the public index under the SDKs' names has versions below these, of fewer numbers than a true one.
_FLOORS = {"torch-neuron": (1, 13, 1, 2), "torch-neuronx": (2,), "neuron-cc": (1, 20), "neuronx-cc": (2,)}
_NUMBERS_OF_A_TRUE_ONE = 4

_TRANSFORMERS_FOR_TORCH_1 = "transformers>=4.30,<4.50"
_TOO_NEW_FOR_TORCH_1 = (4, 50)
_OLDEST_FOR_NEURONX = (4, 52)
_PROTOBUF = (3, 20)

_OTHER_PYTHON = "Make an environment with another Python for it, or choose one that has it."


def environment_findings(environment: Environment) -> Tuple[Finding, ...]:
    """Everything worth saying about an interpreter and its SDK, its machine apart; one good word where all fits."""
    found = (*base_findings(environment), *sdk_findings(environment))
    if any(finding.level in (Level.WARNING, Level.PROBLEM) for finding in found):
        return found
    offers = {
        "run": "traces, and runs on the device",
        "compile": "compiles; there is no Neuron device here that it could run on",
        "emulate": "emulates; it holds no Neuron SDK",
    }
    packages = ("torch", "transformers", environment.backend, COMPILERS.get(environment.backend, ""))
    versions = ", ".join(f"{name} {environment.versions[name]}" for name in packages if name in environment.versions)
    message = f"Python {environment.python_version} with {versions}: {offers[environment.offer]}."
    return (*found, Finding(Level.GOOD, "environment-good", message))


def base_findings(environment: Environment) -> Iterator[Finding]:
    """What keeps any run from this interpreter, the emulator's included."""
    if environment.problem:
        yield _problem("environment-broken", environment.problem, "Choose another interpreter with --python, or mend "
                       "this one.")  # fmt: skip
        return
    for name in ("torch", "transformers"):
        if name not in environment.versions:
            yield _problem(f"no-{name}", f"{environment.python} has no {name}.", "Choose the interpreter of a Neuron "
                           "environment with --python, or install neuron-studio[local] to emulate here.",
                           install(environment, name))  # fmt: skip
    yield from _transformers(environment)
    for name in ("torch", "transformers"):
        error = (environment.imports or {}).get(name, "")
        if error and error != NO_USABLE_TORCH:
            yield _broken(environment, name, error)


def sdk_findings(environment: Environment) -> Iterator[Finding]:
    """What keeps the installed SDK from tracing, or makes it doubtful."""
    if environment.problem:
        return
    backend = environment.backend
    if backend == "emulator":
        yield from _beyond_the_last(environment)
        return
    for package in (backend, COMPILERS[backend]):
        if is_placeholder(package, environment.versions.get(package, "")):
            yield _wrong_package(environment, package)
            return
    yield from _other_torch(environment)
    yield from _compiler(environment)
    if backend == "torch-neuronx":
        yield from _neuronx(environment)
    yield from _protobuf(environment)
    if environment.sdk_error:
        yield _broken(environment, backend, environment.sdk_error)


def is_placeholder(package: str, version: str) -> bool:
    """Whether a version is one of those on the public index that only say where to look."""
    found = numbers(version)
    return bool(found) and found < _FLOORS[package] and len(found) < _NUMBERS_OF_A_TRUE_ONE


def _wrong_package(environment: Environment, package: str) -> Finding:
    backend, versions = environment.backend, environment.versions
    message = f"{package} {versions[package]} is a placeholder from the public package index, not the SDK."
    taken_out = uninstall(environment, *(name for name in (backend, COMPILERS[backend]) if name in versions))
    put_in = install_sdk(environment, backend)
    if not put_in:
        return _problem("wrong-package", message, f"{backend} is not built for Python {environment.python_version}: "
                        f"take the placeholder out. {_OTHER_PYTHON}", taken_out)  # fmt: skip
    return _problem("wrong-package", message, "Take it out, and install the SDK from AWS's own Neuron package index.",
                    f"{taken_out}\n{put_in}")  # fmt: skip


def _is_too_new(environment: Environment) -> bool:
    torch, transformers = (numbers(environment.versions.get(name, "")) for name in ("torch", "transformers"))
    return bool(torch) and torch < (2,) and transformers >= _TOO_NEW_FOR_TORCH_1


def _transformers(environment: Environment) -> Iterator[Finding]:
    seen = (environment.imports or {}).get("transformers")
    if seen == NO_USABLE_TORCH or (_is_too_new(environment) and seen != ""):
        is_old_torch = numbers(environment.versions["torch"]) < (2,)
        yield _problem(
            "transformers-too-new",
            f"transformers {environment.versions['transformers']} no longer works with torch "
            f"{environment.versions['torch']}: it switches torch off and has no models.",
            "Install an older transformers.",
            install(environment, _TRANSFORMERS_FOR_TORCH_1) if is_old_torch else "",
        )


def _other_torch(environment: Environment) -> Iterator[Finding]:
    backend = environment.backend
    built_for, torch = numbers(environment.versions[backend])[:3], numbers(environment.versions.get("torch", ""))[:3]
    if not torch or len(built_for) < 3 or built_for == torch:
        return
    wanted = ".".join(map(str, built_for))
    # Only the import can tell for certain.
    known = recognise(environment.sdk_error)
    is_to_blame = environment.sdk_error and (known is None or known.code == "packages-collide")
    yield Finding(
        Level.PROBLEM if is_to_blame else Level.WARNING, "torch-of-another-release",
        f"{backend} {environment.versions[backend]} is built for torch {wanted}, and torch "
        f"{environment.versions['torch']} is installed.",
        "Install the torch that it is built for.", install(environment, f"torch=={wanted}"),
    )  # fmt: skip


def _compiler(environment: Environment) -> Iterator[Finding]:
    name = COMPILERS[environment.backend]
    if environment.compilers is None or environment.compiler is not None:
        return
    wanted = f"{name}[tensorflow]" if name == "neuron-cc" else name
    release = release_of_torch_neuronx(environment.versions[environment.backend])
    if name == "neuronx-cc" and release is not None:
        wanted = f"{name}=={release.neuronx_cc}"
    again = ("--force-reinstall",) if name in environment.versions else ()
    yield _problem(
        "compiler-missing",
        f"{environment.backend} has no compiler: {name} is neither beside {environment.python} nor on the PATH.",
        "Install it from AWS's Neuron package index.",
        install_from_neuron(environment, wanted, options=again),
    )


def _neuronx(environment: Environment) -> Iterator[Finding]:
    versions = environment.versions
    sdk, compiler = versions["torch-neuronx"], versions.get("neuronx-cc")
    if compiler is not None and not fit_together(sdk, compiler):
        release = release_of_torch_neuronx(sdk)
        right = f"neuronx-cc=={release.neuronx_cc}" if release else "neuronx-cc"
        yield Finding(
            Level.WARNING, "compiler-of-another-release",
            f"torch-neuronx {sdk} and neuronx-cc {compiler} come from different SDK releases.",
            f"Install the compiler of the same release{f' ({release.sdk})' if release else ''}.",
            install_from_neuron(environment, right),
        )  # fmt: skip
    transformers = numbers(versions.get("transformers", ""))
    if transformers and transformers < _OLDEST_FOR_NEURONX and numbers(versions.get("torch", "")) >= (2,):
        yield Finding(
            Level.WARNING, "transformers-too-old",
            f"torch-neuronx supports transformers from 4.52, and {versions['transformers']} is installed.",
            "Install a newer one.", install(environment, "transformers>=4.52"),
        )  # fmt: skip
    glibc = numbers(environment.glibc)
    if glibc and glibc < GLIBC_OF_TORCH_2_9 and numbers(sdk) >= (2, 9):
        older = newest_for(numbers(environment.python_version), glibc)
        packages = sdk_packages(environment, "torch-neuronx")
        yield _problem(
            "glibc-too-old", f"torch-neuronx {sdk} needs glibc 2.35, and this system has {environment.glibc}.",
            "Use Ubuntu 22.04 or 24.04, or the last release for an older system.",
            install_from_neuron(environment, *packages) if older else "",
        )  # fmt: skip


def _beyond_the_last(environment: Environment) -> Iterator[Finding]:
    compiler = environment.versions.get("neuronx-cc")
    if compiler is None or numbers(compiler)[:2] <= numbers(LAST.neuronx_cc)[:2]:
        return
    command = install_sdk(environment, "torch-neuronx")
    yield _problem(
        "sdk-without-torch-neuronx",
        f"neuronx-cc {compiler} is of an SDK that has no torch-neuronx any more; the last one that has is {LAST.sdk}.",
        "Install the last release that traces." if command else f"It is not built for this Python. {_OTHER_PYTHON}",
        command,
    )  # fmt: skip


def _protobuf(environment: Environment) -> Iterator[Finding]:
    version = environment.versions.get("protobuf")
    if version is None:
        return
    is_inf1 = environment.backend == "torch-neuron"
    if is_inf1 == (numbers(version) >= _PROTOBUF):
        wanted = "protobuf<3.20" if is_inf1 else "protobuf>=3.20"
        yield Finding(
            Level.WARNING, "protobuf-of-another-line",
            f"{environment.backend} works with {wanted}, and protobuf {version} is installed.",
            "Install one of that line.", install(environment, wanted),
        )  # fmt: skip


def _broken(environment: Environment, package: str, error: str) -> Finding:
    known = recognise(error)
    if known is None:
        last = error.strip().splitlines()[-1]
        remedy = "Choose another environment, or install its packages in versions that fit each other."
        return _problem("import-failed", f"{package} cannot be imported: {last}", remedy)
    if known.code == "wrong-package" and package in MODULES:
        return _wrong_package(environment, package)
    return _problem(known.code, f"{package} cannot be imported: {known.message}", known.remedy,
                    _command_for(environment, known.code))  # fmt: skip


def _command_for(environment: Environment, code: str) -> str:
    compiler = COMPILERS.get(environment.backend)
    if code == "numpy-mismatch" and compiler:
        return install_from_neuron(environment, compiler, options=("--force-reinstall",))
    if code == "compiler-missing" and compiler:
        return install_sdk(environment, environment.backend)
    if code == "runtime-library-missing":
        return "sudo apt-get install -y aws-neuronx-runtime-lib"
    return ""


def _problem(code: str, message: str, remedy: str, command: str = "") -> Finding:
    return Finding(Level.PROBLEM, code, message, remedy, command)
