"""One picture as the engine holds it: planar YUV 4:2:2, 10 bits, limited range, upright.

That is what a ProRes take holds too, so that an untouched picture goes from decoder to encoder with no
conversion but the one from its own format.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.uint16]

PIXEL_FORMAT = "yuv422p10le"
BLACK, WHITE, GREY = 64, 940, 512  # of luma, and the middle of chroma
CHROMA_SPAN = 896  # codes from the least chroma to the greatest

_BT601_MATRICES = {5, 6}
_UNSAID = 2
_BT601_LINES = 576


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFormat:
    """What all pictures of a file have in common.

    `width` is even: 4:2:2 pairs its columns, so a source of odd width has its last column repeated
    (`padded`). The colour codes are those of ISO/IEC 23091-2 (1 is BT.709, 2 is "not said").
    """

    width: int
    height: int
    padded: bool = False
    sample_aspect: Fraction = Fraction(1)
    primaries: int = 2
    transfer: int = 2
    matrix: int = 2


def is_bt601(matrix: int, height: int) -> bool:
    """Whether colours are BT.601's, as players take those of up to 576 lines that do not say."""
    return matrix in _BT601_MATRICES or (matrix == _UNSAID and height <= _BT601_LINES)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """Planes of uint16 that nobody writes into: y [height, width], u and v [height, width / 2]."""

    y: Plane
    u: Plane
    v: Plane

    @property
    def planes(self) -> tuple[Plane, Plane, Plane]:
        return self.y, self.u, self.v

    @property
    def nbytes(self) -> int:
        return sum(plane.nbytes for plane in self.planes)


def same_picture(one: Picture, other: Picture) -> bool:
    """Whether they are equal in every sample."""
    return all(np.array_equal(a, b) for a, b in zip(one.planes, other.planes, strict=True))
