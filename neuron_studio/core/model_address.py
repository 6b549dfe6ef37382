"""How people name a model of the hub: by its id, by id@revision, or by the address of its page."""

from __future__ import annotations

import re
from typing import Optional, Tuple
from urllib.parse import unquote, urlsplit

_PAGE = re.compile(r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/(.+)", re.IGNORECASE)

# The words of an address that a revision follows.
_WAYS = ("tree", "blob", "resolve", "raw", "commit", "commits")

# Pages of the hub that are no models, and no owner's either.
_NOT_MODELS = ("datasets", "spaces", "docs", "papers", "collections", "blog", "models")


def parse(text: str) -> Tuple[str, Optional[str]]:
    """The id and the revision that a text names; a path and what is no address stay as they are."""
    page = _PAGE.fullmatch(text.strip())
    if page is not None:
        return _of_page(page[1]) or (text.strip(), None)
    if text.strip().startswith(("/", ".", "~")):
        return text.strip(), None
    model_id, _, revision = text.strip().partition("@")
    return model_id.strip(), revision.strip() or None


def _of_page(rest: str) -> Optional[Tuple[str, Optional[str]]]:
    parts = [part for part in urlsplit(rest).path.split("/") if part]
    if not parts or parts[0] in _NOT_MODELS:
        return None
    way = next((number for number in (1, 2) if number < len(parts) and parts[number] in _WAYS), None)
    model_id = "/".join(unquote(part) for part in parts[: min(2, way or 2)])
    if way is None or way + 1 >= len(parts):
        return model_id, None
    after = parts[way + 1 :]
    # A pull request's name has slashes of its own; any other that has, the hub writes escaped.
    return model_id, unquote("/".join(after[:3]) if after[0] == "refs" else after[0])
