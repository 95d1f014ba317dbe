"""Apply: how the takes go on the timeline, what that changes, and whether anything would be lost."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from nle_panels.apply.changes import ChangesView, Section
from nle_panels.apply.places import Place
from nle_panels.apply.placing import Placing, Prospect
from nle_panels.look.numbers import signed
from nle_panels.look.palette import Palette


class ApplyDialog(QDialog):
    """`asked`: for what a placing would do; answered by `show_prospect` or `show_trouble`."""

    asked = Signal(object)  # Placing
    applied = Signal(object)  # Placing

    def __init__(self, places: Sequence[Place], palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Apply to the timeline"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(620, 480)
        self._palette = palette
        self._where, self._lay, self._ripple = QComboBox(), QComboBox(), QComboBox()
        for place in places:
            self._where.addItem(place.name, place.out)
        names = {
            "replace": self.tr("in place of what they replace"),
            "above": self.tr("on a new track above"),
            "reference": self.tr("as the clip's other media"),
        }
        for lay in places[0].lays:
            self._lay.addItem(names[lay], lay)
        for name, ripple in (
            (self.tr("all tracks move along"), "all"),
            (self.tr("only the clip's own tracks"), "linked"),
        ):
            self._ripple.addItem(name, ripple)
        self.changes = ChangesView(palette)
        self._length = QLabel()
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Apply | QDialogButtonBox.StandardButton.Cancel
        )
        self._apply = self._buttons.button(QDialogButtonBox.StandardButton.Apply)
        self._apply.setDefault(True)
        self.copy = self._buttons.addButton(self.tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.setToolTip(self.tr("All of what changes, as text"))
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(self._copy)
        self._buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        self._apply.clicked.connect(self._accept)
        self._buttons.rejected.connect(self.reject)
        self._lay_out()
        for box in (self._where, self._lay, self._ripple):
            box.currentIndexChanged.connect(self.ask)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(self.tr("Write to"), self._where)
        form.addRow(self.tr("Takes go"), self._lay)
        form.addRow(self.tr("When the length changes"), self._ripple)
        column = QVBoxLayout(self)
        column.addLayout(form)
        heading = QLabel(self.tr("What changes"))
        heading.setBuddy(self.changes)
        column.addWidget(heading)
        column.addWidget(self.changes, 1)
        column.addWidget(self._length)
        column.addWidget(self._buttons)

    @property
    def placing(self) -> Placing:
        return Placing(
            out=self._where.currentData(), lay=self._lay.currentData(), ripple=self._ripple.currentData()
        )

    def ask(self) -> None:
        self._apply.setEnabled(False)
        self.changes.clear()
        self._length.setText(self.tr("Working it out…"))
        self.asked.emit(self.placing)

    def show_prospect(self, prospect: Prospect) -> None:
        found = prospect.difference
        warning, error = self._palette.warning, self._palette.error
        self.changes.show_sections(
            (
                *(Section(title=track.track, lines=track.lines) for track in found.tracks),
                Section(title=self.tr("Markers"), lines=found.markers),
                Section(title=self.tr("Holes on other tracks"), lines=prospect.holes, colour=warning),
                Section(title=self.tr("This format cannot hold"), lines=prospect.losses, colour=error),
                Section(title=self.tr("To be known of the takes"), lines=prospect.warnings, colour=warning),
                Section(title=self.tr("Untouched"), lines=found.untouched),
            )
        )
        self._length.setText(
            self.tr("Length: {before} → {after} frames ({change})").format(
                before=found.before, after=found.after, change=signed(found.after - found.before)
            )
        )
        self._apply.setEnabled(True)

    def show_trouble(self, told: str) -> None:
        self.changes.show_trouble(told)
        self._length.setText("")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.changes.toPlainText()}\n{self._length.text()}".strip())

    def _accept(self) -> None:
        self.applied.emit(self.placing)
        self.accept()
