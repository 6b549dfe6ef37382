"""What is wrong with a request before anything starts: each problem with its field, its reason and its remedy."""

from __future__ import annotations

from itertools import chain, islice
from typing import Iterator, Mapping, Optional, Sequence, Tuple

from neuron_studio.core import precision
from neuron_studio.core.core_plan import refusal
from neuron_studio.core.decision import label_named
from neuron_studio.core.environment import Environment
from neuron_studio.core.environment_findings import base_findings, sdk_findings
from neuron_studio.core.goals import goal_problem
from neuron_studio.core.instances import Instance
from neuron_studio.core.machine_findings import driver_findings
from neuron_studio.core.model_facts import ModelFacts, labels, usable_length
from neuron_studio.core.problem import Problem
from neuron_studio.core.request import AUTO, BACKENDS, Request, backend_of, family_of, instance_of, target_of
from neuron_studio.wire.errors import Blame
from neuron_studio.wire.findings import Finding, Level
from neuron_studio.wire.spec import SentencePair

SHORTEST_SEQUENCE = 8
TRUNCATIONS = ("longest_first", "only_first", "only_second")

# So many faulty sentences are told one by one; whoever pastes 100,000 broken rows reads no more.
MOST_TOLD = 100

# So many pairs are looked at together, and one by one only where a fault is among them.
_BLOCK = 1000


def problems(
    request: Request, environment: Environment, instances: Mapping[str, Instance], facts: Optional[ModelFacts] = None
) -> Tuple[Problem, ...]:
    """Everything that stops this request, input first; facts None leaves the model itself unjudged."""
    found = [*_target(request, environment, instances), *_pairs(request), *_shapes(request, facts), *_goals(request)]
    if facts is not None:
        found = [*model_problems(request, facts), *_expected_labels(request, facts), *found]
    return (*found, *_environment(request, environment, instances, blocked=bool(found)))


def model_problems(request: Request, facts: ModelFacts) -> Iterator[Problem]:
    """What makes a model unusable as a judge of sentence pairs, most basic first."""
    if not facts.config:
        yield Problem(
            "model", "no-config", f"{facts.id} has no config.json.",
            "Choose the folder that save_pretrained wrote, or a model id from the hub.",
        )  # fmt: skip
        return
    if facts.needs_remote_code and not request.model.trust_remote_code:
        yield Problem(
            "model", "remote-code", f"{facts.id} runs Python code from its own repository when it is loaded.",
            "Choose a model that transformers itself knows; or read that code and pass --trust-remote-code.",
        )  # fmt: skip
        return
    if not facts.is_sequence_classifier:
        saved = facts.architecture or f"{facts.model_type or 'an unknown architecture'} without a head"
        yield Problem(
            "model", "not-a-sequence-classifier", f"{facts.id} was saved as {saved}, not as a sequence classifier.",
            "Choose a model fine-tuned to judge sentence pairs (its architecture ends in ForSequenceClassification).",
        )  # fmt: skip
        return
    yield from _weights(request, facts)


def _weights(request: Request, facts: ModelFacts) -> Iterator[Problem]:
    if not facts.has_safetensors and not facts.has_pickle:
        yield Problem(
            "model", "no-weights", f"{facts.id} has no weights: neither model.safetensors nor pytorch_model.bin.",
            "Download the whole model, or save it again with save_pretrained.",
        )  # fmt: skip
    elif not facts.has_safetensors and not request.model.allow_pickle:
        yield Problem(
            "model", "pickle-only", f"{facts.id} has its weights only as a pickle, which can run any code when opened.",
            "Save it again with save_pretrained(safe_serialization=True); or, if you trust it, pass --allow-pickle.",
        )  # fmt: skip
    elif not facts.has_trained_head:
        yield Problem(
            "model", "untrained-head",
            f"{facts.id} has no trained classification head; transformers would quietly make a random one.",
            "Choose a fine-tuned model, or fine-tune this one first.",
        )  # fmt: skip


