"""Takes written: ProRes 422 HQ and 24-bit PCM at 48 kHz in a .mov, with colour tags and timecode.

The file appears under its name whole or not at all. What was written is read again before that: it must hold
what was meant. Its content has a name of its own, since containers carry dates.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from engine.errors import DiskFull, RenderFailed
from engine.media.container import libav_errors, open_media
from engine.media.conversion import frame_of
from engine.media.picture import PIXEL_FORMAT, Picture, PictureFormat
from engine.media.pipeline import ahead
from engine.media.sound import Samples, layout_of
from engine.media.timecode import timecode_text
from engine.protocol import SAMPLE_RATE

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_HQ = "3"  # of the ProRes 422 profiles
_SAMPLE_BYTES = 3
_LIMITED_RANGE = 1
_QUEUED = 4  # pictures that are made while others are encoded


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeFormat:
    """What a take is to be: its pictures, and `channels` of sound (0 for none).

    `timecode` is the first frame's number at `rate`; it may be below zero, and wraps at midnight.
    """

    picture: PictureFormat
    rate: Fraction
    frames: int
    channels: int
    timecode: int = 0
    drop_frame: bool = False

    @property
    def samples(self) -> int:
        return round(self.frames * SAMPLE_RATE / self.rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTake:
    """`sha256` is the file's; `content_sha256` names its frames and samples: see `read_content`."""

    sha256: str
    content_sha256: str


def write_take(
    path: Path,
    take: TakeFormat,
    pictures: Iterable[Picture],
    sound: Samples | None,
    on_frame: Callable[[int], None] = lambda _: None,
) -> WrittenTake:
    """Write exactly `take.frames` pictures and `take.samples` samples [samples, channels].

    `on_frame` gets how many frames are written. Raises DiskFull, RenderFailed, and what `pictures` raises.
    """
    if (sound is None) != (take.channels == 0):
        raise RenderFailed(f"the take is to have {take.channels} channels of sound, and was given others")
    if sound is not None and sound.shape != (take.samples, take.channels):
        raise RenderFailed(f"the sound is {sound.shape}, not the {take.samples} samples of the take")
    beside = path.with_name(f".{path.stem}.{os.getpid()}.part.mov")
    try:
        with _writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with av.open(str(beside), "w", format="mov", options=_MOV_OPTIONS) as container:
                _Writer(container, take, sound).write(pictures, on_frame)
            _sync(beside)
        written = WrittenTake(sha256=_file_sha256(beside), content_sha256=_checked(beside, take))
        with _writing(path):
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return written


_MOV_OPTIONS = {"movflags": "+write_colr", "write_tmcd": "1"}


class _Writer:
    """The streams of a take that is being written."""

    def __init__(self, container: OutputContainer, take: TakeFormat, sound: Samples | None) -> None:
        self._container = container
        self._take = take
        # Kept here: the stream's own time base becomes the muxer's with the first packet.
        self._clock = 1 / take.rate
        self._video = _add_video(container, take)
        self._audio = None if sound is None else _add_audio(container, take)
        self._sound = None if sound is None else _packed(sound)

    def write(self, pictures: Iterable[Picture], on_frame: Callable[[int], None]) -> None:
        count = 0
        for picture in ahead(pictures, _QUEUED):
            if count == self._take.frames:
                raise RenderFailed(f"more pictures were rendered than the {self._take.frames} of the take")
            self._put_picture(frame_of(picture), count)
            self._put_sound(count)
            count += 1
            on_frame(count)
        if count != self._take.frames:
            raise RenderFailed(f"{count} pictures were rendered, not the {self._take.frames} of the take")
        self._container.mux(self._video.encode(None))
        if self._audio is not None:
            self._container.mux(self._audio.encode(None))

    def _put_picture(self, frame: VideoFrame, count: int) -> None:
        # ProRes tells colours in each picture's own header, and readers trust it over the container.
        form = self._take.picture
        frame.color_primaries, frame.color_trc, frame.colorspace = form.primaries, form.transfer, form.matrix
        frame.pts = count
        frame.time_base = self._clock
        self._container.mux(self._video.encode(frame))

    def _put_sound(self, count: int) -> None:
        """The samples that are heard during frame `count`, so that picture and sound lie side by side."""
        if self._audio is None or self._sound is None:
            return
        begin, end = (round(frame * SAMPLE_RATE / self._take.rate) for frame in (count, count + 1))
        piece = self._sound[begin:end]
        frame = AudioFrame.from_ndarray(
            np.ascontiguousarray(piece).reshape(1, -1), format="s32", layout=layout_of(self._take.channels)
        )
        frame.sample_rate = SAMPLE_RATE
        frame.time_base = Fraction(1, SAMPLE_RATE)
        frame.pts = begin
        self._container.mux(self._audio.encode(frame))


