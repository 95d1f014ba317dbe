"""Everything that the player can be told to do, with its key: for buttons, menus and the shortcut sheet."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from nle_panels.look.icons import NAMES, icon
from nle_panels.look.palette import Palette
from nle_panels.player.picture import Comparison

FAR = 10  # ours: frames that Shift and an arrow go


class PlayerActions(QObject):
    """The actions, each an attribute. Their keys work while `owner` or what is in it has the keyboard."""

    def __init__(self, owner: QWidget, palette: Palette) -> None:
        super().__init__(owner)
        self._owner = owner
        self._comparisons = QActionGroup(self)
        self.play = self._made("play", self.tr("Play or pause"), "Space")
        self.backwards = self._made("backwards", self.tr("Play backwards, again for faster"), "J")
        self.stop = self._made("stop", self.tr("Stop; held, J and L go by the frame"), "K")
        self.forwards = self._made("forwards", self.tr("Play forwards, again for faster"), "L")
        self.step_back = self._made("step_back", self.tr("One frame back"), "Left")
        self.step_on = self._made("step_on", self.tr("One frame on"), "Right")
        self.far_back = self._made("far_back", self.tr("Ten frames back"), "Shift+Left")
        self.far_on = self._made("far_on", self.tr("Ten frames on"), "Shift+Right")
        self.start = self._made("start", self.tr("To the start"), "Home")
        self.end = self._made("end", self.tr("To the end"), "End")
        self.mark_in = self._made("mark_in", self.tr("Mark in"), "I")
        self.mark_out = self._made("mark_out", self.tr("Mark out"), "O")
        self.go_in = self._made("go_in", self.tr("To the in mark"), "Shift+I")
        self.go_out = self._made("go_out", self.tr("To the out mark"), "Shift+O")
        self.clear_marks = self._made("clear_marks", self.tr("Clear in and out"), "Alt+X")
        self.loop = self._made("loop", self.tr("Loop from in to out, or the edit here"), "/")
        self.loop.setCheckable(True)
        self.previous_cut = self._made("previous_cut", self.tr("To the cut before"), "Up")
        self.next_cut = self._made("next_cut", self.tr("To the next cut"), "Down")
        self.comparisons = {
            Comparison.AFTER: self._comparison("after", self.tr("See the edit"), "1"),
            Comparison.BEFORE: self._comparison("before", self.tr("See the original"), "2"),
            Comparison.WIPE: self._comparison("wipe", self.tr("Wipe between original and edit"), "3"),
            Comparison.SIDE: self._comparison("side", self.tr("Original and edit side by side"), "4"),
            Comparison.BLINK: self._comparison("blink", self.tr("Original and edit in turn"), "5"),
        }
        self.comparisons[Comparison.AFTER].setChecked(True)
        self.set_colours(palette)

    def set_colours(self, palette: Palette) -> None:
        for action in self._owner.actions():
            name = action.objectName()
            if name in NAMES:
                action.setIcon(icon(name, palette))

    def show_playing(self, playing: bool, palette: Palette) -> None:
        self.play.setIcon(icon("pause" if playing else "play", palette))

    def set_enabled(self, enabled: bool) -> None:
        """Whether there is anything to play."""
        for action in self._owner.actions():
            action.setEnabled(enabled)

    def _made(self, name: str, text: str, key: str) -> QAction:
        action = QAction(text, self)
        action.setObjectName(name)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        # A key that is held goes on stepping; a held Space or J must not flicker.
        action.setAutoRepeat(name in {"step_back", "step_on", "far_back", "far_on"})
        action.setToolTip(f"{text} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})")
        self._owner.addAction(action)
        return action

    def _comparison(self, name: str, text: str, key: str) -> QAction:
        action = self._made(name, text, key)
        action.setCheckable(True)
        self._comparisons.addAction(action)
        return action
