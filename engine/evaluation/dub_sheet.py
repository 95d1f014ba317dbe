"""Dubs side by side, for a person to look at: a few clips, five rows each, consecutive frames.

source          the clip as it was filmed
reconstruction  what the autoencoder alone makes of it
own audio       rendered to its own sound
other audio     rendered to another clip's
that clip       the one whose sound that is: its mouth does what the row above should
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from engine.evaluation.cuts import Picture
from engine.evaluation.dub_clips import DubSet, drawn
from engine.evaluation.dubbing import rebuilt_clip, shown
from engine.evaluation.sheet import THUMBS_IN_A_LINE, Row, Thumb, contact_sheet, thumbnail
from engine.training.clips import TrainingClip

SHOWN = 4  # clips
_SIDE = 230  # pixels: of a thumb


def dub_sheet(dubs: DubSet, out: Path, path: Path, clips: int = SHOWN) -> None:
    """The first clips of a set that was measured in `out`. Raises RenderFailed, DiskFull, MissingMedia."""
    contact_sheet((row for index in range(min(clips, dubs.clips)) for row in _rows(dubs, out, index)), path)


def _rows(dubs: DubSet, out: Path, index: int) -> Iterator[Row]:
    clip, driver = drawn(dubs, index), drawn(dubs, dubs.driver(index))
    folder = out / dubs.split / f"{index:04}"
    frames = _telling(driver)
    rebuilt = rebuilt_clip(dubs, index)
    rows: list[tuple[str, TrainingClip, Sequence[Picture]]] = [("source", clip, list(clip.frames))]
    if rebuilt is not None:
        rows.append(("reconstruction", *rebuilt))
    rows += [
        ("own audio", clip, shown(folder / "own" / "take.mov", clip)),
        ("other audio", clip, shown(folder / "dub" / "take.mov", clip)),
        (f"that clip: {driver.voice}", driver, list(driver.frames)),
    ]
    for name, of, pictures in rows:
        thumbs = (
            Thumb(picture=_lower_face(pictures[frame], of, frames), caption=str(frame)) for frame in frames
        )
        yield Row(title=f"{index}  {name}", thumbs=tuple(thumbs))


def _telling(driver: TrainingClip) -> range:
    """The consecutive frames in which the mouth does most."""
    last = len(driver.opening) - THUMBS_IN_A_LINE
    if last <= 0:
        return range(len(driver.opening))
    moves = [float(np.std(driver.opening[at : at + THUMBS_IN_A_LINE])) for at in range(last + 1)]
    first = int(np.argmax(moves))
    return range(first, first + THUMBS_IN_A_LINE)


def _lower_face(picture: Picture, clip: TrainingClip, frames: range) -> Picture:
    """A square around the lower face in all of the frames, equally large in all rows."""
    boxes = clip.lower_face[frames.start : frames.stop]
    low, high = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    side = min(int((high - low).max()), *picture.shape[:2])
    left, top = np.clip((low + high - side) // 2, 0, np.array(picture.shape[1::-1]) - side)
    part = picture[top : top + side, left : left + side]
    if side < _SIDE:
        return np.asarray(cv2.resize(part, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC), np.uint8)
    return thumbnail(part)