def _add_video(container: OutputContainer, take: TakeFormat) -> VideoStream:
    stream = container.add_stream("prores_aw", rate=take.rate, options={"profile": _HQ})
    stream.width, stream.height, stream.pix_fmt = take.picture.width, take.picture.height, PIXEL_FORMAT
    stream.sample_aspect_ratio = take.picture.sample_aspect
    stream.metadata["timecode"] = timecode_text(take.timecode, take.rate, take.drop_frame)
    context = stream.codec_context
    context.time_base = 1 / take.rate
    context.color_primaries = take.picture.primaries
    context.color_trc = take.picture.transfer
    context.colorspace = take.picture.matrix
    context.color_range = _LIMITED_RANGE
    context.thread_type = "AUTO"
    context.thread_count = 0
    return stream


def _add_audio(container: OutputContainer, take: TakeFormat) -> AudioStream:
    return container.add_stream("pcm_s24le", rate=SAMPLE_RATE, layout=layout_of(take.channels))


def _packed(sound: Samples) -> npt.NDArray[np.int32]:
    """24-bit samples in the upper bits of 32, as libav's encoder takes them."""
    whole = np.clip(np.rint(sound.astype(np.float64) * 2**23), -(2**23), 2**23 - 1)
    return whole.astype(np.int32) << 8


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, av.FFmpegError) as error:
        if getattr(error, "errno", None) in _NO_ROOM:
            raise DiskFull(f"no room to write {path}: free some and run again") from error
        raise RenderFailed(f"cannot write {path}: {getattr(error, 'strerror', None) or error}") from error


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _checked(path: Path, take: TakeFormat) -> str:
    """The content's hash, once the file has been found to hold what was meant. Raises RenderFailed."""
    content = read_content(path)
    if (content.frames, content.samples) != (take.frames, take.samples if take.channels else 0):
        raise RenderFailed(
            f"{path.name} was written with {content.frames} frames and {content.samples} samples, "
            f"not {take.frames} and {take.samples}"
        )
    return content.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a take holds."""

    frames: int
    samples: int
    sha256: str


def read_content(path: Path) -> Content:
    """How much a take holds, and the name of its content.

    The name is sha256 over two others: of all ProRes packets in turn, and of all PCM. Each frame decodes
    from its own packet alone, by integer arithmetic, and the packets carry no date; so equal names are
    equal decoded frames and samples, without the cost of decoding them all again.

    Raises MissingMedia, BadMedia.
    """
    pictures, pcm = hashlib.sha256(), hashlib.sha256()
    frames = sample_bytes = 0
    channels = 1
    with open_media(path) as container, libav_errors(path):
        for packet in container.demux((*container.streams.video, *container.streams.audio)):
            if isinstance(packet.stream, VideoStream) and packet.size:
                pictures.update(memoryview(packet))
                frames += 1
            elif isinstance(packet.stream, AudioStream) and packet.size:
                pcm.update(memoryview(packet))
                sample_bytes += packet.size
                channels = packet.stream.codec_context.channels
    return Content(
        frames=frames,
        samples=sample_bytes // (_SAMPLE_BYTES * channels),
        sha256=hashlib.sha256(pictures.digest() + pcm.digest()).hexdigest(),
    )
