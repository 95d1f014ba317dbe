"""What renders the next takes, how much of the face, and from which seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from bridge.rendering import Rendering
from engine.protocol import Box, Diffusion, FaceRegion

RENDERERS = ("draft", "demo", "edityourself", "ltx2")
REGIONS = ("lips", "face", "head", "box")


class RenderingChoice(QWidget):
    """`changed`: how the next takes are to be made; `box_wanted`: a box is drawn. A renderer that lacks
    something here can be chosen all the same: below it stands what it lacks.
    """

    changed = Signal(object)  # Rendering
    box_wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings: Mapping[str, Diffusion] = MappingProxyType({})
        self._rendering = Rendering()
        self._box: Box | None = None
        self._lacks: dict[str, str] = {}
        self.lack = QLabel()
        self.lack.setWordWrap(True)
        self.lack.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.lack.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._row())
        column.addWidget(self.lack)

    def _row(self) -> QHBoxLayout:
        self.renderer, self.region, self.seed = QComboBox(), QComboBox(), QSpinBox(maximum=2**31 - 1)
        told = (
            self.tr("At once, without a model: cuts are bridged, mouths are not made anew."),
            self.tr("A small model for drawn faces, on any machine."),
            self.tr("The paper's model: needs its weights and a GPU (pickup doctor says what is here)."),
            self.tr("LTX-2: public weights and a GPU. How well its mouths keep to the speech is unverified."),
        )
        for name, line in zip(RENDERERS, told, strict=True):
            self.renderer.addItem(name)
            self.renderer.setItemData(self.renderer.count() - 1, line, Qt.ItemDataRole.ToolTipRole)
        names = (self.tr("lips"), self.tr("face"), self.tr("head"), self.tr("a drawn box"))
        for region, name in zip(REGIONS, names, strict=True):
            self.region.addItem(name, region)
        self.renderer.currentIndexChanged.connect(self._told)
        self.region.currentIndexChanged.connect(self._told)
        self.seed.valueChanged.connect(self._told)
        row = QHBoxLayout()
        for name, widget, told_of in (
            (self.tr("Renderer"), self.renderer, self.tr("What renders the next takes")),
            (self.tr("Region"), self.region, self.tr("How much of the face is made anew")),
            (self.tr("Seed"), self.seed, self.tr("Another number makes another take of the same edit")),
        ):
            widget.setToolTip(told_of)
            label = QLabel(name)
            label.setBuddy(widget)
            widget.setAccessibleName(name)
            row.addWidget(label)
            row.addWidget(widget)
        row.addStretch(1)
        return row

    def set_settings(self, settings: Mapping[str, Diffusion]) -> None:
        """Each renderer's own, where they are not the usual ones. What one lacked may be here now."""
        for renderer in RENDERERS:
            if settings.get(renderer) != self.settings.get(renderer):
                self._lacks.pop(renderer, None)
        self.settings = settings
        self._told()

    def set_box(self, box: Box | None) -> None:
        """The box that was drawn on the picture."""
        self._box = box
        self._told()

    def tell_lack(self, renderer: str, lack: str) -> None:
        """What the renderer needs and is not here, and what to do about it; "": nothing."""
        self._lacks[renderer] = lack
        self._show_lack()

    def _show_lack(self) -> None:
        lack = self._lacks.get(self.renderer.currentText(), "")
        self.lack.setText(lack)
        self.lack.setAccessibleName(lack)
        self.lack.setVisible(bool(lack))

    def _told(self) -> None:
        self._show_lack()
        name, renderer = self.region.currentData(), self.renderer.currentText()
        self.box_wanted.emit(name == "box")
        region = self._rendering.region  # until a box is drawn the region stays what it was
        if name != "box" or self._box is not None:
            region = self._box if name == "box" and self._box else FaceRegion(name=name)
        self._rendering = replace(
            self._rendering,
            renderer=renderer,
            region=region,
            seed=self.seed.value(),
            diffusion=self.settings.get(renderer, Diffusion()),
        )
        self.changed.emit(self._rendering)
