"""A line across the window: what happened, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from nle_panels.look.palette import Palette

Tone = Literal["error", "warning", "fine"]
Choice = tuple[str, Callable[[], None]]


class Banner(QWidget):
    """One line at a time; the latest one. It goes when it is closed, or when its reason has gone."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._tone: Tone = "warning"
        self.reason = ""
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 8, 6)
        self._row.addWidget(self._text, 1)
        self._buttons: list[QPushButton] = []
        self._close = QToolButton()
        self._close.setText("✕")
        self._close.setToolTip(self.tr("Close"))
        self._close.setAccessibleName(self.tr("Close"))
        self._close.clicked.connect(self.hide)
        self._row.addWidget(self._close)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    def tell(
        self, text: str, tone: Tone = "warning", choices: Sequence[Choice] = (), reason: str = ""
    ) -> None:
        """`reason` names what the line is about, for `drop`."""
        for button in self._buttons:
            button.hide()  # it is deleted when all is quiet
            button.deleteLater()
        self._buttons = []
        for number, (name, act) in enumerate(choices, start=1):
            button = QPushButton(name)
            button.clicked.connect(self.hide)
            button.clicked.connect(act)
            self._row.insertWidget(number, button)
            self._buttons.append(button)
        self.reason, self._tone = reason, tone
        self._text.setText(text)
        self._text.setAccessibleName(text)
        self._colour()
        self.show()

    def drop(self, reason: str) -> None:
        """What the line was about is over."""
        if self.reason == reason:
            self.hide()

    def set_colours(self, palette: Palette) -> None:
        self._palette = palette
        self._colour()

    def _colour(self) -> None:
        colour = getattr(self._palette, self._tone)
        self.setStyleSheet(
            f"Banner {{ background: {self._palette.raised}; border-left: 4px solid {colour}; }}"
            f"Banner QLabel {{ color: {self._palette.text}; }}"
        )
