"""The window: transcript on the left, picture, takes and queue on the right, the strip below."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QMainWindow,
    QMenu,
    QProgressBar,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nle_panels.banner import Banner
from nle_panels.look.commands import Command, Group, grouped, short
from nle_panels.look.icons import icon
from nle_panels.look.palette import Palette
from nle_panels.pages import EmptyPage, ListenPage, MutePage
from nle_panels.player.player import Player
from nle_panels.queue.view import QueueView
from nle_panels.strip.strip import Strip
from nle_panels.takes.view import TakesView
from nle_panels.transcript.find_bar import FindBar
from nle_panels.transcript.margin import Stamp
from nle_panels.transcript.view import TranscriptView

_TOOLS = ("undo", "redo", "", "strike", "restore", "correct", "protect", "", "find", "fillers", "pauses")
_MAIN_TOOLS = ("render", "apply")
_BY_HISTORY = ("undo", "redo")  # tools that words alone do not make possible; they need no text
# What changes words or takes: not to be had while another panel has the clip.
_CHANGING = (
    *("undo", "redo", "strike", "restore", "correct", "fillers", "pauses", "protect", "anew", "speaker"),
    *("render", "reroll", "record", "reject", "apply", "undo_apply"),
)


class Window(QMainWindow):
    """Lays the views out and owns the commands; what they do is the conductor's affair."""

    dropped = Signal(object)  # Path
    closed = Signal()

    def __init__(self, palette: Palette, stamp: Stamp, code: Callable[[int], str]) -> None:
        super().__init__()
        self.setWindowTitle("Pickup")
        self.setAcceptDrops(True)
        self.commands = {one.name: self._action(one) for _, group in grouped() for one in group}
        self.locked = False
        self._possible = dict.fromkeys(self.commands, True)  # but for the lock
        for name in ("correct",):
            self.commands[name].setCheckable(True)
        self.banner = Banner(palette)
        self.empty, self.listen, self.mute = EmptyPage(palette), ListenPage(palette), MutePage(palette)
        self._without_words = (self.empty, self.listen, self.mute)
        self.transcript = TranscriptView(palette, stamp)
        # In a list of takes or a box of text Delete is not for the words.
        self.commands["strike"].setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.transcript.addAction(self.commands["strike"])
        self.find_bar = FindBar()
        self.find_bar.hide()
        self.player, self.strip = Player(palette), Strip(palette)
        self.takes, self.queue = TakesView(code), QueueView()
        self.clips = QComboBox()
        self._build_menus()
        self._build_tools()
        self._build_centre()
        self._build_status()
        self._draw_icons(palette)
        self._bar_width = self._bar.sizeHint().width()  # with all the words on it
        self._connect_places()

    # ---- building

    def _action(self, one: Command) -> QAction:
        action = QAction(one.shown, self)
        action.setObjectName(one.name)
        action.setIconText(short(one.name))
        action.setShortcuts([QKeySequence(keys) for keys in one.keys])
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{one.shown} ({keys})" if keys else one.shown)
        return action

    def _build_menus(self) -> None:
        self.menus: dict[Group, QMenu] = {}
        names = {
            "File": self.tr("&File"),
            "Words": self.tr("&Words"),
            "Takes": self.tr("&Takes"),
            "View": self.tr("&View"),
            "Help": self.tr("&Help"),
        }
        for group, commands in grouped():
            menu = self.menus[group] = self.menuBar().addMenu(names[group])
            for one in commands:
                menu.addAction(self.commands[one.name])

    def _build_tools(self) -> None:
        bar = QToolBar(self.tr("Tools"))
        bar.setMovable(False)
        bar.setIconSize(QSize(18, 18))
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.clips.setAccessibleName(self.tr("Clip"))
        self.clips.setToolTip(self.tr("The clip that is edited"))
        self.clips.setMinimumContentsLength(14)
        bar.addWidget(self.clips)
        for name in _TOOLS:
            if name:
                bar.addAction(self.commands[name])
            else:
                bar.addSeparator()
        room = QWidget()
        room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(room)
        for name in _MAIN_TOOLS:
            bar.addAction(self.commands[name])
        for name in filter(None, (*_TOOLS, *_MAIN_TOOLS)):
            button = bar.widgetForAction(self.commands[name])
            assert isinstance(button, QToolButton)
            button.setAccessibleName(self.commands[name].text())
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            if name in _BY_HISTORY:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.addToolBar(bar)
        self._bar = bar

    def _fit_tools(self) -> None:
        """Where there is no room for all words the tools are known by sight; what matters keeps its own."""
        narrow = self.width() < self._bar_width
        style = Qt.ToolButtonStyle
        for name in filter(None, _TOOLS):
            button = self._bar.widgetForAction(self.commands[name])
            assert isinstance(button, QToolButton)
            by_sight = narrow or name in _BY_HISTORY
            button.setToolButtonStyle(
                style.ToolButtonIconOnly if by_sight else style.ToolButtonTextBesideIcon
            )

    def _draw_icons(self, palette: Palette) -> None:
        for name in filter(None, (*_TOOLS, *_MAIN_TOOLS)):
            self.commands[name].setIcon(icon(name, palette))

    def _connect_places(self) -> None:
        """To go from one part of the window to another without the mouse."""
        for name, go in (
            ("to_words", self._page),
            ("to_picture", lambda: self.player),
            ("to_strip", lambda: self.strip),
            ("to_takes", lambda: self.takes),
            ("to_queue", lambda: self.queue),
        ):
            self.commands[name].triggered.connect(partial(self._go_to, go))
        self.commands["play"].triggered.connect(self.player.player_actions.play.trigger)

    def _go_to(self, place: Callable[[], QWidget]) -> None:
        widget = place()
        if self.tabs.indexOf(widget) >= 0:
            self.tabs.setCurrentWidget(widget)
        widget.setFocus()

    def _page(self) -> QWidget:
        """What has the words' place now."""
        page = self.pages.currentWidget()
        return page if page in self._without_words else self.transcript

    def _build_centre(self) -> None:
        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.transcript, 1)
        column.addWidget(self.find_bar)
        self.pages = QStackedWidget()
        for page in (*self._without_words, words):
            self.pages.addWidget(page)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.tabBar().setAccessibleName(self.tr("Takes and queue"))
        self.tabs.addTab(self.takes, self.tr("Takes"))
        self.tabs.addTab(self.queue, self.tr("Queue"))
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self.player)
        right.addWidget(self.tabs)
        right.setStretchFactor(0, 3)
        right.setStretchFactor(1, 2)
        right.setSizes([380, 240])
        across = QSplitter(Qt.Orientation.Horizontal)
        across.addWidget(self.pages)
        across.addWidget(right)
        across.setStretchFactor(0, 1)
        across.setStretchFactor(1, 1)
        across.setSizes([620, 620])
        whole = QSplitter(Qt.Orientation.Vertical)
        whole.addWidget(across)
        whole.addWidget(self.strip)
        whole.setStretchFactor(0, 1)
        whole.setStretchFactor(1, 0)
        for splitter in (right, across, whole):
            splitter.setChildrenCollapsible(False)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(whole, 1)
        self.setCentralWidget(centre)
        self.resize(1280, 800)

    def _build_status(self) -> None:
        self.busy, self.bar = QLabel(), QProgressBar(textVisible=False, maximum=1000)
        self.bar.setMaximumWidth(140)
        self.bar.setFixedHeight(6)
        self.bar.hide()
        self.change, self.engine = QLabel(), QLabel()
        self.change.setToolTip(self.tr("How much longer or shorter the clip becomes, in frames"))
        self.statusBar().addWidget(self.busy)
        self.statusBar().addWidget(self.bar)
        self.statusBar().addPermanentWidget(self.change)
        self.statusBar().addPermanentWidget(self.engine)

    # ---- what is shown

    def show_page(self, page: QWidget) -> None:
        """One of the pages without words, or the words (`transcript`)."""
        has_words = page not in self._without_words
        self.clips.setEnabled(self.clips.count() > 0)
        self.pages.setCurrentIndex(len(self._without_words) if has_words else self.pages.indexOf(page))
        for name in (*filter(None, _TOOLS), *_MAIN_TOOLS, "reroll", "reject", "record", "speaker"):
            if not (has_words and name in _BY_HISTORY):
                self.enable(name, has_words)

    def enable(self, name: str, possible: bool) -> None:
        """Whether a command can be chosen now."""
        self._possible[name] = possible
        self.commands[name].setEnabled(possible and not (self.locked and name in _CHANGING))

    def set_locked(self, locked: bool) -> None:
        """Nothing is changed here while it is."""
        self.locked = locked
        self.takes.set_locked(locked)
        for name in _CHANGING:
            self.enable(name, self._possible[name])

    def set_colours(self, palette: Palette) -> None:
        self._draw_icons(palette)
        self.banner.set_colours(palette)
        for page in self._without_words:
            page.set_colours(palette)
        self.transcript.set_palette(palette)
        self.player.set_colours(palette)
        self.strip.set_colours(palette)

    @property
    def placed_at(self) -> str:
        """Where the window is, for the next time."""
        return self.saveGeometry().toBase64().toStdString()

    def place_at(self, kept: str) -> None:
        if kept:
            self.restoreGeometry(QByteArray.fromBase64(kept.encode()))

    def shortcut_rows(self) -> list[tuple[str, str]]:
        """(keys, what they do) of everything, for the sheet."""
        rows = [
            (action.shortcut().toString(QKeySequence.SequenceFormat.NativeText), action.text())
            for action in self.commands.values()
        ]
        rows += [
            (action.shortcut().toString(QKeySequence.SequenceFormat.NativeText), action.text())
            for action in self.player.actions()
        ]
        return [(keys, text) for keys, text in rows if keys]

    # ---- Qt's own

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_tools()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if len(event.mimeData().urls()) == 1 and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.dropped.emit(Path(event.mimeData().urls()[0].toLocalFile()))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit()
        super().closeEvent(event)
