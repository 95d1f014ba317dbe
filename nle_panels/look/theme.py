"""The palette as Qt has it: one style on every system, dark or light as the host or the desktop is."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from nle_panels.look.palette import DARK, LIGHT, Palette

Theme = Literal["auto", "dark", "light"]
MARKS = Path(__file__).parent / "marks"

_ROLES = (
    (QPalette.ColorRole.Window, "window"),
    (QPalette.ColorRole.WindowText, "text"),
    (QPalette.ColorRole.Base, "panel"),
    (QPalette.ColorRole.AlternateBase, "raised"),
    (QPalette.ColorRole.ToolTipBase, "raised"),
    (QPalette.ColorRole.ToolTipText, "text"),
    (QPalette.ColorRole.Text, "text"),
    (QPalette.ColorRole.PlaceholderText, "muted"),
    (QPalette.ColorRole.Button, "raised"),
    (QPalette.ColorRole.ButtonText, "text"),
    (QPalette.ColorRole.BrightText, "error"),
    (QPalette.ColorRole.Highlight, "accent"),
    (QPalette.ColorRole.HighlightedText, "accent_text"),
    (QPalette.ColorRole.Link, "accent"),
    (QPalette.ColorRole.Mid, "border"),
    (QPalette.ColorRole.Accent, "accent"),
)
_DISABLED = (
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.Text,
    QPalette.ColorRole.ButtonText,
)


def palette_of(theme: Theme) -> Palette:
    """`auto`: as the desktop is; dark where it does not say, as editing programs are."""
    if theme != "auto":
        return DARK if theme == "dark" else LIGHT
    scheme = QGuiApplication.styleHints().colorScheme()
    return LIGHT if scheme is Qt.ColorScheme.Light else DARK


def dress(app: QApplication, palette: Palette) -> None:
    """Every widget of the program takes these colours."""
    app.setStyle("Fusion")
    app.setPalette(_qt_palette(palette))
    app.setStyleSheet(_sheet(palette))


def _qt_palette(palette: Palette) -> QPalette:
    made = QPalette()
    for role, name in _ROLES:
        made.setColor(role, QColor(getattr(palette, name)))
    for role in _DISABLED:
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.border))
    return made


def _sheet(palette: Palette) -> str:
    """What a palette cannot say: the ring around what has the keyboard, and room to breathe."""
    return f"""
        QToolTip {{ border: 1px solid {palette.border}; padding: 3px; }}
        QPushButton, QToolButton {{ padding: 4px 10px; border: 1px solid transparent; border-radius: 4px; }}
        QPushButton {{ background: {palette.raised}; border-color: {palette.border}; }}
        QPushButton:hover, QToolButton:hover {{ background: {palette.selection}; }}
        QPushButton:focus, QToolButton:focus {{ border-color: {palette.focus}; }}
        QPushButton:default {{ background: {palette.accent}; color: {palette.accent_text}; }}
        QPushButton:disabled {{
            background: {palette.window}; color: {palette.border}; border-color: {palette.raised};
        }}
        QToolButton:checked {{ background: {palette.selection}; }}
        QToolBar QToolButton {{ padding: 4px 7px; }}
        QToolBar {{ spacing: 2px; padding: 3px; border: 0; background: {palette.window}; }}
        QStatusBar::item {{ border: 0; }}
        QSplitter::handle {{ background: {palette.window}; }}
        QHeaderView::section {{
            background: {palette.window}; color: {palette.muted}; border: 0; padding: 3px;
        }}
        QTreeView::indicator, QListView::indicator, QCheckBox::indicator {{
            width: 12px; height: 12px; border: 1px solid {palette.border}; border-radius: 3px;
            background: {palette.panel};
        }}
        QTreeView::indicator:checked, QListView::indicator:checked, QCheckBox::indicator:checked {{
            border-color: {palette.accent}; background: {palette.accent}; image: url({_tick(palette)});
        }}
        QTreeView::indicator:indeterminate, QListView::indicator:indeterminate {{
            background: {palette.border};
        }}
        QCheckBox::indicator:focus, QTreeView::indicator:focus {{ border-color: {palette.focus}; }}
        QTabBar::tab {{ padding: 5px 14px; border: 0; color: {palette.muted}; background: transparent; }}
        QTabBar::tab:selected {{ color: {palette.text}; border-bottom: 2px solid {palette.accent}; }}
        QTabBar::tab:focus {{ background: {palette.selection}; }}
        QTabWidget::pane {{ border: 0; border-top: 1px solid {palette.raised}; }}
    """


def _tick(palette: Palette) -> str:
    """A file, as style sheets want it: drawn in the palette's `accent_text`."""
    return (MARKS / f"tick_{'dark' if palette.dark else 'light'}.svg").as_posix()
