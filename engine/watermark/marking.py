"""The mark put into a picture's luma: as grain, stronger where the picture is busy."""

from __future__ import annotations

import cv2
import numpy as np

from engine.media.composite import Mask
from engine.media.picture import Picture
from engine.watermark.code import Floats, encoded
from engine.watermark.weave import CELL, HOLD, PATTERNS, PILOT, TILE, roles_KRC, signs_KRC

_SHARE = 0.35  # ours: of the deviation around a pixel; what it hides was looked at
_LEAST, _MOST = 4.0, 12.0  # ours: codes of 10 bits, one to three of 8 bits
_AROUND = 9  # pixels
_DARKEST, _BRIGHTEST = 64, 940


class Watermark:
    """The mark of one take. `identity`: eight hex digits."""

    def __init__(self, identity: str) -> None:
        bits = np.append(encoded(identity), np.float32(1))  # the pilots' own is the last, and role -1
        assert PILOT == -1
        self._patterns = [_enlarged(pattern) for pattern in signs_KRC() * bits[roles_KRC()]]

    def on(self, picture: Picture, frame: int, mask: Mask | None) -> Picture:
        """The take's frame number `frame`, marked where the mask is set; everywhere where there is none."""
        if mask is not None and not mask.any():
            return picture
        window = (slice(None), slice(None)) if mask is None else _extent(mask)
        part = picture.y[window].astype(np.float32)
        pattern = self._patterns[frame // HOLD % PATTERNS]
        rows, columns = (
            np.arange(*side.indices(length)) % len(pattern)
            for side, length in zip(window, picture.y.shape, strict=True)
        )
        grain = pattern[np.ix_(rows, columns)] * _strength(part)
        if mask is not None:
            grain *= mask[window]
        luma = picture.y.copy()
        luma[window] = np.where(grain == 0, part, _legal(part, grain)).astype(np.uint16)
        return Picture(y=luma, u=picture.u, v=picture.v)


def _legal(part: Floats, grain: Floats) -> Floats:
    """The sum, which is brought beyond black or white nowhere but where the picture was there already."""
    low, high = np.minimum(part, _DARKEST), np.maximum(part, _BRIGHTEST)
    return np.asarray(np.clip(np.rint(part + grain), low, high), np.float32)


def _strength(part: Floats) -> Floats:
    size = (_AROUND, _AROUND)
    mean = cv2.blur(part, size)
    variance = np.maximum(cv2.blur(part * part, size) - mean * mean, 0)
    return np.asarray(np.clip(_SHARE * np.sqrt(variance), _LEAST, _MOST), np.float32)


def _enlarged(pattern: Floats) -> Floats:
    """A tile of cells as one of pixels, softened between them, and across its own edges."""
    wrapped = np.pad(pattern, 1, mode="wrap")
    side = (TILE + 2) * CELL
    large = cv2.resize(wrapped, (side, side), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large[CELL:-CELL, CELL:-CELL], np.float32)


def _extent(mask: Mask) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
