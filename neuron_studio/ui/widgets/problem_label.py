"""What is wrong with a field, right beneath it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QSizePolicy, QWidget

from neuron_studio.core.problem import Problem
from neuron_studio.ui.widgets.tone_label import ToneLabel


class ProblemLabel(ToneLabel):
    """Shows the first problem of its fields with its remedy, and how many more there are; hides without one."""

    def __init__(self, *fields: str, parent: QWidget | None = None) -> None:
        super().__init__("", "danger", parent)
        self._fields = fields
        self.setObjectName(f"problem-{fields[0]}")
        self.setAccessibleName(f"Problem with {fields[0].replace('_', ' ')}")
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show those that concern this field."""
        mine = [problem for problem in problems if problem.field in self._fields]
        if not mine:
            self.hide()
            return
        more = f" ({len(mine) - 1} more)" if len(mine) > 1 else ""
        self.say(f"⚠ {mine[0].message} {mine[0].remedy}{more}")
        self.show()
