"""Menus of what is chosen from a few: recent timelines, and the theme."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from nle_panels.look.theme import Theme
from nle_panels.window import Window


class Menus(QObject):
    """`opened`: a recent timeline; `themed`: a theme."""

    opened = Signal(object)  # Path
    themed = Signal(str)

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.recent = QMenu(self.tr("Open &recent"), window)
        self.theme = QMenu(self.tr("&Theme"), window)
        window.menus["File"].insertMenu(window.commands["reload"], self.recent)
        window.menus["View"].addSeparator()
        window.menus["View"].addMenu(self.theme)
        self._themes: dict[Theme, QAction] = {}
        group = QActionGroup(self)
        names: tuple[tuple[Theme, str], ...] = (
            ("auto", self.tr("As the desktop is")),
            ("dark", self.tr("Dark")),
            ("light", self.tr("Light")),
        )
        for theme, name in names:
            action = self._themes[theme] = self.theme.addAction(name)
            action.setCheckable(True)
            action.triggered.connect(partial(self.themed.emit, theme))
            group.addAction(action)

    def show_theme(self, theme: Theme) -> None:
        self._themes[theme].setChecked(True)

    def show_recent(self, paths: Sequence[Path]) -> None:
        self.recent.clear()
        self.recent.setEnabled(bool(paths))
        for path in paths:
            action = self.recent.addAction(path.name)
            action.setToolTip(str(path))
            action.triggered.connect(partial(self.opened.emit, path))
        self.recent.setToolTipsVisible(True)
