"""A face followed through a clip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from engine.face.mesh import FaceCrop, FaceMesh, Landmarks, Picture, crop_around, mouth_opening
from engine.face.models import FaceModels
from engine.protocol import FaceBox


class FaceTracker:
    """Finds the face of one picture after another, looking first where it last was."""

    def __init__(self, models: FaceModels) -> None:
        self._mesh = FaceMesh(models)
        self._last: FaceCrop | None = None

    def landmarks(self, picture: Picture) -> Landmarks | None:
        """(468, 2) landmarks in pixels of `picture` (RGB, uint8), or None when no face is found."""
        points = None if self._last is None else self._fit(picture, self._last)
        if points is None:
            found = self._mesh.detect(picture)
            points = None if found is None else self._fit(picture, found)
        self._last = None if points is None else crop_around(points)
        return points

    def _fit(self, picture: Picture, crop: FaceCrop) -> Landmarks | None:
        # Twice: the landmarks are truest when the crop sits well, and the first pass makes it sit well.
        points = self._mesh.landmarks(picture, crop)
        return None if points is None else self._mesh.landmarks(picture, crop_around(points))


def track_landmarks(pictures: Iterable[Picture], models: FaceModels) -> Iterator[Landmarks | None]:
    """The landmarks of each picture in turn; None where there is no face."""
    tracker = FaceTracker(models)
    for picture in pictures:
        yield tracker.landmarks(picture)


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
