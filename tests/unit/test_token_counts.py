"""The lengths of a set of pairs: what fits, what is padding, what is cut, and which length suits them."""

from __future__ import annotations

from pathlib import Path

import pytest

from neuron_studio.core.model_facts import ModelFacts
from neuron_studio.core.shapes import PairTokens
from neuron_studio.core.token_counts import Cut, TokenCounts, counts_of, cut_findings, suggested
from neuron_studio.core.token_words import cell_hint, cell_text, counts_line, counts_text
from neuron_studio.runs.model_folder import describe_folder
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.runs.tokens import TokenCounter, counter_for
from neuron_studio.wire.errors import StudioError


def of(*lengths: int) -> TokenCounts:
    """Pairs of these lengths, whose first sentence has ten tokens."""
    found = counts_of(PairTokens(length, 10, length - 13) for length in lengths)
    assert found is not None
    return found


def test_that_no_pairs_have_no_counts() -> None:
    assert counts_of(()) is None


def test_that_equal_pairs_are_counted_together_and_all_are_told() -> None:
    counts = of(41, 22, 41)
    assert counts.tally == ((PairTokens(22, 10, 9), 1), (PairTokens(41, 10, 28), 2))
    assert (counts.pairs, counts.shortest, counts.longest) == (3, 22, 41)


def test_that_a_pair_of_just_the_length_fits() -> None:
    assert of(64, 65).share_within(64) == 0.5
    assert of(64).cut(64, "longest_first") == Cut(0, 0, 0, 0)


def test_that_padding_is_the_share_of_places_without_a_token_and_a_cut_pair_has_none() -> None:
    assert of(32, 64).padding(64) == 0.25
    assert of(1000).padding(64) == 0


@pytest.mark.parametrize(
    ("truncation", "expected"),
    [
        ("longest_first", Cut(1, 0, 1, 36)),
        ("only_first", Cut(1, 1, 0, 36)),
        ("only_second", Cut(1, 0, 1, 36)),
    ],
)
def test_that_what_is_cut_obeys_the_choice_of_the_sentence(truncation: str, expected: Cut) -> None:
    assert of(20, 100).cut(64, truncation) == expected


def test_that_the_bins_hold_every_pair_once_and_reach_to_the_sequence_length() -> None:
    for lengths, length in (((20, 23), 128), ((1,), 8), ((5, 300, 299), 128), ((4097,), 512)):
        bins = of(*lengths).bins(length)
        assert sum(one.pairs for one in bins) == len(lengths)
        assert bins[-1].most >= max(*lengths, length)
        assert [one.least for one in bins[1:]] == [one.most + 1 for one in bins[:-1]]


@pytest.mark.parametrize(
    ("lengths", "usable", "length", "reason"),
    [
        ((20, 31), 512, 32, "longest pair, 31 tokens"),
        ((20, 32), 512, 64, "longest pair, 32 tokens"),
        ((20,) * 99 + (500,), 512, 32, "99 % of the pairs"),
        ((20,) * 9 + (500,), 512, 512, "longest pair, 500 tokens"),
        ((20,) * 99 + (50,), 512, 32, "every pair would take 64"),
        ((90,) * 99 + (120,), 512, 128, "longest pair, 120 tokens"),
        ((600,), 512, 512, "reads no more than 512"),
        ((511,), 510, 510, "reads no more than 510"),
        ((5000,), None, 5024, "longest pair"),
    ],
)
def test_that_the_suggested_length_holds_the_pairs_has_a_reason_and_never_exceeds_the_model(
    lengths: tuple[int, ...], usable: int | None, length: int, reason: str
) -> None:
    found = suggested(of(*lengths), usable)
    assert (found.length, reason in found.reason) == (length, True), found


def test_that_a_reranker_is_advised_to_keep_its_query() -> None:
    counts = counts_of([PairTokens(200, 100, 97)])
    assert counts is not None
    (finding,) = cut_findings(counts, 64, "longest_first", labels=1)
    assert "only_second" in finding.remedy
    assert not tuple(cut_findings(counts, 64, "only_second", labels=1))
    assert not tuple(cut_findings(counts, 64, "longest_first", labels=2))
    assert not tuple(cut_findings(counts, 256, "longest_first", labels=1))


@pytest.mark.parametrize(
    ("lengths", "line"),
    [
        ((22, 41), "22–41 tokens, all fit 64; 75 % padding at 128"),
        ((41,), "41 tokens, all fit 64; 68 % padding at 128"),
        ((128,), "128 tokens, all fit 128; 0 % padding at 128"),
        ((128,) * 99 + (127,), "127–128 tokens, all fit 128; under 1 % padding at 128"),
        ((22, 300), "22–300 tokens, 1 of 2 cut at 128; 41 % padding"),
    ],
)
def test_that_a_set_is_told_in_one_line(lengths: tuple[int, ...], line: str) -> None:
    assert counts_line(of(*lengths), 128, "longest_first") == line


def test_that_nearly_all_is_not_called_all() -> None:
    assert "64: 99 %" in counts_text(of(*(20,) * 999, 300), 128, "longest_first")


def test_that_a_cell_says_how_much_is_cut_and_from_which_sentence() -> None:
    pair = PairTokens(380, 10, 367)
    assert (cell_text(pair, 512), cell_text(pair, 128)) == ("380", "380 −252")
    assert cell_hint(pair, 128, "longest_first").endswith("cut: 252 of the second sentence")
    assert cell_hint(pair, 512, "longest_first").endswith("132 places are padding")


# The tokenizer's file.


def test_that_a_model_without_the_file_has_no_counter() -> None:
    assert counter_for(ModelFacts("some/model", {})) is None


def test_that_what_the_file_says_of_cutting_and_padding_is_left_out(tmp_path: Path) -> None:
    from tokenizers import Tokenizer

    path = tmp_path / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(STARTER_MODEL / "tokenizer.json"))
    tokenizer.enable_truncation(4)
    tokenizer.enable_padding(length=64)
    tokenizer.save(str(path))
    pairs = [("a man plays a guitar", "a woman sings"), ("a", "b")]
    counter = counter_for(describe_folder(STARTER_MODEL))
    assert counter is not None
    assert TokenCounter(path).count(pairs) == counter.count(pairs) == [PairTokens(11, 5, 3), PairTokens(5, 1, 1)]


@pytest.mark.parametrize("text", ["", "{}", "\0", '{"model": {"type": "Telepathy"}}'])
def test_that_a_file_that_is_no_tokenizer_is_the_inputs_fault(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(text)
    with pytest.raises(StudioError) as caught:
        TokenCounter(path)
    assert caught.value.code == "tokenizer-unreadable"
