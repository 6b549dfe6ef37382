"""What compile and preflight are asked alike: a project, the model, its pairs, the target, and how it is traced."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from neuron_studio.cli.render import say, say_error
from neuron_studio.core.core_plan import CORES_BUSY
from neuron_studio.core.counting import counted
from neuron_studio.core.environment import Environment
from neuron_studio.core.goals import read_goal
from neuron_studio.core.import_words import encoding_words, unlabelled_words
from neuron_studio.core.pair_columns import Columns
from neuron_studio.core.pair_encoding import ENCODINGS
from neuron_studio.core.pair_layout import FORM_WORDS
from neuron_studio.core.project import Project
from neuron_studio.core.report import error_report
from neuron_studio.core.request import Request
from neuron_studio.runs import environments
from neuron_studio.runs.engine import all_problems, spec_of
from neuron_studio.runs.models import choice_of
from neuron_studio.runs.pair_files.reading import read_pairs
from neuron_studio.runs.projects import open_project
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.errors import EXIT_CODES, StudioError
from neuron_studio.wire.spec import ModelChoice, RunSpec, SentencePair

# The options that are a field of the request, whatever either calls it.
_FIELDS = {
    "target": "family",
    "backend": "backend",
    "instance": "instance",
    "cores": "neuron_cores",
    "logical_core_size": "logical_core_size",
    "max_length": "sequence_length",
    "batch_size": "batch_size",
    "dynamic_batch_size": "dynamic_batch_size",
    "truncation": "truncation",
    "auto_cast": "auto_cast",
    "auto_cast_type": "auto_cast_type",
    "compile_timeout": "compile_timeout_s",
    "compiler_args": "compiler_args",
    "force": "force",
    "deep": "deep",
}
_MODEL_FIELDS = ("revision", "allow_pickle", "trust_remote_code")

_PAIR_OPTIONS = (
    click.option("--pair", "pair", nargs=2, multiple=True, metavar="A B", help="Two sentences; may be repeated."),
    click.option(
        "--pairs", "pairs_file", type=click.Path(path_type=Path), help="CSV, TSV, JSONL or GLUE TSV of pairs."
    ),
    click.option("--first-column", default="", help="Column of the first sentences, where its name is unusual."),
    click.option("--second-column", default="", help="Column of the second sentences."),
    click.option("--label-column", default="", help="Column of the expected labels."),
    click.option("--encoding", type=click.Choice(list(ENCODINGS)), help="Of the pairs file; found where not given."),
    click.option("--skip-broken-rows", is_flag=True, help="Leave out the rows of the file that are no pairs."),
)

_OPTIONS = (
    click.option(
        "--project",
        type=click.Path(path_type=Path),
        help="A saved project; what stands beside it on the command line overrides it.",
    ),
    *_PAIR_OPTIONS,
    click.option("--target", default="auto", help="auto, inf1, inf2, trn1, trn1n or trn2."),
    click.option("--backend", default="auto", help="auto, torch-neuron, torch-neuronx or emulator."),
    click.option("--instance", help="Instance type, such as inf1.xlarge."),
    click.option("--cores", type=int, help="NeuronCores; all of the instance where not given."),
    click.option("--logical-core-size", type=int, help="Trn2: 1 or 2 physical NeuronCores in each logical one."),
    click.option("--max-length", type=int, default=128, show_default=True, help="Sequence length in tokens."),
    click.option("--batch-size", type=int, default=1, show_default=True),
    click.option("--dynamic-batch-size", is_flag=True, help="Let the traced model take any number of rows."),
    click.option("--truncation", default="longest_first", show_default=True, help="Or only_first, only_second."),
    click.option("--trace-pair", type=int, default=1, show_default=True, help="Number of the pair to trace with."),
    click.option("--auto-cast", help="none, matmult or all; the SDK's own default where not given."),
    click.option("--auto-cast-type", default="bf16", show_default=True, help="bf16, fp16, tf32 or fp8_e4m3."),
    click.option("--python", "python", help="Interpreter of the environment that traces; found where not given."),
    click.option("--revision", help="Branch, tag or commit of a hub model."),
    click.option("--allow-pickle", is_flag=True, help="Read weights that exist only as a pickle."),
    click.option("--trust-remote-code", is_flag=True, help="Run Python code from the model's own repository."),
)


def asks_for_pairs(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that name sentence pairs, for pairs_asked."""
    for option in reversed(_PAIR_OPTIONS):
        command = option(command)
    return command


