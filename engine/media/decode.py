"""The pictures of a clip, sampled exactly.

Frame k of a clip shows what the media has at `offset + (k + 1/2) / rate` seconds, media time 0 being the
start of the file's earliest stream: the last picture that has begun by then. Media of another rate, or of a
variable one, is so sampled without drift. The first picture holds before its time; the last one holds for
one frame.

A `Reel` keeps its place: what lies shortly ahead is reached by decoding on, anything else by seeking back to
a keyframe. After a seek, pictures shown before that keyframe are passed over: in an open group they need
pictures that were never decoded.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from engine.errors import BadMedia, TruncatedMedia
from engine.media.container import libav_errors, media_start, open_media, picture_stream
from engine.media.conversion import PictureConverter
from engine.media.picture import Picture, PictureFormat

_DECODE_ON = Fraction(2)  # seconds ahead that are decoded through rather than sought
_BEFORE_THE_START = Fraction(10)  # seconds
_FIRST_STEP_BACK = Fraction(1)  # seconds, doubled until a keyframe lies early enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How a clip lies in its media: seconds of media time at which frame 0 begins, and frames a second."""

    offset: Fraction
    rate: Fraction

    def time_of(self, frame: int) -> Fraction:
        """The middle of the frame, in media time."""
        return self.offset + (frame + Fraction(1, 2)) / self.rate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Shown:
    """A decoded picture and when it begins, in the container's own seconds."""

    frame: VideoFrame
    begins: Fraction


class Reel:
    """A clip's pictures, by frame number. Open it with `open_reel`."""

    def __init__(self, path: Path, container: InputContainer, sampling: Sampling) -> None:
        self._path = path
        self._container = container
        self._sampling = sampling
        self._stream = _threaded(picture_stream(container, path))
        self._start = media_start(container)
        self._decoded = self._decode()
        self._now = self._next_or_raise()
        self._next = next(self._decoded, None)
        self._first = self._now.begins
        self._is_first = True  # nothing was passed over: `_now` is the first picture of the file
        self._converter = PictureConverter(self._now.frame, self._stream, path)
        self._last: tuple[VideoFrame, Picture] | None = None

    @property
    def format(self) -> PictureFormat:
        return self._converter.format

    def picture(self, frame: int) -> Picture:
        """Clip frame `frame`, before or after the one asked for last.

        Raises TruncatedMedia where the media ends before it, BadMedia.
        """
        shown = self.shown(frame)
        if self._last is None or self._last[0] is not shown:
            with libav_errors(self._path):
                self._last = (shown, self._converter.convert(shown))
        return self._last[1]

    def shown(self, frame: int) -> VideoFrame:
        """The same as it was decoded, one object where frames show the same picture. Raises alike."""
        with libav_errors(self._path):
            return self._shown_at(self._sampling.time_of(frame) + self._start, frame)

    def pictures(self, start: int, end: int) -> Iterator[Picture]:
        """Clip frames [start, end), in turn."""
        return (self.picture(frame) for frame in range(start, end))

    def _shown_at(self, time: Fraction, frame: int) -> VideoFrame:
        if not self._is_within_reach(time):
            self._seek(time)
        while self._next is not None and self._next.begins <= time:
            self._now, self._next, self._is_first = self._next, next(self._decoded, None), False
        if self._next is None and time >= self._now.begins + self._hold(self._now.frame):
            raise TruncatedMedia(
                f"{self._path} ends {float(time - self._now.begins):.2f} s before frame {frame} of the clip, "
                "which is needed. The file is cut short, or the clip reaches beyond it"
            )
        return self._now.frame

    def _is_within_reach(self, time: Fraction) -> bool:
        if time < self._now.begins:
            return self._is_first
        return time <= self._now.begins + _DECODE_ON

    def _hold(self, frame: VideoFrame) -> Fraction:
        """How long the last picture stays: a frame of the media, or of the clip where that is longer."""
        told = Fraction(0)
        if frame.duration and frame.time_base is not None:
            told = frame.duration * Fraction(frame.time_base)
        return max(told, 1 / self._sampling.rate)

    def _seek(self, time: Fraction) -> None:
        """Place the reel so that `_now` begins at `time` or before, or is the first picture there is."""
        back = Fraction(0)
        while time - back > self._start:
            if self._place(time - back) and self._now.begins <= time:
                return
            back = max(_FIRST_STEP_BACK, back * 2)
        # A transport stream, without an index, finds its start only from before it; AVI knows nothing there.
        if not self._place(self._start) or self._now.begins > self._first:
            self._place(self._start - _BEFORE_THE_START)
        if self._now.begins > self._first:
            raise BadMedia(f"{self._path} cannot be wound back to its start: rewrap it as .mov")
        self._is_first = True

    def _place(self, time: Fraction) -> bool:
        """Go to the keyframe before `time`, or to one near it; whether a picture follows."""
        clock = Fraction(self._stream.time_base or 1)
        self._container.seek(int(time // clock), stream=self._stream)
        self._decoded = self._decode(after_seek=True)
        self._is_first = False
        now = next(self._decoded, None)
        if now is not None:
            self._now, self._next = now, next(self._decoded, None)
        return now is not None

    def _decode(self, after_seek: bool = False) -> Iterator[_Shown]:
        clock = Fraction(self._stream.time_base or 1)
        keyframe: Fraction | None = None
        latest: Fraction | None = None
        for packet in self._container.demux(self._stream):
            if keyframe is None and packet.is_keyframe:
                keyframe = Fraction(packet.pts or 0) * clock
            for frame in packet.decode():
                shown = self._timed(frame)
                if after_seek and keyframe is not None and shown.begins < keyframe:
                    continue
                if latest is not None and shown.begins < latest:  # AVI, where pictures are reordered
                    raise BadMedia(f"{self._path} times its pictures out of order: make a .mov of it first")
                latest = shown.begins
                yield shown

    def _timed(self, frame: VideoFrame) -> _Shown:
        if frame.interlaced_frame:
            raise BadMedia(f"{self._path} is interlaced: make a progressive copy of it first")
        if frame.pts is None and not self._stream.codec_context.has_b_frames:
            frame.pts = (
                frame.dts
            )  # AVI tells decoding times alone, which say enough where nothing is reordered
        if frame.pts is None or frame.time_base is None:
            raise BadMedia(f"{self._path} does not say when its pictures are shown: rewrap it as .mov")
        return _Shown(frame=frame, begins=frame.pts * Fraction(frame.time_base))

    def _next_or_raise(self) -> _Shown:
        shown = next(self._decoded, None)
        if shown is None:
            raise TruncatedMedia(f"{self._path} has no picture that can be decoded")
        return shown


@contextmanager
def open_reel(path: Path, sampling: Sampling) -> Iterator[Reel]:
    """The clip's pictures, while the file is open.

    Raises MissingMedia, BadMedia (interlaced media too), NoSuchStream, TruncatedMedia.
    """
    with ExitStack() as stack:
        container = stack.enter_context(open_media(path))
        with libav_errors(path):
            reel = Reel(path, container, sampling)
        yield reel


def _threaded(stream: VideoStream) -> VideoStream:
    stream.thread_type = "AUTO"
    return stream


def every_picture(path: Path) -> Iterator[Picture]:
    """All the media's own pictures from first to last, unsampled. Raises as `open_reel`."""
    with open_media(path) as container, libav_errors(path):
        stream = _threaded(picture_stream(container, path))
        converter: PictureConverter | None = None
        for frame in container.decode(stream):
            converter = converter or PictureConverter(frame, stream, path)
            yield converter.convert(frame)
