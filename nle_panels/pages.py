"""What is seen while there are no words: nothing open yet, nobody has listened yet, or nothing to hear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCommandLinkButton,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nle_panels.look.icons import icon
from nle_panels.look.palette import Palette

Chosen = SignalInstance | Callable[[bool], None]

WIDEST = 520  # ours: pixels of a line that is read with ease
PICTURE = 64  # ours: pixels of a page's drawing, before the screen's density


class _Picture(QWidget):
    """One of the panel's icons, large and quiet."""

    def __init__(self, name: str, palette: Palette) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(PICTURE, PICTURE)
        self.set_colours(palette)

    def set_colours(self, palette: Palette) -> None:
        self._icon = icon(self._name, palette)
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        self._icon.paint(QPainter(self), self.rect(), mode=QIcon.Mode.Disabled)


class _Page(QScrollArea):
    """A drawing, a title, what it is about, and what can be done."""

    def __init__(self, drawing: str, title: str, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._picture = _Picture(drawing, palette)
        self.title, self.told = QLabel(title), QLabel()
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        self.title.setFont(font)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self.title, self.told):
            label.setWordWrap(True)
            label.setMaximumWidth(WIDEST)
        inside = QWidget()
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(40, 24, 40, 24)
        self.column.setSpacing(12)
        self.column.addStretch(2)
        for widget in (self._picture, self.title, self.told):
            self.column.addWidget(widget)
        self.column.addStretch(3)

    def set_colours(self, palette: Palette) -> None:
        self._palette = palette
        self._picture.set_colours(palette)
        for button in self.findChildren(QCommandLinkButton):
            button.setIcon(icon("play", palette))

    def add_choice(
        self, name: str, told: str, chosen: SignalInstance | Callable[[bool], None]
    ) -> QCommandLinkButton:
        """The first one has the keyboard when the page has."""
        button = QCommandLinkButton(name, told)
        button.setIcon(icon("play", self._palette))
        button.setIconSize(QSize(14, 14))
        button.setAccessibleName(name)
        button.setAccessibleDescription(told)
        button.setMaximumWidth(WIDEST)
        button.clicked.connect(chosen)
        self.column.insertWidget(self.column.count() - 1, button)
        self.setFocusProxy(self.focusProxy() or button)
        return button


class EmptyPage(_Page):
    """`opened`: a timeline of the recent ones; `browsed`: another one is looked for."""

    opened = Signal(object)  # Path
    browsed = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__("film", self.tr("Open a timeline"), palette, parent)
        self.told.setText(
            self.tr(
                "From Kdenlive, Premiere, Resolve or Final Cut: save or export it as a file, and drop it"
                " here. Pickup shows what is said; what you change in the words it changes in the picture."
            )
        )
        self._asks = self.title.text()
        browse = QPushButton(self.tr("Open a timeline…"))
        browse.setDefault(True)
        browse.clicked.connect(self.browsed)
        self.setFocusProxy(browse)
        self.column.insertWidget(self.column.count() - 1, browse, 0, Qt.AlignmentFlag.AlignLeft)
        self._recent: list[QWidget] = []

    def tell_opening(self, name: str) -> None:
        """That the timeline of this name is being opened; "": nothing is."""
        self.title.setText(self.tr("Opening {name}…").format(name=name) if name else self._asks)

    def show_recent(self, paths: Sequence[Path]) -> None:
        for widget in self._recent:
            widget.hide()  # it is deleted when all is quiet
            widget.deleteLater()
        self._recent = [
            self.add_choice(path.name, str(path.parent), partial(self._open, path)) for path in paths
        ]

    def _open(self, path: Path, _: bool) -> None:
        self.opened.emit(path)


class ListenPage(_Page):
    """`heard`: the words are to be recognised. `scripted`: there is a script that they are aligned to."""

    heard = Signal()
    scripted = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__("listen", "", palette, parent)
        self._asks = ""
        self._choices = (
            self.add_choice(
                self.tr("I have the script…"), self.tr("A text file of what is said."), self.scripted
            ),
            self.add_choice(
                self.tr("Recognise the words"), self.tr("Takes about a minute for ten."), self.heard
            ),
        )
        self.about(None)

    def about(self, recording: str | None) -> None:
        """Whether it is the clip itself that is to be listened to, or a recording beside it."""
        self._asks = self.tr("Nobody has listened to this clip yet")
        if recording is not None:
            self._asks = self.tr("Nobody has listened to {name} yet").format(name=recording)
        self.tell_listening(False)
        told = self.tr(
            "With a script every word's time is found at once. Without one Whisper listens, where its"
            " model is installed (pickup models pull whisper-small)."
        )
        if recording is not None:
            told += "\n\n" + self.tr(
                "The recording gives the clip its words. It is not played here, nor laid on the timeline: put"
                " it on a track of its own in your editing program, where it is cut along with the clip."
            )
        self.told.setText(told)

    def tell_listening(self, on: bool) -> None:
        """Whether somebody listens now; how far they are stands in the window's line at the bottom."""
        self.title.setText(self.tr("Listening…") if on else self._asks)
        for choice in self._choices:
            choice.setDisabled(on)


class MutePage(_Page):
    """A clip that nothing can be heard in. `written`: its words are to be typed; `filed`: they are in a text
    file; `replaced`: another recording is to be listened to.
    """

    written = Signal()
    filed = Signal()
    replaced = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__("mute", self.tr("This clip has no sound"), palette, parent)
        self.about("")
        self.add_choice(
            self.tr("Write what is said…"),
            self.tr("The words are spread over the clip; you set their edges in the strip, by eye."),
            self.written,
        )
        self.add_choice(self.tr("Take the words from a text file…"), self.tr("Spread likewise."), self.filed)
        self.add_choice(
            self.tr("Listen to another recording…"),
            self.tr("Of a recorder that ran with the camera: it has to begin where the film does."),
            self.replaced,
        )

    def about(self, media: str) -> None:
        line = self.tr(
            "There is nothing to hear in {name}, so its words cannot be found by listening. They can come"
            " from elsewhere, and are edited then like all others."
        )
        self.told.setText(line.format(name=media))
