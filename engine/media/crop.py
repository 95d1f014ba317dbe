"""Parts of a picture at its own resolution: cut, padded for a model, and put back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.media.picture import Picture
from engine.protocol import Box

Scalar = TypeVar("Scalar", bound=np.generic)


def padded(array: NDArray[Scalar], multiple: int) -> NDArray[Scalar]:
    """The array [height, width, ...], its last row and column repeated until both sides are multiples."""
    height, width = array.shape[:2]
    below, right = -height % multiple, -width % multiple
    if not below and not right:
        return array
    return np.pad(array, [(0, below), (0, right), *[(0, 0)] * (array.ndim - 2)], mode="edge")


def cropped(array: NDArray[Scalar], height: int, width: int) -> NDArray[Scalar]:
    """The array [height, width, ...] as it was before it was padded."""
    return array[:height, :width]


_MULTIPLE = 32  # pixels along one edge of a latent
_MARGIN = 1 / 8  # ours: of the region's longer side, on every side: what surrounds it tells pose and light
_SLIMMEST = 3 / 4  # ours: short side over long: models are trained on pictures between 1:2 and 2:1
_WORTH_IT = 0.7  # ours: of the picture: a larger crop is no saving, and cuts away context


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """A part of the picture. `left` and `width` are even, since chroma has half the columns."""

    left: int
    top: int
    width: int
    height: int

    @classmethod
    def around(cls, extent: Box, picture: tuple[int, int]) -> Self:
        """The crop for a region that stays within `extent`, of pictures of this (height, width).

        The same throughout a clip, with what surrounds the region. Its sides are multiples of 32, but for a
        side that is the picture's own: pad what is cut there.
        """
        rows, columns = picture
        margin = _MARGIN * max(extent.width, extent.height)
        across, down = extent.width + 2 * margin, extent.height + 2 * margin
        width = _side(max(across, down * _SLIMMEST), columns)
        height = _side(max(down, across * _SLIMMEST), rows)
        if width * height > _WORTH_IT * rows * columns:
            return cls(left=0, top=0, width=columns, height=rows)
        left = _placed(extent.x + extent.width / 2, width, columns) & ~1
        return cls(
            left=left, top=_placed(extent.y + extent.height / 2, height, rows), width=width, height=height
        )

    @property
    def window(self) -> tuple[slice, slice]:
        """Where it lies in an array [height, width, ...], of a mask or of RGB."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    def cut(self, picture: Picture) -> Picture:
        """That part of the picture."""
        luma, chroma = self.window, self._chroma_window
        return Picture(y=picture.y[luma], u=picture.u[chroma], v=picture.v[chroma])

    def paste(self, picture: Picture, part: Picture) -> Picture:
        """The picture with that part replaced; its other samples are as they were."""
        y, u, v = (plane.copy() for plane in picture.planes)
        luma, chroma = self.window, self._chroma_window
        y[luma], u[chroma], v[chroma] = part.planes
        return Picture(y=y, u=u, v=v)

    @property
    def _chroma_window(self) -> tuple[slice, slice]:
        rows, _ = self.window
        return rows, slice(self.left // 2, (self.left + self.width) // 2)


def _side(wanted: float, available: int) -> int:
    side = _MULTIPLE * int(-(-wanted // _MULTIPLE))
    return min(side, available)


def _placed(centre: float, side: int, available: int) -> int:
    return min(max(0, round(centre - side / 2)), available - side)
