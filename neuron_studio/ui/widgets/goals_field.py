"""A line for the goals of a comparison."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from neuron_studio.core.goals import FORMS, goal_text, read_goal
from neuron_studio.wire.spec import Goal


class GoalsField(QLineEdit):
    """Goals in the words of the command line, with spaces between them; what is no goal is kept, to be told so."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, placeholderText="such as no-flips", clearButtonEnabled=True)
        self.setObjectName("goals")
        self.setAccessibleName("Goals of the comparison")
        self.setToolTip(f"What the comparison must reach, with spaces between: {FORMS}")

    @property
    def goals(self) -> tuple[Goal, ...]:
        """The goals that the line means."""
        return tuple(map(read_goal, self.text().replace(",", " ").split()))

    def show_goals(self, goals: tuple[Goal, ...]) -> None:
        """Put goals into the line."""
        self.setText(" ".join(map(goal_text, goals)))
