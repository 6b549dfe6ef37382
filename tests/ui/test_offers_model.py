"""The list of models to choose from: headings, offers, and nothing repainted without need."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from pytestqt.qtbot import QtBot

from neuron_studio.core.model_offers import KNOWN_OFFERS, Place, hub_offer, listed
from neuron_studio.ui.models.offers_model import OffersColumn, OffersModel


def test_that_it_is_a_model_as_qt_understands_one(qtbot: QtBot) -> None:
    model = OffersModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_offers(listed("", found=tuple(hub_offer(f"acme/{number}") for number in range(200))))
    model.show_offers(KNOWN_OFFERS)
    model.show_offers(())
    assert model.rowCount() == 0


def test_that_a_heading_is_neither_selected_nor_chosen(qtbot: QtBot) -> None:
    model = OffersModel()
    model.show_offers(KNOWN_OFFERS)
    assert model.headings == (0,)
    assert model.flags(model.index(0, 0)) == Qt.ItemFlag.NoItemFlags
    assert model.offer(0) is None
    assert model.index(0, 0).data() == Place.KNOWN.value
    assert model.offer(1) == KNOWN_OFFERS[0]
    assert model.row_of(KNOWN_OFFERS[0].id) == 1
    assert model.row_of("acme/unheard-of") is None


def test_that_the_same_offers_again_change_nothing(qtbot: QtBot) -> None:
    model = OffersModel()
    model.show_offers(KNOWN_OFFERS)
    reset = QSignalSpy(model.modelReset)
    model.show_offers(tuple(KNOWN_OFFERS))
    assert reset.count() == 0


def test_that_a_row_is_read_aloud_as_a_sentence_and_unknown_numbers_are_no_column(qtbot: QtBot) -> None:
    model = OffersModel()
    model.show_offers((hub_offer("acme/pairs-mnli", "text-classification", (), 1_234_567, 1),))
    told = model.index(1, OffersColumn.LIKES).data(Qt.ItemDataRole.AccessibleTextRole)
    assert told == "acme/pairs-mnli, NLI, 1,234,567 downloads, 1 like"
    assert [column for column in OffersColumn if model.knows(column)] == [
        OffersColumn.MODEL, OffersColumn.JUDGES, OffersColumn.DOWNLOADS, OffersColumn.LIKES,
    ]  # fmt: skip
