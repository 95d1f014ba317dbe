"""468 landmarks of one face, from the two MediaPipe models run by OpenCV's DNN module.

The anchors, the weighted non-maximum suppression and the crop follow MediaPipe's face_detection_short_range
and face_landmark graphs; the result differs from MediaPipe's own by about 0.5 % of the eyes' distance.
Coordinates are (x, y) in pixels of the picture, pixel centres at whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.errors import MissingModel
from engine.face.models import INSTALL_HINT, FaceModels

Picture = NDArray[np.uint8]  # RGB, (height, width, 3)
Landmarks = NDArray[np.float32]  # (468, 2)

FOREHEAD, CHIN = 10, 152
INNER_LIP_TOP, INNER_LIP_BOTTOM = 13, 14
EYE_OUTER_RIGHT, EYE_OUTER_LEFT = 33, 263
LANDMARKS = 468

_DETECTOR_SIZE = 128
_MESH_SIZE = 192
_MARGIN = 1.5  # of the crop around the face, as in MediaPipe's graph
_CERTAIN = 0.5
_SAME_FACE = 0.5  # ours: of a face's width, between two centres that are of one face
_ANCHOR_GRIDS = ((16, 2), (8, 6))  # cells along an edge, anchors in each cell


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceCrop:
    """A tilted square of the picture: centre and size in pixels, angle in radians (y down)."""

    centre: tuple[float, float]
    size: float
    angle: float


class FaceMesh:
    """The two networks, loaded. It keeps nothing from one picture to the next."""

    def __init__(self, models: FaceModels) -> None:
        """Raise MissingModel when a model cannot be loaded."""
        try:
            self._detector = _load(str(models.detector))
            self._mesh = _load(str(models.mesh))
        except cv2.error as error:
            raise MissingModel(
                f"the face models in {models.mesh.parent} cannot be read; {INSTALL_HINT}"
            ) from error
        self._anchors = _anchors()

    def detect(self, picture: Picture) -> tuple[FaceCrop, ...]:
        """Every face that is seen in the whole picture or in one of its square parts, largest first.

        The detector sees 128 pixels across: in a wide shot a face may be too small in the whole picture.
        """
        found: list[FaceCrop] = []
        for crop in self._detections(picture):
            if all(_apart(crop, other) for other in found):
                found.append(crop)
        return tuple(sorted(found, key=lambda crop: -crop.size))

    def landmarks(self, picture: Picture, crop: FaceCrop) -> Landmarks | None:
        """The landmarks of the face in `crop`, or None when there is no face in it."""
        to_picture = _crop_matrix(crop)
        patch = cv2.warpAffine(
            picture,
            to_picture,
            (_MESH_SIZE, _MESH_SIZE),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        self._mesh.setInput(cv2.dnn.blobFromImage(patch, 1 / 255.0))
        # conv2d_21: 468 x (x, y, depth) in pixels of the patch; conv2d_31: is there a face at all?
        points, presence = self._mesh.forward(["conv2d_21", "conv2d_31"])
        if _sigmoid(presence.reshape(-1))[0] < _CERTAIN:
            return None
        flat = points.reshape(LANDMARKS, 3)[:, :2]
        return np.asarray(flat @ to_picture[:, :2].T + to_picture[:, 2], dtype=np.float32)

    def _detections(self, picture: Picture) -> Iterator[FaceCrop]:
        """The faces of one view after another, the surest of each first; views overlap."""
        for left, top, width, height in _views(picture.shape[1], picture.shape[0]):
            for found in self._detect_in(picture[top : top + height, left : left + width]):
                x, y = found.centre
                yield FaceCrop(centre=(x + left, y + top), size=found.size, angle=found.angle)

    def _detect_in(self, view: Picture) -> Iterator[FaceCrop]:
        small, scale, offset = _letterbox(view)
        self._detector.setInput(np.ascontiguousarray((small / 127.5 - 1).transpose(2, 0, 1)[None]))
        boxes, scores = self._detector.forward(["regressors", "classificators"])
        sure = _sigmoid(scores.reshape(-1))
        boxes = boxes.reshape(-1, 16) / _DETECTOR_SIZE
        boxes[:, 0:2] += self._anchors
        boxes[:, 4:] += np.tile(self._anchors, 6)
        while sure[best := int(sure.argmax())] >= _CERTAIN:
            face = _merge(boxes, sure, best)
            points = (face.reshape(-1, 2) * _DETECTOR_SIZE - offset) / scale  # centre, size, 6 key points
            size = float(face[2:4].max()) * _DETECTOR_SIZE / scale * _MARGIN
            centre = (float(points[0, 0]), float(points[0, 1]))
            yield FaceCrop(centre=centre, size=size, angle=_angle(points[2], points[3]))
            sure = np.where(_distances(boxes, best) < _SAME_FACE * boxes[best, 2], 0, sure)


def crop_around(points: Landmarks) -> FaceCrop:
    """The crop in which to look for the same face again, in the next picture."""
    angle = _angle(points[EYE_OUTER_RIGHT], points[EYE_OUTER_LEFT])
    upright = points @ _rotation(-angle).T
    low, high = upright.min(axis=0), upright.max(axis=0)
    centre = _rotation(angle) @ ((low + high) / 2)
    size = float((high - low).max()) * _MARGIN
    return FaceCrop(centre=(float(centre[0]), float(centre[1])), size=size, angle=angle)


def mouth_opening(points: Landmarks) -> float:
    """Distance of the inner lips over the height of the face: 0 when shut, about 0.2 wide open."""
    lips = np.linalg.norm(points[INNER_LIP_TOP] - points[INNER_LIP_BOTTOM])
    face = np.linalg.norm(points[FOREHEAD] - points[CHIN])
    return float(lips) / max(float(face), 1e-6)


def _merge(boxes: NDArray[np.float32], sure: NDArray[np.float32], best: int) -> NDArray[np.float32]:
    """The box at `best`, averaged by certainty with those that show the same face."""
    same = (sure >= _CERTAIN) & (_distances(boxes, best) < 0.3 * boxes[best, 2])
    same[best] = True
    return np.asarray(np.average(boxes[same], axis=0, weights=sure[same]), dtype=np.float32)


def _distances(boxes: NDArray[np.float32], best: int) -> NDArray[np.float32]:
    return np.asarray(np.hypot(*(boxes[:, :2] - boxes[best, :2]).T), dtype=np.float32)


def _apart(one: FaceCrop, other: FaceCrop) -> bool:
    """Whether they are two faces, not one seen twice. A crop is larger than its face by the margin."""
    away = np.hypot(one.centre[0] - other.centre[0], one.centre[1] - other.centre[1])
    return bool(away >= _SAME_FACE * max(one.size, other.size) / _MARGIN)


def _load(path: str) -> Any:
    read: Any = cv2.dnn.readNetFromTFLite  # OpenCV 4's stubs do not know the engine
    # OpenCV 5's new engine drops the second output of both models.
    classic = getattr(cv2.dnn, "ENGINE_CLASSIC", None)
    return read(path) if classic is None else read(path, engine=classic)


def _anchors() -> NDArray[np.float32]:
    """(896, 2): where each of the detector's candidates is centred, in parts of its input."""
    grids = []
    for cells, repeats in _ANCHOR_GRIDS:
        y, x = np.mgrid[0:cells, 0:cells]
        centres = (np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5) / cells
        grids.append(np.repeat(centres, repeats, axis=0))
    return np.concatenate(grids).astype(np.float32)


