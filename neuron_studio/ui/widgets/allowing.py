"""A control that cannot be used says why."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def allow(control: QWidget, is_allowed: bool, hint: str, refusal: str) -> None:
    """Let a control be used and tell what it does, or tell why it cannot be used now."""
    control.setEnabled(is_allowed)
    control.setToolTip(hint if is_allowed else refusal)
