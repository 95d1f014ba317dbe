"""How fast scrub media are made of 1080p H.264: against playing it, and against nothing but decoding it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from statistics import median

from engine.evaluation.measure import Measure
from engine.media.decode import Sampling, open_reel
from engine.media.fingerprint import fingerprint
from engine.protocol import Footage, Proxy, Ratio
from engine.render.proxy import make_reel

RATE = 25
FRAMES = 250
ROUNDS = 3


def measure(source: Path, ffmpeg: str) -> Iterator[Measure]:
    """`source`: 1080p footage of ten seconds or more. Ratios pair by pair, the two in turn."""
    footage = _h264(source, ffmpeg)
    pairs = [(_made(footage), _decoded(footage)) for _ in range(ROUNDS)]
    speed = FRAMES / RATE / median(made for made, _ in pairs)
    yield Measure(name="reel of 1080p for scrubbing", value=speed, unit="x real time", at_least=3)
    ratio = median(decoded / made for made, decoded in pairs)
    yield Measure(name="the same over decoding alone", value=ratio, unit="x", at_least=0.6)


def _h264(source: Path, ffmpeg: str) -> Path:
    """As cameras and phones record it."""
    path = source.with_name(f"{source.stem}_h264.mp4")
    if not path.exists():
        codec = ["-c:v", "libx264", "-preset", "fast", "-crf", "20", "-g", "50", "-c:a", "copy"]
        subprocess.run([ffmpeg, "-v", "error", "-y", "-i", str(source), *codec, str(path)], check=True)
    return path


def _made(path: Path) -> float:
    shot = Footage(media=str(path), fingerprint=fingerprint(path), offset=Ratio(num=0), first=0, last=FRAMES)
    job = Proxy(footage=shot, rate=Ratio(num=RATE), start=0, end=FRAMES)
    began = time.perf_counter()
    make_reel(job, path.with_name("reel"), None, lambda _: None)
    return time.perf_counter() - began


def _decoded(path: Path) -> float:
    began = time.perf_counter()
    with open_reel(path, Sampling(offset=Fraction(0), rate=Fraction(RATE))) as film:
        for frame in range(FRAMES):
            film.shown(frame)
    return time.perf_counter() - began
