"""What of the picture the model works on, and at which size.

    picture --crop--> head --resized, padded to whole cells--> frame       and back, the same way

The whole picture, or the head alone at its own resolution where only a region of the face is made anew. Work
of more pixels than the model was made for is done smaller.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import cv2
import numpy as np

from engine.face.mask import Mask
from engine.media.crop import Crop, cropped, padded
from engine.media.picture import Picture
from engine.media.rgb import ColourMatrix, Rgb, picture_of, rgb_of

# The paper trains on 0.25 to 2.0 megapixels; a 1080p picture, padded, is 2.09.
MOST_PIXELS = 2_100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """`height` and `width`: of the part as the model sees it, before padding to multiples of `cell`."""

    crop: Crop
    matrix: ColourMatrix
    height: int
    width: int
    cell: int

    @classmethod
    def of(cls, crop: Crop, matrix: ColourMatrix, cell: int, *, most: int = MOST_PIXELS) -> Stage:
        """At the part's own resolution, or with at most `most` pixels once padded."""
        height, width = crop.height, crop.width
        scale = Fraction(1)
        while _padded(height, cell) * _padded(width, cell) > most and min(height, width) > cell:
            scale *= Fraction(31, 32)
            height, width = max(cell, int(crop.height * scale)), max(cell, int(crop.width * scale))
        return cls(crop=crop, matrix=matrix, height=height, width=width, cell=cell)

    @classmethod
    def scaled(cls, crop: Crop, matrix: ColourMatrix, cell: int, side: int) -> Stage:
        """A square crop, with `side` pixels along an edge whatever it has in the picture."""
        return cls(crop=crop, matrix=matrix, height=side, width=side, cell=cell)

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of latents."""
        return _padded(self.height, self.cell) // self.cell, _padded(self.width, self.cell) // self.cell

    def halved(self) -> Stage:
        """For a first pass whose latents, upsampled twofold, cover this stage's."""
        return replace(self, height=-(-self.height // 2), width=-(-self.width // 2))

    def frame(self, picture: Picture) -> Rgb:
        """What the model sees of the picture."""
        rgb = rgb_of(self.crop.cut(picture), self.matrix)
        return padded(_resized(rgb, self.height, self.width), self.cell)

    def picture(self, frame: Rgb, beside: Picture) -> Picture:
        """What the model made, in the place that it has in the picture; `beside` is what surrounds it."""
        part = _resized(cropped(frame, self.height, self.width), self.crop.height, self.crop.width)
        return self.crop.paste(beside, picture_of(part, self.matrix))

    def mask(self, mask: Mask) -> Mask:
        """The mask of a picture, as the model sees it. A pixel is set where any of what it stands for is."""
        part = self.crop.cut_mask(mask)
        if part.shape == (self.height, self.width):
            return part
        small = cv2.resize(part.astype(np.float32), (self.width, self.height), interpolation=cv2.INTER_AREA)
        return np.asarray(small > 0, np.bool_)


def _padded(side: int, cell: int) -> int:
    return -(-side // cell) * cell


def _resized(rgb: Rgb, height: int, width: int) -> Rgb:
    if rgb.shape[:2] == (height, width):
        return rgb
    smaller = height * width < rgb.shape[0] * rgb.shape[1]
    kind = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(np.clip(cv2.resize(rgb, (width, height), interpolation=kind), 0, 1), np.float32)
