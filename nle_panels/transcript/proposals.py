"""What may go, as lists of thousands of rows: only what is seen of them is ever asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QListView

from engine.protocol import TICKS_PER_SECOND
from nle_panels.document.document import Caret, Document
from nle_panels.document.fillers import Find
from nle_panels.document.tokens import Pause, Token
from nle_panels.look.numbers import decimal
from nle_panels.look.rows import RoomyRows

AROUND = 4  # ours: words on either side that tell a pause from others
_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_Check = Qt.CheckState
_NOWHERE = QModelIndex()


class ProposalList(QListView):
    """Shows proposals; a long list is laid out some rows at a time."""

    def __init__(self, model: QAbstractListModel) -> None:
        super().__init__()
        self.setItemDelegate(RoomyRows(self))
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setModel(model)


@dataclass(frozen=True, slots=True)
class _Group:
    """Finds under a heading. `checks`: 1 for each that is checked."""

    title: str
    finds: tuple[Find, ...]
    checks: bytearray

    @property
    def check(self) -> Qt.CheckState:
        if not any(self.checks):
            return _Check.Unchecked
        return _Check.Checked if all(self.checks) else _Check.PartiallyChecked


class Finds(QAbstractListModel):
    """Headings, and the finds of each below it. What is sure is checked; a heading checks all its own."""

    def __init__(self, groups: Sequence[tuple[str, Sequence[Find]]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups = tuple(
            _Group(title, tuple(finds), bytearray(find.sure for find in finds))
            for title, finds in groups
            if finds
        )

    @property
    def chosen(self) -> tuple[Find, ...]:
        return tuple(find for group in self._groups for find in compress(group.finds, group.checks))

    @property
    def count(self) -> int:
        """How many are checked."""
        return sum(sum(group.checks) for group in self._groups)

    def find(self, row: int) -> Find | None:
        """None for a heading."""
        group, number = self._at(row)
        return None if number is None else group.finds[number]

    def _at(self, row: int) -> tuple[_Group, int | None]:
        for group in self._groups:
            if row <= len(group.finds):
                return group, row - 1 if row else None
            row -= len(group.finds) + 1
        raise IndexError(row)

    def _tell(self) -> None:
        """Of all rows: Qt asks for those that are seen."""
        self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1), [_Role.CheckStateRole])

    # ---- Qt's own

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else sum(len(group.finds) + 1 for group in self._groups)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> object:
        group, number = self._at(index.row())
        match role:
            case _Role.DisplayRole:
                return f"{group.title} ({len(group.finds)})" if number is None else group.finds[number].text
            case _Role.CheckStateRole:
                if number is None:
                    return group.check
                return _Check.Checked if group.checks[number] else _Check.Unchecked
            case _Role.FontRole if number is None:
                font = QFont()
                font.setBold(True)
                return font
        return None

    def setData(self, index: _Index, value: object, role: int = _Role.EditRole) -> bool:
        if role != _Role.CheckStateRole:
            return False
        group, number = self._at(index.row())
        on = _Check(value) is not _Check.Unchecked
        whole = slice(number, number + 1) if number is not None else slice(None)
        group.checks[whole] = bytes([on]) * len(group.checks[whole])
        self._tell()
        return True


class LongPauses(QAbstractListModel):
    """Those of a document's pauses that are longer than so many ticks, each with the words around it."""

    def __init__(
        self, document: Document, pauses: Sequence[tuple[Caret, int]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._all = document, pauses
        self.shown: Sequence[tuple[Caret, int]] = ()

    def show_longer(self, most: int) -> None:
        self.beginResetModel()
        self.shown = [pause for pause in self._all if pause[1] > most]
        self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> object:
        if role != _Role.DisplayRole:
            return None
        place, ticks = self.shown[index.row()]
        length = self.tr("{seconds} s").format(seconds=decimal(ticks / TICKS_PER_SECOND))
        tokens = self._document.paragraphs[place.paragraph].tokens
        before = _texts(tokens[max(0, place.token - AROUND) : place.token])
        after = _texts(tokens[place.token + 1 : place.token + 1 + AROUND])
        return f"{before}  [{length}]  {after}".strip()


def _texts(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens if not isinstance(token, Pause))
