"""The whole form as one plain, versioned object that people can read, and back; whatever is not known is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Optional

from neuron_studio.core.request import Request
from neuron_studio.wire.codec import decode, encode
from neuron_studio.wire.errors import Blame, ProtocolError, StudioError

KIND = "neuron-studio-project"
SCHEMA = 1

# More pairs than a person reads in one file lie in a file of their own beside it.
MOST_PAIRS_INSIDE = 1_000

# No length, count or time of a run comes near it, and what shows them holds no more than 32 bits.
_LARGEST = 1_000_000


@dataclass(frozen=True)
class Project:
    """What the form asks, and the interpreter that is to trace; None leaves that to the studio."""

    request: Request
    python: Optional[str] = None


def to_plain(project: Project, pairs_file: Optional[str] = None) -> Dict[str, Any]:
    """The object that a project's file holds; with a pairs file, the pairs stand there and not here."""
    plain = {"kind": KIND, "schema": SCHEMA, "python": project.python, **encode(project.request)}
    if pairs_file is not None:
        del plain["pairs"]
        plain["pairs_file"] = pairs_file
    return plain


def pairs_file_of(plain: Any) -> Optional[str]:
    """The name of the file with the pairs, where a project's object refers to one; raises for what is no project."""
    if not isinstance(plain, dict) or plain.get("kind") != KIND:
        raise _refused("it is not a project of Neuron Studio", "Choose a .neuron.json file that the studio saved.")
    schema = plain.get("schema")
    if schema != SCHEMA:
        raise _refused(f"its schema is {schema!r}, and this studio knows {SCHEMA}", "Update neuron-studio, or save "
                       "the project again with the version that is here.")  # fmt: skip
    name = plain.get("pairs_file")
    if name is None:
        return None
    # A project may come from anybody, and names no file outside its own folder.
    if not isinstance(name, str) or not name or "/" in name or "\\" in name or name in (".", ".."):
        raise _refused(f"pairs_file {name!r} is not the name of a file beside it", "Put the pairs into its folder.")
    return name


def from_plain(plain: Dict[str, Any]) -> Project:
    """The project that an object stands for; the pairs of a pairs file are put in by whoever reads it."""
    rest = {key: item for key, item in plain.items() if key not in ("kind", "schema", "python", "pairs_file")}
    try:
        python = decode(Optional[str], plain.get("python"))
        request = decode(Request, rest)
    except ProtocolError as error:
        text = str(error).rstrip(".").replace("Request has no ", "it has fields that are not known: ")
        raise _refused(text, "Mend the file, or save the project again.") from error
    for name, item in rest.items():
        if isinstance(item, int) and abs(item) > _LARGEST:
            raise _refused(f"{name} {item} is beyond anything that can run", "Mend the number.")
    return Project(request, python)


def _refused(reason: str, remedy: str) -> StudioError:
    return StudioError("project-unreadable", f"The project cannot be opened: {reason}.", remedy, Blame.INPUT)
