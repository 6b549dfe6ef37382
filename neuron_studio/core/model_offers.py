"""The models to choose from for what is being typed: those here, the best known ones, what the hub found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Dict, Iterable, List, Optional, Sequence, Tuple

from neuron_studio.core.known_models import KNOWN_MODELS, kind_of

MOST_OFFERED = 200


class Place(str, Enum):
    """Where an offered model comes from, in the order of the list."""

    HERE = "On this machine"
    KNOWN = "Well-known"
    HUB = "Found on the hub"


@dataclass(frozen=True)
class Offer:
    """A model to choose: its id, what it judges, and what is known of it; size is that of the weights in bytes."""

    id: str
    place: Place
    kind: str = ""
    judges_pairs: bool = True
    downloads: Optional[int] = None
    likes: Optional[int] = None
    size: Optional[int] = None
    note: str = ""


@dataclass(frozen=True)
class Offers:
    """What is shown, and how many more there were."""

    shown: Tuple[Offer, ...]
    left_out: int = 0


def an_offer(
    model_id: str, place: Place, task: str = "", tags: Iterable[str] = (), downloads: Optional[int] = None,
    likes: Optional[int] = None, size: Optional[int] = None,
) -> Offer:  # fmt: skip
    """A model with what it judges, where that can be told, and its task otherwise."""
    kind = kind_of(model_id, task, tags)
    return Offer(model_id, place, kind.value if kind else task, kind is not None, downloads, likes, size)


KNOWN_OFFERS = tuple(Offer(known.id, Place.KNOWN, known.kind.value, note=known.note) for known in KNOWN_MODELS)


def pairs_first(offers: Iterable[Offer]) -> List[Offer]:
    """Models of sentence pairs before all others, the most downloaded first."""
    return sorted(offers, key=lambda offer: (not offer.judges_pairs, -(offer.downloads or 0)))


def offers_for(text: str, here: Sequence[Offer], found: Sequence[Offer]) -> Offers:
    """Everything that matches a text, each model once, in the order of its places; nothing typed matches all."""
    words = text.lower().split()
    near = [offer for offer in (*here, *KNOWN_OFFERS) if all(word in offer.id.lower() for word in words)]
    once: Dict[str, Offer] = {}
    for offer in (*near, *found):
        once.setdefault(offer.id, offer)
    ordered = sorted(once.values(), key=lambda offer: list(Place).index(offer.place))
    return Offers(tuple(ordered[:MOST_OFFERED]), max(0, len(ordered) - MOST_OFFERED))
