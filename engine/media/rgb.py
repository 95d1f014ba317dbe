"""From planar YUV to RGB and back, and the part of the picture that a model sees.

RGB is float32, (height, width, 3), 0 to 1, in the picture's own transfer and primaries: only its matrix is
undone. What YUV can say and RGB cannot (brighter than white, out of gamut) is clipped. The way back is the
exact inverse, so grey and flat colours return to the same codes.

Chroma lies on the left one of its two columns, as H.264, HEVC and ProRes have it for 4:2:2.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Self, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.errors import RenderFailed
from engine.media.picture import BLACK, GREY, WHITE, Picture, PictureFormat, Plane
from engine.protocol import Box

Rgb = NDArray[np.float32]  # (height, width, 3), 0..1
Floats = NDArray[np.float32]
Scalar = TypeVar("Scalar", bound=np.generic)

MULTIPLE = 32  # pixels of the picture along one edge of a latent

_LUMA_SPAN, _CHROMA_SPAN = WHITE - BLACK, 896  # codes, in limited range at 10 bits
_BT709, _BT601 = (0.2126, 0.0722), (0.299, 0.114)
# The weights of red and blue in luma, by the matrix's code in ISO/IEC 23091-2.
_WEIGHTS = MappingProxyType(
    {1: _BT709, 4: (0.30, 0.11), 5: _BT601, 6: _BT601, 7: (0.212, 0.087), 9: (0.2627, 0.0593)}
)
_UNSAID = 2
_BT601_LINES = 576  # what says nothing of its colours is BT.601 up to this height, as players assume


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourMatrix:
    """The weights of red and blue in luma. A crop of a picture has the picture's."""

    red: float
    blue: float

    @classmethod
    def of(cls, form: PictureFormat) -> Self:
        """The matrix that a file's pictures have.

        A code that is none of the plain matrices counts as BT.709: since the same matrix leads back, the
        guess only tints what a model sees.
        """
        guess = _BT601 if form.matrix == _UNSAID and form.height <= _BT601_LINES else _BT709
        red, blue = _WEIGHTS.get(form.matrix, guess)
        return cls(red=red, blue=blue)

    def to_codes(self) -> NDArray[np.float64]:
        """(3, 4): from (red, green, blue, 1) to the codes of (y, u, v)."""
        red, blue = self.red, self.blue
        luma = np.array([red, 1 - red - blue, blue])
        u = (np.array([0, 0, 1]) - luma) / (2 * (1 - blue))
        v = (np.array([1, 0, 0]) - luma) / (2 * (1 - red))
        rows = np.stack([luma * _LUMA_SPAN, u * _CHROMA_SPAN, v * _CHROMA_SPAN])
        return np.column_stack([rows, [BLACK, GREY, GREY]])

    def to_rgb(self) -> NDArray[np.float64]:
        """(3, 4): from the codes of (y, u, v), and 1, to (red, green, blue)."""
        there = self.to_codes()
        back = np.linalg.inv(there[:, :3])
        return np.column_stack([back, -back @ there[:, 3]])


def rgb_of(picture: Picture, matrix: ColourMatrix) -> Rgb:
    """The picture in RGB."""
    codes = cv2.merge([picture.y.astype(np.float32), _doubled(picture.u), _doubled(picture.v)])
    rgb = cv2.transform(codes, matrix.to_rgb())
    return np.asarray(np.clip(rgb, 0, 1, out=rgb), np.float32)


def picture_of(rgb: Rgb, matrix: ColourMatrix) -> Picture:
    """RGB of an even width as a picture; what lies outside 0..1 is clipped.

    Raises RenderFailed where a value is no number.
    """
    if rgb.shape[1] % 2:
        raise ValueError(f"{rgb.shape[1]} columns cannot be paired")
    if not np.isfinite(rgb).all():
        raise RenderFailed(
            "the model gave pixels that are no numbers: try another precision, or another seed"
        )
    y, u, v = cv2.split(cv2.transform(np.clip(rgb, 0, 1), matrix.to_codes()))
    return Picture(y=_rounded(y), u=_rounded(_halved(u)), v=_rounded(_halved(v)))


def _doubled(chroma: Plane) -> Floats:
    """Chroma for every column: between two samples, their mean."""
    samples = chroma.astype(np.float32)
    wide = np.empty((samples.shape[0], 2 * samples.shape[1]), np.float32)
    wide[:, ::2] = samples
    wide[:, 1:-1:2] = (samples[:, :-1] + samples[:, 1:]) * 0.5
    wide[:, -1] = samples[:, -1]
    return wide


def _halved(chroma: Floats) -> Floats:
    """One sample for two columns: a quarter, a half and a quarter of the columns around the left one."""
    left = np.concatenate([chroma[:, :1], chroma[:, 1:-1:2]], axis=1)
    return chroma[:, ::2] * 0.5 + (left + chroma[:, 1::2]) * 0.25


def _rounded(plane: Floats) -> Plane:
    return np.asarray(np.rint(plane), np.uint16)


# ------------------------------------------------------------------------------- the part a model sees


def padded(array: NDArray[Scalar], multiple: int = MULTIPLE) -> NDArray[Scalar]:
    """The array [height, width, ...], its last row and column repeated until both sides are multiples."""
    height, width = array.shape[:2]
    below, right = -height % multiple, -width % multiple
    if not below and not right:
        return array
    return np.pad(array, [(0, below), (0, right), *[(0, 0)] * (array.ndim - 2)], mode="edge")


def cropped(array: NDArray[Scalar], height: int, width: int) -> NDArray[Scalar]:
    """The array [height, width, ...] as it was before it was padded."""
    return array[:height, :width]


_MARGIN = 1 / 8  # ours: of the region's longer side, on every side: what surrounds it tells pose and light
_SLIMMEST = 3 / 4  # ours: short side over long: models are trained on pictures between 1:2 and 2:1
_WORTH_IT = 0.7  # ours: of the picture: a larger crop is no saving, and cuts away context


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadCrop:
    """The part of the picture around the head, at its own resolution, the same throughout a clip.

    `left` and `width` are even, since chroma has half the columns. The sides are multiples of 32, but for a
    side that is the picture's own: pad what is cut there.
    """

    left: int
    top: int
    width: int
    height: int

    @classmethod
    def around(cls, extent: Box, picture: tuple[int, int]) -> Self:
        """The crop for a region that stays within `extent`, of pictures of this (height, width)."""
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
    side = MULTIPLE * int(-(-wanted // MULTIPLE))
    return min(side, available)


def _placed(centre: float, side: int, available: int) -> int:
    return min(max(0, round(centre - side / 2)), available - side)
