"""Parts of a picture at its own resolution: cut, padded for a model, and put back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.media.picture import Picture
from engine.protocol import Box

Scalar = TypeVar("Scalar", bound=np.generic)
Window = tuple[slice, slice]  # rows, columns


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
    """A part of the picture. `left` and `width` are even, since chroma has half the columns.

    It may reach beyond the picture: what is cut there repeats the picture's edge, and is not put back.
    """

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

    @classmethod
    def square(cls, centre: tuple[float, float], side: float) -> Self:
        """The square around a point (x, y), to the nearest even column and side; wherever it reaches."""
        whole = max(2, 2 * round(side / 2))
        left, top = (round(at - whole / 2) for at in centre)
        return cls(left=left & ~1, top=top, width=whole, height=whole)

    def cut(self, picture: Picture) -> Picture:
        """That part of the picture."""
        chroma = self._of_chroma
        y, u, v = picture.planes
        return Picture(y=self._cut(y), u=chroma._cut(u), v=chroma._cut(v))

    def cut_mask(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """That part of a mask; nothing beyond the picture is in it."""
        inside, own = self._shared(mask.shape)
        part = np.zeros((self.height, self.width), np.bool_)
        part[own] = mask[inside]
        return part

    def paste(self, picture: Picture, part: Picture) -> Picture:
        """The picture with that part replaced; its other samples are as they were."""
        y, u, v = (plane.copy() for plane in picture.planes)
        for crop, plane, new in zip((self, *[self._of_chroma] * 2), (y, u, v), part.planes, strict=True):
            inside, own = crop._shared(plane.shape)
            plane[inside] = new[own]
        return Picture(y=y, u=u, v=v)

    @property
    def _of_chroma(self) -> Crop:
        return replace(self, left=self.left // 2, width=self.width // 2)

    def _cut(self, plane: NDArray[Scalar]) -> NDArray[Scalar]:
        """A view where it lies within the plane."""
        inside, own = self._shared(plane.shape)
        rows, columns = own
        before, after = rows.start, self.height - rows.stop
        left, right = columns.start, self.width - columns.stop
        part = plane[inside]
        if not (before or after or left or right):
            return part
        return np.pad(part, [(before, after), (left, right)], mode="edge")

    def _shared(self, shape: tuple[int, ...]) -> tuple[Window, Window]:
        """What it has in common with an array [height, width]: where that lies in the array, and in itself.

        Raises ValueError where it is nothing.
        """
        (top, bottom), (left, right) = (
            (max(0, first), min(whole, first + length))
            for first, length, whole in zip(
                (self.top, self.left), (self.height, self.width), shape[:2], strict=True
            )
        )
        if top >= bottom or left >= right:
            raise ValueError(f"{self} lies beside a picture of {shape[1]}x{shape[0]}")
        inside = slice(top, bottom), slice(left, right)
        own = slice(top - self.top, bottom - self.top), slice(left - self.left, right - self.left)
        return inside, own


def _side(wanted: float, available: int) -> int:
    side = _MULTIPLE * int(-(-wanted // _MULTIPLE))
    return min(side, available)


def _placed(centre: float, side: int, available: int) -> int:
    return min(max(0, round(centre - side / 2)), available - side)
