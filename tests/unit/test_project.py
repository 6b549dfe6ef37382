"""The whole form in one readable file, and as a command or a script; what is not known is refused."""

from __future__ import annotations

import ast
import json
import shlex
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from neuron_studio.cli.compile_command import compile_command
from neuron_studio.core.command_text import as_command, as_script, compile_words, needs_pairs_file
from neuron_studio.core.project import MOST_PAIRS_INSIDE, Project, to_plain
from neuron_studio.core.request import DEFAULT_PAIRS, Request
from neuron_studio.runs.projects import command_of, open_project, save_project, script_of
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.spec import Goal, ModelChoice, SentencePair

PAIRS = (SentencePair('It\'s "here" $HOME `id`', "two\nlines; rm -rf /"), SentencePair("--force", "東京 \\"))
REQUEST = Request(
    ModelChoice("acme/pairs", "main", allow_pickle=True, trust_remote_code=True), PAIRS, 1, "inf2", "emulator",
    "inf2.xlarge", 2, None, 96, 4, "all", "fp16", "only_second", 900, True, ("--verbose", "a b"), "/bundles/it's", True,
    (Goal("no-flips", 0.0), Goal("accuracy-drop", 0.5)),
    True,
)  # fmt: skip
WHOLE = Project(REQUEST, "/opt/neuron/bin/python")
FIRST = Project(Request(ModelChoice(str(STARTER_MODEL))))


def refused(plain: Any, tmp_path: Path) -> StudioError:
    path = tmp_path / "mine.neuron.json"
    path.write_text(plain if isinstance(plain, str) else json.dumps(plain))
    with pytest.raises(StudioError) as caught:
        open_project(path)
    assert caught.value.remedy
    return caught.value


# The file.


@pytest.mark.parametrize("project", [WHOLE, replace(WHOLE, python=None)])
def test_that_everything_comes_back(project: Project, tmp_path: Path) -> None:
    path = save_project(tmp_path / "mine.neuron.json", project)
    assert open_project(path) == project
    assert [found.name for found in tmp_path.iterdir()] == ["mine.neuron.json"]


def test_that_the_file_names_itself_its_version_and_every_field_of_the_form() -> None:
    plain = to_plain(WHOLE)
    assert (plain["kind"], plain["schema"]) == ("neuron-studio-project", 1)
    assert set(plain) == {"kind", "schema", "python", *(field.name for field in fields(Request))}


def test_that_a_name_without_a_suffix_gets_one(tmp_path: Path) -> None:
    assert save_project(tmp_path / "mine", WHOLE).name == "mine.neuron.json"


def test_that_the_starter_model_is_saved_by_its_name_and_opened_wherever_it_lies(tmp_path: Path) -> None:
    path = save_project(tmp_path / "mine", FIRST)
    assert str(STARTER_MODEL) not in path.read_text()
    assert open_project(path) == FIRST


def test_that_many_pairs_lie_beside_it_in_a_file_that_moves_with_it(tmp_path: Path) -> None:
    pairs = tuple(SentencePair(f"first {number}", "two\nlines", "1") for number in range(MOST_PAIRS_INSIDE + 1))
    many = replace(WHOLE, request=replace(REQUEST, pairs=pairs))
    (tmp_path / "here").mkdir()
    save_project(tmp_path / "here" / "mine", many)
    assert sorted(path.name for path in (tmp_path / "here").iterdir()) == ["mine.neuron.json", "mine.pairs.jsonl"]
    (tmp_path / "here").rename(tmp_path / "there")
    assert open_project(tmp_path / "there" / "mine.neuron.json") == many


