"""The answer: the verdict, every pair with both sides' logits, and the charts."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from neuron_studio.core.battery_words import behaviour_findings, behaviour_headline
from neuron_studio.core.compared import Compared, of_run
from neuron_studio.core.pair_filter import PairGroup, confusion_groups, groups
from neuron_studio.core.run_state import Phase, RunState
from neuron_studio.core.wording import PHASES
from neuron_studio.ui import theme
from neuron_studio.ui.chart_desk import ChartDesk
from neuron_studio.ui.judged_table import JudgedTable
from neuron_studio.ui.widgets.count_links import CountLinks
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.empty_page import EmptyPage
from neuron_studio.ui.widgets.finding_list import FindingList
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.verdict_head import VerdictHead

_NOTHING_YET = (
    "Compile & Save (Ctrl+Return) loads the model, traces it for the target, runs every pair on the CPU and on "
    "Neuron, and shows both here, side by side."
)
# From this width on table and chart stand side by side.
_WIDE = 1100
_SHARES = (3, 2)
_LINES_OF_DEFECTS = 8


class ComparisonPanel(QWidget):
    """Draws a run's judged pairs and its verdict, or those of two sides that were chosen.

    Signals:
        said: a sentence about what was done.
    """

    said = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: RunState | None = None
        self._chosen: Compared | None = None
        self.head = VerdictHead()
        self.links = CountLinks("Numbers that lead to their pairs")
        self.confusions = tuple(CountLinks(f"Confusion of the {side} side") for side in ("first", "second"))
        self.pairs = JudgedTable()
        self.charts = ChartDesk()
        self.behaviour = ElidedLabel("", "quiet")
        self.defects = FindingList("What the traced module does and the model does not")
        self.sides = ElidedLabel()
        self.back = QPushButton("Back to the run")
        for links in (self.links, *self.confusions):
            links.chosen.connect(self._on_links_chosen)
        self.pairs.pair_selected.connect(self.charts.show_pair)
        self.charts.said.connect(self.said)
        self.back.clicked.connect(lambda: self.show_sides(None))
        self._arrange()
        self.show_state(None)

    def _arrange(self) -> None:
        for label in (self.sides, self.behaviour):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        follow_font(self, self._measure)
        self._sides_row = QWidget()
        row = QHBoxLayout(self._sides_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.sides, stretch=1)
        row.addWidget(self.back)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.pairs)
        self._split.addWidget(self.charts)
        for place, share in enumerate(_SHARES):
            self._split.setStretchFactor(place, share)
        answer = QWidget()
        layout = QVBoxLayout(answer)
        layout.setContentsMargins(theme.SPACE, theme.SPACE, theme.SPACE, theme.SPACE)
        layout.setSpacing(theme.TIGHT)
        for widget in (self._sides_row, self.head, self.behaviour, self.defects, self.links, *self.confusions):
            layout.addWidget(widget)
        layout.addWidget(self._split, stretch=1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(EmptyPage("Nothing compared yet", _NOTHING_YET))
        self._pages.addWidget(answer)

    def _measure(self) -> None:
        self.defects.setMaximumHeight(_LINES_OF_DEFECTS * self.fontMetrics().lineSpacing())

    def show_state(self, state: RunState | None) -> None:
        """Show where a run's comparison stands."""
        is_other_run = state is None or self._state is None or state.spec is not self._state.spec
        self._state = state
        if self._chosen is None:
            self._show(None if state is None else of_run(state), is_other_run)

    def show_sides(self, chosen: Compared | None) -> None:
        """Show two sides that were chosen, whatever becomes of the run; None returns to the run."""
        self._chosen = chosen
        self._show(chosen or (of_run(self._state) if self._state else None), is_other=True)

    def _show(self, compared: Compared | None, is_other: bool) -> None:
        if is_other:
            self.pairs.show_chosen("", None)
        self.pairs.show_compared(compared)
        self.charts.show_compared(compared)
        self._pages.setCurrentIndex(0 if compared is None else 1)
        if compared is None:
            return
        self._sides_row.setVisible(self._chosen is not None)
        self.sides.say(compared.about)
        self._show_verdict(compared)
        self._show_behaviour()
        # While pairs stream in their number changes with each: it is told once there is a verdict.
        self.links.show_groups(groups(compared) if compared.comparison else ())
        cells = confusion_groups(compared) or (("", ()),) * 2
        for links, (name, wanted) in zip(self.confusions, cells, strict=True):
            links.show_groups(wanted, f"{name}, expected → decided")
        self.charts.setVisible(bool(compared.judged))
        if is_other or self.pairs.table.currentIndex().row() <= 0:
            self._select_most_telling(compared)

    def _show_verdict(self, compared: Compared) -> None:
        state = self._state if self._chosen is None else None
        if compared.comparison is not None:
            self.head.show_comparison(compared.comparison, state.proof_in_words if state else "", compared.saved_as)
        elif state is not None:
            stage = state.stage
            waiting = {Phase.STARTING: "Starting", Phase.RUNNING: f"Running: {stage.name}" if stage else "Running"}
            title = waiting.get(state.phase, f"No verdict: {PHASES[state.phase]}")
            count = f"{len(state.judged):,} of {len(state.spec.pairs):,} pairs judged"
            reason = "" if state.is_over else "The verdict comes after every pair has run on both sides."
            self.head.show_waiting(title, count, reason, state.proof_in_words)

    def _show_behaviour(self) -> None:
        behaviour = self._state.behaviour if self._state is not None and self._chosen is None else None
        checks = behaviour.checks if behaviour is not None else ()
        self.behaviour.say(behaviour_headline(checks) if checks else "")
        self.behaviour.setVisible(bool(checks))
        self.defects.show_findings(behaviour_findings(checks))
        self.defects.setVisible(any(check.passed is False for check in checks))

    def _select_most_telling(self, compared: Compared) -> None:
        comparison = compared.comparison
        telling = comparison.telling if comparison else ()
        if compared.judged:
            self.pairs.select(telling[0] if telling else compared.judged[0].outcome.index)

    def _on_links_chosen(self, group: PairGroup) -> None:
        self.pairs.show_chosen(group.text, group.indices)
        self.pairs.table.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wanted = Qt.Orientation.Horizontal if self.width() >= _WIDE else Qt.Orientation.Vertical
        if wanted is not self._split.orientation():
            self._split.setOrientation(wanted)
            self._split.setSizes([share * self.width() for share in _SHARES])
