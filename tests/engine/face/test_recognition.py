"""Whether two faces are one person's, as far as a tiny model can tell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tiny_recognition
from drawn_faces import installed_models, speaking

from engine.errors import MissingModel
from engine.face.recognition import SAME, FaceReader, likeness


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> FaceReader:
    installed_models()
    return FaceReader(tiny_recognition.make(tmp_path_factory.mktemp("model") / "tiny.onnx"))


def test_a_face_is_like_itself_in_another_moment_and_unlike_its_negative(reader: FaceReader) -> None:
    pictures = speaking(3, "a m a").pictures
    one, later = reader.of(pictures[0]), reader.of(pictures[-1])
    assert one is not None
    assert later is not None
    assert likeness(one, one) == pytest.approx(1)
    assert likeness(one, later) > 0.9
    negative = 255 - pictures[0]
    points = reader.landmarks(pictures[0])
    assert points is not None
    assert likeness(one, reader.of_face(negative, points)) < -0.9 < SAME


def test_features_are_of_the_face_and_not_of_where_it_lies(reader: FaceReader) -> None:
    picture = speaking(3, "a").pictures[0]
    moved = np.pad(picture, ((40, 0), (60, 0), (0, 0)), mode="edge")
    one, other = reader.of(picture), reader.of(moved)
    assert one is not None
    assert other is not None
    assert likeness(one, other) > 0.95


def test_where_there_is_no_face_there_are_no_features(reader: FaceReader) -> None:
    assert reader.of(np.zeros((120, 160, 3), np.uint8)) is None


@pytest.mark.parametrize("content", [b"", b"not a model", b"version https://git-lfs.github.com/spec/v1\n"])
def test_a_file_that_is_no_model_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    installed_models()
    (tmp_path / "sface.onnx").write_bytes(content)
    with pytest.raises(MissingModel, match=r"sface\.onnx is not SFace"):
        FaceReader(tmp_path / "sface.onnx")
