"""The one exception that users are meant to read: what happened, and what to do next."""

from __future__ import annotations

from enum import Enum


class Blame(str, Enum):
    """Whose move it is after an error; the command line's exit code follows from it."""

    INPUT = "input"
    ENVIRONMENT = "environment"
    RUN = "run"


EXIT_CODES = {Blame.INPUT: 2, Blame.ENVIRONMENT: 3, Blame.RUN: 4}


class StudioError(Exception):
    """A failure with a stable code, a sentence for people and the way out of it."""

    def __init__(self, code: str, message: str, remedy: str, blame: Blame = Blame.RUN) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.blame = blame


_OTHER_VERSION = "Open the run with the version of Neuron Studio that wrote it, or start a new run."


class ProtocolError(StudioError):
    """A run folder that cannot be read: this version does not know what it holds, or it is not there any more."""

    def __init__(self, message: str, remedy: str = _OTHER_VERSION) -> None:
        super().__init__("unreadable-run-folder", message, remedy)
