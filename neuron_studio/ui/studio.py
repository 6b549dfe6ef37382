"""Where everything in the window is wired together: intentions to the controller, states to the panels."""

from __future__ import annotations

import traceback
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from neuron_studio.core.core_plan import CORES_BUSY
from neuron_studio.core.environment import Environment
from neuron_studio.core.project import Project
from neuron_studio.core.request import Request
from neuron_studio.core.run_state import RunState
from neuron_studio.core.verdict_words import outcome_word
from neuron_studio.runs.follower import BEAT_S, FRUGAL_BEAT_S
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.runs.store import RunStore
from neuron_studio.ui import geometry, settings
from neuron_studio.ui.background import end_all
from neuron_studio.ui.core_watch import CoreWatch
from neuron_studio.ui.display_pace import DisplayPace
from neuron_studio.ui.display_question import x11_question
from neuron_studio.ui.end_of_run import EndOfRun
from neuron_studio.ui.environment_choice import EnvironmentChoice
from neuron_studio.ui.environment_finder import EnvironmentFinder
from neuron_studio.ui.expectation import Expectation
from neuron_studio.ui.history_desk import HistoryDesk
from neuron_studio.ui.icon import window_icon
from neuron_studio.ui.main_window import MainWindow
from neuron_studio.ui.model_search import ModelSearch
from neuron_studio.ui.pair_transfer import PairTransfer
from neuron_studio.ui.panels.artifact import ArtifactPanel
from neuron_studio.ui.panels.comparison import ComparisonPanel
from neuron_studio.ui.panels.history import HistoryPanel
from neuron_studio.ui.panels.log_view import LogView
from neuron_studio.ui.panels.model_picker import ModelPicker
from neuron_studio.ui.panels.operators import OperatorsPanel
from neuron_studio.ui.panels.pair_editor import PairEditor
from neuron_studio.ui.panels.project_menu import ProjectMenu
from neuron_studio.ui.panels.settings_form import SettingsForm
from neuron_studio.ui.panels.top_bar import TopBar
from neuron_studio.ui.preflight import Preflight
from neuron_studio.ui.preflight_desk import PreflightDesk
from neuron_studio.ui.preparation import Preparation, Readiness
from neuron_studio.ui.project_desk import ProjectDesk
from neuron_studio.ui.remembering import Remembering
from neuron_studio.ui.request_form import RequestForm
from neuron_studio.ui.returning_pairs import ReturningPairs
from neuron_studio.ui.returning_run import ReturningRun
from neuron_studio.ui.run_controller import RunController
from neuron_studio.ui.run_view import RunView
from neuron_studio.ui.token_counting import TokenCounting
from neuron_studio.ui.workplace import Workplace
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.wire.spec import ModelChoice

if TYPE_CHECKING:
    from neuron_studio.ui.doctor_dialog import DoctorDialog


