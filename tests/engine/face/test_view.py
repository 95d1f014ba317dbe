"""Which face is meant, and where it lies in the film's own pixels."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from drawn_faces import film, installed_models, portrait

from engine.face import mesh
from engine.face.mesh import Landmarks
from engine.face.view import find_landmarks, seen_size
from engine.media.picture import Picture
from engine.protocol import Box


def crowd() -> Picture:
    """A large face at the left, a small one at the right."""
    wide = np.full((480, 1000, 3), 90, np.uint8)
    wide[:, :640], wide[100:340, 660:980] = portrait(size=(640, 480)), portrait(seed=5)
    return film(wide)


def middles(pictures: Sequence[Picture], within: Box | None = None) -> list[float | None]:
    found = find_landmarks(pictures, installed_models(), within)
    return [None if points is None else float(points.mean(axis=0)[0]) for points in found]


def test_of_two_faces_it_is_the_largest() -> None:
    assert middles([crowd()]) == [pytest.approx(320, abs=20)]


def test_a_box_names_the_face_that_is_meant() -> None:
    assert middles([crowd()] * 2, Box(x=700, y=60, width=240, height=300)) == [pytest.approx(820, abs=20)] * 2


def test_where_the_box_holds_no_face_there_is_none() -> None:
    assert middles([crowd()], Box(x=0, y=0, width=100, height=100)) == [None]


def test_the_named_face_is_followed_out_of_the_box() -> None:
    face, pictures = portrait(), []
    for shift in range(0, 160, 20):
        wide = np.full((240, 640, 3), 90, np.uint8)
        wide[:, shift : shift + 320] = face
        pictures.append(film(wide))
    seen = middles(pictures, Box(x=130, y=80, width=60, height=80))
    assert seen == [pytest.approx(160 + shift, abs=12) for shift in range(0, 160, 20)]


@pytest.mark.parametrize("size", [(1280, 960), (1080, 1920), (998, 701)])
def test_landmarks_are_in_the_pixels_of_the_large_picture(size: tuple[int, int]) -> None:
    width, height = size
    drawn = portrait(size=(width // 8 * 2, height // 8 * 2))
    (points,) = find_landmarks([film(cv2.resize(drawn, size))], installed_models())
    assert points is not None
    eyes: Landmarks = points[[mesh.EYE_OUTER_RIGHT, mesh.EYE_OUTER_LEFT]]
    assert eyes.mean(axis=0)[0] == pytest.approx(width / 2, abs=0.02 * width)
    assert points[:, 1].max() < height


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 5000), (1080, 1920), (480, 640), (641, 3)])
def test_what_is_looked_at_is_no_larger_than_it_need_be(rows: int, columns: int) -> None:
    height, width = seen_size(rows, columns)
    assert 1 <= height <= min(rows, 640)
    assert 1 <= width <= min(columns, 640)
