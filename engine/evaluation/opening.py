"""How open a mouth is in each picture of a clip, and how well that goes with what is said.

Two measures. The face mesh sees any face; on drawn ones of 128 pixels it agrees with the truth to r = .92.
`DrawnMouth` knows the presenter, and where the head is: it has learned from pictures of that presenter
speaking what of the mouth's pixels goes with its opening, and agrees to r = .99.

M mouth shapes, H W rows and columns of a mouth laid straight, D its values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.face.models import FaceModels
from engine.face.track import track_faces
from engine.training.presenter.articulation import KNOWN_SOUNDS, articulate
from engine.training.presenter.canvas import floats
from engine.training.presenter.figure import Figure, Picture
from engine.training.presenter.motion import Pose
from engine.training.presenter.mouth import Mouth, opening
from engine.training.synthetic import SpokenPhoneme

Openings = NDArray[np.float64]

_LEFT, _TOP, _RIGHT, _BOTTOM = -3.2, -2.6, 3.2, -7.4  # cm around the mouth on the head at rest
_FINE = 6  # samples a centimetre
_RATE, _SOUNDS, _EVERY = Fraction(25), 64, 2  # what the presenter says to be learned from
_SOFTER = (1.0, 2.0)  # pixels of blur: generated mouths are softer than drawn ones
# Of the mean square. ours: drawn pictures are measured to r = .99 with any from .003 to 1; decoded ones,
# whose errors a sharp measure takes for lips, to .90 with .03, .95 with .3 and .955 with 1.
_RIDGE = 1.0
_LEAST = 1e-9


def mesh_opening(pictures: Iterable[Picture], models: FaceModels) -> Openings:
    """By the face mesh, [N]; nan where it finds no face."""
    faces = track_faces(pictures, models)
    return np.array([np.nan if face is None else face.opening for face in faces])


class DrawnMouth:
    """One presenter's mouth: a linear map from its pixels to its opening."""

    def __init__(self, figure: Figure) -> None:
        self._figure = figure
        across = np.linspace(_LEFT, _RIGHT, round((_RIGHT - _LEFT) * _FINE))
        down = np.linspace(_TOP, _BOTTOM, round((_TOP - _BOTTOM) * _FINE))
        self._grid = floats(np.stack(np.meshgrid(across, down), axis=-1))
        self._centre_D, self._weight_D, self._mean = self._learned()

    def openings(self, pictures: Iterable[Picture], poses: Sequence[Pose]) -> Openings:
        """One for each picture, the head being as its pose says."""
        found = [
            self._mean + float((self._straight(picture, pose).reshape(-1) - self._centre_D) @ self._weight_D)
            for picture, pose in zip(pictures, poses, strict=True)
        ]
        return np.array(found)

    def _learned(self) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
        """Ridge regression, in the dual: there are fewer pictures than pixels."""
        mouths, rest = _speaking(), Pose()
        drawn = [self._figure.picture(rest, mouth, frame) for frame, mouth in enumerate(mouths)]
        known_MHWC = np.stack([self._straight(picture, rest) for picture in drawn])
        rows_MD = _varied(known_MHWC).reshape(-1, known_MHWC[0].size)
        true_M = np.array([opening(mouth) for mouth in mouths])
        wanted_M = np.tile(true_M - true_M.mean(), len(rows_MD) // len(mouths))
        centre_D = rows_MD.mean(axis=0)
        apart_MD = rows_MD - centre_D
        alike_MM = (apart_MD @ apart_MD.T).astype(np.float64)
        alike_MM += _RIDGE * np.trace(alike_MM) / len(alike_MM) * np.eye(len(alike_MM))
        share_M = np.linalg.solve(alike_MM, wanted_M).astype(np.float32)
        return centre_D, apart_MD.T @ share_M, float(true_M.mean())

    def _straight(self, picture: Picture, pose: Pose) -> NDArray[np.float32]:
        """The mouth as if the head were at rest, less its mean colour."""
        place = self._figure.seen(self._grid, pose)
        laid = cv2.remap(
            picture, place[..., 0], place[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        mouth_HWC = laid.astype(np.float32) / 255
        return np.asarray(mouth_HWC - mouth_HWC.mean(axis=(0, 1)), np.float32)


def _varied(known_MHWC: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mouths as they are, blurred, and moved a little to each side."""
    soft = [
        np.stack([cv2.GaussianBlur(mouth, (0, 0), blur) for mouth in known_MHWC]).astype(np.float32)
        for blur in _SOFTER
    ]
    moved = [np.roll(known_MHWC, step, axis) for step in (-1, 1) for axis in (1, 2)]
    return np.concatenate([known_MHWC, *soft, *moved])


def _speaking() -> tuple[Mouth, ...]:
    """What a mouth does that says all sounds there are, in an order that means nothing."""
    chance = np.random.default_rng(0)
    names = chance.permutation(KNOWN_SOUNDS)[:_SOUNDS]
    ends = 0.2 + np.cumsum(chance.uniform(0.05, 0.16, len(names)))
    said = [
        SpokenPhoneme(ipa=str(name), start=float(end) - 0.1, end=float(end))
        for name, end in zip(names, ends, strict=True)
    ]
    return articulate(said, int((ends[-1] + 0.2) * _RATE), _RATE)[::_EVERY]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lagged:
    """Agreement at a shift: at `lag` 2 what is measured comes 2 frames after what is heard."""

    lag: int
    r: float


def correlation(one: ArrayLike, other: ArrayLike) -> float:
    """Pearson's r of the frames where both are known; nan where one of them does not change."""
    a, b = (np.asarray(values, np.float64) for values in (one, other))
    known = np.isfinite(a) & np.isfinite(b)
    if known.sum() < 2:
        return float("nan")
    a, b = a[known] - a[known].mean(), b[known] - b[known].mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > _LEAST**2 else float("nan")


def lagged(measured: ArrayLike, true: ArrayLike, reach: int = 3) -> tuple[Lagged, ...]:
    """Pearson's r for each shift of up to `reach` frames to either side."""
    seen, said = np.asarray(measured, np.float64), np.asarray(true, np.float64)
    count = len(seen)
    return tuple(
        Lagged(
            lag=lag,
            r=correlation(seen[max(0, lag) : count + min(0, lag)], said[max(0, -lag) : count - max(0, lag)]),
        )
        for lag in range(-reach, reach + 1)
    )


def agreement(measured: ArrayLike, true: ArrayLike, reach: int = 3) -> Lagged:
    """The shift at which the two agree best; 0 and nan where they never do."""
    known = [entry for entry in lagged(measured, true, reach) if np.isfinite(entry.r)]
    return max(known, key=lambda entry: (entry.r, -abs(entry.lag)), default=Lagged(lag=0, r=float("nan")))


def best_lag(measured: ArrayLike, true: ArrayLike, reach: int = 3) -> int:
    """The shift at which the two agree best; 0 where they never do."""
    return agreement(measured, true, reach).lag