def _target(request: Request, environment: Environment, instances: Mapping[str, Instance]) -> Iterator[Problem]:
    if request.family not in (AUTO, *precision.FAMILIES):
        yield Problem("target", "unknown-target", f"There is no target {request.family!r}.",
                      f"Choose one of {', '.join((AUTO, *precision.FAMILIES))}.")  # fmt: skip
        return
    if request.backend not in (AUTO, *BACKENDS):
        yield Problem("target", "unknown-backend", f"There is no backend {request.backend!r}.",
                      f"Choose one of {', '.join((AUTO, *BACKENDS))}.")  # fmt: skip
        return
    if request.instance is not None and request.instance not in instances:
        yield Problem("target", "unknown-instance", f"{request.instance!r} is not an instance type with NeuronCores.",
                      f"Choose one of {', '.join(sorted(instances))}.")  # fmt: skip
        return
    family = family_of(request, environment, instances)
    if request.instance is not None and instances[request.instance].family != family:
        yield Problem("target", "instance-of-another-target", f"{request.instance} is not an {family} instance.",
                      f"Leave it out, or choose the target {instances[request.instance].family}.")  # fmt: skip
        return
    backend = backend_of(request, environment, family)
    if (family == precision.INF1) != (backend == "torch-neuron") and backend != "emulator":
        right = "torch-neuron" if family == precision.INF1 else "torch-neuronx"
        yield Problem("target", "backend-for-another-target", f"{backend} does not compile for {family}.",
                      f"Choose the backend {right}, or another target.")  # fmt: skip
    yield from _precision(request, family, backend)
    yield from core_problems(request, instance_of(request, environment, instances))


def _precision(request: Request, family: str, backend: str) -> Iterator[Problem]:
    if request.auto_cast not in (None, *precision.AUTO_CASTS):
        yield Problem("precision", "unknown-auto-cast", f"There is no auto-cast {request.auto_cast!r}.",
                      f"Choose one of {', '.join(precision.AUTO_CASTS)}.")  # fmt: skip
    allowed = precision.CAST_TYPES[family]
    if request.auto_cast_type not in allowed:
        yield Problem("precision", "cast-type-not-on-target", f"{family} has no cast to {request.auto_cast_type!r}.",
                      f"Choose one of {', '.join(allowed)}.")  # fmt: skip
    elif backend == "emulator" and request.auto_cast_type not in precision.EMULATED_TYPES:
        yield Problem("precision", "cast-type-not-emulated", f"{request.auto_cast_type} cannot be emulated: its "
                      "scaling is not documented.", f"Choose one of {', '.join(precision.EMULATED_TYPES)}, or run "
                      "where the Neuron SDK is installed.")  # fmt: skip


def core_problems(request: Request, instance: Instance) -> Iterator[Problem]:
    """What makes a count of cores, or the size of logical ones, impossible on an instance type."""
    size = request.logical_core_size
    sizes = [known for known, _ in instance.logical_cores]
    if size is not None and not sizes:
        yield Problem("logical_core_size", "logical-core-size-not-on-target",
                      f"{instance.family} does not join NeuronCores into logical ones; its compiler refuses to "
                      "(NCC_EARG001).", "Leave --logical-core-size out, or choose the target trn2.")  # fmt: skip
    elif size is not None and size not in sizes:
        yield Problem("logical_core_size", "unknown-logical-core-size",
                      f"No logical NeuronCore of {instance.name} is made of {size}.",
                      f"Choose {' or '.join(map(str, sizes))}.")  # fmt: skip
    most = instance.cores_of_size(size)
    if request.neuron_cores is None:
        return
    if request.neuron_cores < 1:
        yield Problem("neuron_cores", "too-few-cores", f"{request.neuron_cores} NeuronCores can run nothing.",
                      f"Choose from 1 to {most}.")  # fmt: skip
    elif request.neuron_cores > most:
        yield Problem("neuron_cores", "too-many-cores",
                      f"{request.neuron_cores} NeuronCores asked, {instance.name} has {most}.",
                      f"Choose from 1 to {most}, or a larger instance.")  # fmt: skip


def _pairs(request: Request) -> Iterator[Problem]:
    if not request.pairs:
        yield Problem("pairs", "no-pairs", "There is no sentence pair.", "Give at least one pair of sentences.")
        return
    blocks = (request.pairs[start : start + _BLOCK] for start in range(0, len(request.pairs), _BLOCK))
    faults = (_sentences(block, place * _BLOCK + 1) for place, block in enumerate(blocks) if not _are_sound(block))
    yield from islice(chain.from_iterable(faults), MOST_TOLD)
    if not 0 <= request.trace_pair < len(request.pairs):
        yield Problem("pairs", "no-such-trace-pair", f"There is no pair {request.trace_pair + 1} to trace with.",
                      f"Choose one from 1 to {len(request.pairs)}.")  # fmt: skip


def _are_sound(pairs: Sequence[SentencePair]) -> bool:
    # The window asks at every change, so the many sentences without a fault must cost next to nothing.
    sentences = [*(pair.first for pair in pairs), *(pair.second for pair in pairs)]
    text = "".join(sentences)
    is_text = text.isascii() or not _is_not_text(text)
    return is_text and "\0" not in text and all(sentences) and not any(map(str.isspace, sentences))


