"""A face is followed through a clip, lost where it is not, and found again."""

from __future__ import annotations

import av
import numpy as np
import pytest
from drawn_faces import Speech, installed_models, portrait, speaking
from shared_media import shared

from engine.face.mesh import Landmarks, Picture
from engine.face.track import face_box, track_faces
from engine.protocol import FaceBox

SAID = "h ə l oʊ . ð ɪ s f iː tʃ ɚ ɹ ɑː k s . m ɑː m ɑː"


def pictures_of(name: str, count: int) -> list[Picture]:
    with av.open(str(shared(f"media/{name}"))) as container:
        frames = container.decode(video=0)
        return [frame.to_ndarray(format="rgb24") for frame, _ in zip(frames, range(count), strict=False)]


def box(points: Landmarks) -> tuple[int, int, int, int] | None:
    """The box in a picture of 160 by 120 pixels."""
    face = face_box(points, np.zeros((120, 160, 3), np.uint8))
    return face and (face.x, face.y, face.width, face.height)


def agreement(speech: Speech, faces: list[FaceBox | None]) -> float:
    seen = [(face.opening, true) for face, true in zip(faces, speech.opening, strict=True) if face]
    return float(np.corrcoef(np.array(seen).T)[0, 1])


@pytest.mark.parametrize("seed", [7, 5, 41])
def test_a_drawn_presenters_face_and_mouth_are_found(seed: int) -> None:
    speech = speaking(seed, SAID)
    faces = track_faces(speech.pictures, installed_models())
    assert sum(face is not None for face in faces) >= 0.99 * len(faces)
    assert agreement(speech, faces) >= 0.8


def test_a_frame_without_a_face_gives_none_and_the_next_one_is_found_again() -> None:
    face, nobody = portrait(), np.full((240, 320, 3), 90, np.uint8)
    faces = track_faces([face, nobody, nobody, face], installed_models())
    assert [found is not None for found in faces] == [True, False, False, True]


def test_a_cut_to_another_place_in_the_picture_is_followed() -> None:
    left, right = np.full((240, 640, 3), 90, np.uint8), np.full((240, 640, 3), 90, np.uint8)
    left[:, :320], right[:, 320:] = portrait(), portrait()
    first, second = track_faces([left, right], installed_models())
    assert first is not None
    assert second is not None
    assert second.x - first.x == pytest.approx(320, abs=8)


def test_the_box_holds_all_landmarks_that_are_in_the_picture() -> None:
    points = np.tile(np.float32([60, 40]), (468, 1))
    points[0], points[1] = (20.4, 10.2), (90.6, 70.8)
    assert box(points) == (20, 10, 72, 62)


def test_the_box_stays_within_the_picture() -> None:
    points = np.tile(np.float32([60, 40]), (468, 1))
    points[0], points[1] = (-30, 10), (300, 500)
    assert box(points) == (0, 10, 160, 110)


def test_a_face_that_has_left_the_picture_has_no_box() -> None:
    assert box(np.tile(np.float32([-40, 40]), (468, 1))) is None


@pytest.mark.parametrize(
    "name",
    [
        "gestures_700_30fps_6s.mp4",
        "interview_700_22fps_6s.mp4",
        "kitchen_portrait_hevc_20s.mp4",
        "silent_576x768_22s.mp4",
        "speaker_458_15s.mp4",
    ],
)
def test_real_faces_are_found_in_every_frame(name: str) -> None:
    faces = track_faces(pictures_of(name, 40), installed_models())
    assert None not in faces


def test_a_real_card_with_timecode_has_no_face() -> None:
    faces = track_faces(pictures_of("noface_timecode_720p_42s.mp4", 20), installed_models())
    assert set(faces) == {None}
