"""What the drawn presenters look like, on one sheet: as training crops them, each at a moment of speech.

`python -m engine.training.presenter_sheet -o sheet.png --count 24` is the model card's. With `--sounds` each
presenter is a line of mouths, one a sound, which shows teeth, tongue and lips that shut.

Rows and columns of [height, width, 3] pictures, RGB.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from engine.errors import EngineError
from engine.training.command import Parser, failed, picture_size
from engine.training.presenter.articulation import KNOWN_SOUNDS, articulate
from engine.training.presenter.figure import Figure, Framing, Picture
from engine.training.presenter.identity import identity
from engine.training.presenter.motion import Pose, poses
from engine.training.presenter.mouth import Mouth
from engine.training.synthetic import SpokenPhoneme, refuse_size
from engine.whole_file import save_whole

SOUNDS = (".", "m", "ɑː", "i", "u", "f", "s", "l", "θ", "ʃ")  # a dot: silence
MOST = 400  # ours: presenters on a sheet that anyone would look at
_VISIBLE, _MIDDLE = 25.0, 0.6  # cm: the head as `clips` frames it
_RATE, _EACH, _BEFORE = Fraction(25), 0.24, 0.32  # a second's frames; seconds of each sound, and before it
_SAID = (*"həl", "oʊ", ".", "m", "ɑː", "m", "ə", ".", "w", "iː", "l", "ɔː", "n", "tʃ", "f", "aɪ", "v")
_GAP, _PAPER = 4, 250
_MOUTH = (-5.2, 0.2, 5.2, -8.6)  # left, top, right, bottom in cm


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How presenters are shown: `size` (width, height); a picture so wide shows the shoulders too."""

    size: tuple[int, int] = (128, 128)

    @property
    def framing(self) -> Framing | None:
        width, height = self.size
        return Framing(scale=height / _VISIBLE, x=0.0, y=_MIDDLE) if width == height else None

    def figure(self, seed: int) -> Figure:
        return Figure(identity(seed), *self.size, self.framing)


def portraits(seeds: Sequence[int], look: Look) -> Iterator[Picture]:
    """Each presenter once, moving as presenters do, at another sound of a line than the one before."""
    mouths = tuple(_saying(_SAID))
    voiced = range(round(_BEFORE * _RATE), len(mouths))
    for number, seed in enumerate(seeds):
        at = voiced[(number * 7) % len(voiced)]
        pose = poses(seed, len(mouths), _RATE, (_BEFORE,))[at]
        yield look.figure(seed).picture(pose, mouths[at], at)


def mouths_of(seed: int, sounds: Sequence[str], look: Look) -> Iterator[Picture]:
    """The lower face of a presenter who looks into the camera, at the middle of each sound."""
    figure = look.figure(seed)
    left, top, right, bottom = _MOUTH
    corners = figure.seen(np.array([(left, top), (right, bottom)], np.float32), Pose())
    (x, y), (x_end, y_end) = np.clip(np.rint(corners).astype(int), 0, look.size)
    for sound in sounds:
        yield figure.picture(Pose(), mouth_at(sound), 0)[y:y_end, x:x_end]


def mouth_at(sound: str) -> Mouth:
    """The mouth amid a sound that is spoken alone, between two neutral vowels."""
    if sound == ".":
        return next(iter(_saying((".",))))
    return _saying(("ə", sound, "ə"))[round((_BEFORE + 1.5 * _EACH) * _RATE)]


def _saying(sounds: Sequence[str]) -> tuple[Mouth, ...]:
    """The mouth, frame by frame, while these are said one after the other."""
    spoken = [
        SpokenPhoneme(ipa=sound, start=_BEFORE + _EACH * k, end=_BEFORE + _EACH * (k + 1))
        for k, sound in enumerate(sounds)
        if sound != "."
    ]
    return articulate(spoken, math.ceil((_BEFORE + _EACH * len(sounds)) * _RATE), _RATE)


def sheet(pictures: Sequence[Picture], columns: int) -> Picture:
    """The pictures, all of one size, in rows of `columns`, on paper."""
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // columns)
    paper = np.full((rows * (height + _GAP) + _GAP, columns * (width + _GAP) + _GAP, 3), _PAPER, np.uint8)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        top, left = _GAP + row * (height + _GAP), _GAP + column * (width + _GAP)
        paper[top : top + height, left : left + width] = picture
    return paper


def _png(picture: Picture) -> bytes:
    _, coded = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return coded.tobytes()


def main(arguments: list[str] | None = None) -> int:
    """Write a sheet; 0 when done, 2 for wrong arguments, 5 where it cannot be written."""
    parser = Parser(prog="engine.training.presenter_sheet", description="Show what presenters look like.")
    parser.add_argument("--count", type=int, default=24, help="of presenters")
    parser.add_argument("--first", type=int, default=0, help="the first one's seed")
    parser.add_argument("--size", type=picture_size, default=(128, 128), metavar="WxH", help="of each")
    parser.add_argument("--columns", type=int, default=6)
    parser.add_argument(
        "--sounds",
        nargs="*",
        metavar="IPA",
        help=f"a line of mouths for each presenter; a dot is silence (without any: {' '.join(SOUNDS)})",
    )
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="FILE.png")
    chosen = parser.parse_args(arguments)
    try:
        refuse_size(*chosen.size)
    except ValueError as error:
        parser.error(str(error))
    if not 1 <= chosen.count <= MOST or chosen.first < 0 or chosen.columns < 1:
        parser.error(
            f"1 to {MOST} presenters (--count) from seed 0 on (--first), a column at least (--columns)"
        )
    sounds = None if chosen.sounds is None else tuple(chosen.sounds) or SOUNDS
    if unknown := set(sounds or ()) - {".", *KNOWN_SOUNDS}:
        parser.error(f"no sound of ours: {' '.join(sorted(unknown))}. There are {' '.join(KNOWN_SOUNDS)}")
    seeds, look = range(chosen.first, chosen.first + chosen.count), Look(size=chosen.size)
    if sounds is None:
        shown = sheet(tuple(portraits(seeds, look)), min(chosen.columns, chosen.count))
    else:
        shown = sheet(tuple(m for seed in seeds for m in mouths_of(seed, sounds, look)), len(sounds))
    try:
        save_whole(chosen.out, _png(shown))
    except EngineError as error:
        return failed(error)
    sys.stdout.write(f"{chosen.out}: presenters {seeds[0]} to {seeds[-1]}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
