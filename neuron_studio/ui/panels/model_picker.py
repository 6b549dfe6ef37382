"""Which model: the starter model, a recent one, one that is here, a hub id with its revision, or a folder."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from neuron_studio.core.fact_words import fact_lines
from neuron_studio.core.fitness import Fit, Verdict, verdict_line
from neuron_studio.core.model_facts import ModelFacts
from neuron_studio.core.model_offers import Offer, fitting, listed, recent_offer
from neuron_studio.core.problem import Problem
from neuron_studio.runs.local_models import STARTER_OFFER, STARTER_TITLE
from neuron_studio.runs.models import choice_of, looks_like_a_path
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.ui import theme
from neuron_studio.ui.widgets.allowing import allow
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.fields import buddy
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.offer_list import OfferList
from neuron_studio.ui.widgets.problem_label import ProblemLabel
from neuron_studio.wire.spec import ModelChoice

_TONES = {Fit.WORKS: "good", Fit.CHANGES: "warning", Fit.NOT: "danger"}
_REVISION_HINT = "A branch, a tag or a commit of the hub model; main where nothing is given"
_HINT = "Type to search the hub: an id, a task such as mrpc or nli, or the address of a model's page."


class _Line(QLineEdit):
    """Selects its whole text as the mouse leads into it: what is typed next is another model."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() is Qt.FocusReason.MouseFocusReason:
            QTimer.singleShot(0, self.selectAll)


