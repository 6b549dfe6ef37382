"""Nothing private survives in a report, wherever it stands and however it is written."""

from __future__ import annotations

import html
import json
import random
import shlex
from urllib.parse import quote, quote_plus

import pytest

from neuron_studio.core.redaction import REMOVED, Private, redact

SENTENCES = (
    "The Quokkamole merger closes in HuggingFace's office on Friday",
    'Zanzibarista says "don\'t tell anyone" about 17 % of it',
    "Prüfungsgeheimnis für die Ärztin Frau Müßig bleibt Canarywort",
    "秘密の会議は明日の朝に東京で行われます",
    "Тайная встреча Канарейки назначена на завтра",
    "Nixcanary",
    "Two canaries",
)
PRIVATE = Private("/home/calliopecanary", "calliopecanary", "canaryhost.corp.example.com", SENTENCES)

# Each with the part that must not be found again.
SECRETS = (
    ("hf_CanaryAbCdEfGhIjKlMnOpQrStUvWx", "CanaryAbCdEf"),
    ("HF_TOKEN=canaryvalue1", "canaryvalue1"),
    ("token=canaryvalue2", "canaryvalue2"),
    ('{"auth_token": "canaryvalue3 and more"}', "canaryvalue3"),
    ("--token canaryvalue4", "canaryvalue4"),
    ("Authorization: Bearer canaryvalue5.abc", "canaryvalue5"),
    ("authorization: AWS4-HMAC-SHA256 Credential=canaryvalue6/20261122, Signature=canary6sig", "canary6"),
    ("'Authorization': 'Basic Y2FuYXJ5OnZhbHVl'", "Y2FuYXJ5"),
    ("AKIACANARY0123456789", "CANARY0123456789"),
    ("aws_secret_access_key = canaryvalue7/+abc", "canaryvalue7"),
    ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYCANARYKEY0", "CANARYKEY0"),
    ("AWS_SESSION_TOKEN: canaryvalue8", "canaryvalue8"),
    ("https://user:canaryvalue9@hub.example/models", "canaryvalue9"),
    ("https://s3.example/x?X-Amz-Signature=canaryvalueA&X-Amz-Security-Token=canaryvalueB", "canaryvalue"),
    ("canary.person+tag@mail.example.com", "canary.person"),
    ("password: 'canary pass phrase'", "canary pass"),
    ("ghp_canaryCANARYcanaryCANARY1234", "canaryCANARY"),
    ("eyJjYW5hcnkiOiJjYW5hcnkifQ.eyJjYW5hcnkiOjF9.c2lnbmF0dXJl", "jYW5hcnki"),
    ("-----BEGIN RSA PRIVATE KEY-----\ncanarykeyline\n-----END RSA PRIVATE KEY-----", "canarykeyline"),
    ("ip-10-1-2-3.eu-west-1.compute.internal", "10-1-2-3"),
    ("Cookie: session=canaryvalueC; other=canaryvalueD", "canaryvalue"),
)

PLACES = (
    "{}", "INFO:Neuron: {} was read", "/data/{}/model.pt", '{{"message": "{}"}}', "error: '{}'.", "({})", "[{}]",
    "\x1b[31m{}\x1b[0m", "2026-11-22 20:55:01 | {}", "x\n{}\ny", "<td>{}</td>",
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("secret", "canary"), SECRETS, ids=[canary for _, canary in SECRETS])
def test_that_no_secret_survives(secret: str, canary: str, place: str) -> None:
    for spelling in {secret, secret.upper() if canary.startswith("canaryvalue") else secret}:
        assert canary.casefold() not in redact(place.format(spelling), PRIVATE).casefold()


def in_any_case(text: str, dice: random.Random) -> str:
    return "".join(dice.choice((character.upper(), character.lower(), character)) for character in text)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "name", ["calliopecanary", "canaryhost", "canaryhost.corp.example.com", "/home/calliopecanary"]
)
def test_that_no_name_survives_in_any_case_and_inside_of_words(name: str, place: str) -> None:
    dice = random.Random(f"{name}{place}")
    for text in (name, f"{name}-old", f"my_{name}_2", *(in_any_case(name, dice) for _ in range(10))):
        assert "canary" not in redact(place.format(text), PRIVATE).casefold()


WRITTEN = (
    str, repr, ascii, json.dumps, html.escape, shlex.quote, quote, quote_plus, str.upper, str.lower, str.title,
    lambda text: json.dumps(json.dumps(text)), lambda text: text.replace(" ", "\n"),
    lambda text: text.replace(" ", "  | "), lambda text: text[:-2] + "…",
)  # fmt: skip


def tell_tales(sentence: str) -> list[str]:
    """The words of a sentence that nothing else would have."""
    words = ("quokkamole", "zanzibarista", "prüfungsgeheimnis", "müßig", "東京", "канарейки", "nixcanary")
    return [word for word in words if word in sentence.casefold()]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_that_no_sentence_survives_however_it_is_written(sentence: str, place: str) -> None:
    for write in WRITTEN:
        if len(sentence.split()) < 3 and write(sentence).endswith("…"):
            continue  # a short sentence that was cut is not that sentence any more
        text = place.format(write(sentence))
        left = redact(text, PRIVATE)
        for spelled in (sentence, *tell_tales(sentence)):
            for word in (spelled, json.dumps(spelled)[1:-1], quote(spelled)):
                assert word.casefold() not in left.casefold(), (text, left)


def test_that_canaries_thrown_together_at_random_do_not_survive() -> None:
    dice = random.Random(20261122)
    pieces = [*(secret for secret, _ in SECRETS), *SENTENCES, PRIVATE.home, PRIVATE.host, PRIVATE.user]
    canaries = [*(canary for _, canary in SECRETS), "quokkamole", "zanzibarista", "calliope", "canaryhost", "東京"]
    for _ in range(200):
        drawn = [dice.choice(PLACES).format(dice.choice(pieces)) for _ in range(12)]
        left = redact(dice.choice(("\n", " ", "; ")).join(drawn), PRIVATE).casefold()
        assert [canary for canary in canaries if canary.casefold() in left] == []


def test_that_what_a_report_is_for_is_left_alone() -> None:
    text = "\n".join((
        "torch 2.9.0, torch-neuronx 2.9.0.2.15.32035, driver 2.24.13.0, Ubuntu 22.04.5 LTS",
        "token_type_ids: (1, 128), 31 tokens, tokenizer BertTokenizerFast",
        "/opt/aws_neuron_venv_pytorch_inf1/bin/python -m pip install 'torch-neuron==1.13.1.*'",
        "revision 3f2a9c1d4e5b60718293a4b5c6d7e8f901234567",
        "RuntimeError: No operations were successfully partitioned and compiled to neuron for this model",
    ))  # fmt: skip
    assert redact(text, PRIVATE) == text
    assert redact(text, Private("/home/ubuntu", "ubuntu", "localhost")) == text
    assert redact(text, Private()) == text


def test_that_redacting_twice_changes_nothing_more() -> None:
    once = redact("\n".join(secret for secret, _ in SECRETS), PRIVATE)
    assert redact(once, PRIVATE) == once
    assert REMOVED in once


def test_that_a_home_is_a_tilde_and_a_short_name_is_no_part_of_a_word() -> None:
    private = Private("/home/al", "al", "box")
    assert redact("/home/al/x, /home/alice/x, al and also boxes on box.", private) == (
        "~/x, /home/alice/x, USER and also boxes on HOST."
    )
