"""Tokens in sight: counted behind the user's typing, shown beside each pair and for the whole set."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from neuron_studio.core.model_facts import ModelFacts
from neuron_studio.core.request import Request
from neuron_studio.core.shapes import PairTokens
from neuron_studio.core.token_counts import counts_of
from neuron_studio.core.token_words import NO_TOKENIZER_FILE
from neuron_studio.runs.models import describe
from neuron_studio.runs.tokens import Sentences
from neuron_studio.ui import token_counting
from neuron_studio.ui.models.pairs_model import PairColumn, PairsModel
from neuron_studio.ui.panels.token_line import TokenLine
from neuron_studio.ui.token_counting import Counted, TokenCounting
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.spec import ModelChoice, SentencePair
from tests.support.scripted_run import PAIRS
from tests.ui.conftest import Desk, Run, until

FACTS = ModelFacts("some/model", {"max_position_embeddings": 512, "id2label": {"0": "score"}})


class WordCounter:
    """Takes each word for a token, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Sentences] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def count(self, pairs: Sequence[Sentences]) -> list[PairTokens]:
        self.may_go_on.wait(10)
        self.asked += pairs
        return [PairTokens(len(f.split()) + len(s.split()) + 3, len(f.split()), len(s.split())) for f, s in pairs]


def watched(counter: WordCounter | None) -> tuple[TokenCounting, list[Counted]]:
    counting, told = TokenCounting(lambda facts: counter), []  # type: ignore[arg-type,return-value]
    counting.counted.connect(told.append)
    return counting, told


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_counting, "_TYPING_PAUSE_S", 0)


def test_that_every_pair_is_counted_and_then_the_set(run: Run) -> None:
    counting, told = watched(WordCounter())

    async def scene() -> None:
        counting.change(FACTS, PAIRS)
        await until(lambda: told[-1].whole)
        assert told[-1].whole.pairs == len(PAIRS)
        assert told[-1].by_pair[(PAIRS[0].first, PAIRS[0].second)].whole > 3

    run(scene())


def test_that_only_what_is_new_is_counted_again(run: Run) -> None:
    counter = WordCounter()
    counting, told = watched(counter)

    async def scene() -> None:
        counting.change(FACTS, PAIRS[:2])
        await until(lambda: told[-1].whole)
        counting.change(FACTS, (replace(PAIRS[1], expected="x"), SentencePair("new", "pair"), PAIRS[0]))
        await until(lambda: told[-1].whole and told[-1].whole.pairs == 3)
        assert counter.asked[2:] == [("new", "pair")]

    run(scene())


def test_that_other_pairs_end_a_count_that_goes_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_counting, "_CHUNK", 10)
    counter = WordCounter()
    counting, told = watched(counter)

    async def scene() -> None:
        counter.may_go_on.clear()
        counting.change(FACTS, [SentencePair(f"pair {number}", "x") for number in range(1000)])
        await until(lambda: any(thread.name == "waited-for" for thread in threading.enumerate()))
        counting.change(FACTS, PAIRS[:1])
        counter.may_go_on.set()
        await until(lambda: told[-1].whole)
        assert told[-1].whole.pairs == 1
        assert len(counter.asked) <= 11

    run(scene())


def test_that_a_large_set_tells_how_far_it_is(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_counting, "_CHUNK", 10)
    counting, told = watched(WordCounter())

    async def scene() -> None:
        counting.change(FACTS, [SentencePair(f"pair {number}", "x") for number in range(25)])
        await until(lambda: told[-1].whole)
        assert [one.note for one in told if "of" in one.note] == [
            "Counting tokens: 10 of 25 pairs …", "Counting tokens: 20 of 25 pairs …",
        ]  # fmt: skip

    run(scene())


def test_that_the_rows_in_sight_are_counted_first(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_counting, "_CHUNK", 10)
    counter = WordCounter()
    counting = TokenCounting(lambda facts: counter, lambda: range(90, 94))  # type: ignore[arg-type,return-value]
    told: list[Counted] = []
    counting.counted.connect(told.append)

    async def scene() -> None:
        counting.change(FACTS, [SentencePair(f"pair {number}", "x") for number in range(92)])
        await until(lambda: told[-1].whole)
        assert [first for first, _ in counter.asked[:4]] == ["pair 90", "pair 91", "pair 0", "pair 1"]
        assert len(counter.asked) == 92

    run(scene())


