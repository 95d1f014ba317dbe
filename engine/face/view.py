"""A film's pictures as the face's networks see them: in RGB, and no larger than they need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from engine.face.mesh import Landmarks
from engine.face.mesh import Picture as RgbPicture
from engine.face.models import FaceModels
from engine.face.track import FaceTracker
from engine.media.conversion import frame_of
from engine.media.picture import Picture
from engine.protocol import Box

LONGEST_SIDE = 640  # faces are looked for in pictures no larger


class FaceView:
    """Makes small RGB pictures, no side longer than `longest`."""

    def __init__(self, longest: int = LONGEST_SIDE) -> None:
        self._longest = longest
        self._scaler = VideoReformatter()

    def of(self, picture: Picture) -> RgbPicture:
        """The picture for the face mesh, which does not mind which matrix the source has."""
        rows, columns = picture.y.shape
        height, width = seen_size(rows, columns, self._longest)
        frame = self._scaler.reformat(
            frame_of(picture),
            width=width,
            height=height,
            format="rgb24",
            src_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
        )
        return np.asarray(frame.to_ndarray(), np.uint8)


def seen_size(rows: int, columns: int, longest: int = LONGEST_SIDE) -> tuple[int, int]:
    """(height, width) at which faces are looked for in a picture of this size."""
    shrink = max(1.0, max(rows, columns) / longest)
    return max(1, round(rows / shrink)), max(1, round(columns / shrink))


def find_landmarks(
    pictures: Iterable[Picture], models: FaceModels, within: Box | None = None
) -> Iterator[Landmarks | None]:
    """The landmarks of each picture's face, in its own pixels; None where there is no face.

    Of several faces it is the largest, or with `within` the one whose centre lies in that box when it is
    first seen; from there on it is followed. Raises MissingModel.
    """
    view, tracker = FaceView(), None
    for picture in pictures:
        rows, columns = picture.y.shape
        height, width = seen_size(rows, columns)
        if tracker is None:
            tracker = FaceTracker(models, within and seen_box(within, width / columns, height / rows))
        points = tracker.landmarks(view.of(picture))
        yield None if points is None else _enlarged(points, columns / width, rows / height)


def seen_box(box: Box, across: float, down: float) -> Box:
    """The box of the whole picture in the one that is seen."""
    left, top = round(box.x * across), round(box.y * down)
    return Box(
        x=left,
        y=top,
        width=max(1, round((box.x + box.width) * across) - left),
        height=max(1, round((box.y + box.height) * down) - top),
    )


def _enlarged(points: Landmarks, across: float, down: float) -> Landmarks:
    """Pixel centres lie at whole numbers in both pictures."""
    return np.asarray((points + 0.5) * [across, down] - 0.5, np.float32)
