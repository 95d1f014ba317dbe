"""A line is recorded: the level, three beats, the words; listened to, and kept or said once more."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt, QTimer
from PySide6.QtMultimedia import QAudioSink, QMediaDevices
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nle_panels.record.recorder import Microphone, Recorder, line_format

BEATS = 3
BEAT_MS = 700  # ours: a calm count

State = Literal["silent", "ready", "counting", "recording", "recorded"]


class RecordDialog(QDialog):
    """`samples` are what was kept, as `lines.as_wav` takes them."""

    def __init__(self, text: str, parent: QWidget | None = None, recorder: Recorder | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Record the new words"))
        self.setMinimumWidth(460)
        self._microphone = Microphone(self)
        self._recorder = recorder or Recorder(self._microphone.opened, self._microphone.close, self)
        self._state: State = "ready"
        self._left = BEATS
        self._sink: QAudioSink | None = None
        self._words = QLabel(text)
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        font = self._words.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        self._words.setFont(font)
        self._told = QLabel()
        self._told.setWordWrap(True)
        self._told.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.level = QProgressBar(textVisible=False, maximum=1000)
        self.level.setFixedHeight(8)
        self.level.setAccessibleName(self.tr("Level"))
        self.record, self.hear = QPushButton(), QPushButton(self.tr("Listen"))
        self.record.setDefault(True)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self.keep = self._buttons.button(QDialogButtonBox.StandardButton.Save)
        self.keep.setText(self.tr("Keep"))
        self._beat = QTimer(self, interval=BEAT_MS)
        self._lay_out()
        self._connect()
        self._show("ready" if self._recorder.listen() else "silent")

    @property
    def samples(self) -> bytes:
        return self._recorder.samples

    @property
    def told(self) -> str:
        """The line under the words."""
        return self._told.text()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.record)
        row.addWidget(self.hear)
        row.addStretch(1)
        row.addWidget(self._buttons)
        column = QVBoxLayout(self)
        for widget in (self._words, self.level, self._told):
            column.addWidget(widget)
        column.addLayout(row)

    def _connect(self) -> None:
        self.record.clicked.connect(self._press)
        self.hear.clicked.connect(self._play)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._beat.timeout.connect(self._count)
        self._recorder.level.connect(lambda level: self.level.setValue(round(1000 * level)))
        self._recorder.full.connect(lambda: self._show("recorded"))
        self.finished.connect(self._close)

    # ---- from one state to the next

    def _press(self) -> None:
        """The one button: begin, stop, once more."""
        if self._state == "recording":
            self._recorder.stop()
            self._show("recorded")
        elif self._state == "counting":
            self._beat.stop()
            self._show("ready")
        elif self._recorder.listen():
            self._hush()
            self._left = BEATS
            self._beat.start()
            self._show("counting")
        else:
            self._show("silent")

    def _count(self) -> None:
        self._left -= 1
        if self._left:
            self._show("counting")
        else:
            self._beat.stop()
            self._recorder.start()
            self._show("recording")

    def _show(self, state: State) -> None:
        self._state = state
        lines = {
            "silent": self._microphone.trouble or self.tr("Nothing is heard."),
            "ready": self.tr("Say the words after the count."),
            "counting": self.tr("{n}…").format(n=self._left),
            "recording": self.tr("Speak now."),
            "recorded": self.tr("Listen to it, keep it, or say it once more."),
        }
        presses = {
            "counting": self.tr("Stop"),
            "recording": self.tr("Stop"),
            "recorded": self.tr("Once more"),
        }
        self._told.setText(lines[state])
        self._told.setAccessibleName(lines[state])
        self.record.setText(presses.get(state, self.tr("Record")))
        done = state == "recorded" and bool(self.samples)
        self.keep.setEnabled(done)
        self.hear.setEnabled(done and not QMediaDevices.defaultAudioOutput().isNull())

    # ---- listening to it

    def _play(self) -> None:
        self._hush()
        buffer = QBuffer(self)
        buffer.setData(QByteArray(self.samples))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._sink = QAudioSink(QMediaDevices.defaultAudioOutput(), line_format(), self)
        self._sink.start(buffer)

    def _hush(self) -> None:
        if self._sink is not None:
            self._sink.stop()
            self._sink = None

    def _close(self) -> None:
        self._beat.stop()
        self._hush()
        self._recorder.close()
