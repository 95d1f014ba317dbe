"""What the panel can be told to do, and by which keys: menus, tooltips and the sheet are made of it.

Keys are those of editing programs for the picture, those of text editors for words. Qt's portable "Ctrl" is
the Command key on a Mac.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

Group = Literal["File", "Words", "Takes", "View", "Help"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`keys`: in Qt's portable form, the first one shown. `text` is the menu's, untranslated."""

    name: str
    group: Group
    text: str
    keys: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        return QCoreApplication.translate("commands", self.text)


# What stands in the tool bar, where room is scarce.
SHORT: dict[str, object] = {
    "strike": QT_TRANSLATE_NOOP("commands", "Strike"),
    "correct": QT_TRANSLATE_NOOP("commands", "Correct"),
    "protect": QT_TRANSLATE_NOOP("commands", "Protect"),
    "find": QT_TRANSLATE_NOOP("commands", "Find"),
    "fillers": QT_TRANSLATE_NOOP("commands", "Fillers"),
    "pauses": QT_TRANSLATE_NOOP("commands", "Pauses"),
    "render": QT_TRANSLATE_NOOP("commands", "Render"),
    "apply": QT_TRANSLATE_NOOP("commands", "Apply"),
}


def short(name: str) -> str:
    return QCoreApplication.translate("commands", str(SHORT.get(name, command(name).text)))


def _command(name: str, group: Group, text: object, *keys: str) -> Command:
    """`text` is a string that was marked for translators; to the type checker Qt's marks are objects."""
    return Command(name=name, group=group, text=str(text), keys=keys)


COMMANDS: tuple[Command, ...] = (
    _command("open", "File", QT_TRANSLATE_NOOP("commands", "Open a timeline…"), "Ctrl+O"),
    _command("reload", "File", QT_TRANSLATE_NOOP("commands", "Read the timeline again"), "F5"),
    _command("apply", "File", QT_TRANSLATE_NOOP("commands", "Apply to the timeline…"), "Ctrl+Return"),
    _command("undo_apply", "File", QT_TRANSLATE_NOOP("commands", "Take the last apply back")),
    _command("quit", "File", QT_TRANSLATE_NOOP("commands", "Quit"), "Ctrl+Q"),
    _command("undo", "Words", QT_TRANSLATE_NOOP("commands", "Undo"), "Ctrl+Z"),
    _command("redo", "Words", QT_TRANSLATE_NOOP("commands", "Redo"), "Ctrl+Shift+Z", "Ctrl+Y"),
    _command("strike", "Words", QT_TRANSLATE_NOOP("commands", "Strike out"), "Del"),
    _command("restore", "Words", QT_TRANSLATE_NOOP("commands", "Restore"), "Ctrl+R"),
    _command("correct", "Words", QT_TRANSLATE_NOOP("commands", "Correct the text only"), "Ctrl+E"),
    _command("find", "Words", QT_TRANSLATE_NOOP("commands", "Find and replace…"), "Ctrl+F"),
    _command("fillers", "Words", QT_TRANSLATE_NOOP("commands", "Filler words and repeated takes…"), "Ctrl+K"),
    _command("pauses", "Words", QT_TRANSLATE_NOOP("commands", "Shorten pauses…"), "Ctrl+Shift+K"),
    _command("protect", "Words", QT_TRANSLATE_NOOP("commands", "Protect from lip-sync"), "Ctrl+L"),
    _command("anew", "Words", QT_TRANSLATE_NOOP("commands", "Render the mouth anew here"), "Ctrl+Shift+L"),
    _command("speaker", "Words", QT_TRANSLATE_NOOP("commands", "Name the speaker…"), "Ctrl+Shift+S"),
    _command("render", "Takes", QT_TRANSLATE_NOOP("commands", "Render the edits"), "Ctrl+Shift+R"),
    _command("reroll", "Takes", QT_TRANSLATE_NOOP("commands", "Another take of this edit"), "Ctrl+T"),
    _command("record", "Takes", QT_TRANSLATE_NOOP("commands", "Record the new words…"), "Ctrl+M"),
    _command("reject", "Takes", QT_TRANSLATE_NOOP("commands", "Reject this take"), "Ctrl+Backspace"),
    _command("settings", "Takes", QT_TRANSLATE_NOOP("commands", "The renderer's settings…"), "Ctrl+,"),
    _command("play", "View", QT_TRANSLATE_NOOP("commands", "Play or pause"), "Ctrl+P"),
    _command("to_words", "View", QT_TRANSLATE_NOOP("commands", "To the words"), "Ctrl+1"),
    _command("to_picture", "View", QT_TRANSLATE_NOOP("commands", "To the picture"), "Ctrl+2"),
    _command("to_takes", "View", QT_TRANSLATE_NOOP("commands", "To the takes"), "Ctrl+3"),
    _command("to_queue", "View", QT_TRANSLATE_NOOP("commands", "To the queue"), "Ctrl+4"),
    _command("to_strip", "View", QT_TRANSLATE_NOOP("commands", "To the strip"), "Ctrl+5"),
    _command("shortcuts", "Help", QT_TRANSLATE_NOOP("commands", "Keyboard shortcuts"), "F1"),
)


def command(name: str) -> Command:
    return next(one for one in COMMANDS if one.name == name)


def grouped() -> Iterator[tuple[Group, tuple[Command, ...]]]:
    """The menus, in order."""
    for group in dict.fromkeys(one.group for one in COMMANDS):
        yield group, tuple(one for one in COMMANDS if one.group == group)
