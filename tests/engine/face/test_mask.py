"""Boxes around lips, face and head, one for each latent's frames."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawn_faces import film, installed_models, portrait, speaking
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadMedia
from engine.face import mesh
from engine.face.mask import BoxMasks, Mask, box_masks, face_masks
from engine.face.mesh import Landmarks
from engine.face.view import find_landmarks
from engine.protocol import Box, FaceRegion
from engine.training.presenter.mouth import Mouth

LIPS, FACE, HEAD = (FaceRegion(name=name) for name in ("lips", "face", "head"))

LOWER_FACE = [mesh.INNER_LIP_TOP, mesh.INNER_LIP_BOTTOM, mesh.CHIN, 61, 291]  # with the mouth's corners


def face_at(x: float, y: float = 100.0, size: float = 60.0, angle: float = 0.0) -> Landmarks:
    """Landmarks of a round face, its middle at (x, y), `size` in radius."""
    turns = np.linspace(0, 2 * np.pi, mesh.LANDMARKS, endpoint=False)
    points = np.column_stack([np.sin(turns), -np.cos(turns)])
    points[mesh.FOREHEAD], points[mesh.CHIN], points[2] = (0, -1), (0, 1), (0, 0.2)
    points[mesh.EYE_OUTER_RIGHT], points[mesh.EYE_OUTER_LEFT] = (-0.5, -0.3), (0.5, -0.3)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (points @ turn.T * size + [x, y]).astype(np.float32)


def holds(mask: Mask, points: np.ndarray) -> bool:
    inside = np.rint(points).astype(int)
    return bool(mask[inside[:, 1], inside[:, 0]].all())


def test_the_box_encloses_what_the_frames_of_a_latent_need() -> None:
    moving = [face_at(100 + 10 * frame) for frame in range(18)]
    boxes = face_masks(LIPS, moving, (240, 640)).boxes
    assert [boxes.index(box) for box in boxes] == [0] + [1] * 8 + [9] * 8 + [17]
    first, last = (face_masks(LIPS, [moving[frame]], (240, 640)).boxes[0] for frame in (1, 8))
    assert first is not None
    assert last is not None
    assert boxes[1] == Box(x=first.x, y=first.y, width=last.x + last.width - first.x, height=first.height)


@given(frames=st.integers(0, 40))
def test_there_is_a_mask_for_every_frame(frames: int) -> None:
    assert len(face_masks(HEAD, [face_at(100)] * frames, (240, 320)).boxes) == frames


def test_frames_without_a_face_have_no_mask() -> None:
    seen = [face_at(100), None, face_at(110), None, face_at(120)]
    masks = face_masks(FACE, seen, (240, 320))
    assert [bool(masks.at(frame).any()) for frame in range(5)] == [True, False, True, False, True]
    assert masks.boxes[2] == masks.boxes[4]


def test_without_a_face_anywhere_there_is_nothing_to_render() -> None:
    masks = face_masks(LIPS, [None] * 3, (240, 320))
    assert masks.boxes == (None,) * 3


def test_the_mask_of_a_face_that_leaves_the_frame_ends_with_it() -> None:
    leaving = [face_at(200 + 30 * frame) for frame in range(10)]
    masks = face_masks(HEAD, leaving, (240, 320))
    assert [frame for frame, box in enumerate(masks.boxes) if box is None] == [8, 9]
    assert max(box.x + box.width for box in masks.boxes if box is not None) == 320


@given(
    angle=st.floats(-0.8, 0.8),
    size=st.floats(5, 100),
    x=st.floats(0, 500),
    y=st.floats(0, 400),
    region=st.sampled_from([FACE, HEAD]),
)
def test_face_and_head_hold_all_landmarks(
    angle: float, size: float, x: float, y: float, region: FaceRegion
) -> None:
    points = face_at(x, y, size, angle)
    within = points[(points >= 0).all(axis=1) & (points[:, 0] <= 499) & (points[:, 1] <= 399)]
    assert holds(face_masks(region, [points], (400, 500)).at(0), within)


@given(angle=st.floats(-0.6, 0.6))
def test_lips_lie_in_face_and_face_in_head(angle: float) -> None:
    lips, face, head = (
        face_masks(region, [face_at(250, 200, 60, angle)], (400, 500)).at(0) for region in (LIPS, FACE, HEAD)
    )
    assert not (lips & ~face).any()
    assert not (face & ~head).any()


def test_a_tilted_face_has_its_hair_above_itself() -> None:
    upright, tilted = (
        face_masks(HEAD, [face_at(250, 250, 60, angle)], (500, 500)).boxes[0] for angle in (0.0, 0.5)
    )
    assert upright is not None
    assert tilted is not None
    assert tilted.x + tilted.width > upright.x + upright.width + 20


def test_a_fixed_box_is_in_every_frame_and_ends_with_the_picture() -> None:
    masks = box_masks(Box(x=-4, y=90, width=30, height=40), 3, (101, 64))
    assert masks.boxes == (Box(x=0, y=90, width=26, height=11),) * 3
    assert int(masks.at(2).sum()) == 26 * 11


@pytest.mark.parametrize("box", [Box(x=64, y=0, width=9, height=9), Box(x=2, y=2, width=0, height=5)])
def test_a_box_outside_the_picture_is_refused(box: Box) -> None:
    with pytest.raises(BadMedia, match="lies outside the picture of 64x101 pixels"):
        box_masks(box, 3, (101, 64))


def masks_of(picture: mesh.Picture, region: FaceRegion) -> tuple[BoxMasks, Landmarks]:
    (points,) = find_landmarks([film(picture)], installed_models())
    assert points is not None
    return face_masks(region, [points], picture.shape[:2]), points


@pytest.mark.parametrize("seed", [7, 5, 41])
@pytest.mark.parametrize(
    ("drawn", "size"), [((240, 240), (480, 480)), ((180, 320), (1080, 1920)), ((322, 241), (322, 241))]
)
def test_the_lips_of_a_shut_mouth_have_room_for_an_open_one(
    seed: int, drawn: tuple[int, int], size: tuple[int, int]
) -> None:
    shut, wide = (
        masks_of(cv2.resize(portrait(seed, drawn, mouth), size), LIPS) for mouth in (Mouth(), Mouth(jaw=0.8))
    )
    assert wide[1][mesh.CHIN, 1] > shut[1][mesh.CHIN, 1]
    assert holds(shut[0].at(0), wide[1][LOWER_FACE])
    assert holds(wide[0].at(0), shut[1][LOWER_FACE])


@pytest.mark.parametrize("seed", [5, 41, 3, 23])
def test_the_head_holds_the_hair(seed: int) -> None:
    """Above the box the picture is the room's: as plain as at the picture's corner."""
    picture = portrait(seed, (480, 480))
    head = masks_of(picture, HEAD)[0].boxes[0]
    assert head is not None
    above = picture[: head.y, 200:280].astype(int)
    assert head.y > 0
    assert np.abs(above - above[:4].mean(axis=(0, 1))).max() < 40


def test_a_speaking_presenters_mouth_is_held_in_every_frame() -> None:
    speech = speaking(5, "h ə l oʊ . m ɑː m ɑː")
    landmarks = list(find_landmarks(map(film, speech.pictures), installed_models()))
    masks = face_masks(LIPS, landmarks, (240, 320))
    for frame, points in enumerate(landmarks):
        assert points is not None
        assert holds(masks.at(frame), points[LOWER_FACE])