def test_that_pairs_which_left_are_forgotten_in_the_end(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_counting, "_MOST_SPARE", 10)
    counting, told = watched(WordCounter())

    async def scene() -> None:
        for turn in range(4):
            counting.change(FACTS, [SentencePair(f"turn {turn}", f"pair {number}") for number in range(20)])
            await until(lambda: told[-1].whole)
        assert len(counting._kept) <= 50

    run(scene())


def test_that_a_model_without_tokenizer_json_is_a_state_and_so_is_a_hub_out_of_reach(run: Run) -> None:
    counting, told = watched(None)

    def unreachable(facts: ModelFacts) -> None:
        raise StudioError("hub-unreachable", "The hub is out of reach.", "Check the network.")

    lost, heard = TokenCounting(unreachable), []
    lost.counted.connect(heard.append)

    async def scene() -> None:
        counting.change(FACTS, PAIRS)
        lost.change(FACTS, PAIRS)
        await until(lambda: told[-1].note == NO_TOKENIZER_FILE)
        await until(lambda: heard[-1].note == "Tokens are not counted: The hub is out of reach.")
        assert not told[-1].is_under_way

    run(scene())


def test_that_without_a_model_nothing_is_said_to_be_counted(run: Run) -> None:
    counting, told = watched(WordCounter())

    async def scene() -> None:
        counting.change(FACTS, PAIRS)
        await until(lambda: told[-1].whole)
        counting.change(None, PAIRS)
        assert told[-1] == Counted()

    run(scene())


def test_that_a_cell_awaits_its_count_and_an_edited_pair_awaits_another(qapp: object) -> None:
    model = PairsModel(PAIRS[:2])
    cell = model.index(0, PairColumn.TOKENS)
    assert cell.data() == "…"
    model.show_counts({(PAIRS[0].first, PAIRS[0].second): PairTokens(200, 100, 97)}, 128, "only_second")
    assert cell.data() == "200 −72"
    assert "72 of the second sentence" in cell.data(Qt.ItemDataRole.AccessibleTextRole)
    assert not model.flags(cell) & Qt.ItemFlag.ItemIsEditable
    assert not model.setData(cell, "7")
    model.setData(model.index(0, PairColumn.FIRST), "Another sentence")
    assert cell.data() == "…"


def test_that_the_line_offers_a_length_with_its_reason_and_warns_for_a_query(qtbot: QtBot) -> None:
    line = TokenLine()
    qtbot.addWidget(line)
    line.show()
    counts = counts_of([PairTokens(200, 100, 97)])
    assert counts is not None
    line.show_counts(counts, Request(ModelChoice("some/model")), FACTS)
    assert line.use.text() == "Use 256"
    assert "longest pair, 200 tokens" in line.use.accessibleDescription()
    assert line.finding.text().startswith("⚠ longest_first cuts the first sentence")
    assert "1 of 1 cut at 128" in line.bars.accessibleDescription()
    assert "1 pair\n" in line.bars.text_at(QPoint(line.bars.width() - 1, 0))
    with qtbot.waitSignal(line.length_chosen) as chosen:
        line.use.click()
    assert chosen.args == [256]
    line.show_counts(counts, Request(ModelChoice("some/model"), sequence_length=256), FACTS)
    assert not line.use.isVisible()
    assert not line.finding.isVisible()


def test_that_the_window_counts_the_shipped_pairs_and_takes_over_the_suggestion(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        studio = desk.open(describe=describe)
        await until(studio.form.tokens.use.isVisible)
        assert studio.form.tokens.line.text() == "20–23 tokens, all fit 64; 83 % padding at 128"
        assert studio.form.pairs.model.index(1, PairColumn.TOKENS).data() == "23"
        studio.form.tokens.use.click()
        assert studio.preparation.readiness.request.sequence_length == 32
        assert not studio.form.tokens.use.isVisible()
        truncation = studio.form.settings.truncation
        truncation.setCurrentIndex(truncation.findText("the second (only_second)"))
        assert studio.preparation.readiness.request.truncation == "only_second"

    run(scene())
