"""From libav's frames straight to small pictures: upright, with square pixels, in 8-bit RGB.

Scaled down first, to the size that they are shown at, and turned then: 4K costs little more than 1080p.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Self

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from engine.media.conversion import is_full_range
from engine.media.jpeg import Bgr
from engine.media.picture import PictureFormat, is_bt601

_MATRICES = {4: Colorspace.FCC, 7: Colorspace.SMPTE240M, 9: Colorspace.BT2020}


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of small pictures; both are even."""

    height: int
    width: int

    @classmethod
    def of(cls, form: PictureFormat, most: int) -> Self:
        """At most `most` lines, never more than the source has, and as wide as its pixels are shown."""
        height = max(2, min(most, form.height) & ~1)
        aspect = Fraction(form.width - form.padded, form.height) * form.sample_aspect
        return cls(height=height, width=max(2, 2 * round(height * aspect / 2)))


class Miniatures:
    """Makes the small pictures of one stream's frames."""

    def __init__(self, form: PictureFormat, size: Size) -> None:
        self._size = size
        usual = Colorspace.ITU601 if is_bt601(form.matrix, form.height) else Colorspace.ITU709
        self._matrix = _MATRICES.get(form.matrix, usual)
        self._scaler = VideoReformatter()

    def of(self, frame: VideoFrame) -> Bgr:
        """The frame's picture. swscale's box filter leaves no ripples, and is its fastest."""
        quarters = frame.rotation // 90
        height, width = self._size.height, self._size.width
        if quarters % 2:
            height, width = width, height
        rgb = frame.format.is_rgb
        small = self._scaler.reformat(
            frame,
            width=width,
            height=height,
            format="bgr24",
            interpolation=Interpolation.AREA,
            src_colorspace=None if rgb else self._matrix,
            src_color_range=ColorRange.JPEG if rgb or is_full_range(frame) else ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
        )
        # The display matrix turns counter-clockwise, as numpy does.
        return np.ascontiguousarray(np.rot90(small.to_ndarray(), quarters), np.uint8)
