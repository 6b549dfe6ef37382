"""Records become JSON and come back exactly as they were; what does not fit is refused."""

from __future__ import annotations

import json
import math
import struct

import pytest

from neuron_studio.wire.codec import decode, dumps, encode
from neuron_studio.wire.errors import ProtocolError
from neuron_studio.wire.events import EnvironmentDescribed, PairOutcome, Progressed
from neuron_studio.wire.spec import ModelChoice, Options, RunSpec, SentencePair, Target

SPEC = RunSpec(
    model=ModelChoice("acme/pairs", revision="main", allow_pickle=True),
    pairs=(SentencePair("one", "two"), SentencePair("ein Satz", "另一句", expected="yes")),
    target=Target("emulator", "inf1", "inf1.xlarge", 4),
    options=Options(compiler_args=("--fast-math", "all"), compile_timeout_s=600),
    python="/usr/bin/python3",
    trace_pair=1,
    output="/somewhere/else",
    force=True,
)


def again(value: object) -> object:
    return decode(type(value), json.loads(dumps(value)))


def test_that_a_spec_comes_back_as_it_was() -> None:
    assert again(SPEC) == SPEC


def test_that_what_is_not_given_takes_its_default() -> None:
    assert decode(ModelChoice, {"id": "acme/pairs"}) == ModelChoice("acme/pairs")


@pytest.mark.parametrize("value", [0.1, -1.8134567737579346, 3.4028234663852886e38, 1e-45, -0.0, 5.0])
def test_that_a_float32_comes_back_to_the_last_bit(value: float) -> None:
    (exact,) = struct.unpack("<f", struct.pack("<f", value))
    back = again(PairOutcome(0, 1, False, (exact,), (), ()))
    assert isinstance(back, PairOutcome)
    assert struct.pack("<d", back.cpu[0]) == struct.pack("<d", exact)


def test_that_nan_and_infinities_are_kept_in_valid_json() -> None:
    text = dumps(PairOutcome(0, 1, False, (math.nan, math.inf, -math.inf), (), ()))
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    back = decode(PairOutcome, json.loads(text))
    assert math.isnan(back.cpu[0])
    assert back.cpu[1:] == (math.inf, -math.inf)


def test_that_a_whole_number_serves_as_a_float_but_not_the_other_way_round() -> None:
    assert decode(float, 3) == 3.0
    with pytest.raises(ProtocolError):
        decode(int, 3.0)


@pytest.mark.parametrize("text", ["\ud83d half a character", "not utf-8: \udcff", "a\nline", "\u2028", "\x18"])
def test_that_text_that_has_no_utf8_or_breaks_lines_is_written_in_one_line_and_comes_back(text: str) -> None:
    written = dumps(SentencePair(text, text))
    written.encode("utf-8")
    assert "\n" not in written
    assert "\x18" not in written
    assert decode(SentencePair, json.loads(written)) == SentencePair(text, text)


def test_that_other_scripts_stay_readable() -> None:
    assert "另一句" in dumps(SPEC)


@pytest.mark.parametrize(
    ("kind", "plain"),
    [
        (SentencePair, ["one", "two"]),
        (SentencePair, {"first": "one"}),
        (SentencePair, {"first": "one", "second": "two", "third": "three"}),
        (SentencePair, {"first": "one", "second": 2}),
        (SentencePair, {"first": "one", "second": None}),
        (Progressed, {"stage": "load", "done": True, "total": None, "unit": "bytes"}),
        (Progressed, {"stage": "load", "done": 1, "total": "2", "unit": "bytes"}),
        (EnvironmentDescribed, {"versions": {"torch": 2}, "emulated": True, "runs_on_device": False}),
        (PairOutcome, {"index": 0, "tokens": 1, "truncated": False, "cpu": ["many"], "cpu_bf16": [], "neuron": []}),
        (PairOutcome, {"index": 0, "tokens": 1, "truncated": False, "cpu": 1.0, "cpu_bf16": [], "neuron": []}),
    ],
)
def test_that_what_does_not_fit_is_refused(kind: type, plain: object) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode(kind, plain)
    assert caught.value.remedy


def test_that_plain_values_pass_as_they_are() -> None:
    plain = {"a": [1, 2.5, None, True, "text"], "b": {}}
    assert encode(plain) == plain
