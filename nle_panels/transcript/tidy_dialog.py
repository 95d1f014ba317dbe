"""Filler words, repeated takes and long pauses: looked through first, then taken out in one step."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.protocol import TICKS_PER_SECOND
from nle_panels.document.document import Caret, Document
from nle_panels.document.fillers import Find
from nle_panels.document.striking import whole_pauses
from nle_panels.document.tokens import Pause, Token
from nle_panels.look.rows import RoomyRows

_FIND = Qt.ItemDataRole.UserRole
MOST_SHOWN = 500  # ours: pauses that are listed; three hours have thousands
AROUND = 4  # ours: words on either side that tell a pause from others


class TidyDialog(QDialog):
    """Proposals with a check each; those that are sure are checked. `previewed`: one is looked at."""

    previewed = Signal(object)  # Find

    def __init__(
        self, fillers: Sequence[Find], repeats: Sequence[Find], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Filler words and repeated takes"))
        self.resize(480, 460)
        self._list = QTreeWidget()
        self._list.setItemDelegate(RoomyRows(self._list))
        self._list.setUniformRowHeights(True)  # one is measured for all: there may be thousands
        self._list.setHeaderHidden(True)
        self._list.setAccessibleName(self.tr("What may go"))
        self._items: list[QTreeWidgetItem] = []
        for title, finds in ((self.tr("Filler words"), fillers), (self.tr("Said again"), repeats)):
            self._add(title, finds)
        self._list.expandAll()
        self._list.currentItemChanged.connect(self._look)
        self._list.itemChanged.connect(self._count)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        nothing = self.tr("Nothing was found that may go.")
        column.addWidget(
            QLabel(
                self.tr("What is checked is struck out; you can restore it.")
                if fillers or repeats
                else nothing
            )
        )
        column.addWidget(self._list, 1)
        column.addWidget(self._buttons)
        self._count()
        if not self._items:
            self._list.hide()
            self._buttons.button(QDialogButtonBox.StandardButton.Ok).hide()
            self.adjustSize()

    @property
    def chosen(self) -> tuple[Find, ...]:
        return tuple(
            item.data(0, _FIND) for item in self._items if item.checkState(0) is Qt.CheckState.Checked
        )

    def _add(self, title: str, finds: Sequence[Find]) -> None:
        if not finds:
            return
        top = QTreeWidgetItem(self._list, [f"{title} ({len(finds)})"])
        top.setFlags(top.flags() | Qt.ItemFlag.ItemIsAutoTristate | Qt.ItemFlag.ItemIsUserCheckable)
        for find in finds:
            item = QTreeWidgetItem(top, [find.text])
            item.setData(0, _FIND, find)
            item.setCheckState(0, Qt.CheckState.Checked if find.sure else Qt.CheckState.Unchecked)
            self._items.append(item)

    def _look(self, item: QTreeWidgetItem | None) -> None:
        if item is not None and item.data(0, _FIND) is not None:
            self.previewed.emit(item.data(0, _FIND))

    def _count(self) -> None:
        ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setText(self.tr("Strike out %n", "", len(self.chosen)))
        ok.setEnabled(bool(self.chosen))


class PauseDialog(QDialog):
    """Pauses that are longer than one length are shortened to another. `previewed`: one is looked at."""

    previewed = Signal(object)  # Caret

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Shorten pauses"))
        self.resize(480, 460)
        self._document = document
        self._pauses = list(whole_pauses(document))
        self.longer, self.become = self._seconds(1.0), self._seconds(0.4)
        self._list = QTreeWidget()
        self._list.setItemDelegate(RoomyRows(self._list))
        self._list.setUniformRowHeights(True)
        self._list.setHeaderHidden(True)
        self._list.setRootIsDecorated(False)
        self._list.setAccessibleName(self.tr("What becomes shorter"))
        self._list.currentItemChanged.connect(self._look)
        self._told = QLabel()
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.addRow(self.tr("Pauses longer than"), self.longer)
        form.addRow(self.tr("become"), self.become)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self._list, 1)
        column.addWidget(self._told)
        column.addWidget(self._buttons)
        self._tell()

    def _seconds(self, value: float) -> QDoubleSpinBox:
        box = QDoubleSpinBox(minimum=0, maximum=60, singleStep=0.1, decimals=1, suffix=self.tr(" s"))
        box.setValue(value)
        box.valueChanged.connect(self._tell)
        return box

    @property
    def kept(self) -> int:
        """Ticks that stay of each."""
        return round(self.become.value() * TICKS_PER_SECOND)

    @property
    def most(self) -> int:
        """Ticks up to which a pause stays as it is."""
        return max(round(self.longer.value() * TICKS_PER_SECOND), self.kept)

    @property
    def places(self) -> tuple[Caret, ...]:
        most = self.most
        return tuple(place for place, ticks in self._pauses if ticks > most)

    def _tell(self) -> None:
        places = set(self.places)
        saved = sum(ticks - self.kept for place, ticks in self._pauses if place in places)
        self._told.setText(
            self.tr("Pauses: {count}, together {seconds:.1f} s shorter").format(
                count=len(places), seconds=saved / TICKS_PER_SECOND
            )
        )
        self._show_list()
        ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setText(self.tr("Shorten %n", "", len(places)))
        ok.setEnabled(bool(places))

    def _show_list(self) -> None:
        self._list.clear()
        places, lengths = self.places, dict(self._pauses)
        for place in places[:MOST_SHOWN]:
            length = self.tr("{seconds:.1f} s").format(seconds=lengths[place] / TICKS_PER_SECOND)
            tokens = self._document.paragraphs[place.paragraph].tokens
            before = _texts(tokens[max(0, place.token - AROUND) : place.token])
            after = _texts(tokens[place.token + 1 : place.token + 1 + AROUND])
            item = QTreeWidgetItem(self._list, [f"{before}  [{length}]  {after}".strip()])
            item.setData(0, _FIND, place)
        if len(places) > MOST_SHOWN:
            QTreeWidgetItem(self._list, [self.tr("and %n more", "", len(places) - MOST_SHOWN)])

    def _look(self, item: QTreeWidgetItem | None) -> None:
        if item is not None and item.data(0, _FIND) is not None:
            self.previewed.emit(item.data(0, _FIND))


def _texts(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens if not isinstance(token, Pause))
