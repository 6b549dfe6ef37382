"""Projects in files: the form saved whole and opened again, and written out as a command or a script."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from neuron_studio.core.command_text import Words, as_command, as_script, compile_words, needs_pairs_file
from neuron_studio.core.project import MOST_PAIRS_INSIDE, Project, from_plain, pairs_file_of, to_plain
from neuron_studio.core.request import Request, with_model_id
from neuron_studio.runs.models import absolute
from neuron_studio.runs.pair_files.writing import write_json_lines
from neuron_studio.runs.places import data_folder
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.runs.whole_file import whole_file, write_whole
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.spec import SentencePair

SUFFIX = ".neuron.json"

# The shipped model moves with the program, so its path is not what is saved.
_STARTER_NAME = "starter-model"


def to_save(request: Request) -> Request:
    """The request as it is written down: the shipped model by its name."""
    return with_model_id(request, str(STARTER_MODEL), _STARTER_NAME)


def as_saved(request: Request) -> Request:
    """What was written down, with the shipped model where this program has it."""
    return with_model_id(request, _STARTER_NAME, str(STARTER_MODEL))


def save_project(path: Path, project: Project) -> Path:
    """Write a project, its many pairs in a JSONL of its name beside it; the path, with the suffix where it had none."""
    if not path.name.endswith(".json"):
        path = path.with_name(path.name + SUFFIX)
    project = replace(project, request=to_save(project.request))
    name = None
    try:
        if len(project.request.pairs) > MOST_PAIRS_INSIDE:
            name = path.name.removesuffix(".json").removesuffix(".neuron") + ".pairs.jsonl"
            with whole_file(path.with_name(name)) as file:
                write_json_lines(file, project.request.pairs)
        write_whole(path, (dumps(to_plain(project, name), indent=2) + "\n").encode())
    except OSError as error:
        raise _failed("project-not-saved", f"{path} cannot be written: {error.strerror}.",
                      "Choose another folder, or make room on the disk.") from error  # fmt: skip
    return path


def open_project(path: Path) -> Project:
    """Read a project; raises StudioError, with what to do, for whatever is not one."""
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _failed("project-unreadable", f"{path} cannot be read: {error.strerror}.",
                      "Choose another file.") from error  # fmt: skip
    except (ValueError, RecursionError) as error:
        raise _failed("project-unreadable", f"{path} is not JSON: {error}.",
                      "Mend the file, or save the project again.") from error  # fmt: skip
    pairs_file = pairs_file_of(plain)
    project = from_plain(plain)
    if pairs_file is not None:
        pairs = saved_pairs(path.with_name(pairs_file))
        project = replace(project, request=replace(project.request, pairs=pairs))
    request = as_saved(project.request)
    return replace(project, request=with_model_id(request, request.model.id, absolute(request.model.id)))


def saved_pairs(path: Path) -> tuple[SentencePair, ...]:
    """The pairs exactly as they were saved: a project may hold what a run would refuse."""
    try:
        with open(path, encoding="utf-8", newline="\n") as file:
            rows = (json.loads(line) for line in file if not line.isspace())
            return tuple(SentencePair(row["sentence1"], row["sentence2"], row["label"]) for row in rows)
    except OSError as error:
        raise _failed("project-unreadable", f"{path} cannot be read: {error.strerror}.",
                      "Put it beside the project again, where it was saved.") from error  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise _failed("project-unreadable", f"{path} is not the pairs of a project: {type(error).__name__}: {error}.",
                      "Save the project again; other files of pairs are imported.") from error  # fmt: skip


def command_of(project: Project) -> str:
    """The shell command that compiles as the form would."""
    return as_command(_program(), _groups(project))


def script_of(project: Project) -> str:
    """The Python script that compiles as the form would."""
    return as_script(_program(), _groups(project))


def _groups(project: Project) -> tuple[Words, ...]:
    pairs_file = str(_kept(project.request.pairs)) if needs_pairs_file(project.request) else None
    return compile_words(project, str(STARTER_MODEL), pairs_file)


def _kept(pairs: tuple[SentencePair, ...]) -> Path:
    """A file with these pairs, by its content's own name: a command that was copied once stays what it was."""
    buffer = io.BytesIO()
    write_json_lines(buffer, pairs)
    content = buffer.getvalue()
    path = data_folder() / "pairs" / f"{hashlib.sha256(content).hexdigest()[:16]}.jsonl"
    try:
        if not path.exists():
            write_whole(path, content)
    except OSError as error:
        raise _failed("pairs-not-kept", f"The command's pairs cannot be written to {path}: {error.strerror}.",
                      "Make room on the disk, or set NEURON_STUDIO_DATA to another folder.") from error  # fmt: skip
    return path


def _program() -> Words:
    found = shutil.which("neuron-studio")
    if found is not None and Path(found).parent == Path(sys.executable).parent:
        return ("neuron-studio",)
    return (sys.executable, "-m", "neuron_studio")


def _failed(code: str, message: str, remedy: str) -> StudioError:
    return StudioError(code, message, remedy, Blame.INPUT)
