"""An interpreter that may trace: what is installed there, what happened when it was imported, what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, Optional

from neuron_studio.core.precision import INF1
from neuron_studio.wire.machine import Machine

# The distributions that a probe reports; the rest of an environment is nobody's business here.
PACKAGES = ("torch", "transformers", "tokenizers", "huggingface-hub", "safetensors", "numpy", "protobuf",
            "torch-neuron", "neuron-cc", "torch-neuronx", "neuronx-cc")  # fmt: skip

# Each SDK by its package for torch: the compiler that it starts, and the module to import.
COMPILERS = {"torch-neuronx": "neuronx-cc", "torch-neuron": "neuron-cc"}
MODULES = {"torch-neuronx": "torch_neuronx", "torch-neuron": "torch_neuron"}

# What is said of a transformers that can be imported, but has no models with the torch that is there.
NO_USABLE_TORCH = "transformers finds no torch that it can work with"


@dataclass(frozen=True)
class Environment:
    """One interpreter as its probe found it; versions by distribution name, machine as its tools show it.

    compilers are the paths of those found by name, None where nobody looked; imports are the error of each module
    that was really imported, empty where it went well, None where nothing was imported yet.
    """

    python: str
    python_version: str = ""
    versions: Dict[str, str] = field(default_factory=dict)
    machine: Machine = field(default_factory=Machine)
    problem: str = ""
    glibc: str = ""
    compilers: Optional[Dict[str, str]] = None
    imports: Optional[Dict[str, str]] = None

    @property
    def can_trace(self) -> bool:
        """Whether the emulator, at least, can run here."""
        return not self.problem and "torch" in self.versions and "transformers" in self.versions

    @property
    def backend(self) -> str:
        """The backend of the SDK that is installed; the emulator where there is none."""
        return next((name for name in COMPILERS if name in self.versions), "emulator")

    @property
    def compiler(self) -> Optional[str]:
        """The path of the installed SDK's compiler, where it was looked for and found."""
        return (self.compilers or {}).get(COMPILERS.get(self.backend, ""))

    @property
    def sdk_error(self) -> str:
        """What the import of the installed SDK said; empty where it went well or was not tried."""
        return (self.imports or {}).get(MODULES.get(self.backend, ""), "")

    @property
    def instance(self) -> Optional[str]:
        """The instance type as the machine names itself; None elsewhere."""
        return self.machine.instance

    @property
    def has_device(self) -> bool:
        """Whether there are Neuron devices here."""
        return self.machine.devices > 0

    @property
    def fits_device(self) -> bool:
        """Whether the installed SDK is the one for the devices here, as far as they say what they are."""
        is_inf1 = (self.instance or "").startswith(f"{INF1}.")
        return self.has_device and (self.instance is None or is_inf1 == (self.backend == "torch-neuron"))

    @property
    def offer(self) -> str:
        """The most that a run can do here: "run" on a device, "compile" only, "emulate", or "nothing"."""
        if not self.can_trace:
            return "nothing"
        if self.backend == "emulator" or self.sdk_error:
            return "emulate"
        return "run" if self.fits_device else "compile"

    def can_compile_for(self, family: str) -> bool:
        """Whether the installed SDK compiles for this chip family."""
        return self.backend != "emulator" and (family == INF1) == (self.backend == "torch-neuron")

    def in_words(self, family: str) -> str:
        """One line for people: what a run in it really is, and which interpreter it has."""
        place = f"Python {self.python_version}, torch {self.versions.get('torch', 'missing')}"
        if not self.can_compile_for(family):
            return f"emulates {family.capitalize()} · {place}"
        count = self.machine.devices
        found = "1 Neuron device" if count == 1 else f"{count} Neuron devices"
        state = found if self.has_device else "compiles only, no Neuron device"
        if self.has_device and not self.fits_device:
            state = f"compiles only, not for this {self.instance}"
        if self.sdk_error:
            state = "cannot be imported"
        return f"{self.backend} {self.versions[self.backend]} · {state} · {place}"
