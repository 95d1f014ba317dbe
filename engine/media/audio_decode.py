"""The sound of a media file, sample-exact wherever one begins to read.

Media time 0 is where the earliest stream of the file begins, so that sound and picture share it; a stream
that begins later is preceded by silence. What libav 62 does, measured: after a seek the first AAC and MP3
frames are half made (their overlap is missing), so reading begins half a second before what is wanted;
Matroska rounds times to 1 ms, so a seek alone would shift the sound by up to 24 samples; priming is left out
only by a decoder that saw the file from its beginning. AAC may stand noise in for noise (PNS), drawn from a
generator that runs since the decoder was opened: there alone, samples after a seek differ from those of a
decode from the beginning, as one hiss from another. What lies in the first 20 s is read from the beginning.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from engine.errors import BadMedia, NoSuchStream
from engine.media.container import media_start, open_media
from engine.media.sound import Samples, fitted, resampled
from engine.protocol import SAMPLE_RATE

_PREROLL = Fraction(1, 2)  # seconds decoded before what is wanted: MP3's reservoir, SBR, Opus need the most
_HEAD = 20  # seconds that are always decoded from the beginning
_LONGEST_GAP = 3600  # seconds; a larger leap of the timestamps is damage
_MARGIN = 64  # samples of the lower rate that a resampler's filter may reach over
_FULL_SCALE = {"u8": 128.0, "s16": 2.0**15, "s32": 2.0**31, "flt": 1.0, "dbl": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundFile:
    """The first sound stream of a file.

    `second` is where, in samples at `rate`, its second frame begins, and `frame` how many samples a frame
    has: all later ones begin on that grid, which coarse clocks blur.
    """

    path: Path
    rate: int
    channels: int
    second: int
    frame: int

    def read(self, first: int, last: int) -> Samples:
        """Samples [first, last) at 48 kHz, counted from media time 0; silence where the stream has none.

        A file of 48 kHz comes as it is decoded, bit for bit; another is resampled on a grid that does
        not depend on `first`. Raises BadMedia, MissingMedia, TruncatedMedia.
        """
        if self.rate == SAMPLE_RATE:
            return self._native(first, last)
        common = math.gcd(self.rate, SAMPLE_RATE)
        block_in, block_out = self.rate // common, SAMPLE_RATE // common
        margin = _MARGIN * (1 + SAMPLE_RATE // self.rate)
        block = (first - margin) // block_out
        end = math.ceil(Fraction((last + margin) * self.rate, SAMPLE_RATE))
        samples = resampled(self._native(block * block_in, end), self.rate, SAMPLE_RATE)
        skipped = first - block * block_out
        return fitted(samples[skipped:], last - first)

    def _native(self, first: int, last: int) -> Samples:
        """Samples [first, last) at the file's own rate."""
        samples = np.zeros((max(0, last - first), self.channels), np.float32)
        if last <= 0 or not len(samples):
            return samples
        if not self._fill(samples, first, seek=first > _HEAD * self.rate):
            samples[:] = 0
            self._fill(samples, first, seek=False)
        return samples

    def _fill(self, samples: Samples, first: int, *, seek: bool) -> bool:
        """Decode into `samples`; False if the seek led to a place that is too late to begin at."""
        last = first + len(samples)
        with open_media(self.path) as container:
            stream = sound_stream(container, self.path)
            clock = _Clock(container, stream, self.rate)
            if seek:
                target = clock.zero + Fraction(first, self.rate) - _PREROLL
                container.seek(math.floor(target / clock.base), stream=stream)
            begun = not seek
            for frame in _frames(container, stream, self.path):
                at = clock.place(frame, None if begun else self)
                if not begun and at > first - frame.samples:
                    return False
                begun = True
                if at >= last:
                    break
                begin, end = max(at, first), min(at + frame.samples, last)
                if begin < end:
                    samples[begin - first : end - first] = decoded(frame, self.channels, self.path)[
                        begin - at : end - at
                    ]
        return begun


def sound_file(path: Path) -> SoundFile:
    """Look at the file's first sound stream. Raises NoSuchStream, BadMedia, MissingMedia."""
    with open_media(path) as container:
        stream = sound_stream(container, path)
        frames = _frames(container, stream, path)
        opening = next(frames, None)
        if opening is None:
            raise BadMedia(f"{path} has a sound stream without any sound in it: it is damaged or cut short")
        clock = _Clock(container, stream, opening.sample_rate)
        second = clock.place(opening) + opening.samples
        following = next(frames, None)
        return SoundFile(
            path=path,
            rate=opening.sample_rate,
            channels=len(opening.layout.channels),
            second=second,
            frame=following.samples if following else opening.samples,
        )


