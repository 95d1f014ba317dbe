"""Whether two faces are one person's: by SFace of the OpenCV Zoo (Apache-2.0), which the user brings.

Its file goes into the models' folder as `sface/face_recognition_sface_2021dec.onnx`; 24 MB.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine import paths
from engine.errors import MissingModel
from engine.face.mesh import Landmarks, Picture
from engine.face.models import INSTALL_HINT, find_models
from engine.face.track import FaceTracker
from engine.protocol import Box

Features = NDArray[np.float32]  # (1, 128) of SFace

SAME = 0.363  # OpenCV's, for this model: the cosine from which on two faces are one person's
FILE = "face_recognition_sface_2021dec.onnx"
SHA256 = "f6abbfff9575e3041db692c1e29d782e995191888477fd59ebc81202d99fc63b"
WHERE = "https://github.com/opencv/opencv_zoo/tree/main/models/face_recognition_sface"
# The five points of a face that SFace is fed by, of the mesh's landmarks: the middle of each eye between its
# corners, the tip of the nose, the corners of the mouth. Right is the person's own.
_POINTS = ((33, 133), (263, 362), (1,), (61,), (291,))


def model_file() -> Path:
    """Where the model is looked for."""
    return paths.models_folder() / "sface" / FILE


class FaceReader:
    """Tells the features of faces in RGB pictures."""

    def __init__(self, model: Path) -> None:
        """Raises MissingModel where it or the face mesh cannot be read."""
        mesh = find_models()
        if mesh is None:
            raise MissingModel(f"faces cannot be compared without the face mesh; {INSTALL_HINT}")
        self._models = mesh
        try:
            self._recognizer = cv2.FaceRecognizerSF.create(str(model), "")
        except cv2.error as error:
            raise MissingModel(f"{model} is not SFace of the OpenCV Zoo: fetch it anew") from error

    def of(self, picture: Picture, within: Box | None = None) -> Features | None:
        """Of the largest face, or of the one within the box; None where there is none."""
        points = self.landmarks(picture, within)
        return None if points is None else self.of_face(picture, points)

    def landmarks(self, picture: Picture, within: Box | None = None) -> Landmarks | None:
        return FaceTracker(self._models, within).landmarks(picture)

    def of_face(self, picture: Picture, points: Landmarks) -> Features:
        """Of the face that has these landmarks."""
        five = [points[list(at)].mean(axis=0) for at in _POINTS]
        face = np.concatenate([np.zeros(4), *five, np.ones(1)]).astype(np.float32)  # no box: nobody looks
        aligned = self._recognizer.alignCrop(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), face)
        return np.array(self._recognizer.feature(aligned), np.float32)  # a copy: its own is written over


def likeness(one: Features, other: Features) -> float:
    """From -1 to 1; from `SAME` on two faces are one person's."""
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(np.vdot(one, other)) / lengths if lengths else 0.0
