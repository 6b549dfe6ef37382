"""Where and how to trace: target, instance, cores, shapes, precision, output, and what the comparison must reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from neuron_studio.core import precision
from neuron_studio.core.instances import Instance, of_family
from neuron_studio.core.problem import Problem
from neuron_studio.core.request import AUTO, BACKENDS, Request
from neuron_studio.core.token_words import TRUNCATION_NAMES
from neuron_studio.core.validation import TRUNCATIONS
from neuron_studio.core.wording import core_count
from neuron_studio.runs.resources import instances
from neuron_studio.ui import theme
from neuron_studio.ui.widgets.allowing import allow
from neuron_studio.ui.widgets.core_map import CoreMapView
from neuron_studio.ui.widgets.fields import buddy, choice, number, select
from neuron_studio.ui.widgets.goals_field import GoalsField
from neuron_studio.ui.widgets.problem_label import ProblemLabel
from neuron_studio.ui.widgets.tone_label import ToneLabel

_MOST_TOKENS = 131_072
_MOST = 9_999


class SettingsForm(QWidget):
    """The part of a request that is not the model and not the pairs.

    Signals:
        field_changed: the name of the field that the user changed.
    """

    field_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._instance: Instance | None = None
        self._family = ""
        self._most_cores = 0
        self.target = choice(
            "target", "Target", [(AUTO, AUTO), *((name.capitalize(), name) for name in precision.FAMILIES)]
        )
        self.instance = choice("instance", "Instance type", [(AUTO, None)])
        self.logical_core_size = choice("logical_core_size", "Physical cores of a NeuronCore", [(AUTO, None)])
        self._logical_label = buddy("Logical si&ze", self.logical_core_size)
        self.neuron_cores = number("neuron_cores", "NeuronCores", 0, _MOST)
        self.sequence_length = number("sequence_length", "Sequence length in tokens", 1, _MOST_TOKENS)
        self.truncation = choice(
            "truncation",
            "What is cut of a longer pair",
            [(f"{TRUNCATION_NAMES[name]} ({name})", name) for name in TRUNCATIONS],
        )
        self.batch_size = number("batch_size", "Batch size", 0, _MOST)
        self.backend = choice("backend", "Backend", [(name, name) for name in (AUTO, *BACKENDS)])
        self.auto_cast = choice(
            "precision", "Precision", [(AUTO, None), *((name, name) for name in precision.AUTO_CASTS)]
        )
        self.cast_type = choice("cast_type", "Cast type", [("bf16", "bf16")])
        self.cores = CoreMapView()
        self.meaning = ToneLabel("", "quiet")
        self.output = QLineEdit(placeholderText="inside the run's own folder", clearButtonEnabled=True)
        self.output.setObjectName("output")
        self.output.setAccessibleName("Output folder")
        self.force = QCheckBox("Replace an older bundle there")
        self.goals = GoalsField()
        self.deep = QCheckBox("Compare layer by layer")
        self.deep.setObjectName("deep")
        self.deep.setToolTip("Shows after which layer the difference begins; costs a second compile of a twin")
        self._problems = [ProblemLabel(*fields) for fields in (
            ("target",), ("neuron_cores", "logical_core_size", "batch_size"), ("sequence_length",),
            ("precision", "goals"), ("output",),
        )]  # fmt: skip
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(theme.SPACE)
        layout.setVerticalSpacing(theme.TIGHT)
        layout.setColumnStretch(1, 1)
        layout.setColumnStretch(3, 1)
        rows = (
            ("&Target", self.target, "&Instance", self.instance),
            ("Neuron&Cores", self.neuron_cores, "&Batch", self.batch_size),
            ("Se&quence length", self.sequence_length, "Bac&kend", self.backend),
            ("P&recision", self.auto_cast, "Cast t&ype", self.cast_type),
        )
        for row, (left, left_field, right, right_field) in enumerate(rows):
            layout.addWidget(buddy(left, left_field), 3 * row, 0)
            layout.addWidget(left_field, 3 * row, 1)
            layout.addWidget(buddy(right, right_field), 3 * row, 2)
            layout.addWidget(right_field, 3 * row, 3)
            layout.addWidget(self._problems[row], 3 * row + 1, 0, 1, 4)
        layout.addWidget(self._logical_label, 2, 0)
        layout.addWidget(self.logical_core_size, 2, 1, 1, 3)
        layout.addWidget(self.cores, 5, 0, 1, 4)
        layout.addWidget(buddy("Tr&uncation", self.truncation), 8, 0)
        layout.addWidget(self.truncation, 8, 1)
        layout.addWidget(buddy("&Goals", self.goals), 8, 2)
        layout.addWidget(self.goals, 8, 3)
        layout.addWidget(self.meaning, 11, 1, 1, 3)
        browse = QPushButton("Browse …")
        browse.setAccessibleName("Browse for the output folder")
        browse.clicked.connect(self._on_browse_clicked)
        layout.addWidget(buddy("&Output", self.output), 12, 0)
        layout.addWidget(self.output, 12, 1, 1, 2)
        layout.addWidget(browse, 12, 3)
        layout.addWidget(self.force, 13, 1, 1, 3)
        layout.addWidget(self._problems[4], 14, 0, 1, 4)
        layout.addWidget(self.deep, 15, 1, 1, 3)
        # What was laid out later lies between these.
        for before, between in ((self.instance, self.logical_core_size), (self.backend, self.truncation)):
            self.setTabOrder(before, between)

    def _connect(self) -> None:
        for box in (
            self.target, self.instance, self.logical_core_size, self.truncation, self.backend, self.auto_cast,
            self.cast_type,
        ):  # fmt: skip
            box.currentIndexChanged.connect(self._on_field_changed)
        for spin in (self.neuron_cores, self.sequence_length, self.batch_size):
            spin.valueChanged.connect(self._on_field_changed)
        self.output.textChanged.connect(self._on_output_edited)
        self.goals.textChanged.connect(lambda _: self.field_changed.emit("goals"))
        self.deep.toggled.connect(self._on_field_changed)
        self.force.toggled.connect(lambda _: self.field_changed.emit("output"))
        self.force.hide()

    def show_request(self, request: Request) -> None:
        """Put a request's choices into the fields."""
        blockers = [QSignalBlocker(widget) for widget in self.findChildren(QWidget)]
        select(self.target, request.family)
        self._offer_instances(request.family)
        select(self.instance, request.instance)
        select(self.backend, request.backend)
        select(self.auto_cast, request.auto_cast)
        self.cast_type.clear()
        self.cast_type.addItem(request.auto_cast_type, request.auto_cast_type)
        self.sequence_length.setValue(request.sequence_length)
        select(self.truncation, request.truncation)
        self.batch_size.setValue(request.batch_size)
        self.output.setText(request.output or "")
        self.deep.setChecked(request.deep)
        self.force.setChecked(request.force)
        self.force.setVisible(bool(request.output))
        self.goals.show_goals(request.goals)
        if request.neuron_cores is not None:
            self.neuron_cores.setValue(request.neuron_cores)
        self._instance = None
        del blockers

    def fill(self, request: Request) -> Request:
        """The request with this form's choices."""
        cores = self.neuron_cores.value()
        if self._instance is None:
            chosen, size = request.neuron_cores, request.logical_core_size
        else:
            chosen = None if cores == self._most_cores else cores
            size = self._chosen_core_size(self._instance)
        return replace(
            request,
            family=self.target.currentData(),
            instance=self.instance.currentData(),
            neuron_cores=chosen,
            logical_core_size=size,
            sequence_length=self.sequence_length.value(),
            truncation=self.truncation.currentData(),
            batch_size=self.batch_size.value(),
            backend=self.backend.currentData(),
            auto_cast=self.auto_cast.currentData(),
            auto_cast_type=self.cast_type.currentData(),
            output=self.output.text().strip() or None,
            deep=self.deep.isChecked(),
            force=self.force.isChecked() and bool(self.output.text().strip()),
            goals=self.goals.goals,
        )

    def show_meaning(self, request: Request, family: str, instance: Instance, problems: Sequence[Problem]) -> None:
        """Show what the choices come to: the instance's cores, the target's casts, and what is wrong."""
        blockers = [QSignalBlocker(widget) for widget in self.findChildren(QWidget)]
        if instance != self._instance or request.logical_core_size != self.logical_core_size.currentData():
            self._instance = instance
            self._offer_core_sizes(instance, request.logical_core_size)
        self._most_cores = instance.cores_of_size(request.logical_core_size)
        self.neuron_cores.setSuffix(f" of {self._most_cores}")
        if request.neuron_cores is None:
            self.neuron_cores.setValue(self._most_cores)
        if family != self._family:
            self._family = family
            self.target.setItemText(0, f"auto ({family.capitalize()})")
            self.auto_cast.setItemText(0, f"default ({precision.preset(family)})")
            self._offer_cast_types(family, request.auto_cast_type)
            self._offer_instances(request.family)
            select(self.instance, request.instance)
        # The family stands in the field before it, and the field is narrow.
        self.instance.setItemText(0, f"auto ({instance.name.partition('.')[2]})")
        self.instance.setToolTip(f"{instance.name}: {core_count(instance.neuron_cores)}")
        auto_cast = request.auto_cast or precision.preset(family)
        allow(self.cast_type, auto_cast != "none", "What numbers are cast to", "Nothing is cast at this precision")
        self.meaning.say(precision.in_words(family, auto_cast, request.auto_cast_type).capitalize())
        for label in self._problems:
            label.show_problems(problems)
        del blockers

    def _offer_instances(self, family: str) -> None:
        chosen = self.instance.currentData()
        table = instances()
        shown = of_family(table, family) if family in precision.FAMILIES else [
            instance for name in precision.FAMILIES for instance in of_family(table, name)
        ]  # fmt: skip
        self.instance.clear()
        self.instance.addItem(AUTO, None)
        for instance in shown:
            self.instance.addItem(instance.name, instance.name)
        select(self.instance, chosen)

    def _chosen_core_size(self, shown: Instance) -> int | None:
        # A target without logical cores takes its choice along, whatever the field still says.
        family = self.target.currentData()
        named = instances().get(self.instance.currentData() or "", shown)
        meant = of_family(instances(), family)[0] if family in precision.FAMILIES else named
        chosen: int | None = self.logical_core_size.currentData()
        return chosen if meant.logical_cores else None

    def _offer_core_sizes(self, instance: Instance, chosen: int | None) -> None:
        self.logical_core_size.clear()
        default = instance.default_core_size
        self.logical_core_size.addItem(AUTO if default is None else f"{AUTO} ({default})", None)
        for size, count in instance.logical_cores:
            physical = "1 physical core" if size == 1 else f"{size} physical cores"
            self.logical_core_size.addItem(f"{physical} each, {count} in all", size)
        if chosen is not None and self.logical_core_size.findData(chosen) < 0:
            # In sight with its problem, as it came with a request for another machine.
            self.logical_core_size.addItem(str(chosen), chosen)
        select(self.logical_core_size, chosen)
        for widget in (self._logical_label, self.logical_core_size):
            widget.setVisible(self.logical_core_size.count() > 1)

    def _offer_cast_types(self, family: str, chosen: str) -> None:
        self.cast_type.clear()
        for name in precision.CAST_TYPES[family]:
            self.cast_type.addItem(name, name)
        if self.cast_type.findData(chosen) < 0:
            # What the target lacks stays in sight with its problem, instead of silently becoming something else.
            self.cast_type.addItem(chosen, chosen)
        select(self.cast_type, chosen)

    def _on_field_changed(self, value: int) -> None:
        self.field_changed.emit(self.sender().objectName())

    def _on_output_edited(self, text: str) -> None:
        self.force.setVisible(bool(text.strip()))
        self.field_changed.emit("output")

    def _on_browse_clicked(self) -> None:
        dialog = QFileDialog(self, "Choose where the bundle goes")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.output.setText)
        dialog.open()