def test_that_a_project_never_reads_a_file_outside_its_folder(tmp_path: Path) -> None:
    plain = to_plain(WHOLE, "../../etc/passwd")
    assert "is not the name of a file beside it" in refused(plain, tmp_path).message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": 2}, "its schema is 2, and this studio knows 1"),
        ({"kind": "something-else"}, "not a project"),
        ({"from_the_future": 1}, "fields that are not known: from_the_future"),
        ({"sequence_length": "long"}, "'long' is not a int"),
        ({"python": 7}, "7 is not a str"),
        ({"sequence_length": 10**12}, "sequence_length 1000000000000 is beyond"),
    ],
)
def test_that_what_is_not_known_is_refused_with_its_name(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    assert said in refused({**to_plain(WHOLE), **change}, tmp_path).message


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", "[" * 100_000])
def test_that_what_is_no_object_is_refused(text: str, tmp_path: Path) -> None:
    assert refused(text, tmp_path).code == "project-unreadable"


def test_that_a_missing_model_is_refused(tmp_path: Path) -> None:
    plain = to_plain(WHOLE)
    del plain["model"]
    assert "incomplete" in refused(plain, tmp_path).message


def test_that_a_file_that_is_not_there_or_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="cannot be read"):
        open_project(tmp_path / "none.neuron.json")
    (tmp_path / "file").write_text("")
    with pytest.raises(StudioError, match="cannot be written"):
        save_project(tmp_path / "file" / "mine", WHOLE)


# The command and the script.


def words_of(project: Project) -> list[str]:
    return [word for group in compile_words(project, str(STARTER_MODEL), None) for word in group]


def given(monkeypatch: pytest.MonkeyPatch, *words: str) -> Request:
    """The request that compile makes of these words."""
    asked: list[Request] = []

    def note(request: Request, environment: object) -> tuple[()]:
        asked.append(request)
        raise StudioError("enough", "It is known now.")

    monkeypatch.setattr("neuron_studio.cli.request_options.all_problems", note)
    CliRunner().invoke(compile_command, list(words))
    (request,) = asked
    return request


def test_that_the_first_form_is_its_pairs_alone() -> None:
    assert words_of(FIRST) == [word for pair in DEFAULT_PAIRS for word in ("--pair", pair.first, pair.second)]


def test_that_the_command_line_is_the_form_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for project in (WHOLE, FIRST):
        assert given(monkeypatch, *words_of(project)) == project.request


def test_that_a_shell_reads_the_command_and_python_the_script_as_the_same_words() -> None:
    groups = compile_words(WHOLE, str(STARTER_MODEL), None)
    expected = ["neuron-studio", "compile", *words_of(WHOLE)]
    assert shlex.split(as_command(("neuron-studio",), groups).replace("\\\n", "")) == expected
    script = ast.parse(as_script(("neuron-studio",), groups))
    (listed,) = [
        node.value for node in script.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.List)
    ]
    assert ast.literal_eval(listed) == expected


def test_that_labels_and_many_pairs_are_handed_over_in_a_file_of_their_own() -> None:
    labelled = replace(WHOLE, request=replace(REQUEST, pairs=(replace(PAIRS[0], expected="1"),)))
    assert not needs_pairs_file(REQUEST)
    assert needs_pairs_file(labelled.request)
    assert needs_pairs_file(replace(REQUEST, pairs=PAIRS * 11))
    assert command_of(labelled) == command_of(labelled)
    (path,) = [word for word in shlex.split(command_of(labelled).replace("\\\n", "")) if word.endswith(".jsonl")]
    assert path in script_of(labelled)
    assert json.loads(Path(path).read_text())["label"] == "1"


# A project on the command line.


def test_that_a_project_is_taken_whole_and_overridden_word_by_word(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = str(save_project(tmp_path / "mine", WHOLE))
    assert given(monkeypatch, "--project", path) == REQUEST
    # 128 is the default, and is meant where it is said.
    assert given(monkeypatch, "--project", path, "--max-length", "128") == replace(REQUEST, sequence_length=128)
    pairs = given(monkeypatch, "--project", path, "--pair", "a", "b")
    assert (pairs.pairs, pairs.trace_pair) == ((SentencePair("a", "b"),), 0)


def test_that_what_was_allowed_to_one_model_is_not_allowed_to_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = str(save_project(tmp_path / "mine", WHOLE))
    assert given(monkeypatch, "other/model", "--project", path).model == ModelChoice("other/model")


def test_that_a_broken_project_ends_the_command_with_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "broken.neuron.json").write_text("{")
    done = CliRunner().invoke(compile_command, ["--project", str(tmp_path / "broken.neuron.json"), "--json"])
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"]["code"] == "project-unreadable"
