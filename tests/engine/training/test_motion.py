"""Presenters move as people do: a little, smoothly, and they blink."""

from __future__ import annotations

import numpy as np
from drawn_faces import RATE
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.training.presenter.motion import poses

SEEDS = st.integers(0, 2**20)


@given(seed=SEEDS)
@settings(max_examples=30)
def test_the_head_turns_little_and_without_jerks(seed: int) -> None:
    moves = poses(seed, 250, RATE, (1.0, 3.0, 5.0))
    for name, most, step in (("yaw", 16, 2.0), ("pitch", 12, 2.0), ("roll", 10, 1.5)):
        angle = np.array([getattr(pose, name) for pose in moves])
        assert np.abs(angle).max() < most
        assert np.abs(np.diff(angle)).max() < step


@given(seed=SEEDS)
@settings(max_examples=30)
def test_everybody_blinks_within_ten_seconds_and_keeps_the_eyes_open_mostly(seed: int) -> None:
    openness = np.array([pose.gaze.openness for pose in poses(seed, 250, RATE, ())])
    assert openness.min() < 0.3
    assert np.mean(openness > 0.9) > 0.7


def test_the_same_seed_moves_the_same() -> None:
    assert poses(5, 40, RATE, (0.5,)) == poses(5, 40, RATE, (0.5,))


def test_a_clip_without_frames_has_no_poses() -> None:
    assert poses(5, 0, RATE, ()) == ()
