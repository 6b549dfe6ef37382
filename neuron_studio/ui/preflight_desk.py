"""Between the Operators tab and a look without a run: asked, followed, shown, and why it failed."""

from __future__ import annotations

from PySide6.QtCore import QObject

from neuron_studio.core.run_state import RunState
from neuron_studio.ui.panels.operators import OperatorsPanel
from neuron_studio.ui.preflight import Preflight
from neuron_studio.ui.preparation import Preparation
from neuron_studio.ui.widgets.error_card import ErrorCard


class PreflightDesk(QObject):
    """Looks at what the form asks for, where that is ready."""

    def __init__(
        self, preflight: Preflight, panel: OperatorsPanel, preparation: Preparation, card: ErrorCard, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._preflight = preflight
        self._panel = panel
        self._preparation = preparation
        self._card = card
        panel.preflight_asked.connect(self._on_panel_preflight_asked)
        panel.stop_asked.connect(lambda text: preflight.stop())
        preflight.state_changed.connect(panel.show_looking)
        preflight.ended.connect(self._on_preflight_ended)

    def _on_panel_preflight_asked(self, text: str) -> None:
        if self._preparation.readiness.is_ready:
            spec = self._preparation.spec()
            self._panel.show_looking(RunState(spec))
            self._preflight.start(spec)

    def _on_preflight_ended(self, state: RunState | None) -> None:
        self._panel.show_found(state)
        if state is not None and state.failure is not None:
            failure = state.failure
            self._card.show_failure("The preflight failed", failure.message, failure.remedy, failure.detail)
