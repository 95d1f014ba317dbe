"""Which pixels of each frame are rendered anew, from the face's landmarks or from a box.

As in the paper a mask is a box, and one box encloses what its group of frames needs: frame 0 by itself, then
groups of 8, which are the frames of one latent. Lips, face and head are the same mask, scaled and placed. A
matte has a mask of any shape: see `matte`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadMedia
from engine.face.mesh import EYE_OUTER_LEFT, EYE_OUTER_RIGHT, Landmarks
from engine.model.config import STRIDE
from engine.protocol import Box, FaceRegion

Mask = NDArray[np.bool_]  # (height, width)
Size = tuple[int, int]  # (height, width) of the picture, in pixels

NOSE_BASE = 2  # the landmark where the nose meets the upper lip


class RegionMasks(Protocol):
    """The masks of a sequence of frames."""

    def at(self, frame: int) -> Mask:
        """The frame's mask; empty where the region was not found: its pixels stay."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxMasks:
    """See `RegionMasks`: a box for each frame, within pictures of `size`."""

    size: Size
    boxes: tuple[Box | None, ...]

    def at(self, frame: int) -> Mask:
        mask = np.zeros(self.size, np.bool_)
        box = self.boxes[frame]
        if box is not None:
            mask[box.y : box.y + box.height, box.x : box.x + box.width] = True
        return mask


def box_masks(box: Box, frames: int, size: Size) -> BoxMasks:
    """The same box in every frame. Raises BadMedia where it lies outside the picture."""
    edges = _Edges(left=box.x, top=box.y, right=box.x + box.width, bottom=box.y + box.height)
    within = edges.within(size)
    if within is None:
        raise BadMedia(
            f"the region {box.width}x{box.height} at {box.x},{box.y} lies outside the picture of "
            f"{size[1]}x{size[0]} pixels"
        )
    return BoxMasks(size=size, boxes=(within,) * frames)


def face_masks(region: FaceRegion, landmarks: Sequence[Landmarks | None], size: Size) -> BoxMasks:
    """A box around lips, face or head for each frame of the sequence whose landmarks these are.

    Frame 0 of `landmarks` is frame 0 of the sequence: it decides the groups.
    """
    place = _PLACES[region.name]
    own = [None if points is None else _placed(points, place).within(size) for points in landmarks]
    boxes: list[Box | None] = []
    for group in _groups(own):
        shared = enclosing([box for box in group if box is not None])
        boxes += [None if box is None else shared for box in group]
    return BoxMasks(size=size, boxes=tuple(boxes))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a region's edges lie, along the face's own axes.

    The unit is the height of the face from its top to the base of the nose, which the jaw does not change:
    `above` counts from the base of the nose up, `below` from the chin down. `across` is the width, of the
    face's own.
    """

    across: float
    above: float
    below: float


# ours: chosen by looking at drawn presenters and at real speakers. Lips hold mouth and chin, with room for a
# jaw that opens further than it did; face holds all landmarks; head holds hair, ears and the edge of the jaw.
_PLACES: MappingProxyType[Literal["lips", "face", "head"], _Place] = MappingProxyType(
    {
        "lips": _Place(across=0.9, above=0.05, below=0.2),
        "face": _Place(across=1.1, above=1.1, below=0.2),
        "head": _Place(across=1.6, above=1.85, below=0.25),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edges:
    left: float
    top: float
    right: float
    bottom: float

    def within(self, size: Size) -> Box | None:
        """The whole pixels that it covers within the picture, if any."""
        height, width = size
        left, top = max(0, int(np.floor(self.left))), max(0, int(np.floor(self.top)))
        right, bottom = min(width, int(np.ceil(self.right))), min(height, int(np.ceil(self.bottom)))
        if right <= left or bottom <= top:
            return None
        return Box(x=left, y=top, width=right - left, height=bottom - top)


def _placed(points: Landmarks, place: _Place) -> _Edges:
    """The upright box around the region's, which is tilted as the face is."""
    right_eye, left_eye = points[EYE_OUTER_RIGHT], points[EYE_OUTER_LEFT]
    angle = np.arctan2(left_eye[1] - right_eye[1], left_eye[0] - right_eye[0])
    axes = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])  # rows: right, down
    upright = points @ axes.T
    (left, top), (right, bottom) = upright.min(axis=0), upright.max(axis=0)
    nose = upright[NOSE_BASE, 1]
    unit = nose - top
    middle, half = (left + right) / 2, (right - left) / 2 * place.across
    across, down = [middle - half, middle + half], [nose - place.above * unit, bottom + place.below * unit]
    corners = np.array([(x, y) for x in across for y in down]) @ axes
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return _Edges(left=float(left), top=float(top), right=float(right) + 1, bottom=float(bottom) + 1)


def enclosing(boxes: Sequence[Box]) -> Box | None:
    """The smallest box that holds them all."""
    if not boxes:
        return None
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    return Box(x=left, y=top, width=right - left, height=bottom - top)


Item = TypeVar("Item")


def _groups(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Frame 0, then frames 1 to 8, 9 to 16 and so on."""
    starts = [0, *range(1, len(items), STRIDE), len(items)]
    return (items[start:end] for start, end in pairwise(starts) if start < end)
