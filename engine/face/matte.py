"""The masks that a matte draws: a still picture for all frames, or a film sampled as the footage is.

What is white, or nearer to white than to black, is rendered anew.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.errors import BadMedia
from engine.face.mask import Mask, Size
from engine.media.decode import Sampling, open_reel
from engine.media.picture import BLACK, WHITE
from engine.media.still import is_still, read_still
from engine.protocol import Matte

_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
_SLACK = 2  # pixels by which a matte of the same shape may miss the picture's width, once scaled


@dataclass(frozen=True, slots=True, kw_only=True)
class MatteMasks:
    """See `mask.RegionMasks`. Masks are kept packed: minutes of film would not fit into memory."""

    size: Size
    packed: tuple[bytes, ...]

    def at(self, frame: int) -> Mask:
        height, width = self.size
        bits = np.frombuffer(zlib.decompress(self.packed[frame]), np.uint8)
        return np.unpackbits(bits, count=height * width).reshape(self.size).astype(np.bool_)


def matte_masks(matte: Matte, sampling: Sampling, frames: Sequence[int], size: Size) -> MatteMasks:
    """A mask for each of the clip's `frames`. A film as matte is sampled at the clip's own times.

    Raises MissingMedia, BadMedia (its shape is not the picture's), TruncatedMedia (the film is too short).
    """
    path = Path(matte.path)
    if is_still(path):
        mask = _fitted(read_still(path) @ _LUMA, size, path) >= 0.5
        return MatteMasks(size=size, packed=(_packed(mask),) * len(frames))
    return MatteMasks(size=size, packed=tuple(map(_packed, _filmed(path, sampling, frames, size))))


def _filmed(path: Path, sampling: Sampling, frames: Sequence[int], size: Size) -> Iterator[Mask]:
    with open_reel(path, sampling) as reel:
        for frame in frames:
            luma = reel.picture(frame).y.astype(np.float32)
            yield _fitted(luma, size, path) >= (BLACK + WHITE) / 2


def _fitted(luma: NDArray[np.float32], size: Size, path: Path) -> NDArray[np.float32]:
    """The matte's luma at the picture's size."""
    (rows, columns), (height, width) = luma.shape, size
    if (rows, columns) == (height, width - 1):  # a picture of odd width has its last column twice
        return np.pad(luma, ((0, 0), (0, 1)), mode="edge")
    if abs(columns * height / rows - width) > _SLACK and abs(rows * width / columns - height) > _SLACK:
        raise BadMedia(
            f"the matte {path} is {columns}x{rows} and the picture {width}x{height}: draw it in the "
            "picture's own shape"
        )
    return np.asarray(cv2.resize(luma, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _packed(mask: Mask) -> bytes:
    return zlib.compress(np.packbits(mask).tobytes(), 1)
