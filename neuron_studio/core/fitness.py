"""Whether a model will do on a target, before a byte of it is fetched: yes, yes after changes, or no and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Iterator, Mapping, Optional, Tuple

from neuron_studio.core.environment import Environment
from neuron_studio.core.instances import Instance
from neuron_studio.core.model_facts import ModelFacts, table_parameters, usable_length
from neuron_studio.core.request import Request, resolve
from neuron_studio.core.size import ModelSize, memory_estimate
from neuron_studio.core.validation import model_problems

# The first release of transformers that knows an architecture, where environments older than that are in use.
_KNOWN_SINCE = {"modernbert": (4, 48)}


class Fit(str, Enum):
    """How a model suits a target."""

    WORKS = "works"
    CHANGES = "works with these changes"
    NOT = "will not"


FIT_SIGNS = {Fit.WORKS: "✓", Fit.CHANGES: "≈", Fit.NOT: "✗"}


@dataclass(frozen=True)
class Verdict:
    """How a model suits the target that is named, with what has to change or what stands against it."""

    fit: Fit
    target: str
    reasons: Tuple[str, ...] = ()


def verdict(
    request: Request, facts: ModelFacts, environment: Environment, instances: Mapping[str, Instance]
) -> Verdict:
    """The plain word on a model, from its configuration and its files alone."""
    spec = resolve(request, environment, instances)
    instance = instances[spec.target.instance]
    judged = [*_model(request, facts), *_length(request, facts), *_release(facts, environment)]
    judged += _memory(request, facts, environment, instances)
    worst = max((fit for fit, _ in judged), key=list(Fit).index, default=Fit.WORKS)
    return Verdict(worst, instance.name, tuple(reason for fit, reason in judged if fit is worst))


def verdict_line(found: Verdict) -> str:
    """The verdict for people, on one line."""
    sign = FIT_SIGNS[found.fit]
    if found.fit is Fit.WORKS:
        return f"{sign} Works on {found.target}, as far as its configuration tells."
    words = "Works on {} with these changes:" if found.fit is Fit.CHANGES else "Will not work on {}, because"
    return f"{sign} {words.format(found.target)} {' '.join(found.reasons)}"


_Judged = Iterator[Tuple[Fit, str]]


def _model(request: Request, facts: ModelFacts) -> _Judged:
    for problem in model_problems(request, facts):
        fit = Fit.CHANGES if problem.code == "pickle-only" else Fit.NOT
        yield fit, f"{problem.message} {problem.remedy}"
    if facts.config.get("is_encoder_decoder"):
        yield (Fit.CHANGES, "It is an encoder-decoder, which picks the sentences' end by a mask whose result has no "
               "fixed shape: look at its operators before a compile, or choose an encoder.")  # fmt: skip


def _length(request: Request, facts: ModelFacts) -> _Judged:
    longest = usable_length(facts.config)
    if longest is not None and request.sequence_length > longest:
        yield Fit.CHANGES, f"A sequence length of at most {longest}, not {request.sequence_length}."


def _release(facts: ModelFacts, environment: Environment) -> _Judged:
    needed = _KNOWN_SINCE.get(facts.model_type)
    found = _release_of(environment.versions.get("transformers", ""))
    if needed is not None and found is not None and found < needed:
        wanted = ".".join(map(str, needed))
        yield (Fit.CHANGES, f"An environment with transformers {wanted} or newer: "
               f"{environment.versions['transformers']} does not know {facts.model_type}.")  # fmt: skip


def _release_of(version: str) -> Optional[Tuple[int, int]]:
    match = re.match(r"(\d+)\.(\d+)", version)
    return (int(match[1]), int(match[2])) if match else None


def _memory(
    request: Request, facts: ModelFacts, environment: Environment, instances: Mapping[str, Instance]
) -> _Judged:
    if not facts.parameters:
        return
    spec = resolve(request, environment, instances)
    size = ModelSize(facts.parameters, min(facts.parameters, table_parameters(facts.config)), 0)
    memory = memory_estimate(size, spec, instances[spec.target.instance])
    if not memory.narrow or memory.at_least <= memory.device:
        return
    weights, device = f"{memory.narrow / (1 << 30):.1f} GiB", f"{memory.device / (1 << 30):.0f} GiB"
    most = memory.device // memory.narrow
    if most:
        cores = "1 NeuronCore" if most == 1 else f"{most} NeuronCores"
        yield (Fit.CHANGES, f"At most {cores} of a device: each loads a copy of its own with {weights} of weights, "
               f"and a device has {device}.")  # fmt: skip
    else:
        yield Fit.NOT, f"its weights alone take {weights}, and a device has {device}."