class Studio(QObject):
    """The window with its controller, its judge and its seekers."""

    def __init__(
        self,
        store: RunStore | None = None,
        finder: EnvironmentFinder | None = None,
        preparation: Preparation | None = None,
        search: ModelSearch | None = None,
        core_watch: CoreWatch | None = None,
        preflight: Preflight | None = None,
        is_frugal: bool = False,
        window: MainWindow | None = None,
    ) -> None:
        super().__init__()
        left = geometry.load()
        self.window = window or MainWindow(left.size)
        self.remembering = Remembering(self)
        memory = self.remembering.memory
        request = memory.request or Request(ModelChoice(str(STARTER_MODEL)))
        self._store = store or RunStore()
        self._doctor: DoctorDialog | None = None
        self.controller = RunController(self._store, self, FRUGAL_BEAT_S if is_frugal else BEAT_S)
        self.pace = DisplayPace(x11_question() if is_frugal else None, self)
        self.preparation = preparation or Preparation(request)
        self.search = search or ModelSearch()
        self.expectation = Expectation(self._store, self)
        self.preflight = preflight or Preflight()
        self.history = HistoryPanel(self._store)
        self.form = RequestForm(ModelPicker(), PairEditor(), SettingsForm())
        self.counting = TokenCounting(rows_in_sight=lambda: self.form.pairs.table.rows_in_sight)
        self.transfer = PairTransfer(self.form.pairs, self)
        self.view = RunView(ComparisonPanel(), LogView(self.pace), OperatorsPanel(), ArtifactPanel(), self.history)
        self.bar = TopBar()
        self.environments = EnvironmentChoice(
            self.bar, finder or EnvironmentFinder(), core_watch or CoreWatch(), memory.python
        )
        self.project = ProjectMenu()
        self.desk = ProjectDesk(self.project, self._project)
        self.place = Workplace(self.window, self.bar, self.project, self.form, self.view, left.columns)
        self.window.setCentralWidget(self.place)
        self.look = PreflightDesk(self.preflight, self.view.operators, self.preparation, self.place.card, self)
        self.past = HistoryDesk(self.history, self.controller, self.view, self.place.notice, self)
        self.view.bell.setChecked(memory.bell)
        self.end_of_run = EndOfRun(self.window, self.view.bell.isChecked)
        self.form.picker.show_recent(memory.recent_models)
        self.form.show_request(request)
        self.form.show_readiness(self.preparation.readiness)
        self.returning = ReturningPairs(self.remembering, self.form.pairs, self.preparation)
        self.returning_run = ReturningRun(
            self._store, self.remembering, self.controller, self.place.notice,
            lambda: self.view.tabs.setCurrentWidget(self.history),
        )  # fmt: skip
        self._show_readiness(self.preparation.readiness)
        self._wire()

    def _wire(self) -> None:
        self.place.painted.connect(self._on_place_painted)
        self.window.closed.connect(self._on_window_closed)
        self.window.activated.connect(lambda title: self._look_at_cores())
        self.window.guard_closing(lambda: self.controller.is_running)
        self.form.request_changed.connect(self._on_form_request_changed)
        self.form.picker.text_typed.connect(self.search.change_text)
        self.transfer.done.connect(self.place.notice.say)
        self.search.found.connect(self.form.picker.show_found)
        self.search.found_here.connect(self.form.picker.show_here)
        self.search.state_changed.connect(self.form.picker.show_search)
        self.preparation.judged.connect(self._on_preparation_judged)
        self.desk.opened.connect(self._on_desk_opened)
        self.desk.said.connect(self.place.notice.say)
        self.counting.counted.connect(self.form.show_counted)
        self.environments.used.connect(self._on_environments_used)
        self.environments.chosen.connect(lambda python: self.remembering.remember(python=python))
        self.bar.doctor_asked.connect(self._on_bar_doctor_asked)
        self.bar.start_asked.connect(self._on_bar_start_asked)
        self.bar.stop_asked.connect(self._on_bar_stop_asked)
        self.view.comparison.said.connect(self.place.notice.say)
        self.view.bell.toggled.connect(lambda on: self.remembering.remember(bell=on))
        self.preflight.error_raised.connect(self._on_controller_error_raised)
        self.controller.folder_changed.connect(self._on_controller_folder_changed)
        self.controller.state_changed.connect(self._on_controller_state_changed)
        self.controller.error_raised.connect(self._on_controller_error_raised)
        self.expectation.formed.connect(self.place.strip.show_estimate)

    def show_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Show what went wrong in the window itself; it stays open, and runs know nothing of it."""
        if isinstance(error, StudioError):
            self.place.card.show_failure("That did not work", error.message, error.remedy)
            return
        detail = "".join(traceback.format_exception(kind, error, trace))
        remedy = "Go on working: runs are not affected. If it happens again, copy this and report it."
        self.place.card.show_failure("Something went wrong in the window", f"{kind.__name__}: {error}", remedy, detail)

    def save(self) -> RunFolder | None:
        """Save what would be lost with the process; the run that goes on without it, where there is one."""
        self.remembering.close()
        return self.controller.folder if self.controller.is_running else None

    # The window.

    def _on_place_painted(self, name: str) -> None:
        QApplication.setWindowIcon(window_icon())
        self.preparation.change_request(self.preparation.readiness.request)
        self.returning.begin()
        self.returning_run.begin()
        self.environments.look()
        self.search.look_here()

    def _on_window_closed(self, title: str) -> None:
        geometry.save(geometry.Geometry((self.window.width(), self.window.height()), self.place.columns))
        end_all()
        self.environments.close()
        self.remembering.close()
        self.preflight.stop()
        self.view.log.close_file()
        self.controller.close()

    # What is asked.

    def _on_form_request_changed(self, request: Request) -> None:
        self.preparation.change_request(request)
        self.remembering.remember_request(request)

    def _on_preparation_judged(self, readiness: Readiness) -> None:
        self.form.show_readiness(readiness)
        self.counting.change(readiness.facts, readiness.request.pairs)
        self.bar.show_family(readiness.family)
        self._show_readiness(readiness)
        self.environments.wait_for_cores(any(problem.code == CORES_BUSY for problem in readiness.problems))

    def _show_readiness(self, readiness: Readiness) -> None:
        is_running = self.controller.is_running
        reason = "A run is going on." if is_running else readiness.refusal
        self.bar.show_readiness(readiness.is_ready and not is_running, reason, readiness.problems)
        self.bar.show_running(is_running)
        self.view.operators.show_readiness(readiness.refusal)

    def _project(self) -> Project:
        readiness = self.preparation.readiness
        return Project(readiness.request, readiness.environment.python if readiness.environment else None)

    def _on_desk_opened(self, project: Project) -> None:
        self.returning.give_up()
        self.form.show_request(project.request)
        self._on_form_request_changed(project.request)
        if project.python is None or self.environments.choose(project.python):
            self.place.notice.say("The project was opened.")
        else:
            self.place.notice.say(
                f"The project was opened. Its Python is not known here: {project.python}; choose one under Environment."
            )

    # The environment.

    def _on_environments_used(self, environment: Environment) -> None:
        self.preparation.change_environment(environment)
        self.controller.keep_warm(environment.python if environment.can_trace else None)

    def _on_bar_doctor_asked(self, text: str) -> None:
        if self._doctor is None:
            # The doctor and its report are many modules, and no first paint needs them.
            from neuron_studio.ui.doctor_dialog import DoctorDialog

            self._doctor = DoctorDialog(parent=self.window)
        self._doctor.open_or_raise()

    def _look_at_cores(self) -> None:
        # While a run goes on its own cores are held; that is no problem of the request.
        if not self.controller.is_running:
            self.environments.look_at_cores()

    # Runs.

    def _on_bar_start_asked(self, text: str) -> None:
        if not self.preparation.readiness.is_ready or self.controller.is_running:
            return
        self.place.card.hide()
        self.place.notice.hide()
        self._remember_model(self.form.picker.choice.id)
        self.controller.start(self.preparation.spec())
        self._show_readiness(self.preparation.readiness)

    def _on_bar_stop_asked(self, text: str) -> None:
        self.bar.show_stopping()
        self.controller.stop()

    def _on_controller_folder_changed(self, folder: RunFolder | None) -> None:
        self.view.show_folder(folder)
        if self.controller.is_running:  # it was started a moment ago
            self.view.comparison.show_sides(None)
            self.view.lead_to_answer()
        self.place.strip.show_state(None)
        self.expectation.show_folder(folder)
        self.end_of_run.show_folder(folder)
        self.window.show_title("")
        if folder is not None:
            self.remembering.remember(run=folder.name)
            self.remembering.write()

    def _on_controller_state_changed(self, state: RunState) -> None:
        folder = self.controller.folder
        self.pace.draw("state", lambda: self._draw_state(folder, state))
        self.end_of_run.show_state(state)
        self._show_readiness(self.preparation.readiness)
        if state.is_over:
            self.remembering.remember(run=None)
            self.history.refresh()
            self.search.look_here()
            self._look_at_cores()

    def _draw_state(self, folder: RunFolder | None, state: RunState) -> None:
        if folder != self.controller.folder:
            return  # another run is shown by now
        self.view.show_state(state)
        self.place.strip.show_state(state)
        self.expectation.show_state(state)
        self.window.show_title(outcome_word(state))

    def _on_controller_error_raised(self, error: StudioError) -> None:
        self.place.card.show_failure("That did not work", error.message, error.remedy)
        self._show_readiness(self.preparation.readiness)
        self._look_at_cores()

    def _remember_model(self, model: str) -> None:
        if model != str(STARTER_MODEL):
            self.remembering.remember(recent_models=settings.with_recent(self.remembering.memory.recent_models, model))
            self.form.picker.show_recent(self.remembering.memory.recent_models)
