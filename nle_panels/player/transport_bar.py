"""Buttons and timecode under the picture."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QFont, QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from nle_panels.look.numbers import signed
from nle_panels.look.palette import Palette
from nle_panels.player.actions import PlayerActions
from nle_panels.player.deck import Deck

_STYLE = """
QWidget#transportBar {{ background: {window}; }}
QLabel {{ color: {text}; }}
QLabel#duration, QLabel#speed {{ color: {muted}; }}
QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 3px; }}
QToolButton:hover {{ background: {raised}; border-color: {border}; }}
QToolButton:focus {{ border-color: {focus}; }}
QToolButton:checked {{ background: {accent}; }}
"""


class TransportBar(QWidget):
    """Shows a deck. `set_timecode` says what its frames are called."""

    def __init__(self, actions: PlayerActions, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._code: Callable[[int], str] = str
        self._deck = Deck(frames=0)
        self.timecode, self.duration, self.speed = QLabel(), QLabel(), QLabel()
        self.setObjectName("transportBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._lay_out(actions)
        self.set_colours(palette)

    def set_colours(self, palette: Palette) -> None:
        self.setStyleSheet(_STYLE.format(**{name: getattr(palette, name) for name in palette.__slots__}))

    def set_timecode(self, code: Callable[[int], str]) -> None:
        """`code` gives the timecode of a frame of the edited clip; drop-frame is its affair."""
        self._code = code
        self.show_deck(self._deck)

    def show_deck(self, deck: Deck) -> None:
        self._deck = deck
        self.show_frame(deck.frame)
        marked = deck.marked
        frames = marked[1] - marked[0] if marked else deck.frames
        # A length is counted, not called by the clock.
        self.duration.setText(self.tr("{} f").format(frames) if deck.frames else "")
        self.duration.setToolTip(
            self.tr("Frames from in to out") if marked else self.tr("Frames of the edit")
        )
        self.speed.setText(f"{signed(deck.speed)}×" if deck.speed not in (0, 1) else "")

    def show_frame(self, frame: int) -> None:
        self.timecode.setText(self._code(frame) if self._deck.frames else "--:--:--:--")

    def _lay_out(self, actions: PlayerActions) -> None:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(self.font().pointSizeF() * 1.25)
        font.setWeight(QFont.Weight.DemiBold)
        self.timecode.setFont(font)
        for label, name, spoken in (
            (self.timecode, "timecode", self.tr("Timecode")),
            (self.duration, "duration", self.tr("Duration")),
            (self.speed, "speed", self.tr("Speed")),
        ):
            label.setObjectName(name)
            label.setAccessibleName(spoken)
        self.speed.setMinimumWidth(self.speed.fontMetrics().horizontalAdvance("−4×"))
        self.timecode.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        playing = (actions.start, actions.step_back, actions.backwards, actions.play)
        on = (actions.forwards, actions.step_on, actions.end)
        marks = (actions.mark_in, actions.mark_out, actions.loop)
        upper = QHBoxLayout()
        upper.addWidget(self.timecode)
        upper.addWidget(self.speed)
        upper.addStretch()
        self._add(upper, (*playing, *on))
        upper.addStretch()
        upper.addWidget(self.duration)
        lower = QHBoxLayout()
        self._add(lower, tuple(actions.comparisons.values()))
        lower.addStretch()
        self._add(lower, marks)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 4, 8, 4)
        rows.setSpacing(2)
        rows.addLayout(upper)
        rows.addLayout(lower)

    def _add(self, row: QHBoxLayout, actions: tuple[QAction, ...]) -> None:
        for action in actions:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setAccessibleName(action.text())
            button.setIconSize(QSize(20, 20))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
