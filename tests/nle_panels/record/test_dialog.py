"""Recording a line. What is heard comes from a device of memory: this machine may have no microphone."""

from __future__ import annotations

import array

import pytest
from PySide6.QtCore import QIODevice
from PySide6.QtMultimedia import QMediaDevices
from pytestqt.qtbot import QtBot

from nle_panels.record import dialog as dialogs
from nle_panels.record.dialog import RecordDialog
from nle_panels.record.recorder import Recorder

LOUD = array.array("h", [0, 16_384, -8_192]).tobytes()


class Speaking(QIODevice):
    """A microphone that hears what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = b""
        self.open(QIODevice.OpenModeFlag.ReadOnly | QIODevice.OpenModeFlag.Unbuffered)

    def say(self, samples: bytes) -> None:
        self._waiting += samples
        self.readyRead.emit()

    def bytesAvailable(self) -> int:
        return len(self._waiting)

    def readData(self, most: int) -> bytes:
        said, self._waiting = self._waiting[:most], self._waiting[most:]
        return said

    def writeData(self, data: bytes, size: int) -> int:
        return -1


@pytest.fixture
def speaking(qtbot: QtBot) -> Speaking:
    return Speaking()


@pytest.fixture
def dialog(speaking: Speaking, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> RecordDialog:
    monkeypatch.setattr(dialogs, "BEAT_MS", 10)
    dialog = RecordDialog("on Monday", recorder=Recorder(lambda: speaking, lambda: None))
    qtbot.addWidget(dialog)
    return dialog


def test_the_level_is_seen_before_anything_is_recorded(dialog: RecordDialog, speaking: Speaking) -> None:
    speaking.say(LOUD)
    assert dialog.level.value() == 500
    assert dialog.samples == b""
    assert not dialog.keep.isEnabled()


def test_a_line_is_counted_in_recorded_and_kept(
    dialog: RecordDialog, speaking: Speaking, qtbot: QtBot
) -> None:
    dialog.record.click()
    assert dialog.told == "3…"
    speaking.say(b"\1\0" * 10)  # a breath during the count
    qtbot.waitUntil(lambda: dialog.told == "Speak now.")
    speaking.say(LOUD)
    speaking.say(LOUD)
    dialog.record.click()
    assert dialog.samples == LOUD * 2
    assert dialog.keep.isEnabled()


def test_a_line_is_said_once_more(dialog: RecordDialog, speaking: Speaking, qtbot: QtBot) -> None:
    for said in (LOUD, LOUD * 3):
        dialog.record.click()
        qtbot.waitUntil(lambda: dialog.told == "Speak now.")
        speaking.say(said)
        dialog.record.click()
    assert dialog.samples == LOUD * 3


def test_the_count_can_be_stopped(dialog: RecordDialog, qtbot: QtBot) -> None:
    dialog.record.click()
    dialog.record.click()
    qtbot.wait(60)
    assert dialog.told == "Say the words after the count."


@pytest.mark.skipif(not QMediaDevices.defaultAudioInput().isNull(), reason="there is a microphone here")
def test_without_a_microphone_one_line_says_what_to_do(qtbot: QtBot) -> None:
    dialog = RecordDialog("on Monday")
    qtbot.addWidget(dialog)
    assert dialog.told == "No microphone is connected: connect one, or choose a file."
    dialog.record.click()
    assert dialog.told == "No microphone is connected: connect one, or choose a file."