def whole_sound(sound: SoundFile) -> Iterator[Samples]:
    """All of the file's sound at its own rate from media time 0 on, in pieces of about a second.

    Gaps of the stream are silence; what overlaps is left out. Raises BadMedia, MissingMedia, TruncatedMedia.
    """
    held: list[Samples] = []
    for piece in _following(sound):
        held.append(piece)
        if sum(map(len, held)) >= sound.rate:
            yield np.concatenate(held)
            held = []
    if held:
        yield np.concatenate(held)


def _following(sound: SoundFile) -> Iterator[Samples]:
    """The frames one after another, each beginning where the last one ended."""
    reached = 0
    with open_media(sound.path) as container:
        stream = sound_stream(container, sound.path)
        clock = _Clock(container, stream, sound.rate)
        for frame in _frames(container, stream, sound.path):
            at = clock.place(frame)
            if at - reached > _LONGEST_GAP * sound.rate:
                raise BadMedia(
                    f"{sound.path} has a gap of more than an hour in its sound: its timestamps are damaged"
                )
            while reached < at:
                count = min(sound.rate, at - reached)
                yield np.zeros((count, sound.channels), np.float32)
                reached += count
            if at + frame.samples > reached:
                yield decoded(frame, sound.channels, sound.path)[reached - at :]
                reached = at + frame.samples


def sound_stream(container: InputContainer, path: Path) -> AudioStream:
    """The first sound stream. Raises NoSuchStream."""
    for stream in container.streams.audio:
        return stream
    raise NoSuchStream(f"{path} has no sound")


def decoded(frame: AudioFrame, channels: int, path: Path) -> Samples:
    """The frame's samples as float32 [samples, channels]; one channel serves for all."""
    kind = frame.format.packed.name
    if kind not in _FULL_SCALE:
        raise BadMedia(f"{path} has sound as {kind}, which cannot be read here: transcode it first")
    count = len(frame.layout.channels)
    data = frame.to_ndarray()
    data = data.T if frame.format.is_planar else data.reshape(-1, count)
    if kind == "u8":
        data = data.astype(np.float32) - 128
    if count not in {1, channels}:
        raise BadMedia(f"{path} changes from {channels} to {count} channels midway: transcode it first")
    samples = np.asarray(data / _FULL_SCALE[kind], np.float32)
    if not np.isfinite(samples).all():  # only a float stream can say such a thing
        samples = np.nan_to_num(samples, posinf=0.0, neginf=0.0)
    return samples if count == channels else np.repeat(samples, channels, axis=1)


def _frames(container: InputContainer, stream: AudioStream, path: Path) -> Iterator[AudioFrame]:
    """The stream's frames from where the container stands; a packet that does not decode is a gap."""
    rate = None
    for packet in container.demux(stream):
        frames: list[AudioFrame] = []
        with suppress(av.InvalidDataError):
            frames = list(packet.decode())
        for frame in frames:
            if frame.samples == 0:
                continue
            if rate is not None and frame.sample_rate != rate:
                raise BadMedia(f"{path} changes its sample rate midway: transcode it first")
            rate = frame.sample_rate
            yield frame


class _Clock:
    """Where frames lie, in samples from media time 0: counted on, while their timestamps agree."""

    def __init__(self, container: InputContainer, stream: AudioStream, rate: int) -> None:
        self.base = Fraction(stream.time_base or Fraction(1, rate))
        self.zero = media_start(container)
        self._rate = rate
        self._slack = math.ceil(self.base * rate) + 1
        self._next: int | None = None

    def place(self, frame: AudioFrame, grid: SoundFile | None = None) -> int:
        """The frame's first sample. `grid`: the frame follows a seek, and lies on the file's grid."""
        at = self._next if self._next is not None else 0
        if frame.pts is not None:
            base = Fraction(frame.time_base) if frame.time_base else self.base
            told = round((frame.pts * base - self.zero) * self._rate)
            if grid is not None:
                told = self._snapped(told, grid)
            if self._next is None or abs(told - self._next) > self._slack:
                at = told
        self._next = at + frame.samples
        return at

    def _snapped(self, at: int, grid: SoundFile) -> int:
        steps = round(Fraction(at - grid.second, grid.frame))
        near = grid.second + steps * grid.frame
        return near if abs(near - at) <= self._slack else at
