"""report.csv: every pair with every digit, and text as it was given."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from neuron_studio.core.pairs_csv import pairs_csv
from neuron_studio.core.run_state import RunState, fold_all
from neuron_studio.wire.events import PairsJudged
from neuron_studio.wire.journal import Entry
from neuron_studio.wire.spec import SentencePair
from tests.support.scripted_run import DESCRIBED, FLIPPED, SAME, a_spec

ODD = SentencePair('=HYPERLINK("http://x"), he said', "two\r\nlines\tand a ü", "paraphrase")


def rows_of(state: RunState) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(pairs_csv(state), newline="")))


def judged(*outcomes: object) -> RunState:
    spec = a_spec([ODD, *a_spec().pairs[1:]])
    return fold_all(RunState(spec), [Entry(1.0, DESCRIBED), Entry(2.0, PairsJudged(outcomes))])  # type: ignore[arg-type]


def test_that_text_comes_back_as_it_was_given() -> None:
    row = rows_of(judged(*SAME))[0]
    assert (row["first"], row["second"], row["expected"]) == (ODD.first, ODD.second, "paraphrase")


def test_that_lines_end_and_fields_are_quoted_as_in_rfc_4180() -> None:
    text = pairs_csv(judged(SAME[0]))
    assert text.endswith("\r\n")
    assert '1,"=HYPERLINK(""http://x""), he said","two\r\nlines\tand a ü",paraphrase,31,false,' in text


def test_that_logits_keep_every_digit_under_their_labels_names() -> None:
    row = rows_of(judged(*FLIPPED))[3]
    assert row["pair"] == "4"
    assert [float(row[f"{side}:paraphrase"]) for side in ("cpu", "cpu_bf16", "neuron")] == [
        FLIPPED[3].cpu[1], FLIPPED[3].cpu_bf16[1], FLIPPED[3].neuron[1],
    ]  # fmt: skip
    assert (row["cpu_label"], row["neuron_label"], row["agrees"]) == ("not paraphrase", "paraphrase", "false")


def test_that_what_was_not_computed_is_empty() -> None:
    row = rows_of(judged(replace(SAME[0], neuron=(), cpu_bf16=())))[0]
    empty = ("cpu_bf16:paraphrase", "neuron:paraphrase", "neuron_label", "agrees", "max_abs_error", "yardstick")
    assert {row[name] for name in empty} == {""}
