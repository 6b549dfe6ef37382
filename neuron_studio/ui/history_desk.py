"""Between the history and the run that is shown: past runs opened, removed, or two of them compared."""

from __future__ import annotations

from PySide6.QtCore import QObject

from neuron_studio.core.compared import of_versus
from neuron_studio.core.sides import side_of_run
from neuron_studio.core.versus import Versus, versus
from neuron_studio.core.wording import begun_text
from neuron_studio.runs.follower import read_state
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.ui.panels.history import HistoryPanel
from neuron_studio.ui.run_controller import RunController
from neuron_studio.ui.run_view import RunView
from neuron_studio.ui.widgets.notice import Notice
from neuron_studio.wire.run_folder import RunFolder


class HistoryDesk(QObject):
    """Shows what was chosen; of two runs that are compared the earlier one is the base."""

    def __init__(
        self, panel: HistoryPanel, controller: RunController, view: RunView, notice: Notice, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._controller, self._view, self._notice = controller, view, notice
        panel.run_chosen.connect(self._on_panel_run_chosen)
        panel.run_removed.connect(self._on_panel_run_removed)
        panel.compare_asked.connect(self._on_panel_compare_asked)

    def _on_panel_run_chosen(self, folder: RunFolder) -> None:
        left = self._controller.folder
        if self._controller.is_running and left is not None and left != folder:
            self._notice.say("The other run goes on in the background.", "Back to it", lambda: self._show(left))
        self._show(folder)

    def _show(self, folder: RunFolder) -> None:
        self._view.comparison.show_sides(None)
        self._controller.attach(folder)
        self._view.lead_to_comparison()

    def _on_panel_run_removed(self, folder: RunFolder) -> None:
        if self._controller.folder == folder:
            self._controller.detach()

    def _on_panel_compare_asked(self, first: RunFolder, second: RunFolder) -> None:
        begin(self._compare(*sorted((first, second), key=lambda folder: folder.name)))

    async def _compare(self, base: RunFolder, other: RunFolder) -> None:
        self._view.comparison.show_sides(of_versus(await in_thread(_versus, base, other)))
        self._view.lead_to_comparison()


def _versus(base: RunFolder, other: RunFolder) -> Versus:
    names = _names(base, other)
    sides = [side_of_run(name, read_state(folder)) for name, folder in zip(names, (base, other), strict=True)]
    return versus(*sides)


def _names(base: RunFolder, other: RunFolder) -> tuple[str, str]:
    """What tells two runs apart, as short as a column's title has to be."""
    (day, _, time), (other_day, _, other_time) = (begun_text(run.name).partition(" ") for run in (base, other))
    if day != other_day:
        return f"run {day}", f"run {other_day}"
    return (f"run {time}", f"run {other_time}") if time != other_time else (base.name, other.name)
