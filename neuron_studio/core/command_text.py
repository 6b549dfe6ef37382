"""A request as the command that asks the same, and as a Python script that runs it."""

from __future__ import annotations

import shlex
from string import Template
from typing import Iterator, Optional, Sequence, Tuple

from neuron_studio.core.goals import goal_text
from neuron_studio.core.project import Project
from neuron_studio.core.request import Request

# More pairs than these, or labels, which --pair cannot carry, are handed over in a file.
MOST_PAIRS_IN_WORDS = 20

Words = Tuple[str, ...]

_OPTIONS = (
    ("--target", "family"),
    ("--backend", "backend"),
    ("--instance", "instance"),
    ("--cores", "neuron_cores"),
    ("--logical-core-size", "logical_core_size"),
    ("--max-length", "sequence_length"),
    ("--batch-size", "batch_size"),
    ("--truncation", "truncation"),
    ("--auto-cast", "auto_cast"),
    ("--auto-cast-type", "auto_cast_type"),
    ("--compile-timeout", "compile_timeout_s"),
    ("--output", "output"),
)
_FLAGS = (("--dynamic-batch-size", "dynamic_batch_size"), ("--deep", "deep"), ("--force", "force"))

_SCRIPT = Template('''"""Compile a sentence-pair model as Neuron Studio was asked to, and print the report."""

import json
import subprocess

COMMAND = [
$words
]

done = subprocess.run([*COMMAND, "--json"], stdout=subprocess.PIPE, text=True)
report = json.loads(done.stdout)
print(json.dumps(report, ensure_ascii=False, indent=2))
raise SystemExit(done.returncode)
''')


def needs_pairs_file(request: Request) -> bool:
    """Whether the pairs do not fit into the words of a command."""
    return len(request.pairs) > MOST_PAIRS_IN_WORDS or any(pair.expected is not None for pair in request.pairs)


def compile_words(project: Project, starter: str, pairs_file: Optional[str]) -> Tuple[Words, ...]:
    """The arguments of compile, grouped as they are read; choices left as they are by default are left out."""
    return tuple(_words(project, starter, pairs_file))


def as_command(program: Words, groups: Sequence[Words]) -> str:
    """One command for a POSIX shell, an option a line."""
    return " \\\n  ".join(shlex.join(group) for group in ((*program, "compile"), *groups))


def as_script(program: Words, groups: Sequence[Words]) -> str:
    """A Python script that needs the standard library alone."""
    lines = [", ".join(map(repr, group)) for group in ((*program, "compile"), *groups)]
    return _SCRIPT.substitute(words="\n".join(f"    {line}," for line in lines))


def _words(project: Project, starter: str, pairs_file: Optional[str]) -> Iterator[Words]:
    request = project.request
    usual = Request(request.model)
    if request.model.id != starter:
        yield (request.model.id,)
    if request.model.revision is not None:
        yield ("--revision", request.model.revision)
    if request.model.allow_pickle:
        yield ("--allow-pickle",)
    if request.model.trust_remote_code:
        yield ("--trust-remote-code",)
    if pairs_file is not None:
        yield ("--pairs", pairs_file)
    else:
        yield from (("--pair", pair.first, pair.second) for pair in request.pairs)
    if request.trace_pair:
        yield ("--trace-pair", str(request.trace_pair + 1))
    for option, field in _OPTIONS:
        if getattr(request, field) != getattr(usual, field):
            yield (option, str(getattr(request, field)))
    yield from ((option,) for option, field in _FLAGS if getattr(request, field))
    yield from (("--goal", goal_text(goal)) for goal in request.goals)
    # In one word, since what is handed on begins with dashes of its own.
    yield from ((f"--compiler-arg={argument}",) for argument in request.compiler_args)
    if project.python is not None:
        yield ("--python", project.python)
