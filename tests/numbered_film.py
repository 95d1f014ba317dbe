"""Films whose pictures say their number, in ten bars that are black or white, as cameras record: H.264.

The first one is number 1, since 0 would be black.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, BARS = 320, 180, 10
RATE = 48_000

Pcm = NDArray[np.int16]  # [samples, channels]


def numbered_film(
    path: Path,
    frames: int,
    *,
    rate: Fraction = Fraction(25),
    times: Sequence[Fraction] | None = None,
    sound: Pcm | None = None,
    turn: int = 0,
) -> Path:
    """`times`: of each picture, in seconds. `turn`: how a player is to turn them, in degrees."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=rate, options={"g": "24", "bf": "2", "preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        if turn:
            video.set_display_rotation(turn)
        clock = Fraction(1, 90_000) if times else 1 / rate
        video.codec_context.time_base = clock
        layout = None if sound is None else {1: "mono", 2: "stereo", 6: "5.1"}[sound.shape[1]]
        audio = None if layout is None else out.add_stream("pcm_s16le", rate=RATE, layout=layout)
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(numbered(number + 1), format="gray").reformat(format="yuv420p")
            frame.pts = round(times[number] / clock) if times else number
            frame.time_base = clock
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        if audio is not None and sound is not None:
            heard = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout=layout)
            heard.sample_rate, heard.pts, heard.time_base = RATE, 0, Fraction(1, RATE)
            out.mux(audio.encode(heard))
            out.mux(audio.encode(None))
    return path


def numbered(number: int) -> NDArray[np.uint8]:
    """[height, width]"""
    bars = [255 * (number >> bar & 1) for bar in range(BARS)]
    return np.broadcast_to(np.repeat(np.array(bars, np.uint8), WIDTH // BARS), (HEIGHT, WIDTH)).copy()


def number_in(picture: NDArray[np.uint8]) -> int:
    """The number that a picture of any size says, upright."""
    grey = picture.mean(axis=2) if picture.ndim == 3 else picture
    width = grey.shape[1] / BARS
    middles = (grey[:, round((bar + 0.3) * width) : round((bar + 0.7) * width)] for bar in range(BARS))
    return sum(int(middle.mean() > 127) << bar for bar, middle in enumerate(middles))
