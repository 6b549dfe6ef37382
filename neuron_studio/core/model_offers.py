"""The models to choose from: the best known ones and what the hub found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Iterable, List, Optional

from neuron_studio.core.known_models import KNOWN_MODELS, kind_of

MOST_OFFERED = 200


class Place(str, Enum):
    """Where an offered model comes from, in the order of the list."""

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


def an_offer(
    model_id: str, place: Place, task: str = "", tags: Iterable[str] = (), downloads: Optional[int] = None,
    likes: Optional[int] = None, size: Optional[int] = None,
) -> Offer:  # fmt: skip
    """A model with what it judges, where that can be told, and its task otherwise."""
    kind = kind_of(model_id, task, tags)
    return Offer(model_id, place, kind.value if kind else task, kind is not None, downloads, likes, size)


KNOWN_OFFERS = tuple(Offer(known.id, Place.KNOWN, known.kind.value, note=known.note) for known in KNOWN_MODELS)


def pairs_first(offers: Iterable[Offer]) -> List[Offer]:
    """Models of sentence pairs before all others; those of one sort keep their order."""
    return sorted(offers, key=lambda offer: not offer.judges_pairs)
