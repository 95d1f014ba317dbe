"""What is seen while there are no words: nothing open yet, or nobody has listened yet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCommandLinkButton, QLabel, QPushButton, QVBoxLayout, QWidget


class _Page(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(40, 40, 40, 40)
        self.column.setSpacing(12)
        self.column.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def heading(self, title: str, told: str) -> None:
        label = QLabel(title)
        font = label.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        label.setFont(font)
        text = QLabel(told)
        text.setWordWrap(True)
        text.setMinimumWidth(400)
        text.setMaximumWidth(520)
        self.column.addWidget(label)
        self.column.addWidget(text)


class EmptyPage(_Page):
    """`opened`: a timeline of the recent ones; `browsed`: another one is looked for."""

    opened = Signal(object)  # Path
    browsed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading(
            self.tr("Open a timeline"),
            self.tr(
                "From Kdenlive, Premiere, Resolve or Final Cut: save or export it as a file, and drop it"
                " here. Pickup shows what is said; what you change in the words it changes in the picture."
            ),
        )
        browse = QPushButton(self.tr("Open a timeline…"))
        browse.setDefault(True)
        browse.clicked.connect(self.browsed)
        self.setFocusProxy(browse)
        self.column.addWidget(browse, 0, Qt.AlignmentFlag.AlignLeft)
        self._recent: list[QWidget] = []

    def show_recent(self, paths: Sequence[Path]) -> None:
        for widget in self._recent:
            widget.deleteLater()
        self._recent = []
        for path in paths:
            button = QCommandLinkButton(path.name, str(path.parent))
            button.clicked.connect(lambda _=False, path=path: self.opened.emit(path))
            self.column.addWidget(button)
            self._recent.append(button)


class ListenPage(_Page):
    """`heard`: the words are to be recognised. `scripted`: there is a script that they are aligned to."""

    heard = Signal()
    scripted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading(
            self.tr("Nobody has listened to this clip yet"),
            self.tr(
                "With a script every word's time is found at once. Without one Whisper listens, where its"
                " model is installed (pickup models pull whisper-small)."
            ),
        )
        for name, told, signal in (
            (self.tr("I have the script…"), self.tr("A text file of what is said."), self.scripted),
            (self.tr("Recognise the words"), self.tr("Takes about a minute for ten."), self.heard),
        ):
            button = QCommandLinkButton(name, told)
            button.clicked.connect(signal)
            self.column.addWidget(button)
            self.setFocusProxy(self.focusProxy() or button)
