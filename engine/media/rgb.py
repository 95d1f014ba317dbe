"""From planar YUV to RGB and back.

RGB is float32, (height, width, 3), 0 to 1, in the picture's own transfer and primaries: only its matrix is
undone. What YUV can say and RGB cannot (brighter than white, out of gamut) is clipped. The way back is the
exact inverse, so grey and flat colours return to the same codes.

Chroma lies on the left one of its two columns, as H.264, HEVC and ProRes have it for 4:2:2.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.errors import RenderFailed
from engine.media.picture import BLACK, CHROMA_SPAN, GREY, WHITE, Picture, PictureFormat, Plane, is_bt601

Rgb = NDArray[np.float32]  # (height, width, 3), 0..1
Floats = NDArray[np.float32]

_BT709, _BT601 = (0.2126, 0.0722), (0.299, 0.114)
# The weights of red and blue in luma, by the matrix's code in ISO/IEC 23091-2.
_WEIGHTS = MappingProxyType({4: (0.30, 0.11), 7: (0.212, 0.087), 9: (0.2627, 0.0593)})


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
        usual = _BT601 if is_bt601(form.matrix, form.height) else _BT709
        red, blue = _WEIGHTS.get(form.matrix, usual)
        return cls(red=red, blue=blue)

    def to_codes(self) -> NDArray[np.float64]:
        """(3, 4): from (red, green, blue, 1) to the codes of (y, u, v)."""
        red, blue = self.red, self.blue
        luma = np.array([red, 1 - red - blue, blue])
        u = (np.array([0, 0, 1]) - luma) / (2 * (1 - blue))
        v = (np.array([1, 0, 0]) - luma) / (2 * (1 - red))
        rows = np.stack([luma * (WHITE - BLACK), u * CHROMA_SPAN, v * CHROMA_SPAN])
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
