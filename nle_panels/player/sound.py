"""What is heard, and the clock that the picture follows.

At normal speed the sound device is the clock: a position is what it was given less what it still holds. At
other speeds, backwards, and where there is no device, time itself is, and nothing is heard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QElapsedTimer, QIODevice, QObject, Signal
from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QMediaDevices, QtAudio

from engine.protocol import SAMPLE_RATE
from nle_panels.player.playlist import Place, Playlist, SoundPiece
from nle_panels.player.reel import SAMPLE_BYTES
from nle_panels.player.reels import Reels

# ours: ms without a sample taken after which a device is given up. Headphones may take half a second to wake;
# PulseAudio's dummy output, which is there where no device is, takes two.
STALLED = 1000
_HARMLESS = (QtAudio.Error.NoError, QtAudio.Error.UnderrunError)
BUFFER = SAMPLE_RATE // 10 * SAMPLE_BYTES  # ours: a tenth of a second, so that pausing is heard at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where playing goes: from sample `start`, at `speed` times normal, within [first, stop), round and round
    where it loops.
    """

    start: int
    first: int
    stop: int
    speed: int = 1
    loops: bool = False

    def at(self, travelled: int) -> int:
        """The sample that is reached when so many samples' time has passed."""
        to = self.start + travelled * self.speed
        if self.loops:
            return self.first + (to - self.first) % (self.stop - self.first)
        return min(max(to, self.first), self.stop)

    def stretches(self, passed: int, count: int) -> Iterator[tuple[int, int]]:
        """The next `count` samples at normal speed, as ranges; fewer where the end is reached."""
        while count > 0:
            start = self.at(passed)
            stop = min(start + count, self.stop)
            if start >= stop:
                return
            yield start, stop
            passed, count = passed + stop - start, count - (stop - start)


def pcm(playlist: Playlist, reels: Reels, start: int, stop: int) -> bytes:
    """Samples [start, stop) of the edited clip, 16-bit stereo; silence where pieces are not here yet."""
    pieces = playlist.sound_between(start, stop)
    return b"".join(part for piece in pieces for part in _parts(playlist, reels, piece))


def _parts(playlist: Playlist, reels: Reels, piece: SoundPiece) -> Iterator[bytes]:
    at, end = piece.first, piece.first + piece.stop - piece.start
    while at < end:
        place = Place(source=piece.source or "", frame=playlist.frame_of(at))
        bounds = reels.bounds(place) if piece.source is not None else None
        if bounds is None:  # rough, or past what the source has
            yield bytes((end - at) * SAMPLE_BYTES)
            return
        first, stop = (playlist.sample_of(frame) for frame in bounds)
        count = min(end, stop) - at
        yield reels.sound(place, at - first, count)
        at += count


class Feed(QIODevice):
    """The edited clip's sound, for a sink to pull. `fed`: samples that were pulled."""

    def __init__(self, playlist: Playlist, reels: Reels, course: Course) -> None:
        super().__init__()
        self._playlist, self._reels, self._course = playlist, reels, course
        self.fed = 0
        self.open(QIODevice.OpenModeFlag.ReadOnly | QIODevice.OpenModeFlag.Unbuffered)

    def isSequential(self) -> bool:
        return True

    def bytesAvailable(self) -> int:
        return BUFFER + super().bytesAvailable()

    def readData(self, maxlen: int) -> bytes:
        ranges = self._course.stretches(self.fed, maxlen // SAMPLE_BYTES)
        data = b"".join(pcm(self._playlist, self._reels, *part) for part in ranges)
        self.fed += len(data) // SAMPLE_BYTES
        return data

    def writeData(self, data: bytes | bytearray | memoryview, length: int) -> int:
        return -1


class Sink(Protocol):
    """What is used of a `QAudioSink`."""

    def start(self, device: QIODevice) -> None: ...
    def reset(self) -> None: ...
    def bufferSize(self) -> int: ...
    def bytesFree(self) -> int: ...
    def error(self) -> QtAudio.Error: ...


def default_sink() -> Sink | None:
    """The system's own choice of device; None where there is none."""
    device = QMediaDevices.defaultAudioOutput()
    if device.isNull():
        return None
    shape = QAudioFormat()
    shape.setSampleRate(SAMPLE_RATE)
    shape.setChannelCount(2)
    shape.setSampleFormat(QAudioFormat.SampleFormat.Int16)
    sink = QAudioSink(device, shape)
    sink.setBufferSize(BUFFER)
    return sink


class Sound(QObject):
    """Plays courses, and says which sample of the edited clip is heard now.

    Signals: audible: (bool): whether what plays is heard.
    """

    audible = Signal(bool)

    def __init__(
        self, reels: Reels, parent: QObject | None = None, make_sink: Callable[[], Sink | None] = default_sink
    ) -> None:
        super().__init__(parent)
        self._reels, self._make_sink = reels, make_sink
        make_sink()  # the first one takes 50 ms, for Qt to look for devices: not when play is pressed
        self._course = Course(start=0, first=0, stop=0)
        self._sink: Sink | None = None
        self._feed: Feed | None = None
        self._timer = QElapsedTimer()
        self._passed = 0  # samples' time that had passed when the timer began
        self._timer.start()

    def start(self, playlist: Playlist, course: Course) -> None:
        self.stop()
        self._course, self._passed = course, 0
        sink = self._make_sink() if course.speed == 1 else None
        if sink is not None:
            self._feed = Feed(playlist, self._reels, course)
            self._sink = sink
            sink.start(self._feed)
        self._timer.restart()
        self.audible.emit(sink is not None)

    def stop(self) -> None:
        if self._sink is not None:
            self._sink.reset()  # `stop` would play what it still holds, and wait for that
        if self._feed is not None:
            self._feed.close()
            self._feed.deleteLater()
        self._sink = self._feed = None

    def sample(self) -> int:
        """The sample of the edited clip that is heard, or would be, now."""
        return self._course.at(self._travelled())

    def _travelled(self) -> int:
        if self._sink is None or self._feed is None:
            return self._passed + self._timer.nsecsElapsed() * SAMPLE_RATE // 1_000_000_000
        heard = self._feed.fed - (self._sink.bufferSize() - self._sink.bytesFree()) // SAMPLE_BYTES
        if heard > self._passed:  # a device that takes more into its buffer does not turn the clock back
            self._passed = heard
            self._timer.restart()
        if self._timer.hasExpired(STALLED) or self._sink.error() not in _HARMLESS:
            self.stop()
            self._timer.restart()
            self.audible.emit(False)
        return self._passed
