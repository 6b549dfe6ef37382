"""Sentences as a table can show them: cut before they are laid out, and with a sign for what has no glyph."""

from __future__ import annotations

import html
import re

# More than a cell of three lines holds, even on a wide screen; a layout of 100,000 characters takes seconds.
_MOST_SHOWN = 1200
_MOST_TOLD = 2000

# The control pictures of Unicode stand in few fonts; these letters and marks stand in all.
_NAMES = {"\0": "NUL", "\r": "CR"}
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def in_cell(text: str) -> str:
    """The beginning of a sentence, line feeds kept."""
    return _cut(text, _MOST_SHOWN)


def in_tip(text: str) -> str:
    """More of it, as markup that a tooltip shows literally and wraps."""
    return f'<p style="white-space: pre-wrap">{html.escape(_cut(text, _MOST_TOLD))}</p>' if text else ""


def whole(text: str) -> str:
    """All of it; half a character, which Qt would drop, becomes the sign for one that is broken."""
    return text if text.isascii() else _HALF_CHARACTER.sub("\ufffd", text)


def to_edit(text: str) -> str:
    """The whole of it, to be edited: characters that an editor drops or changes have a sign."""
    for character, sign in _signs(text).items():
        text = text.replace(character, sign)
    return text


def edited(text: str, before: str) -> str:
    """What was edited, with the characters that stood before where their signs still stand."""
    for character, sign in _signs(before).items():
        text = text.replace(sign, character)
    return text


def _signs(text: str) -> dict[str, str]:
    """A sign for each of these characters in a text; where the text has that sign as well, a longer one."""
    signs = {}
    for character, name in _NAMES.items():
        if character in text:
            signs[character] = f"‹{name}›"
            while signs[character] in text:
                signs[character] = f"‹{signs[character]}›"
    return signs


def _cut(text: str, most: int) -> str:
    shown = text[:most] + ("…" if len(text) > most else "")
    return to_edit(whole(shown).replace("\r\n", "\n"))
