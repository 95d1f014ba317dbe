"""Held-out clips, to be looked at: a film that sounds as the dub does, and a sheet.

N video frames, H W pixels.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.evaluation.before_after import encode_film
from engine.evaluation.sheet import Row, Thumb, contact_sheet, thumbnail
from engine.media.sound import Samples as Sound
from engine.protocol import SAMPLE_RATE
from engine.training.validation import Pictures, Seen
from engine.whole_file import not_written

SHOWN = 9  # pictures of a clip on the sheet: a line of it
_LEAST = 256  # pixels of a panel's height; drawn clips have 128
_HEADER = 28
_PAPER, _INK = (24, 24, 26), (235, 235, 235)


def film_of(seen: Sequence[Seen], path: Path) -> None:
    """One clip after the other: the truth where it is known, the reconstruction, the dub.

    All are shown at the first one's size and rate. Raises DiskFull, RenderFailed.
    """
    os.environ.setdefault("SVT_LOG", "1")  # the AV1 encoder says errors only
    rate = seen[0].clip.sample.rate
    beside = path.with_name(f".{path.stem}.{os.getpid()}.part.mp4")
    sound = np.concatenate([_sound(one, rate) for one in seen])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        encode_film(beside, rate, _frames(seen), sound)
        beside.replace(path)
    except OSError as error:  # libav's own errors are of this kind too
        raise not_written(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def sheet_of(seen: Sequence[Seen], path: Path) -> None:
    """Four rows a clip: truth, reconstruction, with its own speech, with the other's."""
    contact_sheet([row for one in seen for row in _rows(one)], path)


def _rows(one: Seen) -> Iterator[Row]:
    rows = {
        "truth": one.truth,
        "reconstruction": one.reconstruction,
        "own audio": one.own,
        "other audio": one.other,
    }
    for what, pictures in rows.items():
        if pictures is not None:
            chosen = np.unique(np.linspace(0, len(pictures) - 1, SHOWN).round().astype(int))
            thumbs = (Thumb(picture=thumbnail(pictures[at]), caption=str(at)) for at in chosen)
            yield Row(title=f"{one.clip.name}: {what}", thumbs=tuple(thumbs))


def _frames(seen: Sequence[Seen]) -> Iterator[NDArray[np.uint8]]:
    """With the truth's panel, if only one of the clips has it."""
    with_truth = any(one.truth is not None for one in seen)
    height, width = _panel_size(seen[0].reconstruction)
    names = (["truth"] if with_truth else []) + ["reconstruction", "dub"]
    header = np.full((_HEADER, width * len(names), 3), _PAPER, np.uint8)
    for place, name in enumerate(names):
        at = (place * width + 8, _HEADER - 9)
        cv2.putText(header, name, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, _INK, 1, cv2.LINE_AA)
    for one in seen:
        blank = np.zeros_like(one.reconstruction) if one.truth is None else one.truth
        shown = ([blank] if with_truth else []) + [one.reconstruction, one.other]
        for time in _times(one, seen[0].clip.sample.rate):
            panels = [_fitted(pictures[time], (height, width)) for pictures in shown]
            yield np.vstack([header, np.hstack(panels)])


def _times(one: Seen, rate: Fraction) -> list[int]:
    """Which of the clip's frames the film shows, at its own rate."""
    speed, frames = one.clip.sample.rate / rate, len(one.other)
    return [min(int(at * speed), frames - 1) for at in range(max(1, round(frames / speed)))]


def _fitted(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The whole picture, as large as fits, in the middle."""
    scale = min(size[0] / picture.shape[0], size[1] / picture.shape[1])
    height, width = (max(1, round(side * scale)) for side in picture.shape[:2])
    panel = np.zeros((*size, 3), np.uint8)
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    panel[top : top + height, left : left + width] = cv2.resize(
        picture, (width, height), interpolation=cv2.INTER_CUBIC
    )
    return panel


def _panel_size(pictures: Pictures) -> tuple[int, int]:
    """Even, as the encoder wants it, and not too small to see anything."""
    height, width = pictures.shape[1:3]
    scale = max(1.0, _LEAST / height)
    return 2 * round(height * scale / 2), 2 * round(width * scale / 2)


def _sound(one: Seen, rate: Fraction) -> Sound:
    wanted = round(len(_times(one, rate)) * SAMPLE_RATE / rate)
    sound = np.zeros((wanted, 2), np.float32)
    if one.clip.other_sound is not None:
        heard = one.clip.other_sound[:wanted]
        sound[: len(heard)] = heard
    return sound