def _views(width: int, height: int) -> Iterator[tuple[int, int, int, int]]:
    """(left, top, width, height): the whole picture, then overlapping squares along its longer edge."""
    yield 0, 0, width, height
    side = min(width, height)
    spare = max(width, height) - side
    if spare * 4 < side:  # squares would show hardly more than the whole did
        return
    for step in (1, 0, 2):  # the middle first
        shift = spare * step // 2
        yield (shift, 0, side, side) if width > height else (0, shift, side, side)


def _letterbox(view: Picture) -> tuple[NDArray[np.float32], float, NDArray[np.float32]]:
    """The view in the middle of the detector's square, its scale, and its (x, y) offset there."""
    height, width = view.shape[:2]
    scale = _DETECTOR_SIZE / max(width, height)
    fitted = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(view, fitted, interpolation=cv2.INTER_AREA)
    left, top = (_DETECTOR_SIZE - fitted[0]) // 2, (_DETECTOR_SIZE - fitted[1]) // 2
    square = np.zeros((_DETECTOR_SIZE, _DETECTOR_SIZE, 3), np.float32)
    square[top : top + fitted[1], left : left + fitted[0]] = small
    return square, scale, np.array([left, top], np.float32)


def _crop_matrix(crop: FaceCrop) -> NDArray[np.float64]:
    """(2, 3): from pixels of the mesh's input to pixels of the picture."""
    turn = _rotation(crop.angle) * (crop.size / _MESH_SIZE)
    middle = np.full(2, _MESH_SIZE / 2)
    return np.column_stack([turn, np.array(crop.centre) - turn @ middle])


def _rotation(angle: float) -> NDArray[np.float64]:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _angle(right: NDArray[np.float32], left: NDArray[np.float32]) -> float:
    return float(np.arctan2(left[1] - right[1], left[0] - right[0]))


def _sigmoid(value: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(1 / (1 + np.exp(-np.clip(value, -80, 80))), dtype=np.float32)
