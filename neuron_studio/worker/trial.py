"""Imports what a run will need, for real, and tells of each module how that went."""

from __future__ import annotations

import importlib
import json
import os
import signal
import traceback
from typing import IO, List

from neuron_studio.core.environment import COMPILERS, MODULES, NO_USABLE_TORCH
from neuron_studio.worker.child import leave
from neuron_studio.worker.probe import versions

# A module that fails may quote whole command lines.
_MOST_CHARACTERS = 4000

# Whoever asked ends an import that hangs; this is for the case that nobody is left who asked.
_LONGEST_S = 600


def try_imports() -> None:
    """Write one JSON object a line to stdout: a module and the error of its import; whatever they print goes aside."""
    signal.alarm(_LONGEST_S)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    # torch would import an SDK by itself, and its failure would be taken for torch's own.
    os.environ["TORCH_DEVICE_BACKEND_AUTOLOAD"] = "0"
    for name in modules():
        print(json.dumps({"trying": name}), file=answers, flush=True)
        _tell(answers, name)
    leave(0)


def modules() -> List[str]:
    """The modules to try, in the order in which a run needs them."""
    installed = versions()
    sdk = next((MODULES[name] for name in COMPILERS if name in installed), None)
    return [name for name in ("torch", "transformers") if name in installed] + ([sdk] if sdk else [])


def _tell(answers: IO[str], name: str) -> None:
    try:
        module = importlib.import_module(name)
        error = ""
        if name == "transformers":
            # Its parts are imported when they are first asked for, and without torch they are empty shells.
            module.AutoModelForSequenceClassification  # noqa: B018
            error = "" if module.utils.is_torch_available() else NO_USABLE_TORCH
    except BaseException as caught:
        error = "".join(traceback.format_exception_only(type(caught), caught)).strip()
    print(json.dumps({"module": name, "error": error[-_MOST_CHARACTERS:]}), file=answers, flush=True)
