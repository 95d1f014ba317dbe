"""The mesh's geometry, and what the networks say of pictures that are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from drawn_faces import installed_models, portrait
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import MissingModel
from engine.face import mesh
from engine.face.mesh import FaceMesh, Landmarks, crop_around, mouth_opening
from engine.face.models import FaceModels
from engine.training.presenter.mouth import Mouth


def face(gap: float = 0.0) -> Landmarks:
    """Landmarks of an upright face, 100 pixels high and wide, its lips `gap` pixels apart."""
    points = np.tile(np.float32([50, 50]), (mesh.LANDMARKS, 1))
    points[mesh.FOREHEAD], points[mesh.CHIN] = (50, 0), (50, 100)
    points[mesh.EYE_OUTER_RIGHT], points[mesh.EYE_OUTER_LEFT] = (20, 40), (80, 40)
    points[mesh.INNER_LIP_TOP], points[mesh.INNER_LIP_BOTTOM] = (50, 75 - gap / 2), (50, 75 + gap / 2)
    points[0], points[1] = (0, 50), (100, 50)
    return points


@given(gap=st.floats(0, 20), size=st.floats(0.1, 20))
def test_the_mouths_opening_does_not_depend_on_the_faces_size(gap: float, size: float) -> None:
    assert mouth_opening(face(gap) * np.float32(size)) == pytest.approx(gap / 100, abs=1e-5)


@given(angle=st.floats(-1.2, 1.2), size=st.floats(0.5, 10), x=st.floats(-500, 500), y=st.floats(-500, 500))
def test_the_crop_turns_grows_and_moves_with_the_face(angle: float, size: float, x: float, y: float) -> None:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    plain = crop_around(face())

    moved = crop_around((face() @ turn.T * size + [x, y]).astype(np.float32))

    assert moved.angle == pytest.approx(angle, abs=1e-3)
    assert moved.size == pytest.approx(plain.size * size, rel=1e-3)
    assert moved.centre == pytest.approx(tuple(turn @ plain.centre * size + [x, y]), abs=0.5)


@pytest.fixture(scope="module")
def networks() -> FaceMesh:
    return FaceMesh(installed_models())


def landmarks(networks: FaceMesh, picture: mesh.Picture) -> Landmarks:
    crop, *_ = networks.detect(picture)
    points = networks.landmarks(picture, crop)
    assert points is not None
    return points


def test_the_landmarks_lie_where_the_face_is_drawn(networks: FaceMesh) -> None:
    points = landmarks(networks, portrait(size=(640, 480)))
    eyes = points[[mesh.EYE_OUTER_RIGHT, mesh.EYE_OUTER_LEFT]]
    assert eyes.mean(axis=0)[0] == pytest.approx(320, abs=8)
    assert eyes[:, 1].max() < points[mesh.INNER_LIP_TOP, 1] < points[mesh.CHIN, 1]


def test_a_mirrored_picture_has_mirrored_landmarks(networks: FaceMesh) -> None:
    picture = portrait(size=(640, 480))
    lips = landmarks(networks, picture)[mesh.INNER_LIP_TOP]
    mirrored = landmarks(networks, np.ascontiguousarray(picture[:, ::-1]))[mesh.INNER_LIP_TOP]
    assert mirrored == pytest.approx([639 - lips[0], lips[1]], abs=4)


def test_an_open_mouth_measures_more_open_than_a_shut_one(networks: FaceMesh) -> None:
    shut = mouth_opening(landmarks(networks, portrait(size=(640, 480))))
    wide = mouth_opening(landmarks(networks, portrait(size=(640, 480), mouth=Mouth(jaw=0.8))))
    assert shut < 0.02
    assert wide > 0.05


def test_a_small_face_in_a_wide_picture_is_found(networks: FaceMesh) -> None:
    wide = np.full((260, 1400, 3), 90, np.uint8)
    wide[10:250, 60:380] = portrait()
    (crop,) = networks.detect(wide)
    assert 60 < crop.centre[0] < 380


@pytest.mark.parametrize("shape", [(120, 160, 3), (3, 900, 3), (1, 1, 3)])
def test_there_is_no_face_where_nothing_is_drawn(networks: FaceMesh, shape: tuple[int, ...]) -> None:
    assert networks.detect(np.full(shape, 128, np.uint8)) == ()


def test_a_damaged_model_is_named_and_the_remedy_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.tflite"
    broken.write_bytes(b"not a model")
    with pytest.raises(
        MissingModel, match=r"cannot be read; install them with: python -m engine\.face\.models"
    ):
        FaceMesh(FaceModels(detector=broken, mesh=broken))


def two_faces() -> mesh.Picture:
    """A large face at the left, a small one at the right."""
    wide = np.full((480, 1000, 3), 90, np.uint8)
    wide[:, :640], wide[100:340, 660:980] = portrait(size=(640, 480)), portrait(seed=5)
    return wide


def test_of_two_faces_both_are_found_the_larger_first(networks: FaceMesh) -> None:
    large, small = networks.detect(two_faces())
    assert large.size > small.size
    assert large.centre[0] == pytest.approx(320, abs=30)
    assert small.centre[0] == pytest.approx(820, abs=30)


@pytest.mark.parametrize("size", [(640, 480), (480, 640), (960, 540)])
def test_one_face_in_several_views_is_one_face(networks: FaceMesh, size: tuple[int, int]) -> None:
    assert len(networks.detect(portrait(size=size))) == 1
