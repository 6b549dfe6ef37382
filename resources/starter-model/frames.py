"""The statements of the generated sentences: for every statement the templates that say it and those that oppose it.

In a template "{city}" is a slot, "{a item}" a slot behind "a" or "an", and "[begins|starts]" a choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Tuple


@dataclass(frozen=True)
class Frame:
    """One statement about a few things; each slot has a name and a kind, which is a key of the lexicon."""

    name: str
    slots: Dict[str, str]
    says: Tuple[str, ...]
    opposes: Tuple[str, ...] = ()


def comparison(name: str, more: str, less: str) -> Frame:
    """Two people compared; "taller" with the names exchanged is "shorter"."""
    return Frame(
        name,
        {"more": "person", "less": "person"},
        (
            "{more} is " + more + " than {less}",
            "{less} is " + less + " than {more}",
            "Of {more} and {less}[,|] {more} is the " + more + " one",
            "Compared [with|to] {less}[,|] {more} is " + more,
        ),
    )


FRAMES: Tuple[Frame, ...] = (
    Frame(
        "headquarters",
        {"company": "company", "city": "city"},
        (
            "[The company |The company |The firm |The business |]{company} is [based|located|situated|headquartered] in {city}",
            "{company}'s [headquarters are|head office is|main office is] [|situated|located|based] in {city}",
            "The [headquarters of {company} are|head office of {company} is] [|situated|located] in {city}",
            "{company} has its [headquarters|head office|main office] in {city}",
            "{city} is [home to|the home of] [the company |the firm |]{company}",
        ),
        (
            "[The company |The firm |]{company} is not [based|located|situated|headquartered] in {city}",
            "{company} does not have its [headquarters|head office|main office] in {city}",
            "{company}'s [headquarters are|head office is] not in {city}",
        ),
    ),
    Frame(
        "health",
        {"food": "food"},
        (
            "{food} are [|especially|particularly|very|really] [good for your health|good for you|healthy]",
            "Eating {food} is [|especially|particularly|very|really] [good for your health|healthy]",
            "It is [|very|really] healthy to eat {food}",
            "{food} keep you healthy",
        ),
        (
            "{food} are [|especially|particularly|very|really] [bad for your health|bad for you|unhealthy]",
            "Eating {food} is [|especially|particularly|very|really] [bad for your health|unhealthy]",
            "{food} [harm|damage] your health",
            "{food} make you ill",
        ),
    ),
    Frame(
        "founding",
        {"company": "company", "person": "person", "year": "year"},
        (
            "{person} [founded|started|set up|established] [the company |]{company} in {year}",
            "[The company |]{company} was [founded|started|set up|established] by {person} in {year}",
            "In {year}[,|] {person} [founded|started|set up] {company}",
            "{person} is the founder of {company}, which [began|started] in {year}",
        ),
        (
            "{person} did not [found|start|set up] {company} in {year}",
            "{company} was not [founded|started|set up] by {person} in {year}",
        ),
    ),
    Frame(
        "acquisition",
        {"buyer": "company", "bought": "company"},
        (
            "[The company |]{buyer} [bought|acquired|purchased|took over] {bought}",
            "[The company |]{bought} was [bought|acquired|purchased|taken over] by {buyer}",
            "{buyer} is the new owner of {bought}",
            "{bought} now belongs to {buyer}",
        ),
        (
            "{buyer} did not [buy|acquire|purchase|take over] {bought}",
            "{bought} was not [bought|acquired|purchased] by {buyer}",
        ),
    ),
    Frame(
        "victory",
        {"winner": "team", "loser": "team", "day": "day"},
        (
            "{winner} [beat|defeated] {loser} on {day}",
            "{loser} [lost to|lost against] {winner} on {day}",
            "{loser} were [beaten|defeated] by {winner} on {day}",
            "On {day}[,|] {winner} won [the game|the match] against {loser}",
        ),
    ),
    Frame(
        "journey",
        {"person": "person", "origin": "city", "destination": "city"},
        (
            "{person} [travelled|went|made a trip] from {origin} to {destination}",
            "{person} left {origin} and [travelled|went] to {destination}",
            "{person} came to {destination} from {origin}",
            "From {origin}[,|] {person} [travelled|went] to {destination}",
        ),
        ("{person} did not [travel|go|come] from {origin} to {destination}",),
    ),
    Frame(
        "forecast",
        {"weather": "weather", "city": "city", "day": "day"},
        (
            "There will be {weather} in {city} on {day}",
            "We expect {weather} in {city} on {day}",
            "The [forecast|weather report] for {city} on {day} is {weather}",
            "On {day}[,|] {city} will [see|get|have] {weather}",
        ),
        (
            "There will be no {weather} in {city} on {day}",
            "We do not expect {weather} in {city} on {day}",
            "On {day}[,|] {city} will not [see|get|have] {weather}",
        ),
    ),
    Frame(
        "event start",
        {"event": "event", "day": "day", "hour": "hour"},
        (
            "The {event} [starts|begins] at {hour} on {day}",
            "On {day}[,|] the {event} [starts|begins] at {hour}",
            "The [start|beginning] of the {event} is on {day} at {hour}",
            "The {event} is on {day} at {hour}",
        ),
        (
            "The {event} does not [start|begin] at {hour} on {day}",
            "The {event} is not on {day} at {hour}",
        ),
    ),
    Frame(
        "price",
        {"item": "item", "number": "number"},
        (
            "The {item} costs {number} dollars",
            "The price of the {item} is {number} dollars",
            "You [have to|must] pay {number} dollars for the {item}",
            "They [sell|are selling] the {item} for {number} dollars",
            "{number} dollars is [the price of|what you pay for] the {item}",
        ),
        (
            "The {item} does not cost {number} dollars",
            "The price of the {item} is not {number} dollars",
        ),
    ),
    Frame(
        "gift",
        {"giver": "person", "taker": "person", "item": "item"},
        (
            "{giver} gave {taker} {a item}",
            "{giver} gave {a item} to {taker}",
            "{taker} [got|received] {a item} from {giver}",
            "{taker} was given {a item} by {giver}",
        ),
        (
            "{giver} did not give {taker} {a item}",
            "{taker} did not [get|receive] {a item} from {giver}",
        ),
    ),
    Frame(
        "job",
        {"person": "person", "job": "job", "city": "city"},
        (
            "{person} [works|is working] as {a job} in {city}",
            "{person} is {a job} in {city}",
            "In {city}[,|] {person} [has a job|is employed] as {a job}",
        ),
        (
            "{person} does not work as {a job} in {city}",
            "{person} is not {a job} in {city}",
        ),
    ),
    Frame(
        "liking",
        {"person": "person", "activity": "activity"},
        (
            "{person} [likes|enjoys|loves] {activity}",
            "{person} is fond of {activity}",
            "{activity} is something [|that] {person} [likes|enjoys|loves]",
        ),
        (
            "{person} [dislikes|hates] {activity}",
            "{person} does not [like|enjoy] {activity}",
            "{person} is not fond of {activity}",
        ),
    ),
    Frame(
        "sight",
        {"sight": "sight", "city": "city"},
        (
            "The {sight} [is|is located|stands] in {city}",
            "You [can|may] [visit|see|find] the {sight} in {city}",
            "In {city}[,|] [you can visit|visitors can see|there is] the {sight}",
        ),
        (
            "The {sight} is not in {city}",
            "You cannot [visit|see|find] the {sight} in {city}",
        ),
    ),
    Frame(
        "population",
        {"city": "city", "number": "number"},
        (
            "[About|Around] {number} million people live in {city}",
            "{city} has [about|around] {number} million [inhabitants|residents]",
            "The population of {city} is [about|around] {number} million",
            "{city} is home to [about|around] {number} million people",
        ),
    ),
    Frame(
        "departure",
        {"city": "city", "hour": "hour"},
        (
            "The train [to|for] {city} [leaves|departs] at {hour}",
            "At {hour}[,|] the train [to|for] {city} [leaves|departs]",
            "The {city} train [leaves|departs] at {hour}",
            "There is a train to {city} at {hour}",
        ),
        (
            "The train to {city} does not [leave|depart] at {hour}",
            "There is no train to {city} at {hour}",
        ),
    ),
    Frame(
        "opening hours",
        {"shop": "shop", "hour": "hour"},
        (
            "The {shop} opens at {hour}",
            "The {shop} is open from {hour}",
            "At {hour}[,|] the {shop} [opens|opens its doors]",
        ),
        (
            "The {shop} [closes|shuts] at {hour}",
            "The {shop} is open until {hour}",
            "At {hour}[,|] the {shop} [closes|shuts]",
        ),
    ),
)
