"""A face followed through a clip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from engine.face.mesh import FaceCrop, FaceMesh, Landmarks, Picture, crop_around, mouth_opening
from engine.face.models import FaceModels
from engine.protocol import Box, FaceBox


class FaceTracker:
    """Finds the face of one picture after another, looking first where it last was.

    Where it is not there any more, or was not yet, it is the largest of the picture's faces; with `within`
    the largest of those whose centre lies in that box.
    """

    def __init__(self, models: FaceModels, within: Box | None = None) -> None:
        self._mesh = FaceMesh(models)
        self._within = within
        self._last: FaceCrop | None = None

    def landmarks(self, picture: Picture) -> Landmarks | None:
        """(468, 2) landmarks in pixels of `picture` (RGB, uint8), or None when no face is found."""
        points = None if self._last is None else self._fit(picture, self._last)
        if points is None:
            fitted = (self._fit(picture, crop) for crop in self._faces(picture))
            points = next((face for face in fitted if face is not None), None)
        self._last = None if points is None else crop_around(points)
        return points

    def _faces(self, picture: Picture) -> Iterator[FaceCrop]:
        for crop in self._mesh.detect(picture):
            if self._within is None or _holds(self._within, crop.centre):
                yield crop

    def _fit(self, picture: Picture, crop: FaceCrop) -> Landmarks | None:
        # Twice: the landmarks are truest when the crop sits well, and the first pass makes it sit well.
        points = self._mesh.landmarks(picture, crop)
        return None if points is None else self._mesh.landmarks(picture, crop_around(points))


def _holds(box: Box, point: tuple[float, float]) -> bool:
    x, y = point
    return box.x <= x < box.x + box.width and box.y <= y < box.y + box.height


def track_faces(pictures: Iterable[Picture], models: FaceModels) -> list[FaceBox | None]:
    """The face's box in each picture, and how open its mouth is; None where there is no face."""
    tracker = FaceTracker(models)
    return [face_box(tracker.landmarks(picture), picture) for picture in pictures]


def face_box(points: Landmarks | None, picture: Picture) -> FaceBox | None:
    """The smallest box around the landmarks that lies within the picture."""
    if points is None:
        return None
    height, width = picture.shape[:2]
    limit = (width, height)
    left, top = (int(v) for v in np.clip(np.floor(points.min(axis=0)), 0, limit))
    right, bottom = (int(v) for v in np.clip(np.ceil(points.max(axis=0)) + 1, 0, limit))
    if right <= left or bottom <= top:
        return None
    return FaceBox(
        x=left, y=top, width=right - left, height=bottom - top, opening=round(mouth_opening(points), 5)
    )


def enlarged(face: FaceBox, seen: tuple[int, int], whole: tuple[int, int]) -> FaceBox:
    """The box of a face found in a picture of (height, width) `seen`, in the picture `whole` at its size."""
    rows, columns = whole
    down, across = rows / seen[0], columns / seen[1]
    x, y = int(face.x * across), int(face.y * down)
    return FaceBox(
        x=x,
        y=y,
        width=min(columns - x, round(face.width * across)),
        height=min(rows - y, round(face.height * down)),
        opening=face.opening,
    )
