"""Sentence pairs for the starter model: facts drawn from the frames and the lexicon, worded twice or changed once."""

from __future__ import annotations

import random
import re
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Dict, Iterator, Optional, Tuple

from lexicon import INVENTED_KINDS, LEXICON, Entry
from more_frames import ALL_FRAMES, Frame

DEFAULT_PAIRS = (
    (
        "The company HuggingFace is based in New York City",
        "HuggingFace's headquarters are situated in Manhattan",
        True,
    ),
    ("The company HuggingFace is based in New York City", "Apples are especially bad for your health", False),
)

# Neither the default pairs nor any other wording of what they say may occur in training.
RESERVED_FACTS = ("headquarters|HuggingFace|New York City", "health|apples")
HELD_OUT_SHARE = 8  # one fact in so many is kept for checking

INVENTED_SHARE = 0.3
OPPOSED_SHARE = 0.25
LOOSE_SHARE = 0.07
KEPT_SHARE = 0.3  # the second sentence keeps the words of the first outside the slots
TRIES = 60

COMMON_WORDS = tuple((Path(__file__).parent / "common_words.txt").read_text(encoding="utf-8").split())

CHANGE_KINDS: Dict[str, str] = {
    **dict.fromkeys(("person", "company", "team", "language"), "other name"),
    **dict.fromkeys(("city", "place", "sight", "shop"), "other place"),
    **dict.fromkeys(("number", "year", "hour", "day", "month"), "other number or time"),
}


@dataclass(frozen=True)
class Sentence:
    """A text and, for each part that fills a slot, its start, its end and the name of the slot."""

    text: str
    parts: Tuple[Tuple[int, int, str, str], ...] = ()


@dataclass(frozen=True)
class Pair:
    """Two sentences, whether they say the same, and the way in which they do or do not."""

    first: Sentence
    second: Sentence
    same: bool
    kind: str


@dataclass(frozen=True)
class Fact:
    """A frame with a value for each slot, said or opposed."""

    frame: Frame
    values: Tuple[Entry, ...]
    opposed: bool

    def key(self) -> str:
        """What the fact is about: equal for its opposite, so that the two share a split."""
        return "|".join([self.frame.name, *sorted(value[0] for value in self.values)])

    def is_held_out(self) -> bool:
        """True if no wording of this fact may occur in training."""
        return self.key() in RESERVED_FACTS or zlib.crc32(self.key().encode()) % HELD_OUT_SHARE == 0


CHOICE = re.compile(r"\[([^\[\]]*)\]")
SLOT = re.compile(r"\{(a )?(\w+)\}")


def invented_name(rng: random.Random, kind: str) -> str:
    """A name that stands in no lexicon, so that the model learns to compare letters it has never seen together."""
    syllables = [
        rng.choice("bcdfghjklmnprstvwxyz") + rng.choice("aeiou") + rng.choice(("", "", "l", "m", "n", "r", "s", "t"))
        for _ in range(rng.choice((1, 2, 2, 3)))
    ]
    endings = {
        "person": ("a", "o", "us", "ne", "ra", "son", "th"),
        "company": ("tech", "soft", "works", "corp", "bank", "net", "x", "data"),
        "city": ("ton", "ville", "burg", "ford", "stad", "port", "field"),
    }
    return ("".join(syllables) + rng.choice(endings[kind])).capitalize()


def drawn_value(rng: random.Random, kind: str) -> Entry:
    """An entry of the lexicon or, for names, sometimes an invented one."""
    if kind in INVENTED_KINDS and rng.random() < INVENTED_SHARE:
        return (invented_name(rng, kind),)
    return rng.choice(LEXICON[kind])


def drawn_fact(rng: random.Random, frame: Optional[Frame] = None) -> Fact:
    """Any fact, of the frame if one is given; its values are all different."""
    frame = frame or rng.choice(ALL_FRAMES)
    while True:
        values = tuple(drawn_value(rng, kind) for kind in frame.slots.values())
        if len({value[0] for value in values}) == len(values):
            return Fact(frame, values, bool(frame.opposes) and rng.random() < OPPOSED_SHARE)


def chosen_template(rng: random.Random, fact: Fact) -> str:
    """A template of the fact in which only the slots are open."""
    template = rng.choice(fact.frame.opposes if fact.opposed else fact.frame.says)
    return " ".join(CHOICE.sub(lambda match: rng.choice(match.group(1).split("|")), template).split())


