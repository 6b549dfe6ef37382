"""The right side of the window: the run that is shown, under its name."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from neuron_studio.core.run_state import Phase, RunState
from neuron_studio.core.wording import PHASES, begun_text, duration_text, run_duration, run_title
from neuron_studio.ui import theme
from neuron_studio.ui.panels.artifact import ArtifactPanel
from neuron_studio.ui.panels.comparison import ComparisonPanel
from neuron_studio.ui.panels.history import HistoryPanel
from neuron_studio.ui.panels.log_view import LogView
from neuron_studio.ui.panels.operators import OperatorsPanel
from neuron_studio.ui.widgets import keys
from neuron_studio.ui.widgets.badge import Badge
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.error_card import ErrorCard
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.pulse_line import PulseLine
from neuron_studio.ui.widgets.roomy_tabs import RoomyTabs
from neuron_studio.ui.widgets.tone_label import ToneLabel
from neuron_studio.wire.events import RunFailed
from neuron_studio.wire.run_folder import RunFolder

_NO_RUN = "No run yet"
_TONES = {Phase.FINISHED: "good", Phase.FAILED: "danger", Phase.STOPPED: "warning"}


class _Column(QVBoxLayout):
    """Tells the scroll area around it what it needs at least; by width Qt would ask for what it likes best."""

    def hasHeightForWidth(self) -> bool:
        return False


class RunView(QWidget):
    """Name, EMULATED, pulse, failure and notes above the tabs, so that no tab can hide them."""

    def __init__(
        self, comparison: ComparisonPanel, log: LogView, operators: OperatorsPanel, artifact: ArtifactPanel,
        history: HistoryPanel,
    ) -> None:  # fmt: skip
        super().__init__()
        self.comparison, self.log, self.operators = comparison, log, operators
        self.artifact, self.history = artifact, history
        self._folder: RunFolder | None = None
        self._failure: RunFailed | None = None
        self._leads_to_answer = False
        self.title = ElidedLabel(_NO_RUN, "quiet")
        self.title.setObjectName("run-title")
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.phase = ToneLabel()
        self.phase.setObjectName("run-phase")
        self.badge = Badge("EMULATED")
        self.badge.setToolTip("Rehearsed on this machine's CPU: no Neuron device was used, and no speed is claimed")
        self.badge.hide()
        self.bell = QCheckBox("Bell at the end")
        self.bell.setToolTip("Ring the display's bell when a run ends that took a minute, or while you work elsewhere")
        # A line that grew with it would move all below, and paint it again.
        self.bell.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.bell.hide()
        self.card = ErrorCard()
        self.card.setObjectName("failure")
        self.pulse = PulseLine()
        self.notes = ElidedLabel("", "warning")
        self.notes.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.notes.hide()
        self.tabs = RoomyTabs()
        self.tabs.setAccessibleName("The run")
        for number, (name, panel) in enumerate(
            (("Compare", comparison), ("Log", log), ("Operators", operators), ("Artifact", artifact),
             ("History", history)), start=1
        ):  # fmt: skip
            self.tabs.addTab(panel, name)
            self.tabs.setTabToolTip(number - 1, f"Ctrl+{number}")
            keys.in_window(self, f"Ctrl+{number}", lambda shown=panel: self._go_to(shown))
        self.tabs.tabBarClicked.connect(self._on_tab_clicked)
        self.tabs.currentChanged.connect(self._on_tabs_current_changed)
        self._arrange()

    def _arrange(self) -> None:
        # As high as the first line of the form beside it.
        follow_font(self, lambda: self.title.setMinimumHeight(self.fontMetrics().lineSpacing() + theme.TIGHT))
        head = QHBoxLayout()
        head.setSpacing(theme.WIDE)
        head.addWidget(self.title, stretch=1)
        head.addWidget(self.phase)
        head.addWidget(self.badge)
        head.addWidget(self.bell)
        layout = _Column(self)
        layout.setContentsMargins(theme.TIGHT, theme.TIGHT, theme.WIDE, theme.TIGHT)
        layout.setSpacing(theme.SPACE)
        layout.addLayout(head)
        layout.addWidget(self.pulse)
        layout.addWidget(self.notes)
        layout.addWidget(self.card)
        layout.addWidget(self.tabs, stretch=1)

    def show_folder(self, folder: RunFolder | None) -> None:
        """Show another run, of which nothing is known yet."""
        self._folder, self._failure = folder, None
        self.card.hide()
        self.notes.hide()
        self.badge.hide()
        self.bell.hide()
        self.title.say(_NO_RUN if folder is None else folder.name)
        self.phase.say("")
        self.pulse.show_state(None)
        self.pulse.setVisible(folder is not None)
        self.log.show_folder(folder)
        self.comparison.show_state(None)
        self.operators.show_state(None)
        self.artifact.show_state(None)

    def show_state(self, state: RunState) -> None:
        """Show where the run stands."""
        begun = begun_text(self._folder.name) if self._folder else ""
        self.title.say(f"{run_title(state.spec)} · {begun}")
        seconds = run_duration(state)
        lasted = "" if seconds is None else f" in {duration_text(seconds)}"
        self.phase.say(f"{PHASES[state.phase]}{lasted}", _TONES.get(state.phase, "accent"))
        self.badge.setVisible(state.emulated)
        self.bell.setVisible(not state.is_over)
        self.pulse.show_state(state)
        self._show_notes(state)
        self._show_failure(state.failure)
        self.log.show_state(state)
        self.comparison.show_state(state)
        self.operators.show_state(state)
        self.artifact.show_state(state)
        if state.comparison is not None and self._leads_to_answer:
            self._leads_to_answer = False
            self.tabs.setCurrentWidget(self.comparison)

    def lead_to_answer(self) -> None:
        """Show the log of a run that begins, and the answer once it is there, unless the user looks elsewhere."""
        self.tabs.setCurrentWidget(self.log)
        self._leads_to_answer = True

    def lead_to_comparison(self) -> None:
        """Show the comparison now."""
        self._leads_to_answer = False
        self.tabs.setCurrentWidget(self.comparison)

    def _go_to(self, panel: QWidget) -> None:
        # Who goes there by keyboard goes on there: the next Tab leads into the panel.
        self._leads_to_answer = False
        self.tabs.setCurrentWidget(panel)
        self.tabs.tabBar().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_notes(self, state: RunState) -> None:
        self.notes.setVisible(bool(state.notes))
        texts = [f"{note.message} {note.remedy}".strip() for note in state.notes]
        self.notes.say("⚠ " + "   ⚠ ".join(texts) if texts else "")

    def _show_failure(self, failure: RunFailed | None) -> None:
        if failure is not None and failure is not self._failure:
            message = f"{failure.message}\nIt was said: {failure.said}" if failure.said else failure.message
            self.card.show_failure(f"Failed during {failure.stage}", message, failure.remedy, failure.detail)
        self._failure = failure

    def _on_tab_clicked(self, index: int) -> None:
        self._leads_to_answer = False

    def _on_tabs_current_changed(self, index: int) -> None:
        # Qt gives a panel the focus of the one before, where it finds no control in it.
        if QApplication.focusWidget() is self.tabs.currentWidget():
            self.tabs.tabBar().setFocus()
