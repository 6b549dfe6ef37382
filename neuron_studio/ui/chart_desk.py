"""The charts of a comparison: which one is shown, and where it is saved to."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from neuron_studio.core.compared import SIDES, Compared
from neuron_studio.core.decision import JudgedPair
from neuron_studio.ui import theme
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.ui.widgets.allowing import allow
from neuron_studio.ui.widgets.chart_view import ChartView
from neuron_studio.ui.widgets.elided_combo import ElidedCombo

if TYPE_CHECKING:
    from neuron_studio.core.chart import Chart

# While pairs stream in, a chart of all of them is drawn anew when there are so many times as many.
_GROWN = 1.1
_FILTERS = {".svg": "SVG drawing (*.svg)", ".png": "PNG picture (*.png)"}
_NO_NUMBERS = "There are no numbers of both sides."
_NO_LAYERS = "This run did not compare layer by layer."


class Kind(Enum):
    """What a chart is of."""

    PAIR = "This pair"
    AGREEMENT = "{} against {}"
    MARGIN = "Margin and error"
    ERRORS = "Errors"
    LAYERS = "Layers"


class ChartDesk(QWidget):
    """Makes a chart only when it can be seen.

    Signals:
        said: a sentence about what was done.
    """

    said = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._compared: Compared | None = None
        self._drawn: Compared | None = None
        self._judged: JudgedPair | None = None
        self.view = ChartView()
        self.chooser = ElidedCombo()
        self.chooser.setAccessibleName("Chart")
        self.chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.chooser.setToolTip("What the chart shows")
        for kind in Kind:
            self.chooser.addItem(kind.value.format(*SIDES), kind)
        self.chooser.currentIndexChanged.connect(lambda place: self._show(is_asked=True))
        self.probabilities = QCheckBox("Probabilities")
        self.probabilities.setToolTip("What softmax makes of the logits; a single logit's sigmoid")
        self.probabilities.toggled.connect(lambda is_on: self._show(is_asked=True))
        self.save = QPushButton("Save chart …")
        self.save.clicked.connect(self.ask_where)
        self._add_action()
        self._arrange()

    def _add_action(self) -> None:
        # One action for the keys, the chart's own menu and its numbers.
        self._save_action = QAction("Save chart …", self)
        self._save_action.setShortcut("Ctrl+Shift+E")
        self._save_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._save_action.triggered.connect(lambda: self.ask_where())
        self.addAction(self._save_action)
        self.view.picture.addAction(self._save_action)
        self.view.picture.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE)
        row.addWidget(self.chooser)
        row.addWidget(self.probabilities)
        row.addStretch(1)
        row.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addLayout(row)
        layout.addWidget(self.view, stretch=1)

    @property
    def kind(self) -> Kind:
        """Which chart was chosen."""
        return self.chooser.currentData()

    def show_compared(self, compared: Compared | None) -> None:
        """Show what there is of a comparison."""
        names = compared.names if compared else SIDES
        self.chooser.setItemText(list(Kind).index(Kind.AGREEMENT), Kind.AGREEMENT.value.format(*names))
        if compared is None or self._compared is None or not compared.continues(self._compared):
            self._judged = None
        self._compared = compared
        self._show()

    def show_pair(self, judged: JudgedPair | None) -> None:
        """Show one pair, where that is what the chart is of."""
        self._judged = judged
        if self.kind is Kind.PAIR:
            self._show()

    def ask_where(self) -> None:
        """Ask for a file, and save the chart there."""
        chart = self.view.chart
        if chart is None:
            return
        dialog = QFileDialog(self, "Save the chart")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(list(_FILTERS.values()))
        dialog.setDefaultSuffix("svg")
        dialog.filterSelected.connect(lambda name: dialog.setDefaultSuffix("png" if "png" in name else "svg"))
        dialog.fileSelected.connect(lambda path: begin(self._save(Path(path), chart)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    async def _save(self, path: Path, chart: Chart) -> None:
        from neuron_studio.core.svg_chart import svg
        from neuron_studio.runs.chart_file import save_chart
        from neuron_studio.ui.widgets.chart_painting import png

        content = png(chart) if path.suffix.lower() == ".png" else svg(chart).encode()
        await in_thread(save_chart, path, content)
        self.said.emit(f"The chart was saved to {path}.")

    def _show(self, is_asked: bool = False) -> None:
        if not self.isVisible():
            return
        self.probabilities.setVisible(self.kind is Kind.PAIR)
        if self.kind is Kind.PAIR:
            self._drawn = None
            self.view.show_chart(self._pair(), "Choose a pair in the table.")
        elif is_asked or self._has_grown():
            self._drawn = self._compared
            made = _made(self.kind, self._compared) if self._compared else None
            self.view.show_chart(made, _NO_LAYERS if self.kind is Kind.LAYERS else _NO_NUMBERS)
        allow(
            self.save, self.view.chart is not None, "Save the chart as SVG or PNG (Ctrl+Shift+E)", "There is no chart"
        )
        self._save_action.setEnabled(self.view.chart is not None)

    def _pair(self) -> Chart | None:
        if self._compared is None or self._judged is None:
            return None
        from neuron_studio.core.charts import pair_chart

        return pair_chart(self._compared, self._judged, self.probabilities.isChecked())

    def _has_grown(self) -> bool:
        now, drawn = self._compared, self._drawn
        if now is None or drawn is None or not now.continues(drawn):
            return True
        if (now.layers, now.comparison) != (drawn.layers, drawn.comparison):
            return True
        return len(now.judged) > _GROWN * len(drawn.judged)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()


def _made(kind: Kind, compared: Compared) -> Chart | None:
    # Everything about charts is imported with the first of them: a window opens without any.
    from neuron_studio.core import charts

    makers = {
        Kind.AGREEMENT: charts.agreement_chart,
        Kind.MARGIN: charts.margin_chart,
        Kind.ERRORS: charts.error_chart,
        Kind.LAYERS: charts.layer_chart,
    }
    return makers[kind](compared)