def filled(rng: random.Random, template: str, fact: Fact) -> Sentence:
    """The template with a wording of each value."""
    values = dict(zip(fact.frame.slots, fact.values))
    text, parts, copied_to = "", [], 0
    for match in SLOT.finditer(template):
        article, slot = match.groups()
        wording = rng.choice(values[slot])
        text += template[copied_to : match.start()]
        if article:
            text += "an " if wording[0] in "aeiou" else "a "
        parts.append((len(text), len(text) + len(wording), slot, values[slot][0]))
        text += wording
        copied_to = match.end()
    text += template[copied_to:]
    return Sentence(text[0].upper() + text[1:], tuple(parts))


def with_full_stop(rng: random.Random, sentence: Sentence, share: float) -> Sentence:
    """People end a sentence with a full stop or not; it changes nothing."""
    if sentence.text.endswith("?") or rng.random() >= share:
        return sentence
    return replace(sentence, text=sentence.text + ".")


def changed_slot(rng: random.Random, fact: Fact) -> Optional[Tuple[Fact, str]]:
    """The fact with another value in one slot."""
    names = list(fact.frame.slots)
    position = rng.randrange(len(names))
    kind = fact.frame.slots[names[position]]
    value = drawn_value(rng, kind)
    if value in fact.values:
        return None
    values = fact.values[:position] + (value,) + fact.values[position + 1 :]
    return replace(fact, values=values), CHANGE_KINDS.get(kind, "other thing")


def opposite(rng: random.Random, fact: Fact) -> Optional[Tuple[Fact, str]]:
    """What contradicts the fact."""
    return (replace(fact, opposed=not fact.opposed), "opposite") if fact.frame.opposes else None


def other_statement(rng: random.Random, fact: Fact) -> Optional[Tuple[Fact, str]]:
    """Something else about the same things."""
    kinds = dict(zip(fact.frame.slots.values(), fact.values))
    frame = rng.choice(ALL_FRAMES)
    if frame is fact.frame or not set(frame.slots.values()) & set(kinds):
        return None
    other = drawn_fact(rng, frame)
    values = tuple(kinds.pop(kind, value) for kind, value in zip(frame.slots.values(), other.values))
    return replace(other, values=values), "same names, other statement"


def other_topic(rng: random.Random, fact: Fact) -> Optional[Tuple[Fact, str]]:
    """Something that has nothing to do with the fact."""
    other = drawn_fact(rng)
    return None if other.frame is fact.frame else (other, "other topic")


CHANGES: Tuple[Callable[[random.Random, Fact], Optional[Tuple[Fact, str]]], ...] = (
    *(changed_slot,) * 4,
    *(opposite,) * 2,
    other_statement,
    *(other_topic,) * 2,
)


def loose_words(rng: random.Random) -> Pair:
    """Words in no order, alike or with some replaced: practice in comparing words that no frame uses."""
    words = [rng.choice(COMMON_WORDS) for _ in range(rng.randrange(3, 13))]
    others = list(words)
    same = rng.random() < 0.5
    if not same:
        for position in rng.sample(range(len(words)), rng.randrange(1, len(words))):
            others[position] = rng.choice(COMMON_WORDS)
    same = words == others
    first, second = (" ".join(text)[0].upper() + " ".join(text)[1:] for text in (words, others))
    return Pair(Sentence(first), Sentence(second), same, "same loose words" if same else "other loose words")


def changed(rng: random.Random, fact: Fact) -> Optional[Tuple[Fact, str]]:
    """A fact of the same split that says something else, and in what it differs."""
    for change in rng.choices(CHANGES, k=TRIES):
        result = change(rng, fact)
        if result and result[0] != fact and result[0].is_held_out() == fact.is_held_out():
            return result
    return None


def drawn_pair(rng: random.Random, held_out: bool) -> Optional[Pair]:
    """One pair whose facts belong to the wanted split, or None if the draw did not succeed."""
    fact = drawn_fact(rng)
    if fact.is_held_out() != held_out:
        return None
    same = rng.random() < 0.5
    other, kind = (fact, "reworded") if same else changed(rng, fact) or (None, "")
    if other is None:
        return None
    template = chosen_template(rng, fact)
    keeps_template = other.frame is fact.frame and other.opposed == fact.opposed and rng.random() < KEPT_SHARE
    first = filled(rng, template, fact)
    second = filled(rng, template if keeps_template else chosen_template(rng, other), other)
    if first.text == second.text:
        kind = "identical"
    share = rng.choice((0.0, 0.0, 0.5, 1.0))
    return Pair(with_full_stop(rng, first, share), with_full_stop(rng, second, share), same, kind)


def pairs(seed: int, held_out: bool) -> Iterator[Pair]:
    """Pairs without end, the same for the same seed."""
    rng = random.Random(seed)
    while True:
        pair = drawn_pair(rng, held_out)
        if pair is None:
            continue
        yield pair
        if rng.random() < LOOSE_SHARE:
            yield loose_words(rng)
