"""Small films for renders: a smooth texture that drifts, and a tone. Kept losslessly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import cv2
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from numpy.typing import NDArray

from engine.media.fingerprint import fingerprint
from engine.protocol import Footage, Ratio

Rgb = NDArray[np.uint8]  # [height, width, 3]

SAMPLES = 48_000
SIZE = (32, 64)  # height, width


def film(
    path: Path,
    pictures: Iterable[Rgb],
    *,
    rate: Fraction = Fraction(25),
    seconds: float = 0,
    times: Sequence[Fraction] | None = None,
) -> Path:
    """FFV1 in Matroska; `seconds` of a tone that swells, 0 for none. `times`: of each picture, in seconds."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("ffv1", rate=rate, options={"level": "3"})
        video.pix_fmt = "yuv422p10le"
        coming = iter(pictures)
        first = next(coming)
        video.height, video.width = first.shape[:2]
        clock = Fraction(1, 90_000)
        tone = out.add_stream("pcm_s16le", rate=SAMPLES, layout="mono") if seconds else None
        video.codec_context.time_base = clock
        for number, picture in enumerate(chain([first], coming)):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = round((times[number] if times else number / rate) / clock)
            frame.time_base = clock
            out.mux(video.encode(frame.reformat(format="yuv422p10le")))
        out.mux(video.encode(None))
        if tone is not None:
            mux_sound(out, tone, _tone(seconds))
    return path


def drifting(frames: int, size: tuple[int, int] = SIZE, seed: int = 0) -> Iterable[Rgb]:
    """A texture that moves a pixel a frame to the right and half a pixel down."""
    height, width = size
    draw = np.random.default_rng(seed)
    texture = draw.uniform(0, 255, (height // 4 + 24, width // 4 + 40, 3)).astype(np.float32)
    texture = cv2.resize(texture, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    for number in range(frames):
        across, down = number % 90, number // 2 % 60
        yield texture[down : down + height, across : across + width].clip(0, 255).astype(np.uint8)


def footage(path: Path, frames: int, *, offset: Fraction = Fraction(0), first: int = 0) -> Footage:
    """All of the film as a clip."""
    return Footage(
        media=str(path), fingerprint=fingerprint(path), offset=Ratio.of(offset), first=first, last=frames
    )


def line(path: Path, pitch: Callable[[NDArray[np.float64]], NDArray[np.float64]], ticks: int) -> Path:
    """A wav of so many 10 ms ticks whose pitch in Hz at each second is given."""
    at = np.arange(ticks * SAMPLES // 100) / SAMPLES
    wave = np.sin(2 * np.pi * np.cumsum(pitch(at)) / SAMPLES) * 9000
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=SAMPLES, layout="mono")
        mux_sound(out, stream, wave.astype(np.int16))
    return path


def mux_sound(out: OutputContainer, stream: AudioStream, wave: NDArray[np.int16]) -> None:
    """All of a stream's mono sound."""
    frame = av.AudioFrame.from_ndarray(wave[None, :], format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = SAMPLES, 0, Fraction(1, SAMPLES)
    out.mux(stream.encode(frame))
    out.mux(stream.encode(None))


def _tone(seconds: float) -> NDArray[np.int16]:
    at = np.arange(round(seconds * SAMPLES)) / SAMPLES
    return (np.sin(2 * np.pi * 220 * at) * (4000 + 3000 * np.sin(2 * np.pi * at))).astype(np.int16)
