"""Decode, composite and ProRes encode, against the `ffmpeg` command doing the same transcode."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from statistics import median

import numpy as np

from engine.evaluation.measure import Measure
from engine.media.crop import Crop
from engine.media.decode import Reel, Sampling, open_reel
from engine.media.encode import TakeFormat, write_take
from engine.media.picture import Picture
from engine.media.pipeline import ahead

FRAMES = 100
ROUNDS = 3
RATE = Fraction(25)


def measure(source: Path, ffmpeg: str) -> Iterator[Measure]:
    """`source`: 1080p footage of 100 frames or more. Ratios pair by pair, the two in turn."""
    pairs = [(_ours(source), _theirs(source, ffmpeg)) for _ in range(ROUNDS)]
    yield Measure(
        name="decode, composite, ProRes at 1080p", value=FRAMES / median(a for a, _ in pairs), unit="fps"
    )
    ratio = median(theirs / ours for ours, theirs in pairs)
    yield Measure(name="the same over the ffmpeg command", value=ratio, unit="x", at_least=0.7)


def _ours(source: Path) -> float:
    out = source.with_name("ours.mov")
    began = time.perf_counter()
    with open_reel(source, Sampling(offset=Fraction(0), rate=RATE)) as reel:
        form = TakeFormat(picture=reel.format, rate=RATE, frames=FRAMES, channels=1)
        write_take(out, form, ahead(_composited(reel), 4), np.zeros((form.samples, 1), np.float32))
    return time.perf_counter() - began


def _composited(reel: Reel) -> Iterator[Picture]:
    """Each picture with the middle of another one laid into it."""
    first = reel.picture(0)
    rows, columns = first.y.shape
    middle = Crop(left=columns // 4 & ~1, top=rows // 4, width=columns // 2 & ~1, height=rows // 2)
    part = middle.cut(first)
    for frame in range(FRAMES):
        yield middle.paste(reel.picture(frame), part)


def _theirs(source: Path, ffmpeg: str) -> float:
    prores = ["-c:v", "prores_aw", "-profile:v", "3", "-pix_fmt", "yuv422p10le"]
    sound = ["-c:a", "pcm_s24le", "-ar", "48000"]
    out = str(source.with_name("theirs.mov"))
    began = time.perf_counter()
    command = [ffmpeg, "-v", "error", "-y", "-i", str(source), "-frames:v", str(FRAMES), *prores, *sound, out]
    subprocess.run(command, check=True)
    return time.perf_counter() - began
