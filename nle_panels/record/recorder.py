"""The microphone: 16-bit mono at 48 kHz into memory, with the level of what comes."""

from __future__ import annotations

import array
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QIODevice, QMicrophonePermission, QObject, Qt, Signal
from PySide6.QtMultimedia import QAudioFormat, QAudioSource, QMediaDevices, QtAudio

from engine.protocol import SAMPLE_RATE

LONGEST = SAMPLE_RATE * 2 * 300  # ours: bytes of five minutes; a line is seconds long
_FULL = 32_768


def line_format() -> QAudioFormat:
    """Of recorded lines."""
    made = QAudioFormat()
    made.setSampleRate(SAMPLE_RATE)
    made.setChannelCount(1)
    made.setSampleFormat(QAudioFormat.SampleFormat.Int16)
    return made


class Microphone(QObject):
    """The system's microphone. `opened` gives what is heard, or None, and then `trouble` says why."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.trouble = ""
        self._source: QAudioSource | None = None

    def opened(self) -> QIODevice | None:
        device = QMediaDevices.defaultAudioInput()
        app = QCoreApplication.instance()
        assert app is not None
        if device.isNull():
            self.trouble = self.tr("No microphone is connected: connect one, or choose a file.")
        elif app.checkPermission(QMicrophonePermission()) == Qt.PermissionStatus.Denied:
            self.trouble = self.tr(
                "The microphone is not allowed: allow it in the system's privacy settings."
            )
        elif not device.isFormatSupported(line_format()):
            self.trouble = self.tr("{name} does not record at 48 kHz: choose another microphone.").format(
                name=device.description()
            )
        else:
            self._source = QAudioSource(device, line_format(), self)
            heard: QIODevice | None = self._source.start()
            if heard is not None and self._source.error() is QtAudio.Error.NoError:
                return heard
            self.trouble = self.tr("{name} gives no sound: another program may have it.").format(
                name=device.description()
            )
        return None

    def close(self) -> None:
        if self._source is not None:
            self._source.stop()
            self._source = None


class Recorder(QObject):
    """Keeps what comes until it is stopped. `level`: the loudest sample of each piece, 0 to 1."""

    level = Signal(float)
    full = Signal()

    def __init__(
        self, opened: Callable[[], QIODevice | None], close: Callable[[], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._opened, self._close = opened, close
        self._heard: QIODevice | None = None
        self._keeps = False
        self.samples = b""

    def listen(self) -> bool:
        """The level is told from now on, nothing is kept. False where there is nothing to listen to."""
        self._heard = self._heard or self._opened()
        if self._heard is None:
            return False
        self._heard.readyRead.connect(self._take, Qt.ConnectionType.UniqueConnection)
        return True

    def start(self) -> None:
        """What comes from now on is kept, and what was kept is not."""
        self._take()
        self.samples, self._keeps = b"", True

    def stop(self) -> None:
        self._take()
        self._keeps = False

    def close(self) -> None:
        self._keeps, self._heard = False, None
        self._close()

    def _take(self) -> None:
        if self._heard is None:
            return
        piece = self._heard.readAll().data()
        if self._keeps:
            self.samples += piece
        loud = array.array("h", piece[: len(piece) // 2 * 2])
        self.level.emit(max(map(abs, loud), default=0) / _FULL)
        if self._keeps and len(self.samples) >= LONGEST:
            self._keeps = False
            self.full.emit()
