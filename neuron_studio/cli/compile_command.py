"""neuron-studio compile: the whole run, from a model to a proven bundle."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

import click

from neuron_studio.cli.render import TICK_S, StageLines, say, say_end, say_error
from neuron_studio.core.neuron_cores import runtime_variables, variables_text
from neuron_studio.core.report import error_report
from neuron_studio.core.request import DEFAULT_PAIRS, Request
from neuron_studio.runs import environments
from neuron_studio.runs.engine import Begun, all_problems, begin, spec_of
from neuron_studio.runs.follower import Follower, follow
from neuron_studio.runs.history import History
from neuron_studio.runs.models import absolute
from neuron_studio.runs.pairs_file import Columns, read_pairs
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.runs.store import RunStore
from neuron_studio.runs.worker_lock import stop
from neuron_studio.wire.errors import EXIT_CODES, StudioError
from neuron_studio.wire.spec import ModelChoice, SentencePair


@click.command("compile")
@click.argument("model", required=False)
@click.option("--pair", "pair", nargs=2, multiple=True, metavar="A B", help="Two sentences; may be repeated.")
@click.option("--pairs", "pairs_file", type=click.Path(path_type=Path), help="CSV, TSV, JSONL or GLUE TSV of pairs.")
@click.option("--first-column", default="", help="Column of the first sentences, where its name is unusual.")
@click.option("--second-column", default="", help="Column of the second sentences.")
@click.option("--label-column", default="", help="Column of the expected labels.")
@click.option("--target", default="auto", help="auto, inf1, inf2, trn1, trn1n or trn2.")
@click.option("--backend", default="auto", help="auto, torch-neuron, torch-neuronx or emulator.")
@click.option("--instance", help="Instance type, such as inf1.xlarge.")
@click.option("--cores", type=int, help="NeuronCores; all of the instance where not given.")
@click.option("--logical-core-size", type=int, help="Trn2: 1 or 2 physical NeuronCores in each logical one.")
@click.option("--max-length", type=int, default=128, show_default=True, help="Sequence length in tokens.")
@click.option("--batch-size", type=int, default=1, show_default=True)
@click.option("--dynamic-batch-size", is_flag=True, help="Let the traced model take any number of rows.")
@click.option("--truncation", default="longest_first", show_default=True, help="Or only_first, only_second.")
@click.option("--trace-pair", type=int, default=1, show_default=True, help="Number of the pair to trace with.")
@click.option("--auto-cast", help="none, matmult or all; the SDK's own default where not given.")
@click.option("--auto-cast-type", default="bf16", show_default=True, help="bf16, fp16, tf32 or fp8_e4m3.")
@click.option("--compiler-arg", "compiler_args", multiple=True, help="Handed to the compiler as it is; repeatable.")
@click.option("--compile-timeout", type=int, metavar="SECONDS", help="Give up a compile after this long.")
@click.option("--python", "python", help="Interpreter of the environment that traces; found where not given.")
@click.option("--revision", help="Branch, tag or commit of a hub model.")
@click.option("--output", type=click.Path(), help="Where the bundle goes; the run folder where not given.")
@click.option("--force", is_flag=True, help="Replace an older bundle at --output once the new one is proven.")
@click.option("--allow-pickle", is_flag=True, help="Read weights that exist only as a pickle.")
@click.option("--trust-remote-code", is_flag=True, help="Run Python code from the model's own repository.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def compile_command(as_json: bool, python: str | None, **options: object) -> None:
    """Trace MODEL, a hub id or a folder, and judge it against the CPU; without MODEL, the shipped starter model."""
    try:
        request = _request(**options)  # type: ignore[arg-type]
        environment = environments.probe(python) if python else environments.best()
        found = all_problems(request, environment)
        if found:
            for problem in found[1:]:
                say_error(problem.message, problem.remedy)
            raise found[0].as_error()
        begun = begin(spec_of(request, environment), RunStore())
    except StudioError as error:
        if as_json:
            click.echo(json.dumps(error_report(error.code, error.message, error.remedy), ensure_ascii=False, indent=2))
        say_error(error.message, error.remedy)
        sys.exit(EXIT_CODES[error.blame])
    target = begun.folder.read_spec().target
    say(f"neuron-studio: {environment.in_words(target.family)}")
    variables = runtime_variables(target)
    if variables:
        say(f"neuron-studio: sets {variables_text(variables)}")
    say(f"neuron-studio: run {begun.folder.name}")
    sys.exit(watch(begun, as_json))


def _request(
    model: str | None, pair: tuple[tuple[str, str], ...], pairs_file: Path | None, first_column: str,
    second_column: str, label_column: str, target: str, backend: str, instance: str | None, cores: int | None,
    logical_core_size: int | None, max_length: int, batch_size: int, dynamic_batch_size: bool, truncation: str,
    trace_pair: int,
    auto_cast: str | None, auto_cast_type: str,
    compiler_args: tuple[str, ...], compile_timeout: int | None, revision: str | None, output: str | None, force: bool,
    allow_pickle: bool, trust_remote_code: bool,
) -> Request:  # fmt: skip
    pairs = tuple(SentencePair(first, second) for first, second in pair)
    if pairs_file is not None:
        pairs += read_pairs(pairs_file, Columns(first_column, second_column, label_column))
    return Request(
        model=ModelChoice(absolute(model) if model else str(STARTER_MODEL), revision, allow_pickle, trust_remote_code),
        pairs=pairs or DEFAULT_PAIRS,
        trace_pair=trace_pair - 1,
        family=target,
        backend=backend,
        instance=instance,
        neuron_cores=cores,
        logical_core_size=logical_core_size,
        sequence_length=max_length,
        batch_size=batch_size,
        dynamic_batch_size=dynamic_batch_size,
        auto_cast=auto_cast,
        auto_cast_type=auto_cast_type,
        truncation=truncation,
        compile_timeout_s=compile_timeout,
        compiler_args=compiler_args,
        output=str(Path(output).absolute()) if output else None,
        force=force,
    )


def watch(begun: Begun, as_json: bool) -> int:
    """Follow a run to its end on the terminal; Ctrl-C stops it, a lost terminal leaves it running."""
    lines = StageLines(partial(History(RunStore()).estimate, begun.folder))
    try:
        for state in follow(begun.folder, begun.process, tick_s=TICK_S):
            lines.show(state)
    except KeyboardInterrupt:
        lines.close()
        say("neuron-studio: stopping …")
        stop(begun.folder, process=begun.process)
        state = Follower(begun.folder, begun.process).refresh()
    lines.close()
    return say_end(state, as_json)
