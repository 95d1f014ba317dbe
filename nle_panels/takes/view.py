"""The takes of every edit: choose, reject, render again, and with what."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nle_panels.look.numbers import signed
from nle_panels.look.rows import RoomyRows
from nle_panels.look.told import told_line
from nle_panels.rendering.choice import RenderingChoice
from nle_panels.takes.book import Version
from nle_panels.takes.entries import Entry
from nle_panels.turns import Turns

MANY = 10  # ours: edits, from which on no row is made at once: each takes a millisecond
COMPARED = 100  # ours: edits that are compared at a time
_KEY, _NUMBER = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


class _EditList(QTreeWidget):
    """Says what comes here while there is nothing."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.topLevelItemCount():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().placeholderText().color())
            room = self.viewport().rect().adjusted(12, 8, -12, -8)
            told = self.tr("What you change in the words is listed here, with its takes.")
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, told)


class TakesView(QWidget):
    """Shows entries. `rendering`: how the next takes are to be made; `settings`: to change more of it."""

    chosen = Signal(str, int)
    rejected = Signal(str, int)
    rerolled = Signal(str)
    sought = Signal(int)  # clip frame
    looped = Signal(int)  # clip frame of an edit that is to be looked at over and over

    def __init__(self, code: Callable[[int], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._code = code
        self._locked = False
        self._shown: list[Entry] = []
        self._selected: tuple[str | None, int] | None = None  # an edit's key, and where it begins
        self._writing = Turns(self)
        self._list = _EditList()
        self._list.setItemDelegate(RoomyRows(self._list))
        self._list.setAccessibleName(self.tr("Takes"))
        self._list.setHeaderLabels([self.tr("Edit"), self.tr("Frames"), self.tr("Take")])
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._list.setAlternatingRowColors(False)
        self._list.header().setStretchLastSection(False)
        self._list.header().setResizeContentsPrecision(0)  # by what is seen: there may be hundreds
        self._list.setUniformRowHeights(True)
        self._list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for narrow in (1, 2):
            self._list.header().setSectionResizeMode(narrow, QHeaderView.ResizeMode.ResizeToContents)
        self._list.itemChanged.connect(self._checked)
        self._list.currentItemChanged.connect(self._went_to)
        self._list.setExpandsOnDoubleClick(False)
        self._list.itemDoubleClicked.connect(self._looks_at)
        self.reroll, self.reject = QPushButton(self.tr("Another take")), QPushButton(self.tr("Reject"))
        self.reroll.clicked.connect(self.ask_reroll)
        self.reject.clicked.connect(self.ask_reject)
        self.reroll.setToolTip(self.tr("Render the selected edit once more"))
        self.reject.setToolTip(self.tr("Another take of the edit plays instead of the selected one"))
        self.voice = QPushButton(self.tr("Voice"))
        self.voice.setToolTip(self.tr("Who says the new words of this edit"))
        self.rendering = RenderingChoice()
        self.settings = QPushButton(self.tr("Settings…"))
        self.settings.setToolTip(self.tr("The renderer's weights, and how it works"))
        self._offer()
        self.setFocusProxy(self._list)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self._list, 1)
        column.addWidget(self.rendering)
        actions = QHBoxLayout()
        actions.addWidget(self.settings)
        actions.addStretch(1)
        for button in (self.voice, self.reject, self.reroll):
            actions.addWidget(button)
        column.addLayout(actions)

    # ---- what is shown

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """The edit that was selected still is; one that has become another shot, by where it begins. Rows
        that differ are made anew, in turns: there may be thousands.
        """
        few = max(len(entries), len(self._shown)) < MANY
        (self._writing.take if few else self._writing.put_off)(self._written(tuple(entries)))

    def _written(self, entries: Sequence[Entry]) -> Iterator[None]:
        """Rows that go are taken away first: Qt looks through all that there are for each that comes."""
        old, new = yield from _differing(self._shown, entries)
        kept = min(old.stop, new.stop)
        for number in reversed(range(kept, old.stop)):
            with QSignalBlocker(self._list):
                self._list.takeTopLevelItem(number)
            del self._shown[number]
            yield
        for number in new:
            self._put(number, entries[number], instead=number < kept)
            yield
        self._select_again(entries)
        self._offer()

    def _select_again(self, entries: Sequence[Entry]) -> None:
        chosen = _same(entries, *self._selected) if self._selected else None
        self._selected = (chosen.key, chosen.start) if chosen else None
        index = QModelIndex()
        if chosen is not None:
            index = self._list.model().index(entries.index(chosen), 0)
        current = self._list.currentIndex()
        if index != (current.parent() if current.parent().isValid() else current):
            with QSignalBlocker(self._list):
                self._list.setCurrentIndex(index)

    def _put(self, number: int, entry: Entry, *, instead: bool) -> None:
        """The entry's row there, in the place of the one that is there or before it."""
        top = self._row(entry)
        for version in reversed(entry.shelf.versions):
            self._version(top, entry, version)
        with QSignalBlocker(self._list):
            if instead:
                self._list.takeTopLevelItem(number)
            self._list.insertTopLevelItem(number, top)
            top.setExpanded(True)
        self._shown[number : number + instead] = [entry]

    def current(self) -> tuple[str, int | None] | None:
        """The edit that is selected, and the version of it."""
        self._writing.finish()
        item = self._list.currentItem()
        if item is None or item.data(0, _KEY) is None:
            return None
        return item.data(0, _KEY), item.data(0, _NUMBER)

    def lines(self) -> tuple[str, ...]:
        """The new words of the edit that is selected."""
        self._writing.finish()
        return self._lines()

    def _lines(self) -> tuple[str, ...]:
        top = self._top()
        return top.data(2, _KEY) if top is not None else ()

    def _top(self) -> QTreeWidgetItem | None:
        """The row of the edit that is selected, or that a version of is."""
        item = self._list.currentItem()
        return (item.parent() or item) if item is not None else None

    def set_locked(self, locked: bool) -> None:
        """Takes are only looked at while it is."""
        self._locked = locked
        self._offer()

    def _offer(self) -> None:
        """What can be done with what is selected."""
        some = self._list.topLevelItemCount() > 0 and not self._locked
        self.reject.setEnabled(some)
        self.reroll.setEnabled(some)
        self.voice.setEnabled(some and bool(self._lines()))

    def _row(self, entry: Entry) -> QTreeWidgetItem:
        title = f"{self._code(entry.start)}  {entry.title}"
        state = "" if entry.key is None or entry.shelf.playing else self.tr("no take yet")
        top = QTreeWidgetItem([title, signed(entry.change), state])
        top.setToolTip(0, entry.title)
        top.setData(0, _KEY, entry.key)
        top.setData(0, _NUMBER, entry.shelf.chosen)
        top.setData(1, _KEY, entry.start)
        top.setData(2, _KEY, entry.lines)
        return top

    def _version(self, top: QTreeWidgetItem, entry: Entry, version: Version) -> None:
        take = version.take
        told = [f"v{version.number}", take.renderer, self.tr("seed {n}").format(n=take.seed)]
        if any(line.scratch for line in version.record.job.speech):
            told.append(self.tr("scratch voice"))
        if take.lip_sync == "none":
            told.append(self.tr("mouth not synced"))
        if take.marked:
            told.append(self.tr("marked: no consent on record"))
        state = self.tr("rejected") if version.rejected else ""
        if version.number == entry.shelf.chosen:
            state = self.tr("plays")
        row = QTreeWidgetItem(top, ["  ·  ".join(told), "", state])
        row.setData(0, _KEY, entry.key)
        row.setData(0, _NUMBER, version.number)
        row.setFlags(row.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        playing = version.number == entry.shelf.chosen
        row.setCheckState(0, Qt.CheckState.Checked if playing else Qt.CheckState.Unchecked)
        row.setToolTip(0, "\n".join(map(told_line, take.warnings)))
        if version.rejected:
            font = row.font(0)
            font.setStrikeOut(True)
            row.setFont(0, font)

    # ---- what is asked for

    def ask_reroll(self) -> None:
        if current := self.current():
            self.rerolled.emit(current[0])

    def ask_reject(self) -> None:
        current = self.current()
        if current and current[1] is not None:
            self.rejected.emit(*current)

    def _checked(self, item: QTreeWidgetItem) -> None:
        """One of a shot's versions is checked: taking the check away from it leaves it there."""
        if item.parent() is not None:
            self.chosen.emit(item.data(0, _KEY), item.data(0, _NUMBER))

    def _went_to(self, item: QTreeWidgetItem | None) -> None:
        top = item.parent() or item if item else None
        self._selected = (top.data(0, _KEY), top.data(1, _KEY)) if top is not None else None
        self._offer()
        if top is not None:
            self.sought.emit(top.data(1, _KEY))

    def _looks_at(self, item: QTreeWidgetItem) -> None:
        self.looped.emit((item.parent() or item).data(1, _KEY))


def _same(entries: Sequence[Entry], key: str | None, start: int) -> Entry | None:
    by_key = next((entry for entry in entries if key is not None and entry.key == key), None)
    return by_key or next((entry for entry in entries if entry.start == start), None)


def _differing(old: Sequence[Entry], new: Sequence[Entry]) -> Generator[None, None, tuple[range, range]]:
    """Which of the old ones give way to which of the new ones: what is before and behind is the same. Some
    are compared at a time.
    """
    room = min(len(old), len(new))
    head = 0
    while head < room and old[head] == new[head]:
        head += 1
        if head % COMPARED == 0:
            yield
    room -= head
    tail = 0
    while tail < room and old[-1 - tail] == new[-1 - tail]:
        tail += 1
        if tail % COMPARED == 0:
            yield
    return range(head, len(old) - tail), range(head, len(new) - tail)
