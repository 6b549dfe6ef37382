"""An interpreter that may trace: what is installed there, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, Optional

from neuron_studio.core.precision import INF1
from neuron_studio.wire.machine import Machine

# The distributions that a probe reports; the rest of an environment is nobody's business here.
PACKAGES = ("torch", "transformers", "tokenizers", "huggingface-hub", "safetensors", "numpy",
            "torch-neuron", "neuron-cc", "torch-neuronx", "neuronx-cc")  # fmt: skip


@dataclass(frozen=True)
class Environment:
    """One interpreter as its probe found it; versions by distribution name, machine as its tools show it."""

    python: str
    python_version: str = ""
    versions: Dict[str, str] = field(default_factory=dict)
    machine: Machine = field(default_factory=Machine)
    problem: str = ""

    @property
    def can_trace(self) -> bool:
        """Whether the emulator, at least, can run here."""
        return not self.problem and "torch" in self.versions and "transformers" in self.versions

    @property
    def backend(self) -> str:
        """The backend of the SDK that is installed; the emulator where there is none."""
        for name in ("torch-neuronx", "torch-neuron"):
            if name in self.versions:
                return name
        return "emulator"

    @property
    def instance(self) -> Optional[str]:
        """The instance type as the machine names itself; None elsewhere."""
        return self.machine.instance

    @property
    def has_device(self) -> bool:
        """Whether there are Neuron devices here."""
        return self.machine.devices > 0

    def can_compile_for(self, family: str) -> bool:
        """Whether the installed SDK compiles for this chip family."""
        return self.backend != "emulator" and (family == INF1) == (self.backend == "torch-neuron")

    def in_words(self, family: str) -> str:
        """One line for people: which interpreter, and what a run in it really is."""
        place = f"Python {self.python_version}, torch {self.versions.get('torch', 'missing')}"
        if not self.can_compile_for(family):
            return f"{place} · emulates {family.capitalize()}"
        count = self.machine.devices
        found = "1 Neuron device" if count == 1 else f"{count} Neuron devices"
        state = found if self.has_device else "compiles only, no Neuron device"
        return f"{place} · {self.backend} {self.versions[self.backend]} · {state}"
