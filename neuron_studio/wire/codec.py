"""Frozen dataclasses to plain JSON values and back, strictly: what is unknown is refused, not ignored."""

from __future__ import annotations

import dataclasses
import json
import math
from enum import Enum
from functools import lru_cache
from typing import Any, Dict, Tuple, Union, get_args, get_origin, get_type_hints

from neuron_studio.wire.errors import ProtocolError

# JSON has no word for these, and a NaN logit is exactly what must not be lost on the way.
_NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def encode(value: Any) -> Any:
    """The plain JSON value of a record; floats keep every digit, NaN and infinities become their names."""
    if type(value) is str or value is None:
        return value
    if dataclasses.is_dataclass(value):
        return {name: encode(getattr(value, name)) for name in _names(value.__class__)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def dumps(value: Any, indent: Union[int, None] = None) -> str:
    """Valid JSON text of any record or plain value, on one line unless indented."""
    text = json.dumps(encode(value), ensure_ascii=False, allow_nan=False, indent=indent)
    # A path that is not text, or a label with half a character, has no UTF-8: it is written as JSON's own escape.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


@lru_cache(maxsize=None)
def _fields(kind: Any) -> Dict[str, Any]:
    return get_type_hints(kind)


@lru_cache(maxsize=None)
def _names(kind: Any) -> Tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


@lru_cache(maxsize=None)
def _parts(kind: Any) -> Tuple[Any, Tuple[Any, ...]]:
    return get_origin(kind), get_args(kind)


def decode(kind: Any, plain: Any) -> Any:
    """The value of the given type that a plain JSON value stands for; raises ProtocolError where it does not fit."""
    if kind is str and type(plain) is str:
        return plain
    if dataclasses.is_dataclass(kind):
        return _decode_record(kind, plain)
    origin, args = _parts(kind)
    if origin is Union:
        return None if plain is None else decode(next(arg for arg in args if arg is not type(None)), plain)
    if origin is tuple and isinstance(plain, list):
        return tuple(decode(args[0], item) for item in plain)
    if origin is dict and isinstance(plain, dict):
        return {key: decode(args[1], item) for key, item in plain.items()}
    if kind is float and isinstance(plain, str) and plain in _NON_FINITE:
        return _NON_FINITE[plain]
    if kind is float and type(plain) in (int, float):
        return float(plain)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _decode_member(kind, plain)
    if kind is Any or type(plain) is kind:
        return plain
    raise ProtocolError(f"{plain!r} is not a {getattr(kind, '__name__', kind)}.")


def _decode_member(kind: Any, plain: Any) -> Any:
    try:
        return kind(plain)
    except ValueError as error:
        raise ProtocolError(f"{plain!r} is not a {kind.__name__}.") from error


def _decode_record(kind: Any, plain: Any) -> Any:
    if not isinstance(plain, dict):
        raise ProtocolError(f"{plain!r} is not a {kind.__name__}.")
    hints = _fields(kind)
    unknown = sorted(plain.keys() - hints.keys())
    if unknown:
        raise ProtocolError(f"{kind.__name__} has no {', '.join(unknown)}.")
    try:
        return kind(**{name: decode(hints[name], item) for name, item in plain.items()})
    except TypeError as error:
        raise ProtocolError(f"{kind.__name__} is incomplete: {error}.") from error
