"""Reels as the engine makes them, drawn: each frame has a grey of its own, each sample its number."""

from __future__ import annotations

import struct
import wave
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage

from bridge.shots import Shot
from engine.protocol import SAMPLE_RATE, FaceBox, Reel, Take

Draw = Callable[[int, QImage], None]


def grey(frame: int) -> int:
    return frame * 7 % 256


def fill_grey(frame: int, image: QImage) -> None:
    image.fill(QColor.fromRgb(*(grey(frame),) * 3))


def jpeg(image: QImage) -> bytes:
    data = QByteArray()
    device = QBuffer(data)
    device.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(device, "JPG", 90)  # type: ignore[call-overload]
    return bytes(data.data())


def drawn_reel(
    folder: Path,
    start: int,
    end: int,
    *,
    size: tuple[int, int] = (64, 36),
    rate: Fraction = Fraction(25),
    draw: Draw = fill_grey,
    sound: bool = True,
    faces: tuple[FaceBox | None, ...] = (),
    name: str = "clip",
) -> Reel:
    """Frames [start, end) of a source."""
    image = QImage(*size, QImage.Format.Format_RGB32)
    pictures = []
    for frame in range(start, end):
        draw(frame, image)
        pictures.append(jpeg(image))
    offsets = [0]
    for picture in pictures:
        offsets.append(offsets[-1] + len(picture))
    path = folder / f"{name}_{start}.mjpeg"
    path.write_bytes(b"".join(pictures))
    heard = folder / f"{name}_{start}.wav"
    if sound:
        write_wav(heard, *(round(frame * SAMPLE_RATE / rate) for frame in (start, end)))
    return Reel(
        path=str(path),
        offsets=struct.pack(f"<{len(offsets)}Q", *offsets),
        frames=end - start,
        width=size[0],
        height=size[1],
        sound=str(heard) if sound else "",
        faces=faces,
    )


def write_wav(path: Path, first: int, stop: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples(first, stop))


def samples(first: int, stop: int) -> bytes:
    """Sample n is n modulo 30,000 on the left, its negative on the right."""
    rounds = 1 + (stop - first) // ROUND
    at = 4 * (first % ROUND)
    return (_CYCLE * (rounds + 1))[at : at + 4 * (stop - first)]


def made_take(shot: Shot, name: str) -> Take:
    """A take of what the shot plans. Its name is its `sha256`."""
    assert shot.plan is not None
    head, tail = shot.plan.handles
    return Take(
        path=f"/takes/{name}.mov",
        frames=shot.plan.frames,
        rate=shot.plan.rate,
        source_range=(head, shot.plan.frames - head - tail),
        timecode=0,
        drop_frame=False,
        width=640,
        height=360,
        channels=2,
        sha256=name,
        content_sha256=name,
        renderer="draft",
        renderer_version="1",
        seed=0,
        lip_sync="source",
    )


ROUND = 30_000
_CYCLE = struct.pack(f"<{2 * ROUND}h", *(value for n in range(ROUND) for value in (n, -n)))
