"""Which NeuronCores a run would take, of those that are here, and what is set for the runtime."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from neuron_studio.core.core_plan import CorePlan
from neuron_studio.core.neuron_cores import variables_text
from neuron_studio.core.plan_words import holders_line, plan_line
from neuron_studio.ui import theme
from neuron_studio.ui.widgets.core_cells import CoreCells
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.tone_label import ToneLabel


class CoreMapView(QWidget):
    """The cells with their legend, who holds some of them, and the variables; cells only where there are devices."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells, self.holders = CoreCells(), ElidedLabel(tone="warning")
        self.legend, self.variables = ToneLabel(tone="quiet"), ToneLabel(tone="quiet")
        for label in (self.legend, self.variables):
            label.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        for widget in (self.cells, self.legend, self.holders, self.variables):
            layout.addWidget(widget)

    def show_plan(self, plan: CorePlan) -> None:
        """Show a plan; what did not change is not painted, and an emulation sets nothing."""
        self.cells.show_plan(plan)
        self.cells.setVisible(plan.map is not None)
        self.legend.say(plan_line(plan))
        # Whoever keeps a run from starting is named by the problem above.
        self.holders.say(holders_line(plan) if plan.fits else "")
        self.holders.setVisible(bool(self.holders.text()))
        self.variables.say(variables_text(plan.variables))
        self.variables.setVisible(bool(self.variables.text()))
