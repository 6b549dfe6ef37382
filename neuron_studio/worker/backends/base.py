"""What a backend is: it turns a model and example inputs into a traced module."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

from neuron_studio.core.known_failures import recognise
from neuron_studio.core.operators import SdkAnswer
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.spec import RunSpec


@dataclass(frozen=True)
class Trace:
    """A traced module and how it came about: the compiler's whole argument list and the defaults left to it."""

    module: Any
    compiler: str
    arguments: Tuple[str, ...]
    defaults: Dict[str, str] = field(default_factory=dict)


class Backend(ABC):
    """One way to trace.

    runs_here says whether its modules can be run on this machine, limits_time whether its SDK
    itself gives up a compile that takes too long.
    """

    emulated = False
    model_file = "model.pt"
    runs_here = True
    limits_time = False

    @abstractmethod
    def load_sdk(self) -> None:
        """Import what is needed; raises StudioError where it is missing or broken."""

    def supported_operators(self) -> Optional[SdkAnswer]:
        """The operators that the SDK says it takes, where it can be asked at no cost."""
        return None

    def analyze(self, model: Any, example: Tuple[Any, ...]) -> Optional[SdkAnswer]:
        """What the SDK says of this very model; it may take as long as a compile."""
        return None

    @abstractmethod
    def trace(self, model: Any, example: Tuple[Any, ...], spec: RunSpec, work: Path) -> Trace:
        """Trace a module on example inputs, tensors of shape (batch, sequence); work keeps the compiler's files."""


def sdk_broken(package: str, error: Exception) -> StudioError:
    """The error for an SDK whose import fails: by the words of known failures, else by its own."""
    known = recognise(f"{type(error).__name__}: {error}")
    message = f"{package} cannot be imported: {error}."
    if known is not None:
        return StudioError(known.code, f"{message} {known.message}", known.remedy, Blame.ENVIRONMENT)
    return StudioError(
        "sdk-broken", message, "Choose another environment, or install the SDK's packages in versions that fit each "
        "other.", Blame.ENVIRONMENT,
    )  # fmt: skip
