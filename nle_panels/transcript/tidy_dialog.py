"""Filler words, repeated takes and long pauses: looked through first, then taken out in one step."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from engine.protocol import TICKS_PER_SECOND
from nle_panels.document.document import Caret, Document
from nle_panels.document.fillers import Find
from nle_panels.look.numbers import decimal
from nle_panels.transcript.proposals import Finds, LongPauses, ProposalList


class _Dialog(QDialog):
    """A list to look through, and one button that does it."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.resize(480, 460)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)

    def _offer(self, does: str, possible: bool) -> None:
        self._ok.setText(does)
        self._ok.setEnabled(possible)


class TidyDialog(_Dialog):
    """Proposals with a check each; those that are sure are checked. `previewed`: one is looked at."""

    previewed = Signal(object)  # Find

    def __init__(
        self, fillers: Sequence[Find], repeats: Sequence[Find], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Filler words and repeated takes"))
        groups = ((self.tr("Filler words"), fillers), (self.tr("Said again"), repeats))
        self.finds = Finds(groups, self)
        self.finds.dataChanged.connect(self._count)
        self._list = ProposalList(self.finds)
        self._list.setAccessibleName(self.tr("What may go"))
        self._list.selectionModel().currentChanged.connect(self._look)
        nothing = self.tr("Nothing was found that may go.")
        column = QVBoxLayout(self)
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
        if not self.finds.rowCount():
            self._list.hide()
            self._ok.hide()
            self._buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Close"))
            self.adjustSize()

    @property
    def chosen(self) -> tuple[Find, ...]:
        return self.finds.chosen

    def _look(self, index: QModelIndex) -> None:
        if index.isValid() and (find := self.finds.find(index.row())) is not None:
            self.previewed.emit(find)

    def _count(self) -> None:
        count = self.finds.count
        self._offer(self.tr("Strike out %n", "", count), count > 0)


class PauseDialog(_Dialog):
    """The pauses of a document, as `whole_pauses` finds them: those that are longer than one length are
    shortened to another. `previewed`: one is looked at.
    """

    previewed = Signal(object)  # Caret

    def __init__(
        self, document: Document, pauses: Sequence[tuple[Caret, int]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Shorten pauses"))
        self.pauses = LongPauses(document, pauses, self)
        self.longer, self.become = self._seconds(1.0), self._seconds(0.4)
        self._list = ProposalList(self.pauses)
        self._list.setAccessibleName(self.tr("What becomes shorter"))
        self._list.selectionModel().currentChanged.connect(self._look)
        self._told = QLabel()
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

    def _tell(self) -> None:
        self.pauses.show_longer(self.most)
        count = len(self.pauses.shown)
        saved = sum(ticks for _, ticks in self.pauses.shown) - count * self.kept
        self._told.setText(
            self.tr("Pauses: {count}, together {seconds} s shorter").format(
                count=count, seconds=decimal(saved / TICKS_PER_SECOND)
            )
        )
        self._offer(self.tr("Shorten %n", "", count), count > 0)

    def _look(self, index: QModelIndex) -> None:
        if index.isValid():
            self.previewed.emit(self.pauses.shown[index.row()][0])
