"""Settings of renderers: opened, kept, and looked at whether their weights are here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from PySide6.QtCore import QObject

from engine.protocol import Diffusion
from nle_panels.rendering.dialog import SettingsDialog
from nle_panels.rendering.models import USUAL, Model, Models, state_of
from nle_panels.window import Window

HERE = ("installed", "elsewhere")  # nothing is to be done about it


class RenderingCommands(QObject):
    """`settings`: each renderer's own, where they are not the usual ones."""

    def __init__(self, window: Window, settings: Mapping[str, Diffusion]) -> None:
        super().__init__(window)
        self._window, self._choice = window, window.takes.rendering
        self._models = Models(self)
        self._models.told.connect(self._tell)
        self.close = self._models.close
        self._choice.set_settings(settings)
        self._choice.renderer.currentTextChanged.connect(self._chosen)
        window.takes.settings.clicked.connect(self.open)
        window.commands["settings"].triggered.connect(self.open)
        self._chosen(self._choice.renderer.currentText())

    @property
    def settings(self) -> Mapping[str, Diffusion]:
        return self._choice.settings

    def open(self) -> None:
        renderer = self._choice.renderer.currentText()
        dialog = SettingsDialog(renderer, self.settings.get(renderer, Diffusion()), self._window)
        dialog.asked.connect(self._models.ask)
        self._models.told.connect(dialog.show_models)
        self._models.ask()
        self._look(renderer)
        if dialog.exec():
            others = {name: own for name, own in self.settings.items() if name != renderer}
            changed = {} if dialog.diffusion == Diffusion() else {renderer: dialog.diffusion}
            self._choice.set_settings(MappingProxyType(others | changed))
            self._look(renderer)
        dialog.deleteLater()

    def _chosen(self, renderer: str) -> None:
        has_settings = renderer in USUAL
        self._window.takes.settings.setEnabled(has_settings)
        self._window.enable("settings", has_settings)
        if has_settings:
            self._look(renderer)

    def _look(self, renderer: str) -> None:
        self._models.ask(self._weights(renderer))

    def _weights(self, renderer: str) -> str:
        return self.settings.get(renderer, Diffusion()).model or USUAL[renderer]

    def _tell(self, models: Sequence[Model]) -> None:
        """What is missing of a renderer's weights stands below its name."""
        found = {model.name: model for model in models}
        for renderer in USUAL:
            if model := found.get(self._weights(renderer)):
                self._choice.tell_lack(renderer, "" if model.state in HERE else state_of(model))
