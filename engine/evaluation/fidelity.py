"""How true pictures are: measured on luma, as 8-bit values (a ten-bit plane counts a quarter each).

All take planes [rows, columns]; crop them to look at a part of the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from engine.media.picture import Picture

Luma = npt.NDArray[np.float32]

_TEN_TO_EIGHT_BITS = 0.25
_PEAK = 255.0
_IDENTICAL = 1e-9  # mean squared error below which two pictures are the same: 138 dB


def luma_of(picture: Picture) -> Luma:
    """The picture's luma, 0..255, with the fractions that ten bits have."""
    return picture.y.astype(np.float32) * np.float32(_TEN_TO_EIGHT_BITS)


def psnr(one: Luma, other: Luma) -> float:
    """Peak signal to noise ratio in dB."""
    error = float(np.mean((one.astype(np.float64) - other) ** 2))
    return float(10 * np.log10(_PEAK**2 / max(error, _IDENTICAL)))


def step(one: Luma, other: Luma) -> float:
    """How far it is from one picture to the next: the mean absolute difference."""
    return float(np.mean(np.abs(one - other)))


def steps(pictures: Sequence[Luma]) -> list[float]:
    """The steps from each picture to the next."""
    return [step(one, other) for one, other in pairwise(pictures)]


def sharpness(plane: Luma) -> float:
    """The root mean square of the Laplacian: how much there is of the finest detail."""
    return float(np.sqrt(np.mean(np.square(cv2.Laplacian(plane, cv2.CV_32F), dtype=np.float64))))