def asks_for_a_request(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the argument and the options that make a request."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return click.argument("model", required=False)(command)


def spec_asked(as_json: bool, takes_cores: bool = True) -> tuple[RunSpec, Environment]:
    """The spec that the command line asks for and where it is to run; what is wrong with it ends the program.

    What takes no cores does not mind who holds them.
    """
    given = _given()
    try:
        project = _project(given.get("project"))
        request = _request(project.request, given)
        python = given.get("python") or project.python
        environment = environments.probe(python) if python else environments.best()
        problems = all_problems(request, environment)
        found = [problem for problem in problems if takes_cores or problem.code != CORES_BUSY]
        if found:
            for problem in found[1:]:
                say_error(problem.message, problem.remedy)
            raise found[0].as_error()
    except StudioError as error:
        refuse(error, as_json)
    return spec_of(request, environment), environment


def refuse(error: StudioError, as_json: bool) -> NoReturn:
    """End the program over what was asked of it."""
    if as_json:
        click.echo(dumps(error_report(error.code, error.message, error.remedy), indent=2))
    say_error(error.message, error.remedy)
    sys.exit(EXIT_CODES[error.blame])


def _project(path: Path | None) -> Project:
    return open_project(path) if path is not None else Project(Request(ModelChoice(str(STARTER_MODEL))))


def _given() -> dict[str, Any]:
    """What stands on the command line itself: only that overrides a project, and no default does."""
    context = click.get_current_context()
    is_given = ParameterSource.COMMANDLINE
    return {name: value for name, value in context.params.items() if context.get_parameter_source(name) is is_given}


def _request(base: Request, given: dict[str, Any]) -> Request:
    changes = {field: given[name] for name, field in _FIELDS.items() if name in given}
    if "pair" in given or "pairs_file" in given:
        changes.update(pairs=pairs_asked(**given), trace_pair=0)
    if "trace_pair" in given:
        changes["trace_pair"] = given["trace_pair"] - 1
    if "goals" in given:
        changes["goals"] = tuple(map(read_goal, given["goals"]))
    if "output" in given:
        changes["output"] = str(Path(given["output"]).absolute()) if given["output"] else None
    # What was allowed to one model is not allowed to another.
    model = choice_of(given["model"]) if "model" in given else base.model
    changes["model"] = replace(model, **{name: given[name] for name in _MODEL_FIELDS if name in given})
    return replace(base, **changes)


def pairs_asked(
    pair: tuple[tuple[str, str], ...] = (), pairs_file: Path | None = None, first_column: str = "",
    second_column: str = "", label_column: str = "", encoding: str | None = None, skip_broken_rows: bool = False,
    **others: Any,
) -> tuple[SentencePair, ...]:  # fmt: skip
    """The pairs that the command line names, those of its file last; none where it names none."""
    pairs = tuple(SentencePair(first, second) for first, second in pair)
    if pairs_file is not None:
        columns = Columns(first_column, second_column, label_column)
        pairs += _pairs_in(pairs_file, columns, encoding, skip_broken_rows)
    return pairs


def _pairs_in(path: Path, columns: Columns, encoding: str | None, skip_broken: bool) -> tuple[SentencePair, ...]:
    """The pairs of a file; how it was read, and what of it was left out, is said beside the report."""
    seen, reading = read_pairs(path, columns, encoding, skip_broken)
    used = ", ".join(filter(None, (seen.columns.first, seen.columns.second, seen.columns.expected)))
    say(f"{counted(len(reading.pairs), 'pair')} from {path.name}: {FORM_WORDS[seen.layout.form]}, "
        f"{ENCODINGS[seen.layout.encoding]}; columns {used}.")  # fmt: skip
    if encoding is None and encoding_words(seen.layout.encoding):
        say(f"  {encoding_words(seen.layout.encoding)} Another one is chosen with --encoding.")
    if reading.unlabelled:
        say(f"  {unlabelled_words(reading.unlabelled)}")
    if reading.broken:
        say(f"  Left out: {counted(reading.broken_count, 'broken row')}.")
        for row in reading.broken:
            say(f"  {row}")
    if reading.broken_count > len(reading.broken):
        say(f"  and {reading.broken_count - len(reading.broken):,} more.")
    return reading.pairs
