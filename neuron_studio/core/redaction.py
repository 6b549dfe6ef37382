"""Take out of a text what must not leave the machine: names, sentences, and whatever opens a door."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Iterator, List, Set, Tuple
from urllib.parse import quote, quote_plus

REMOVED = "[removed]"
SENTENCE = "[sentence]"

# Accounts that every machine image has; they identify nobody, and Ubuntu is also what a report must name.
_PUBLIC_ACCOUNTS = ("root", "ubuntu", "ec2-user", "admin", "user")
_PUBLIC_HOSTS = ("localhost",)

# A name this long is looked for inside of words as well.
_LONG_NAME = 4

# So many neighbouring words of a sentence give it away, wherever it was cut or wrapped.
_TELLING_WORDS = 3

# Scripts that put no blanks between words: there each character counts as one.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(f"[{_UNSPACED}]|[^\\W_{_UNSPACED}]+")

_NAME_OF_A_SECRET = (
    r"[\w.-]*(?:token|secret|passw(?:or)?d|passphrase|credentials?|api[_-]?key|access[_-]?key(?:[_-]?id)?|"
    r"secret[_-]?key|private[_-]?key|signature)"
)
_VALUE = r"(?!\[removed)(?:\"[^\"\n]*\"?|'[^'\n]*'?|[^\s,;&\"']+)"

# Forty characters of base 64 with both cases and a digit: an AWS secret key, and no commit's name.
_FORTY = r"(?<![A-Za-z0-9+])(?=\S{0,39}[a-z])(?=\S{0,39}[A-Z])(?=\S{0,39}\d)[A-Za-z0-9/+]{40}(?![A-Za-z0-9+])"

_SECRETS: Tuple[Tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\x1b\[[0-9;?]*[A-Za-z]"), ""),  # colours, which could cut what follows in two
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"), REMOVED),
    (re.compile(r"(?i)((?:proxy-)?authorization[\"']?\s*[:=]).*(?:\n[ \t]+.*)*"), rf"\1 {REMOVED}"),
    (re.compile(r"(?i)((?:set-)?cookie[\"']?\s*[:=]).*"), rf"\1 {REMOVED}"),
    (re.compile(rf"(?i)({_NAME_OF_A_SECRET}[\"']?\s*(?:[:=]|=>)\s*){_VALUE}"), rf"\1{REMOVED}"),
    (re.compile(rf"(?i)(--?{_NAME_OF_A_SECRET}\s+){_VALUE}"), rf"\1{REMOVED}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), rf"\1 {REMOVED}"),
    (re.compile(r"(?i)([?&](?:x-amz-[a-z-]+|sig|key|expires|policy|key-pair-id)=)[^&\s\"']+"), rf"\1{REMOVED}"),
    (re.compile(r"(?i)([a-z][a-z0-9+.-]*://)[^/\s@\"']+@"), rf"\1{REMOVED}@"),
    (re.compile(r"(?i)(?:hf|api_org|gh[pousr]|github_pat|glpat|sk|xox[abprs])[_-][A-Za-z0-9_-]{8,}"), REMOVED),
    (re.compile(r"(?i)\bhf_\w+"), REMOVED),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.?[\w-]*"), REMOVED),
    (re.compile(r"(?i)(?<![a-z0-9])(?:AKIA|ASIA|AIDA|AROA|AIPA|ANPA|ANVA|AGPA)[A-Z0-9]{12,}"), REMOVED),
    (re.compile(_FORTY), REMOVED),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), REMOVED),
    (re.compile(r"(?i)\bip-\d+-\d+-\d+-\d+(?:\.[\w.-]*[\w])?"), "HOST"),
)


@dataclass(frozen=True)
class Private:
    """What is private to one user on one machine: the names in it, and the sentences of a run."""

    home: str = ""
    user: str = ""
    host: str = ""
    sentences: Tuple[str, ...] = ()


def redact(text: str, private: Private) -> str:
    """The text without anything private; what stands in its place says what was there."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    text = _without_sentences(text, private.sentences)
    home = private.home.rstrip("/")
    if home:
        text = re.sub(rf"(?i){re.escape(home)}(?![\w-])", "~", text)
    for name, replacement, public in (
        (private.host, "HOST", _PUBLIC_HOSTS),
        (private.host.split(".")[0], "HOST", _PUBLIC_HOSTS),
        (private.user, "USER", _PUBLIC_ACCOUNTS),
    ):
        if name and name.lower() not in public:
            text = _named(name).sub(replacement, text)
    return text


def _named(name: str) -> re.Pattern[str]:
    if len(name) >= _LONG_NAME:
        return re.compile(re.escape(name), re.IGNORECASE)
    return re.compile(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", re.IGNORECASE)


def _without_sentences(text: str, sentences: Tuple[str, ...]) -> str:
    told: Set[Tuple[str, ...]] = set()
    for sentence in sentences:
        for spelling in _spellings(sentence):
            told.update(_runs(_words(spelling)))
    lengths = sorted({len(run) for run in told}, reverse=True)
    found = [(match.group().casefold(), match.span()) for match in _WORD.finditer(text)]
    words = [word for word, _ in found]
    private = [False] * len(words)
    for start in range(len(words)):
        for length in (length for length in lengths if start + length <= len(words)):
            if tuple(words[start : start + length]) in told:
                private[start : start + length] = [True] * length
                break
    return _replaced(text, [span for _, span in found], private)


def _replaced(text: str, spans: List[Tuple[int, int]], private: List[bool]) -> str:
    parts, position, number = [], 0, 0
    while number < len(spans):
        if not private[number]:
            number += 1
            continue
        first = number
        while number < len(spans) and private[number]:
            number += 1
        parts += [text[position : spans[first][0]], SENTENCE]
        position = spans[number - 1][1]
    return "".join([*parts, text[position:]])


def _runs(words: Tuple[str, ...]) -> Iterator[Tuple[str, ...]]:
    """What gives a sentence away: each few neighbouring words of it, or all of a short one."""
    if len(words) <= _TELLING_WORDS:
        yield from [words] if words else []
    for start in range(len(words) - _TELLING_WORDS + 1):
        yield words[start : start + _TELLING_WORDS]


def _words(text: str) -> Tuple[str, ...]:
    return tuple(match.group().casefold() for match in _WORD.finditer(text))


def _spellings(sentence: str) -> Tuple[str, ...]:
    """A sentence as logs and messages may have it: plain, or escaped for JSON, Python, HTML or an address."""
    safe = sentence.encode("utf-8", "replace").decode("utf-8")
    normal = (unicodedata.normalize(form, sentence) for form in ("NFC", "NFD"))
    return (sentence, *normal, json.dumps(sentence)[1:-1], ascii(sentence)[1:-1], html.escape(sentence),
            quote(safe, safe=""), quote_plus(safe))  # fmt: skip
