"""A reason why something cannot start, with the way out of it."""

from __future__ import annotations

from dataclasses import dataclass

from neuron_studio.wire.errors import Blame, StudioError


@dataclass(frozen=True)
class Problem:
    """One reason why a run cannot start, beside the field it concerns."""

    field: str
    code: str
    message: str
    remedy: str
    blame: Blame = Blame.INPUT

    def as_error(self) -> StudioError:
        """The same, to be raised where there is no form to show it in."""
        return StudioError(self.code, self.message, self.remedy, self.blame)
