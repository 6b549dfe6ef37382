"""Offered models in words: the same cells in the window's list and in the terminal's table."""

from __future__ import annotations

from typing import Iterable, List, Optional, Tuple

from neuron_studio.core.counting import counted
from neuron_studio.core.model_offers import MOST_OFFERED, Offer, Place
from neuron_studio.core.wording import bytes_text
from neuron_studio.wire.errors import StudioError

COLUMNS = ("Model", "Judges", "Downloads", "Likes", "Size")


def cells(offer: Offer) -> Tuple[str, ...]:
    """A row of the list; what is not known stays empty."""
    return (
        offer.name or offer.id,
        " · ".join(filter(None, (offer.kind, offer.note, _here(offer)))),
        _counted(offer.downloads, "↓"),
        _counted(offer.likes, "♥"),
        "" if offer.size is None else bytes_text(offer.size),
    )


def _here(offer: Offer) -> str:
    return "on this machine" if offer.is_here and offer.place is not Place.HERE else ""


def _counted(count: Optional[int], sign: str) -> str:
    return "" if count is None else f"{short_number(count)} {sign}"


def short_number(count: int) -> str:
    """A count that people read at a glance: 430, 12k, 1.2M."""
    for power, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        share = count / power
        if share >= 0.9995:
            return f"{share:.1f}{unit}" if share < 9.95 else f"{share:.0f}{unit}"
    return str(count)


def told(offer: Offer) -> str:
    """A row in one sentence, for those who hear it."""
    counts = ((offer.downloads, "download"), (offer.likes, "like"))
    name, kind, _, _, size = cells(offer)
    numbers = (counted(count, noun) for count, noun in counts if count is not None)
    return ", ".join(filter(None, (name, kind, *numbers, size)))


def table(offers: Iterable[Offer]) -> str:
    """The list for a terminal: a heading for each place, numbers to the right."""
    rows = [(offer.place, cells(offer)) for offer in offers]
    widths = [max((len(row[column]) for _, row in rows), default=0) for column in range(len(COLUMNS))]
    lines: List[str] = []
    place: Optional[Place] = None
    for its_place, row in rows:
        if its_place is not place:
            place = its_place
            lines += [*([""] if lines else []), place.value]
        texts = [cell.ljust(width) if column < 2 else cell.rjust(width) for column, (cell, width) in
                 enumerate(zip(row, widths))]  # fmt: skip
        lines.append("  " + "  ".join(texts).rstrip())
    return "\n".join(lines)


def search_state(text: str, count: int, error: Optional[StudioError]) -> str:
    """How a search in the hub ended; being offline is a state like any other."""
    if error is not None and error.code == "hub-unreachable":
        return "Offline: these are the models that are known without the hub."
    if error is not None:
        return f"{error.message} {error.remedy}"
    if count >= MOST_OFFERED:
        return f"The hub has more than these {count} for “{text}”: type more of the name."
    return f"The hub has {counted(count, 'model') if count else 'nothing'} for “{text}”."
