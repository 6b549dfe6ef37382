"""What the first bytes of a pairs file say: its encoding, or what it is instead of text."""

from __future__ import annotations

import codecs
from typing import Dict, Optional, Tuple

# Python's names for the encodings that are offered, and people's; a byte order mark is never part of the text.
ENCODINGS: Dict[str, str] = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "utf-32": "UTF-32",
}

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)

# How a file begins, what it is then, and how a table comes out of it.
_OTHER_KINDS = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive", "Save the sheet as CSV in UTF-8, or unpack the archive."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save the sheet as CSV in UTF-8."),
    (b"PAR1", "a Parquet file", "Write it as JSON lines first; pandas does so with to_json(lines=True)."),
    (b"ARROW1", "an Arrow file", "Write it as JSON lines first."),
    (b"\x1f\x8b", "compressed", "Unpack it with gunzip and choose what comes out."),
    (b"%PDF", "a PDF file", "Choose a CSV, TSV or JSONL file."),
    (b"\x89PNG", "a picture", "Choose a CSV, TSV or JSONL file."),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself", "Run git lfs pull in its repository."),
)
_WEB_PAGE = ("a web page or XML, not a table", "Download the file itself (“raw”), not the page that shows it.")
_NOT_TEXT = ("not a text file", "Choose a CSV, TSV or JSONL file.")

# The control characters that text has no use for; above this share of them, and not by a slip, it is no text.
_CONTROLS = bytes(code for code in range(32) if chr(code) not in "\t\n\v\f\r\x1b")
_MOST_CONTROLS = 0.02
_SLIPS = 16


def guess_encoding(head: bytes) -> str:
    """The encoding that a file's beginning speaks for; without any sign it is Windows-1252, which has all bytes."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    even, odd = head[::2].count(0), head[1::2].count(0)
    # Every other byte of western UTF-16 is zero; in the text of any other encoding there is none.
    if max(even, odd) > len(head) // 8:
        return "utf-16-be" if even > odd else "utf-16-le"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def other_kind(head: bytes) -> Optional[Tuple[str, str]]:
    """What a file is instead of a table of text, and what to do then; None where it may be one."""
    for beginning, kind, remedy in _OTHER_KINDS:
        if head.startswith(beginning):
            return kind, remedy
    if head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype", b"<html", b"<head", b"<?xml")):
        return _WEB_PAGE
    if guess_encoding(head) in ("utf-8", "cp1252"):
        controls = len(head) - len(head.translate(None, _CONTROLS))
        if controls > max(_SLIPS, _MOST_CONTROLS * len(head)):
            return _NOT_TEXT
    return None
