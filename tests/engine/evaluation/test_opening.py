"""The measure of mouths is itself measured: on drawn frames, whose truth is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawn_faces import installed_models

from engine.evaluation.opening import DrawnMouth, best_lag, correlation, lagged, mesh_opening
from engine.training.clips import ClipPlan, TrainingClip, draw


@pytest.fixture(scope="module")
def clips() -> list[TrainingClip]:
    return [draw(ClipPlan(seed=5, split="held_out", each=1), index) for index in range(5)]


@pytest.fixture(scope="module")
def measured(clips: list[TrainingClip]) -> list[np.ndarray]:
    return [DrawnMouth(clip.figure()).openings(clip.frames, clip.poses) for clip in clips]


def test_drawn_mouths_are_measured_as_they_truly_open(
    clips: list[TrainingClip], measured: list[np.ndarray]
) -> None:
    r = [correlation(one, clip.opening) for one, clip in zip(measured, clips, strict=True)]
    assert np.mean(r) >= 0.97
    assert min(r) >= 0.95
    assert {best_lag(one, clip.opening) for one, clip in zip(measured, clips, strict=True)} == {0}
    assert max(np.abs(one - clip.opening).max() for one, clip in zip(measured, clips, strict=True)) < 0.02


def test_softer_pictures_are_measured_as_well(clips: list[TrainingClip]) -> None:
    r = []
    for clip in clips[:2]:
        soft = [cv2.GaussianBlur(frame, (0, 0), 1.2) for frame in clip.frames]
        r.append(correlation(DrawnMouth(clip.figure()).openings(soft, clip.poses), clip.opening))
    assert min(r) >= 0.95


def test_what_another_clip_says_is_not_what_the_mouth_shows(
    clips: list[TrainingClip], measured: list[np.ndarray]
) -> None:
    own = [correlation(one, clip.opening) for one, clip in zip(measured, clips, strict=True)]
    others = [correlation(one, clip.opening) for one, clip in zip(measured, clips[1:], strict=False)]
    assert max(others) < min(own) - 0.1


def test_the_face_mesh_finds_drawn_faces_and_their_openings(clips: list[TrainingClip]) -> None:
    models = installed_models()
    found = [mesh_opening(clip.frames, models) for clip in clips]
    assert np.isfinite(np.concatenate(found)).mean() >= 0.99
    assert np.mean([correlation(one, c.opening) for one, c in zip(found, clips, strict=True)]) >= 0.8


def test_correlation_is_one_for_any_line_and_unknown_for_what_does_not_change() -> None:
    said = np.sin(np.arange(20))
    assert correlation(said * 3 + 1, said) == pytest.approx(1)
    assert correlation(-said, said) == pytest.approx(-1)
    assert np.isnan(correlation(np.ones(20), said))
    assert np.isnan(correlation(said[:1], said[:1]))


def test_frames_without_a_face_do_not_count() -> None:
    said = np.sin(np.arange(20))
    seen = np.where(np.arange(20) % 5 == 0, np.nan, said)
    assert correlation(seen, said) == pytest.approx(1)


@pytest.mark.parametrize("shift", [-2, 0, 3])
def test_the_lag_is_how_late_the_mouth_is(shift: int) -> None:
    said = np.random.default_rng(1).standard_normal(40)
    assert best_lag(np.roll(said, shift), said) == shift
    assert [entry.lag for entry in lagged(said, said, 1)] == [-1, 0, 1]


def test_a_mouth_that_does_not_move_has_no_lag() -> None:
    assert best_lag(np.zeros(20), np.arange(20.0)) == 0