class ModelPicker(QWidget):
    """A line with a list of models beneath it, and a revision; below, what the model is, or what is wrong with it.

    Signals:
        model_changed: the ModelChoice that the line now means.
        text_typed: the text to search the hub for; empty once a model was chosen.
    """

    model_changed = Signal(object)
    text_typed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = ModelChoice(str(STARTER_MODEL))
        self._typed = ""
        self._recent: tuple[Offer, ...] = ()
        self._here: tuple[Offer, ...] = (STARTER_OFFER,)
        self._found: tuple[Offer, ...] = ()
        self.line = _Line(_text_of(self._choice.id))
        self.line.setObjectName("model")
        self.line.setAccessibleName("Model: hub id or folder")
        self.line.setPlaceholderText("hub id, or a folder")
        self.line.textChanged.connect(self._on_line_changed)
        self.line.textEdited.connect(self._on_line_edited)
        self.line.editingFinished.connect(self._on_line_finished)
        self.unfold = QToolButton(arrowType=Qt.ArrowType.DownArrow)
        self.unfold.setAccessibleName("Show the models to choose from")
        self.unfold.setToolTip("Show the models to choose from (Down)")
        self.unfold.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.unfold.pressed.connect(self._on_unfold_pressed)
        self.offers = OfferList(self.line, self.unfold)
        self.offers.say(_HINT)
        self.offers.asked_for.connect(self._on_offers_asked_for)
        self.offers.picked.connect(self._on_offers_picked)
        self.revision = QLineEdit()
        self.revision.setObjectName("revision")
        self.revision.setAccessibleName("Revision of the hub model: branch, tag or commit")
        self.revision.textEdited.connect(self._on_revision_edited)
        self.summary = ElidedLabel(tone="quiet")
        self.details = tuple(ElidedLabel(tone="quiet") for _ in range(2))
        self.verdict = ElidedLabel(tone="quiet")
        self.problem = ProblemLabel("model")
        self._arrange()
        self._show_revision(None)

    def _arrange(self) -> None:
        browse = QPushButton("Bro&wse …")
        browse.setAccessibleName("Browse for a model folder")
        browse.clicked.connect(self._on_browse_clicked)
        head, row = QHBoxLayout(), QHBoxLayout()
        head.setSpacing(theme.SPACE)
        for text, field in (("&Model", self.line), ("Revision", self.revision)):
            head.addWidget(buddy(text, field))
            if field is self.line:
                head.addStretch(1)
        follow_font(self, self._measure)
        head.addWidget(self.revision)
        row.setSpacing(theme.TIGHT)
        row.addWidget(self.line, stretch=1)
        row.addWidget(self.unfold)
        row.addWidget(browse)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(theme.TIGHT)
        layout.addLayout(head, 0, 0)
        layout.addLayout(row, 1, 0)
        for number, widget in enumerate((self.summary, *self.details, self.verdict, self.problem), start=2):
            layout.addWidget(widget, number, 0)

    def _measure(self) -> None:
        # As low as the label beside it: on a screen of 768 lines the form has none to spare.
        letters = self.fontMetrics()
        self.revision.setFixedSize(letters.averageCharWidth() * 18, letters.lineSpacing() + theme.TIGHT)

    @property
    def choice(self) -> ModelChoice:
        """The model that the line means."""
        return self._choice

    def show_choice(self, choice: ModelChoice) -> None:
        """Put a model into the line, and its revision beside it."""
        self._choice = choice
        self._put(choice)

    def show_recent(self, models: Sequence[str]) -> None:
        """Offer these, which were used lately."""
        self._recent = tuple(recent_offer(model) for model in models if model != str(STARTER_MODEL))
        self._show_offers()

    def show_here(self, offers: Sequence[Offer]) -> None:
        """Offer these, which are on this machine."""
        self._here = tuple(offers)
        self._show_offers()

    def show_found(self, offers: Sequence[Offer]) -> None:
        """Offer what the hub found for the typed text."""
        self._found = tuple(offers) if self._typed else ()
        self._show_offers()

    def show_search(self, text: str) -> None:
        """Say how the search in the hub stands."""
        self.offers.say(text or _HINT)

    def show_facts(self, facts: ModelFacts | None, problems: Sequence[Problem], verdict: Verdict | None = None) -> None:
        """Say what the model is, or what is wrong with it."""
        self.problem.show_problems(problems)
        is_wrong = any(problem.field == "model" for problem in problems)
        self.summary.setVisible(not is_wrong)
        first, *rest = fact_lines(facts) if facts else ("Looking at the model …",)
        self.summary.say(first)
        for number, label in enumerate(self.details):
            label.say(rest[number] if number < len(rest) else "")
            label.setVisible(number < len(rest))
        self.verdict.setVisible(verdict is not None and not is_wrong)
        if verdict is not None:
            self.verdict.say(verdict_line(verdict), _TONES[verdict.fit])

    def _show_offers(self) -> None:
        self.offers.model.show_offers(listed(self._typed, self._recent, self._here, self._found))

    def _put(self, choice: ModelChoice) -> None:
        """Show a choice in its fields without taking it for another one."""
        self._typed, self._found = "", ()
        self.line.blockSignals(True)
        self.line.setText(_text_of(choice.id))
        self.line.setCursorPosition(0)
        self.line.blockSignals(False)
        self._show_revision(choice.revision)

    def _show_revision(self, revision: str | None) -> None:
        is_of_hub = not looks_like_a_path(self._choice.id)
        allow(self.revision, is_of_hub, _REVISION_HINT, "A folder has no revision; only a model of the hub has")
        self.revision.setPlaceholderText("main" if is_of_hub else "none: a folder")
        if self.revision.text().strip() != (revision or ""):
            self.revision.setText(revision or "")

    def _change(self, choice: ModelChoice) -> None:
        # What was allowed to one model or revision is not allowed to another, so nothing else is carried over.
        if (choice.id, choice.revision) != (self._choice.id, self._choice.revision):
            self._choice = choice
            self._show_revision(choice.revision)
            self.model_changed.emit(choice)

    # The line, its list, the revision and the folders.

    def _on_line_changed(self, text: str) -> None:
        is_starter = text.strip() == STARTER_TITLE
        self._change(ModelChoice(str(STARTER_MODEL)) if is_starter else choice_of(text))

    def _on_line_edited(self, text: str) -> None:
        # Qt tells of an edit before it tells of the change.
        self._on_line_changed(text)
        self._typed = self._choice.id
        self._found = fitting(self._found, self._typed)
        self._show_offers()
        self.text_typed.emit(self._typed)
        self.offers.open_for()

    def _on_line_finished(self) -> None:
        # An address or id@revision has said what it had to; from here on each part stands in its own field.
        if self.line.text() != _text_of(self._choice.id):
            self._put(self._choice)

    def _on_offers_asked_for(self, text: str) -> None:
        self._typed, self._found = "", ()
        self._show_offers()
        self.text_typed.emit("")
        self.offers.open_for(self._choice.id)

    def _on_offers_picked(self, offer: Offer) -> None:
        self.text_typed.emit("")
        self._put(ModelChoice(offer.id))
        self._show_offers()
        self._change(ModelChoice(offer.id))

    def _on_unfold_pressed(self) -> None:
        if self.offers.isVisible():
            self.offers.close_now()
            return
        self.line.setFocus()
        self.line.selectAll()
        self._on_offers_asked_for("")

    def _on_revision_edited(self, text: str) -> None:
        self._change(ModelChoice(self._choice.id, text.strip() or None))

    def _on_browse_clicked(self) -> None:
        dialog = QFileDialog(self, "Choose a model folder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.line.setText)
        dialog.open()


def _text_of(model_id: str) -> str:
    return STARTER_TITLE if model_id == str(STARTER_MODEL) else model_id
