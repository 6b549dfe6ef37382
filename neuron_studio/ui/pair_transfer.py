"""Pairs from files into the table, and from the table into files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from neuron_studio.core.counting import counted
from neuron_studio.core.import_words import imported_words
from neuron_studio.core.request import DEFAULT_PAIRS
from neuron_studio.runs.pair_files.writing import write_pairs
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.ui.panels.pair_editor import PairEditor

if TYPE_CHECKING:
    from neuron_studio.ui.import_dialog import Import


class PairTransfer(QObject):
    """Answers the editor's wish for a file.

    Signals:
        done: a sentence that says how many pairs came in or went out.
    """

    done = Signal(object)

    def __init__(self, editor: PairEditor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        editor.file_chosen.connect(self._on_editor_file_chosen)
        editor.export_chosen.connect(lambda path: begin(self._export(path)))

    def _on_editor_file_chosen(self, path: Path) -> None:
        # Reading and previewing files is of no use to the first paint.
        from neuron_studio.ui.import_dialog import ImportDialog

        pairs = self._editor.model.written_pairs
        # The pairs that the window begins with are an example; they make room unasked.
        present = 0 if pairs in ((), DEFAULT_PAIRS) else len(pairs)
        dialog = ImportDialog(path, present, self._editor.labels, self._editor.window())
        dialog.chosen.connect(self._on_dialog_chosen)
        dialog.open()

    def _on_dialog_chosen(self, chosen: Import) -> None:
        model = self._editor.model
        first = 0 if chosen.replaces else model.rowCount()
        if chosen.replaces:
            model.replace_all(chosen.pairs)
        else:
            model.insert(first, chosen.pairs)
        self._editor.table.select_rows(first, first + len(chosen.pairs) - 1)
        self.done.emit(imported_words(chosen.name, len(chosen.pairs), chosen.left_out))

    async def _export(self, path: Path) -> None:
        pairs = self._editor.model.written_pairs
        await in_thread(write_pairs, path, pairs)
        self.done.emit(f"{counted(len(pairs), 'pair')} exported into {path}.")
