"""What is known of a model before it is fetched, in a few lines: the same in the window and in the terminal."""

from __future__ import annotations

from typing import Tuple

from neuron_studio.core.known_models import score_meaning
from neuron_studio.core.model_facts import ModelFacts, labels, summary, usable_length
from neuron_studio.core.wording import bytes_text

_HERE = "on this machine"


def fact_lines(facts: ModelFacts) -> Tuple[str, ...]:
    """What it is; how it is used and what its owner allows; what is to be fetched, where something is."""
    fetching = _fetching(facts)
    here, missing = (fetching, "") if fetching == _HERE else ("", fetching)
    used = " · ".join(filter(None, (_use(facts), _terms(facts), here)))
    return tuple(filter(None, (summary(facts), used, missing)))


def _use(facts: ModelFacts) -> str:
    if not facts.config:
        return ""
    longest = usable_length(facts.config)
    parts = [f"up to {longest:,} tokens" if longest else "no table limits its length"]
    if len(labels(facts.config)) == 1:
        parts.append(f"one logit: {score_meaning(facts.id, facts.config)}")
    return " · ".join(parts)


def _terms(facts: ModelFacts) -> str:
    kind = "safetensors" if facts.has_safetensors else "weights only as a pickle" if facts.has_pickle else "no weights"
    unsaid = "" if facts.cached else "no licence stated"
    parts = [*filter(None, [f"licence {facts.licence}" if facts.licence else unsaid]), kind]
    if facts.gated:
        parts.append("gated")
    if facts.needs_remote_code:
        parts.append("wants to run code of its own")
    if facts.has_safetensors and facts.is_sequence_classifier:
        unknown = "head not looked at" if not facts.tensors else ""
        parts.append(unknown or ("trained head" if facts.has_trained_head else "no trained head"))
    return " · ".join(parts)


def _fetching(facts: ModelFacts) -> str:
    if facts.is_folder or facts.cached or facts.to_fetch == 0:
        return _HERE
    if facts.to_fetch is None or facts.size is None:
        return ""
    left, whole = bytes_text(facts.to_fetch), bytes_text(facts.size)
    text = f"{left}{f' of {whole}' if left != whole else ''} to download"
    if facts.free is None:
        return text
    return f"{text} · {bytes_text(facts.free)} free" + (" — too little" if facts.free < facts.to_fetch else "")
