"""Where and how to trace."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from neuron_studio.core.environment import Environment
from neuron_studio.core.request import Request, family_of, instance_of
from neuron_studio.core.validation import problems
from neuron_studio.runs.resources import instances
from neuron_studio.ui.panels.settings_form import SettingsForm
from neuron_studio.ui.widgets.problem_label import ProblemLabel
from neuron_studio.wire.spec import Goal, ModelChoice
from tests.ui.conftest import an_environment

START = Request(ModelChoice("some/model"))


class Judged:
    """The form with what the program would tell it after each change."""

    def __init__(self, form: SettingsForm, environment: Environment, request: Request = START) -> None:
        self.form, self.environment, self.request = form, environment, request
        form.show_request(request)
        self.judge("")
        form.field_changed.connect(self.judge)

    def judge(self, field: object) -> None:
        self.request = self.form.fill(self.request)
        found = problems(self.request, self.environment, instances())
        family = family_of(self.request, self.environment, instances())
        self.form.show_meaning(self.request, family, instance_of(self.request, self.environment, instances()), found)


def choose(box: QComboBox, data: object) -> None:
    box.setCurrentIndex(box.findData(data))


@pytest.fixture
def judged(qtbot: QtBot) -> Judged:
    form = SettingsForm()
    qtbot.addWidget(form)
    form.show()
    return Judged(form, an_environment())


def test_that_nothing_chosen_means_the_programs_own_choice(judged: Judged) -> None:
    assert judged.request == START
    form = judged.form
    assert (form.target.currentText(), form.instance.currentText()) == ("auto (Inf1)", "auto (xlarge)")
    assert form.neuron_cores.text() == "4 of 4"
    assert form.auto_cast.currentText() == "default (all)"
    assert form.meaning.text() == "Everything in bf16, embeddings in float32"


def test_that_a_target_brings_its_instances_its_cores_and_its_casts(judged: Judged) -> None:
    form = judged.form
    choose(form.target, "inf2")
    assert [form.instance.itemText(row) for row in range(form.instance.count())][1:] == [
        "inf2.xlarge", "inf2.8xlarge", "inf2.24xlarge", "inf2.48xlarge",
    ]  # fmt: skip
    assert form.neuron_cores.text() == "2 of 2"
    assert form.cast_type.findData("tf32") >= 0
    assert not form.cast_type.isEnabled(), "nothing is cast, so there is no type to choose"
    choose(form.auto_cast, "matmult")
    choose(form.cast_type, "tf32")
    assert form.meaning.text() == "Matrix products in tf32, the rest in float32"
    choose(form.instance, "inf2.48xlarge")
    assert form.neuron_cores.text() == "24 of 24"
    assert judged.request == replace(
        START, family="inf2", instance="inf2.48xlarge", auto_cast="matmult", auto_cast_type="tf32"
    )


def test_that_a_count_of_cores_that_was_chosen_stays_chosen(judged: Judged) -> None:
    form = judged.form
    form.neuron_cores.setValue(3)
    choose(form.instance, "inf1.6xlarge")
    assert form.neuron_cores.text() == "3 of 16"
    assert judged.request.neuron_cores == 3


def test_that_too_many_cores_are_told_beside_the_field(judged: Judged) -> None:
    judged.form.neuron_cores.setValue(16)
    label = judged.form.findChild(object, "problem-neuron_cores")
    assert label.text() == ("⚠ 16 NeuronCores asked, inf1.xlarge has 4. Choose from 1 to 4, or a larger instance.")
    judged.form.neuron_cores.setValue(2)
    assert label.isHidden()


def test_that_a_cast_type_the_target_lacks_stays_in_sight_with_its_problem(qtbot: QtBot) -> None:
    form = SettingsForm()
    qtbot.addWidget(form)
    judged = Judged(form, an_environment(), replace(START, family="trn1", auto_cast="all", auto_cast_type="tf32"))
    choose(form.target, "inf1")
    assert judged.request.auto_cast_type == "tf32"
    assert "inf1 has no cast to 'tf32'" in form.findChild(object, "problem-precision").text()


def test_that_trn2_alone_offers_the_size_of_its_cores_and_the_count_follows(judged: Judged) -> None:
    form = judged.form
    assert form.logical_core_size.isHidden()
    choose(form.target, "trn2")
    choose(form.instance, "trn2.48xlarge")
    assert not form.logical_core_size.isHidden()
    assert [form.logical_core_size.itemText(row) for row in range(form.logical_core_size.count())] == [
        "auto (2)", "1 physical core each, 128 in all", "2 physical cores each, 64 in all",
    ]  # fmt: skip
    assert form.neuron_cores.text() == "64 of 64"
    choose(form.logical_core_size, 1)
    assert form.neuron_cores.text() == "128 of 128"
    assert (judged.request.logical_core_size, judged.request.neuron_cores) == (1, None)
    form.neuron_cores.setValue(100)
    choose(form.logical_core_size, 2)
    assert "has 64" in form.findChild(object, "problem-neuron_cores").text()


def test_that_another_target_forgets_the_size(judged: Judged) -> None:
    form = judged.form
    choose(form.target, "trn2")
    choose(form.logical_core_size, 1)
    choose(form.target, "inf2")
    assert judged.request.logical_core_size is None
    assert form.logical_core_size.isHidden()
    assert form.neuron_cores.text() == "2 of 2"


def test_that_a_size_that_came_from_another_machine_stays_in_sight_until_something_is_chosen(qtbot: QtBot) -> None:
    form = SettingsForm()
    qtbot.addWidget(form)
    form.show()
    judged = Judged(form, an_environment(), replace(START, logical_core_size=1))
    assert not form.logical_core_size.isHidden()
    assert "does not join NeuronCores" in form.findChild(object, "problem-neuron_cores").text()
    choose(form.logical_core_size, None)
    assert judged.request.logical_core_size is None
    assert form.findChild(object, "problem-neuron_cores").isHidden()


def test_that_a_request_comes_back_as_it_was_put_in(qtbot: QtBot) -> None:
    form = SettingsForm()
    qtbot.addWidget(form)
    request = replace(
        START, family="trn1", instance="trn1.32xlarge", neuron_cores=8, sequence_length=96, batch_size=4,
        auto_cast="all", auto_cast_type="fp16", backend="emulator", output="/bundles/mine", force=True, deep=True,
        goals=(Goal("no-flips", 0.0), Goal("max-difference", 0.01)),
    )  # fmt: skip
    assert Judged(form, an_environment(), request).request == request
    on_trn2 = replace(request, family="trn2", instance="trn2.48xlarge", logical_core_size=2)
    assert Judged(form, an_environment(), on_trn2).request == on_trn2


def test_that_showing_a_request_tells_nothing(qtbot: QtBot) -> None:
    form = SettingsForm()
    qtbot.addWidget(form)
    told = QSignalSpy(form.field_changed)
    Judged(form, an_environment(), replace(START, family="inf2", output="/x"))
    assert told.count() == 0


def test_that_layers_are_compared_where_the_box_is_ticked(judged: Judged) -> None:
    assert not judged.form.deep.isChecked()
    judged.form.deep.click()
    assert judged.request == replace(START, deep=True)


def test_that_replacing_a_bundle_is_asked_only_where_a_place_is_given(judged: Judged) -> None:
    assert judged.form.force.isHidden()
    judged.form.output.setText("/bundles/mine")
    assert not judged.form.force.isHidden()
    judged.form.force.setChecked(True)
    assert (judged.request.output, judged.request.force) == ("/bundles/mine", True)
    judged.form.output.clear()
    assert (judged.request.output, judged.request.force) == (None, False)


def test_that_goals_are_words_and_what_is_none_is_told_beside_them(judged: Judged) -> None:
    label = judged.form.findChild(ProblemLabel, "problem-precision")
    assert label is not None
    judged.form.goals.setText("no-flips, accuracy-drop=0.5")
    assert judged.request.goals == (Goal("no-flips", 0.0), Goal("accuracy-drop", 0.5))
    assert label.isHidden()
    judged.form.goals.setText("accuracy-drop=")
    assert label.text().startswith("⚠ The goal accuracy-drop needs a bound in percentage points")
    judged.form.goals.setText("faster")
    assert "There is no goal 'faster'." in label.text()
    judged.form.goals.clear()
    assert judged.request.goals == ()
    assert label.isHidden()
