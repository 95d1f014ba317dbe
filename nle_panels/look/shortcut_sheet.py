"""Every key and what it does, on one page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nle_panels.look.rows import RoomyRows


class ShortcutSheet(QDialog):
    def __init__(self, rows: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.resize(460, 560)
        table = QTreeWidget()
        table.setHeaderLabels([self.tr("Keys"), self.tr("What they do")])
        table.setRootIsDecorated(False)
        table.setItemDelegate(RoomyRows(table))
        table.setAccessibleName(self.windowTitle())
        table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        for keys, text in rows:
            QTreeWidgetItem(table, [keys, text])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(table)
        column.addWidget(buttons)
