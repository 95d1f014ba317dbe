"""Find and replace, in a bar under the text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from nle_panels.document.search import Query


class FindBar(QWidget):
    """`queried` as the text is typed; `stepped` to the next place (1) or the one before (-1)."""

    queried = Signal(object)  # Query
    stepped = Signal(int)
    replaced = Signal(object, str)  # Query, the new text: everywhere
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text, self.other = QLineEdit(), QLineEdit()
        self.text.setPlaceholderText(self.tr("Find"))
        self.other.setPlaceholderText(self.tr("Replace with"))
        for box in (self.text, self.other):
            box.setAccessibleName(box.placeholderText())
            box.setClearButtonEnabled(True)
        self._whole = QCheckBox(self.tr("Whole words"))
        self._case = QCheckBox(self.tr("Aa"))
        self._case.setToolTip(self.tr("Capitals count"))
        self._case.setAccessibleName(self.tr("Capitals count"))
        self._count = QLabel()
        rows = QGridLayout(self)
        rows.setContentsMargins(8, 4, 8, 4)
        rows.setSpacing(4)
        rows.setHorizontalSpacing(10)
        rows.setColumnStretch(0, 1)
        row, lower = QHBoxLayout(), QHBoxLayout()
        rows.addWidget(self.text, 0, 0)
        rows.addLayout(row, 0, 1)
        rows.addWidget(self.other, 1, 0)
        rows.addLayout(lower, 1, 1)
        row.addWidget(self._count, 1)
        row.addWidget(self._button("‹", self.tr("The one before"), lambda: self.stepped.emit(-1)))
        row.addWidget(self._button("›", self.tr("The next one"), lambda: self.stepped.emit(1)))
        row.addWidget(self._button("✕", self.tr("Close"), self.close_bar))
        lower.setSpacing(10)
        lower.addWidget(self._whole)
        lower.addWidget(self._case)
        lower.addStretch(1)
        lower.addWidget(self._button(self.tr("Replace all"), self.tr("Replace all"), self._replace))
        self.text.textChanged.connect(self._query)
        self._whole.toggled.connect(self._query)
        self._case.toggled.connect(self._query)

    def _button(self, text: str, name: str, act: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.clicked.connect(act)
        return button

    @property
    def query(self) -> Query:
        return Query(text=self.text.text(), case=self._case.isChecked(), whole_words=self._whole.isChecked())

    def open_bar(self, text: str = "") -> None:
        self.show()
        if text:
            with QSignalBlocker(self.text):
                self.text.setText(text)
        self.text.selectAll()
        self.text.setFocus()
        self._query()

    def close_bar(self) -> None:
        self.hide()
        self.closed.emit()

    def show_count(self, count: int, at: int | None) -> None:
        if not self.text.text():
            self._count.setText("")
        elif at is None:
            self._count.setText(self.tr("%n found", "", count))
        else:
            self._count.setText(self.tr("{at} of {count}").format(at=at + 1, count=count))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.stepped.emit(-1 if back else 1)
        else:
            super().keyPressEvent(event)

    def _query(self) -> None:
        self.queried.emit(self.query)

    def _replace(self) -> None:
        self.replaced.emit(self.query, self.other.text())
