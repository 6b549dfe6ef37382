"""More statements: everyday scenes, questions and comparisons, in the notation of frames.py."""

from __future__ import annotations

from typing import Tuple

from frames import FRAMES, Frame, comparison

MORE_FRAMES: Tuple[Frame, ...] = (
    Frame(
        "release",
        {"company": "company", "product": "product", "month": "month"},
        (
            "{company} will [release|launch|present] a new {product} in {month}",
            "[The|A] new {product} [from|by] {company} will [come out|appear] in {month}",
            "In {month}[,|] {company} will [release|launch|present] a new {product}",
            "{company}'s new {product} [comes out|appears] in {month}",
        ),
        (
            "{company} will not [release|launch|present] a new {product} in {month}",
            "{company}'s new {product} does not [come out|appear] in {month}",
        ),
    ),
    Frame(
        "shares",
        {"company": "company", "number": "number"},
        (
            "[Shares of {company}|{company}'s shares] [rose|went up|climbed|increased] by {number} percent",
            "The share price of {company} [rose|went up|climbed] by {number} percent",
            "[Shares of {company}|{company}'s shares] gained {number} percent",
        ),
        (
            "[Shares of {company}|{company}'s shares] [fell|went down|dropped|decreased] by {number} percent",
            "The share price of {company} [fell|went down|dropped] by {number} percent",
            "[Shares of {company}|{company}'s shares] lost {number} percent",
        ),
    ),
    Frame(
        "scene",
        {"actor": "actor", "action": "action", "place": "place"},
        (
            "{a actor} {action} in the {place}",
            "In the {place}[,|] {a actor} {action}",
            "There is {a actor} who {action} in the {place}",
        ),
    ),
    Frame(
        "how to",
        {"task": "task"},
        (
            "How [do I|can I|do you] {task}?",
            "What is the [best|right|easiest] way to {task}?",
            "Can [you|someone|anybody] [tell|show] me how to {task}?",
            "What [do I have|do I need] to do to {task}?",
        ),
    ),
    Frame(
        "where to buy",
        {"item": "item", "city": "city"},
        (
            "Where can I [buy|get|find] {a item} in {city}?",
            "Is there a [shop|store] in {city} that sells {a item}?",
            "In {city}[,|] where do they sell {a item}?",
            "I want to buy {a item} in {city}. Where [should|can] I go?",
        ),
    ),
    Frame(
        "when question",
        {"event": "event"},
        (
            "When does the {event} [start|begin]?",
            "[What|At what] time does the {event} [start|begin]?",
            "Do you know when the {event} [starts|begins]?",
        ),
        (
            "When does the {event} [end|finish]?",
            "[What|At what] time does the {event} [end|finish]?",
            "Do you know when the {event} [ends|finishes]?",
        ),
    ),
    Frame(
        "way question",
        {"sight": "sight"},
        (
            "How do I [get|go] to the {sight}?",
            "[What|Which] is the way to the {sight}?",
            "[Can|Could] you tell me the way to the {sight}?",
            "Where is the {sight}?",
        ),
    ),
    Frame(
        "language",
        {"person": "person", "language": "language"},
        (
            "{person} [speaks|can speak|knows] {language}",
            "{language} is a language [|that] {person} [speaks|knows]",
            "{person} is able to speak {language}",
        ),
        (
            "{person} [does not|cannot] speak {language}",
            "{person} does not know {language}",
            "{person} is not able to speak {language}",
        ),
    ),
    Frame(
        "cancelled",
        {"event": "event", "reason": "reason"},
        (
            "The {event} was [cancelled|called off] because of {reason}",
            "Because of {reason}[,|] the {event} was [cancelled|called off]",
            "{reason} was the reason why the {event} was [cancelled|called off]",
            "The {event} did not take place because of {reason}",
        ),
        (
            "The {event} took place despite {reason}",
            "Despite {reason}[,|] the {event} took place",
            "The {event} was not [cancelled|called off] because of {reason}",
        ),
    ),
    Frame(
        "pet",
        {"person": "person", "colour": "colour", "animal": "animal"},
        (
            "{person} [has|owns] {a colour} {animal}",
            "{a colour} {animal} belongs to {person}",
            "{person} is the owner of {a colour} {animal}",
            "{person}'s {animal} is {colour}",
        ),
        (
            "{person} does not [have|own] {a colour} {animal}",
            "{person}'s {animal} is not {colour}",
        ),
    ),
    Frame(
        "reading",
        {"person": "person", "topic": "topic"},
        (
            "{person} is reading a book [about|on] {topic}",
            "{person} reads a book [about|on] {topic}",
            "The book [|that] {person} is reading is about {topic}",
        ),
        ("{person} is not reading a book [about|on] {topic}",),
    ),
    Frame(
        "home",
        {"person": "person", "city": "city"},
        (
            "{person} [lives|is living] in {city}",
            "{person}'s home is in {city}",
            "{city} is where {person} lives",
            "{person} has [a house|a home] in {city}",
        ),
        (
            "{person} does not live in {city}",
            "{person}'s home is not in {city}",
        ),
    ),
    Frame(
        "birth",
        {"person": "person", "city": "city", "year": "year"},
        (
            "{person} was born in {city} in {year}",
            "In {year}[,|] {person} was born in {city}",
            "{person}'s [birth was|life began] in {year} in {city}",
            "{city} is where {person} was born in {year}",
        ),
        ("{person} was not born in {city} in {year}",),
    ),
    Frame(
        "distance",
        {"city": "city", "place": "sight", "number": "number"},
        (
            "The {place} is {number} [kilometres|km] [away|] from {city}",
            "The distance [from {city} to|between {city} and] the {place} is {number} [kilometres|km]",
            "From {city} to the {place}[,|] [you have to drive|it is] {number} [kilometres|km]",
        ),
    ),
    Frame(
        "quality",
        {"thing": "thing", "quality": "quality"},
        (
            "The {thing} is {quality}",
            "The {thing} [looks|seems] {quality}",
            "[It|This] is {a quality} {thing}",
            "This {thing} is {quality}",
        ),
        (
            "The {thing} is not {quality}",
            "The {thing} does not [look|seem] {quality}",
            "[It|This] is not {a quality} {thing}",
        ),
    ),
    Frame(
        "deed",
        {"person": "person", "deed": "deed", "thing": "thing"},
        (
            "{person} {deed} the {thing}",
            "The {thing} was {deed} by {person}",
            "{person} has {deed} the {thing}",
            "It was {person} who {deed} the {thing}",
        ),
        (
            "{person} has not {deed} the {thing}",
            "The {thing} was not {deed} by {person}",
            "It was not {person} who {deed} the {thing}",
        ),
    ),
    Frame(
        "presence",
        {"quality": "quality", "thing": "thing", "place": "place"},
        (
            "There is {a quality} {thing} in the {place}",
            "In the {place}[,|] there is {a quality} {thing}",
            "You [can see|see|can find] {a quality} {thing} in the {place}",
        ),
        (
            "There is no {quality} {thing} in the {place}",
            "You [cannot see|cannot find] {a quality} {thing} in the {place}",
        ),
    ),
    comparison("age", "older", "younger"),
    comparison("height", "taller", "shorter"),
    comparison("speed", "faster", "slower"),
    comparison("wealth", "richer", "poorer"),
)

ALL_FRAMES = FRAMES + MORE_FRAMES
