"""Numbers as the panel's language writes them."""

from __future__ import annotations

from PySide6.QtCore import QLocale


def decimal(value: float) -> str:
    """To a tenth."""
    return QLocale().toString(value, "f", 1)


def signed(count: int) -> str:
    """With a minus that is as wide as the plus."""
    return f"{count:+d}".replace("-", "\N{MINUS SIGN}")