def _sentences(pairs: Sequence[SentencePair], start: int) -> Iterator[Problem]:
    for number, pair in enumerate(pairs, start):
        for side, sentence in (("first", pair.first), ("second", pair.second)):
            if not sentence or sentence.isspace():
                yield Problem("pairs", "empty-sentence", f"Pair {number} has an empty {side} sentence.",
                              "Write both sentences, or remove the pair.")  # fmt: skip
            elif not sentence.isascii() and _is_not_text(sentence):
                yield Problem("pairs", "not-text", f"Pair {number}: the {side} sentence is not valid Unicode text.",
                              "Save it as UTF-8 and enter it again.")  # fmt: skip
            elif "\0" in sentence:
                yield Problem("pairs", "nul-character", f"Pair {number}: the {side} sentence holds a NUL character, "
                              "which some tokenizers drop and no command can be given.",
                              "Remove it; the table shows it as ‹NUL›.")  # fmt: skip


def _is_not_text(sentence: str) -> bool:
    try:
        sentence.encode()
    except UnicodeEncodeError:
        return True
    return False


def _expected_labels(request: Request, facts: ModelFacts) -> Iterator[Problem]:
    names = labels(facts.config)
    if len(names) < 2:
        return
    expected = {pair.expected for pair in request.pairs}
    unknown = {given for given in expected if given is not None and label_named(given, names) is None}
    for number, pair in enumerate(request.pairs if unknown else (), start=1):
        if pair.expected in unknown:
            yield Problem("pairs", "unknown-label", f"Pair {number} expects {pair.expected!r}, which is not a label "
                          "of the model.", f"Use one of {', '.join(names)}, or its number from 0.")  # fmt: skip
            return


def _shapes(request: Request, facts: Optional[ModelFacts]) -> Iterator[Problem]:
    if request.batch_size < 1:
        yield Problem("batch_size", "batch-too-small", f"A batch of {request.batch_size} holds nothing.",
                      "Choose 1 or more.")  # fmt: skip
    if request.compile_timeout_s is not None and request.compile_timeout_s < 1:
        yield Problem("batch_size", "timeout-too-short", f"No compile ends within {request.compile_timeout_s} seconds.",
                      "Allow it at least a second, or leave the limit out.")  # fmt: skip
    if request.truncation not in TRUNCATIONS:
        yield Problem("sequence_length", "unknown-truncation", f"There is no truncation {request.truncation!r}.",
                      f"Choose one of {', '.join(TRUNCATIONS)}.")  # fmt: skip
    longest = usable_length(facts.config) if facts else None
    if request.sequence_length < SHORTEST_SEQUENCE:
        yield Problem("sequence_length", "sequence-too-short",
                      f"{request.sequence_length} tokens cannot hold two sentences.",
                      f"Choose {SHORTEST_SEQUENCE} or more; 128 serves most sentence pairs.")  # fmt: skip
    elif longest is not None and request.sequence_length > longest:
        table = facts.config.get("max_position_embeddings") if facts else None
        why = f" (its table of {table} positions starts after the padding)" if table != longest else ""
        yield Problem("sequence_length", "sequence-too-long",
                      f"{request.sequence_length} tokens are more than the {longest} this model can use{why}.",
                      f"Choose from {SHORTEST_SEQUENCE} to {longest}.")  # fmt: skip


def _goals(request: Request) -> Iterator[Problem]:
    for goal in request.goals:
        wrong = goal_problem(goal)
        if wrong is not None:
            yield Problem("goals", "unusable-goal", *wrong)


def _environment(
    request: Request, environment: Environment, instances: Mapping[str, Instance], blocked: bool
) -> Iterator[Problem]:
    found = [_stopped_by(finding) for finding in base_findings(environment) if finding.level is Level.PROBLEM]
    yield from found
    if found or blocked:
        return
    backend = backend_of(request, environment, family_of(request, environment, instances))
    if backend != "emulator" and backend not in environment.versions:
        yield Problem("environment", "sdk-missing", f"{environment.python} has no {backend}.",
                      "Choose the interpreter of the Neuron environment with --python, or the emulator.",
                      Blame.ENVIRONMENT)  # fmt: skip
        return
    if backend != "emulator":
        for finding in (*sdk_findings(environment), *driver_findings(environment.machine)):
            # Without a driver a run still compiles, and says that it did not run.
            if finding.level is Level.PROBLEM and finding.code != "driver-missing":
                yield _stopped_by(finding)
    busy = refusal(target_of(request, environment, instances), environment.machine)
    if busy is not None:
        yield Problem("neuron_cores", busy.code, busy.message, busy.remedy, busy.blame)


def _stopped_by(finding: Finding) -> Problem:
    command = " && ".join(finding.command.splitlines())
    remedy = f"{finding.remedy} Run: {command}" if command else finding.remedy
    return Problem("environment", finding.code, finding.message, remedy, Blame.ENVIRONMENT)
