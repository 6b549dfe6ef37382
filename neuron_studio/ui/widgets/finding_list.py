"""Findings one beneath the other, the gravest first: what it is, what to do, and the command to copy."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from neuron_studio.core.finding_words import LEVEL_SIGNS, findings_text, gravest_first
from neuron_studio.ui import theme
from neuron_studio.ui.widgets.tone_label import ToneLabel
from neuron_studio.wire.findings import Finding, Level

LEVEL_TONES = {Level.GOOD: "good", Level.NOTE: "", Level.WARNING: "warning", Level.PROBLEM: "danger"}


class FindingList(QScrollArea):
    """Shows findings; a few dozen at most, so each is a few labels."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings: tuple[Finding, ...] = ()
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show these and no others."""
        if tuple(findings) == self._findings:
            return
        self._findings = tuple(findings)
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, theme.TIGHT, theme.SPACE, theme.TIGHT)
        layout.setSpacing(theme.WIDE)
        for finding in gravest_first(findings):
            layout.addLayout(_row(finding))
        layout.addStretch(1)
        self.setWidget(inside)

    def as_text(self) -> str:
        """All of it, to be sent to somebody."""
        return findings_text(self._findings)


def _row(finding: Finding) -> QVBoxLayout:
    subject = f"{finding.subject}: " if finding.subject else ""
    head = ToneLabel(f"{LEVEL_SIGNS[finding.level]} {subject}{finding.message}", LEVEL_TONES[finding.level])
    remedy = ToneLabel(finding.remedy, "quiet")
    row = QVBoxLayout()
    row.setSpacing(theme.TIGHT)
    for label in (head, remedy):
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setVisible(bool(label.text()))
        row.addWidget(label)
    if finding.command:
        row.addLayout(_command(finding.command))
    return row


def _command(command: str) -> QHBoxLayout:
    line = QLineEdit(command.replace("\n", "; "), readOnly=True)
    line.setFont(theme.number_font())
    line.setCursorPosition(0)
    line.setAccessibleName("Command that mends it")
    copy = QPushButton("Copy")
    copy.setAccessibleName(f"Copy the command {command}")
    copy.clicked.connect(lambda: QApplication.clipboard().setText(command))
    layout = QHBoxLayout()
    layout.addWidget(line, stretch=1)
    layout.addWidget(copy)
    return layout
