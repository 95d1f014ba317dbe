"""Where each frame of a take is made anew, for renders of a region: the job's region as pixel masks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.face.mask import Mask, RegionMasks, box_masks, enclosing, face_masks
from engine.face.matte import matte_masks
from engine.face.mesh import Landmarks
from engine.media.decode import Sampling
from engine.protocol import Box, FaceRegion, Render
from engine.render.film import Film
from engine.render.storyboard import Storyboard

LIPS = FaceRegion(name="lips")
_BEYOND = 1.05  # ours: of the mesh's size; a jaw that opens wider than the one it takes the place of
_ROUNDNESS = 3  # ours: of |x|^n + |y|^n < 1, where 2 is an ellipse; it holds a jaw's corners, and no collar


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """`masks`: of the sequence's frames, the take's first one being frame `lead_in` of it.

    `wanted`: for each frame of the take, whether its region is made anew.
    """

    masks: RegionMasks
    wanted: tuple[bool, ...]
    lead_in: int

    def at(self, frame: int) -> Mask | None:
        """The mask of a frame of the take; None where nothing is made anew by region."""
        if not self.wanted[frame]:
            return None
        mask = self.masks.at(self.lead_in + frame)
        return mask if mask.any() else None

    @property
    def missing(self) -> tuple[int, ...]:
        """Frames that should have had a region, and no face was found in them."""
        return tuple(frame for frame, wanted in enumerate(self.wanted) if wanted and self.at(frame) is None)

    @property
    def extent(self) -> Box | None:
        """What encloses the region in all frames in which it is made anew."""
        boxes = [_extent(mask) for frame in range(len(self.wanted)) if (mask := self.at(frame)) is not None]
        return enclosing(boxes)


def regions_of(
    job: Render, film: Film, board: Storyboard, landmarks: Sequence[Landmarks | None], lead_in: int
) -> Regions:
    """`landmarks`: of each frame of the take, in pixels of the picture. Raises BadMedia, MissingMedia."""
    wanted = tuple(weight > 0 for weight in board.region)
    return Regions(masks=_masks(job, film, wanted, landmarks, lead_in), wanted=wanted, lead_in=lead_in)


def lips_of(film: Film, landmarks: Sequence[Landmarks | None], lead_in: int) -> Regions:
    """The lower face in every frame: what identity references are taken from."""
    masks = face_masks(LIPS, [*[None] * lead_in, *landmarks], film.size)
    return Regions(masks=masks, wanted=(True,) * film.frames, lead_in=lead_in)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundMasks:
    """See `RegionMasks`: boxes without their corners, which show more of neck and backdrop than of a face."""

    boxes: RegionMasks

    def at(self, frame: int) -> Mask:
        mask = self.boxes.at(frame).copy()
        if mask.any():
            box = _extent(mask)
            down, across = (_from_middle(length) ** _ROUNDNESS for length in (box.height, box.width))
            window = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
            mask[window] &= down[:, None] + across < 1
        return mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WithinFace:
    """See `RegionMasks`: as far as the face reaches. Beside a jaw, collar and backdrop stay the source's."""

    masks: RegionMasks
    landmarks: tuple[Landmarks | None, ...]

    def at(self, frame: int) -> Mask:
        mask, points = self.masks.at(frame), self.landmarks[frame]
        if points is None or not mask.any():
            return mask
        edge = cv2.convexHull(points)[:, 0]
        middle = edge.mean(axis=0)
        inside = np.zeros(mask.shape, np.uint8)
        cv2.fillConvexPoly(inside, np.rint(middle + _BEYOND * (edge - middle)).astype(np.int32), 1)
        return mask & inside.astype(np.bool_)


def within_face(regions: Regions, landmarks: Sequence[Landmarks | None]) -> Regions:
    """The same without corners, and within the face. `landmarks`: of each frame of the take."""
    found = (*(None,) * regions.lead_in, *landmarks)
    return replace(regions, masks=WithinFace(masks=RoundMasks(boxes=regions.masks), landmarks=found))


def _from_middle(length: int) -> NDArray[np.float64]:
    """How far each pixel is from the middle, 1 being the end."""
    return np.asarray(np.abs(np.arange(length) - (length - 1) / 2) / (length / 2), np.float64)


def _masks(
    job: Render, film: Film, wanted: Sequence[bool], landmarks: Sequence[Landmarks | None], lead_in: int
) -> RegionMasks:
    region = job.region
    if isinstance(region, FaceRegion):
        seen = [points if is_wanted else None for points, is_wanted in zip(landmarks, wanted, strict=True)]
        return face_masks(region, [*[None] * lead_in, *seen], film.size)
    if isinstance(region, Box):
        return box_masks(region, lead_in + film.frames, film.size)
    sampling = Sampling(offset=job.footage.offset.exact, rate=film.rate)
    low, high = film.footage
    shown = [min(max(round(position), low), high - 1) for position in film.course.positions]
    return matte_masks(region, sampling, [shown[0]] * lead_in + shown, film.size)


def _extent(mask: Mask) -> Box:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    left, top = int(columns[0]), int(rows[0])
    return Box(x=left, y=top, width=int(columns[-1]) + 1 - left, height=int(rows[-1]) + 1 - top)
