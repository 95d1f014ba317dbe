"""A film whose frames tell their own number: each is one grey, 6 steps brighter than the one before."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from engine.media.encode import TakeFormat, write_take
from engine.media.picture import GREY, Picture, PictureFormat

RATE = Fraction(25)
WIDTH, HEIGHT = 64, 48
SAMPLES = 1920  # a frame


def make_film(path: Path, frames: int = 30, *, sound: bool = True, height: int = HEIGHT) -> Path:
    """ProRes; with sound, each frame's samples are its number / 100, in one channel."""
    form = TakeFormat(
        picture=PictureFormat(width=WIDTH, height=height, primaries=1, transfer=1, matrix=1),
        rate=RATE,
        frames=frames,
        channels=1 if sound else 0,
    )
    heard = np.repeat(np.arange(frames, dtype=np.float32) / 100, SAMPLES)[:, None] if sound else None
    write_take(path, form, (_plain(64 + 24 * number, height) for number in range(frames)), heard)
    return path


def number_of(picture: np.ndarray) -> int:
    """The number that a grey RGB picture tells."""
    return round(float(picture.mean()) * 876 / 255 / 24)


def _plain(luma: int, height: int) -> Picture:
    chroma = np.full((height, WIDTH // 2), GREY, np.uint16)
    return Picture(y=np.full((height, WIDTH), luma, np.uint16), u=chroma, v=chroma)
