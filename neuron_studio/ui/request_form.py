"""The left side of the window: what is asked, as one request."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from neuron_studio.core.model_facts import labels
from neuron_studio.core.request import Request
from neuron_studio.ui import theme
from neuron_studio.ui.panels.model_picker import ModelPicker
from neuron_studio.ui.panels.pair_editor import PairEditor
from neuron_studio.ui.panels.settings_form import SettingsForm
from neuron_studio.ui.panels.token_line import TokenLine
from neuron_studio.ui.preparation import Readiness
from neuron_studio.ui.token_counting import Counted
from neuron_studio.ui.widgets.following import follow_font

# Below this the settings' texts no longer fit; beside it a screen of 1024 leaves the run its room.
_NARROWEST = 410
# A large font may ask for more, and beyond this the form scrolls sideways.
_WIDEST_NEED = 560


class RequestForm(QScrollArea):
    """Model, pairs and settings; on a low screen it scrolls.

    Signals:
        request_changed: the Request that the fields now mean.
    """

    request_changed = Signal(object)

    def __init__(self, picker: ModelPicker, pairs: PairEditor, settings: SettingsForm, parent: QWidget | None = None):
        super().__init__(parent)
        self.picker, self.pairs, self.settings = picker, pairs, settings
        self.tokens = TokenLine()
        self._readiness: Readiness | None = None
        self._counted = Counted()
        self._request: Request | None = None
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(theme.WIDE, theme.TIGHT, theme.TIGHT, theme.TIGHT)
        layout.setSpacing(theme.WIDE)
        layout.addWidget(picker)
        layout.addWidget(pairs, stretch=1)
        layout.addWidget(self.tokens)
        layout.addWidget(settings)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setAccessibleName("What is asked: model, pairs, settings")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        picker.model_changed.connect(self._on_part_changed)
        pairs.pairs_changed.connect(self._on_part_changed)
        settings.field_changed.connect(self._on_part_changed)
        self.tokens.length_chosen.connect(settings.sequence_length.setValue)
        follow_font(self, self.updateGeometry)

    def show_request(self, request: Request) -> None:
        """Put a whole request into the fields."""
        self._request = None
        self.picker.show_choice(request.model)
        self.pairs.show_pairs(request.pairs, request.trace_pair)
        self.settings.show_request(request)
        self._request = request

    def show_readiness(self, readiness: Readiness) -> None:
        """Show what the request comes to, and what is wrong beside each field."""
        self.picker.show_facts(readiness.facts, readiness.problems, readiness.verdict)
        self.pairs.show_problems(readiness.problems)
        if readiness.facts is not None:
            self.pairs.show_labels(labels(readiness.facts.config))
        self.settings.show_meaning(readiness.request, readiness.family, readiness.instance, readiness.problems)
        self.settings.cores.show_plan(readiness.plan)
        self._readiness = readiness
        self._show_tokens()

    def show_counted(self, counted: Counted) -> None:
        """Show the tokens that were counted by now."""
        self._counted = counted
        self._show_tokens()

    def _show_tokens(self) -> None:
        if self._readiness is None:
            return
        request, facts, counted = self._readiness.request, self._readiness.facts, self._counted
        self.pairs.model.show_counts(counted.by_pair, request.sequence_length, request.truncation)
        if counted.whole is not None and facts is not None:
            self.tokens.show_counts(counted.whole, request, facts)
        else:
            self.tokens.show_note(counted.note, counted.is_under_way)

    def _on_part_changed(self, value: object) -> None:
        if self._request is None:
            return
        table = self.pairs.model
        request = self.settings.fill(self._request)
        self._request = replace(
            request, model=self.picker.choice, pairs=table.written_pairs, trace_pair=table.trace_pair
        )
        self.request_changed.emit(self._request)

    @property
    def needed_width(self) -> int:
        """From this width on nothing has to scroll sideways."""
        needed = self.widget().minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return max(_NARROWEST, needed)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.needed_width, _WIDEST_NEED), super().minimumSizeHint().height())
