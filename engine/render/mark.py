"""The mark of new words that nobody's consent is on record for: burnt into the frames that say them.

    frames that are new                 all of the picture
    frames of the source, under a dub   the job's region of them; all of the picture where no face is found

It is drawn in the planes of YUV: outside of the mask no sample changes.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.consent.uses import new_frames
from engine.face.mask import Mask
from engine.face.mesh import Landmarks
from engine.face.models import FaceModels
from engine.face.view import find_landmarks
from engine.media.picture import BLACK, GREY, WHITE, Picture, Plane
from engine.protocol import Add, FaceRegion, Render, span_frames
from engine.render.film import Film
from engine.render.regions import Regions, regions_of
from engine.render.storyboard import Storyboard

WARNING = "the take's new words are marked NO CONSENT: no record allows them; `pickup consent add` keeps one"
_WORDS = "NO CONSENT"
_TURNED = 20.0  # ours: degrees, rising
_SHEET_LETTERS = 26  # ours: in the shorter side of a picture, one over the other; a quarter of it shows them
_REGION_SHARE = 0.86  # ours: of a region's width that the words take
_ROWS = 4.5  # ours: letters' heights from one row to the next
_SMALLEST = 7  # pixels of a letter's height; smaller ones are not read, and stripes take their place
_FONT, _CAPITAL = cv2.FONT_HERSHEY_SIMPLEX, 21  # pixels of its capitals' height at scale 1
_BOLD = 0.13  # ours: of the letters' height
_LIGHT, _SHADE = (
    0.55,
    0.4,
)  # ours: of white, and of black around it: read on any picture, and seen through

Shares = NDArray[np.float32]  # 0..1
Spot = tuple[float, float]  # pixels across and down from the sheet's middle, before it is turned


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """Where the take of a job is marked: `board` as for frames that are made anew."""

    board: Storyboard
    regions: Regions

    @classmethod
    def of(cls, job: Render, film: Film, faces: FaceModels | None) -> Marking:
        """Raises BadMedia, MissingMedia, TruncatedMedia."""
        board = _board(job)
        landmarks: tuple[Landmarks | None, ...] = (None,) * film.frames
        if faces is not None and any(board.region) and isinstance(job.region, FaceRegion):
            landmarks = tuple(find_landmarks(film.pictures(), faces, job.region.within))
        return cls(board=board, regions=regions_of(job, film, board, landmarks, 0))

    def burnt_into(self, pictures: Iterable[Picture]) -> Iterator[Picture]:
        """Every picture of the take."""
        for frame, picture in enumerate(pictures):
            said = self.board.whole[frame] or self.board.region[frame]
            yield marked(picture, self.regions.at(frame)) if said else picture


def marked(picture: Picture, mask: Mask | None) -> Picture:
    """The picture with the mark within the mask; None: all over it."""
    light, shade = _sheet(*picture.y.shape) if mask is None else _within(mask)
    y = _blended(_blended(picture.y, BLACK, shade), WHITE, light)
    # A sample of chroma stands for two columns, and is marked as far as both are.
    grey = np.maximum(light, shade)
    both = np.minimum(grey[:, ::2], grey[:, 1::2])
    return Picture(y=y, u=_blended(picture.u, GREY, both), v=_blended(picture.v, GREY, both))


def _board(job: Render) -> Storyboard:
    """What the mark lies on."""
    said = {frame for first, last in new_frames(job) for frame in range(first, last)}
    new = tuple(isinstance(span, Add) for span in job.plan.spans for _ in range(span_frames(span)))
    return Storyboard(
        whole=tuple(Fraction(int(fresh and frame in said)) for frame, fresh in enumerate(new)),
        region=tuple(Fraction(int(not fresh and frame in said)) for frame, fresh in enumerate(new)),
        new=new,
        cuts=(),
    )


@functools.lru_cache(maxsize=4)
def _sheet(height: int, width: int) -> tuple[Shares, Shares]:
    """Words all over a picture: rows of them, each moved by half against the one before."""
    letters = min(height, width) / _SHEET_LETTERS
    row, step = letters * _ROWS, _length(letters) + letters * _ROWS
    reach = np.hypot(height, width) / 2
    rows = range(-int(reach / row) - 1, int(reach / row) + 2)
    places = range(-int(reach / step) - 1, int(reach / step) + 2)
    spots = tuple(((place + number % 2 / 2) * step, number * row) for number in rows for place in places)
    return _shares((height, width), letters, spots)


def _within(mask: Mask) -> tuple[Shares, Shares]:
    """Words within the box around the mask, as far as the mask goes."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    inside = mask[box]
    light, shade = np.zeros(mask.shape, np.float32), np.zeros(mask.shape, np.float32)
    for whole, part in zip((light, shade), _small_sheet(*inside.shape), strict=True):
        whole[box] = part * inside
    return light, shade


@functools.lru_cache(maxsize=32)
def _small_sheet(height: int, width: int) -> tuple[Shares, Shares]:
    """The words once across, and as often as they have room below each other."""
    letters = width * _REGION_SHARE / _length(1.0)
    rows = max(1, int(height / (letters * _ROWS)))
    spots = tuple((0.0, (number - (rows - 1) / 2) * letters * _ROWS) for number in range(rows))
    return _shares((height, width), letters, spots)


def _shares(size: tuple[int, int], letters: float, spots: Sequence[Spot]) -> tuple[Shares, Shares]:
    """Of white and of black, in a sheet of words whose letters are so many pixels high."""
    ink = _stripes(size) if letters < _SMALLEST else _words(size, letters, spots)
    around = cv2.dilate(ink, np.ones((3, 3), np.uint8), iterations=max(1, round(letters / 14)))
    light, shade = ink * np.float32(_LIGHT / 255), (around - ink) * np.float32(_SHADE / 255)
    return np.asarray(light, np.float32), np.asarray(shade, np.float32)


def _words(size: tuple[int, int], letters: float, spots: Sequence[Spot]) -> NDArray[np.uint8]:
    """The words at each of the spots, all of it turned about the sheet's middle."""
    height, width = size
    reach = 2 * (int(np.hypot(height, width)) // 2 + 2)
    flat = np.zeros((reach, reach), np.uint8)
    middle = reach / 2
    for across, down in spots:
        place = round(middle + across - _length(letters) / 2), round(middle + down + letters / 2)
        cv2.putText(flat, _WORDS, place, _FONT, _scale(letters), 255, _bold(letters), cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((middle, middle), _TURNED, 1.0)
    turn[:, 2] += (width / 2 - middle, height / 2 - middle)
    return np.asarray(cv2.warpAffine(flat, turn, (width, height), flags=cv2.INTER_LINEAR), np.uint8)


def _length(letters: float) -> float:
    """Of the words in letters of that height."""
    return float(cv2.getTextSize(_WORDS, _FONT, 1.0, 1)[0][0]) * letters / _CAPITAL


def _scale(letters: float) -> float:
    return letters / _CAPITAL


def _bold(letters: float) -> int:
    return max(1, round(letters * _BOLD))


def _stripes(size: tuple[int, int]) -> NDArray[np.uint8]:
    height, width = size
    across, down = np.arange(width)[None, :], np.arange(height)[:, None]
    return np.where((across + down) % _SMALLEST < 2, np.uint8(255), np.uint8(0))


def _blended(plane: Plane, code: int, shares: Shares) -> Plane:
    mixed = plane + (np.float32(code) - plane) * shares
    return np.asarray(np.rint(mixed), np.uint16)
