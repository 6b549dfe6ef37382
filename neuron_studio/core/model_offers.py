"""The models to choose from: those used lately, those that are here, the best known ones and what the hub found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Dict, Iterable, Optional, Tuple

from neuron_studio.core.known_models import KNOWN_MODELS, kind_of

MOST_OFFERED = 200


class Place(str, Enum):
    """Where an offered model comes from, in the order of the list."""

    RECENT = "Recent"
    HERE = "On this machine"
    KNOWN = "Well known"
    PAIRS = "Sentence-pair models of the hub"
    OTHERS = "Other models of the hub"


@dataclass(frozen=True)
class Offer:
    """A model to choose: its id, what it judges, and what is known of it.

    name stands for an id that says little; size is that of its weights in bytes, or of the copy that is here.
    """

    id: str
    place: Place
    kind: str = ""
    downloads: Optional[int] = None
    likes: Optional[int] = None
    size: Optional[int] = None
    note: str = ""
    name: str = ""
    is_here: bool = False


def hub_offer(
    model_id: str, task: str = "", tags: Iterable[str] = (), downloads: Optional[int] = None,
    likes: Optional[int] = None, size: Optional[int] = None,
) -> Offer:  # fmt: skip
    """A model that the hub found, with what it judges, where that can be told, and its task otherwise."""
    kind = kind_of(model_id, task, tags)
    place = Place.PAIRS if kind else Place.OTHERS
    return Offer(model_id, place, kind.value if kind else task, downloads, likes, size)


def recent_offer(model_id: str) -> Offer:
    """A model that was used lately."""
    kind = kind_of(model_id)
    return Offer(model_id, Place.RECENT, kind.value if kind else "")


def local_offer(model_id: str, architecture: str, size: int) -> Offer:
    """A model of which a copy is here; one that was not saved as a classifier says what it was saved as."""
    is_classifier = architecture.endswith("ForSequenceClassification")
    kind = kind_of(model_id) if is_classifier else None
    said = kind.value if kind else "text-classification" if is_classifier else architecture or "no configuration"
    return Offer(model_id, Place.HERE, said, size=size, is_here=True)


KNOWN_OFFERS = tuple(Offer(known.id, Place.KNOWN, known.kind.value, note=known.note) for known in KNOWN_MODELS)


def fitting(offers: Iterable[Offer], text: str) -> Tuple[Offer, ...]:
    """Those whose name, kind or note holds every word of a text."""
    words = text.lower().split()
    return tuple(offer for offer in offers if all(word in _said(offer) for word in words))


def _said(offer: Offer) -> str:
    return f"{offer.name or offer.id} {offer.kind} {offer.note}".lower()


def listed(
    text: str, recent: Iterable[Offer] = (), here: Iterable[Offer] = (), found: Iterable[Offer] = ()
) -> Tuple[Offer, ...]:
    """The list for a typed text, by place: what fits of what is known without the hub, and all that the hub found.

    Each model comes once, where it comes first, with all that any place knows of it.
    """
    by_id: Dict[str, Offer] = {}
    for offer in (*fitting((*recent, *here, *KNOWN_OFFERS), text), *found):
        first = by_id.get(offer.id)
        by_id[offer.id] = _completed(first, offer) if first else offer
    return pairs_first(by_id.values())


def pairs_first(offers: Iterable[Offer]) -> Tuple[Offer, ...]:
    """In the order of their places, models of sentence pairs before all others of the hub; else as they come."""
    return tuple(sorted(offers, key=lambda offer: list(Place).index(offer.place)))


def _completed(offer: Offer, other: Offer) -> Offer:
    return replace(
        offer,
        kind=offer.kind or other.kind,
        downloads=other.downloads if offer.downloads is None else offer.downloads,
        likes=other.likes if offer.likes is None else offer.likes,
        size=other.size if offer.size is None else offer.size,
        note=offer.note or other.note,
        is_here=offer.is_here or other.is_here,
    )
