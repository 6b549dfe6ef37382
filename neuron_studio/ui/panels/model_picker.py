"""Which model: the starter model, a recent one, a hub id or a folder."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QFileDialog, QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from neuron_studio.core.fact_words import fact_lines
from neuron_studio.core.fitness import Fit, Verdict, verdict_line
from neuron_studio.core.model_facts import ModelFacts
from neuron_studio.core.model_offers import KNOWN_OFFERS
from neuron_studio.core.validation import Problem
from neuron_studio.runs.models import absolute
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.ui import theme
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.problem_label import ProblemLabel
from neuron_studio.wire.spec import ModelChoice

_TONES = {Fit.WORKS: "good", Fit.CHANGES: "warning", Fit.NOT: "danger"}
STARTER_TITLE = "Starter model (shipped, works offline)"


class ModelPicker(QWidget):
    """One editable line; beneath it what the model is, or what is wrong with it.

    Signals:
        model_changed: the ModelChoice that the line now means.
    """

    model_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found = QStringListModel([offer.id for offer in KNOWN_OFFERS], self)
        self.line = QComboBox(editable=True, insertPolicy=QComboBox.InsertPolicy.NoInsert)
        self.line.setObjectName("model")
        self.line.setAccessibleName("Model: hub id or folder")
        self.line.lineEdit().setPlaceholderText("hub id, or a folder")
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        completer = QCompleter(self._found, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.line.setCompleter(completer)
        self.line.editTextChanged.connect(self._on_line_edited)
        label = QLabel("&Model")
        label.setBuddy(self.line)
        browse = QPushButton("Bro&wse …")
        browse.setAccessibleName("Browse for a model folder")
        browse.clicked.connect(self._on_browse_clicked)
        self.summary = ElidedLabel(tone="quiet")
        self.details = tuple(ElidedLabel(tone="quiet") for _ in range(2))
        self.verdict = ElidedLabel(tone="quiet")
        self.searching = ElidedLabel(tone="quiet")
        self.searching.hide()
        self.problem = ProblemLabel("model")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(theme.SPACE)
        layout.setVerticalSpacing(theme.TIGHT)
        layout.addWidget(label, 0, 0, 1, 2)
        layout.addWidget(self.line, 1, 0)
        layout.addWidget(browse, 1, 1)
        layout.addWidget(self.summary, 2, 0, 1, 2)
        for row, label in enumerate((*self.details, self.verdict, self.problem, self.searching), start=3):
            layout.addWidget(label, row, 0, 1, 2)
        layout.setColumnStretch(0, 1)
        self._choice = ModelChoice(str(STARTER_MODEL))
        self.show_recent(())

    @property
    def choice(self) -> ModelChoice:
        """The model that the line means."""
        return self._choice

    def show_choice(self, choice: ModelChoice) -> None:
        """Put a model into the line."""
        self._choice = choice
        self.line.setEditText(_text_of(choice.id))
        self.line.lineEdit().setCursorPosition(0)

    def show_recent(self, models: Sequence[str]) -> None:
        """Offer the starter model and these."""
        texts = [STARTER_TITLE, *(_text_of(model) for model in models if model != str(STARTER_MODEL))]
        self.line.blockSignals(True)
        self.line.clear()
        self.line.addItems(texts)
        self.line.setEditText(_text_of(self._choice.id))
        self.line.blockSignals(False)

    def show_found(self, models: Sequence[str]) -> None:
        """Offer what the hub found for the typed text."""
        known = [offer.id for offer in KNOWN_OFFERS]
        self._found.setStringList(list(dict.fromkeys((*known, *models))))
        if models and self.line.lineEdit().hasFocus():
            self.line.completer().complete()

    def show_search(self, text: str) -> None:
        """Say how the search in the hub stands."""
        self.searching.say(text)
        self.searching.setVisible(bool(text))

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

    def _on_line_edited(self, text: str) -> None:
        model_id = _id_of(text)
        if model_id != self._choice.id:
            self._choice = ModelChoice(model_id)
            self.model_changed.emit(self._choice)

    def _on_browse_clicked(self) -> None:
        dialog = QFileDialog(self, "Choose a model folder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.line.setEditText)
        dialog.open()


def _text_of(model_id: str) -> str:
    return STARTER_TITLE if model_id == str(STARTER_MODEL) else model_id


def _id_of(text: str) -> str:
    if text.strip() == STARTER_TITLE:
        return str(STARTER_MODEL)
    # The worker has a folder of its own, so what is meant relative to ours must say so.
    return absolute(text.strip()) if text.strip() else ""
