"""The face mesh finds drawn presenters, whoever they are: in at least 99 % of their frames."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from drawn_faces import RATE, installed_models, sounds

from engine.face.mesh import Picture
from engine.face.track import FaceTracker
from engine.training.presenter.articulation import articulate
from engine.training.presenter.figure import Figure
from engine.training.presenter.identity import identity
from engine.training.presenter.motion import poses

LINE = sounds("h ə l oʊ . m ɑː m ə . w iː l ɔː n tʃ f aɪ v ɔː s ʌ m", each=0.12)


def frames(seed: int, count: int, size: tuple[int, int]) -> Iterator[Picture]:
    """`count` frames, spread over a line that the presenter says."""
    mouths = articulate(LINE, int((LINE[-1].end + 0.4) * RATE), RATE)
    moves = poses(seed, len(mouths), RATE, (0.2, 0.8, 1.4))
    figure = Figure(identity(seed), *size)
    for at in np.linspace(0, len(mouths) - 1, count).astype(int):
        yield figure.picture(moves[at], mouths[at], int(at))


def share_found(people: int, each: int, size: tuple[int, int]) -> float:
    """Of frames of as many people, each looked at alone, as if nothing had been seen before."""
    models = installed_models()
    found = [
        FaceTracker(models).landmarks(picture) is not None
        for seed in range(people)
        for picture in frames(seed, each, size)
    ]
    return sum(found) / len(found)


def test_a_dozen_presenters_are_found_in_every_frame_looked_at() -> None:
    assert share_found(12, 5, (128, 128)) == 1.0


@pytest.mark.slow
@pytest.mark.parametrize("size", [(128, 128), (640, 360)])
def test_sixty_presenters_are_found_in_99_percent_of_their_frames(size: tuple[int, int]) -> None:
    assert share_found(60, 10, size) >= 0.99


@pytest.mark.parametrize("seed", [0, 9])
def test_what_is_found_goes_when_the_presenter_does(seed: int) -> None:
    tracker = FaceTracker(installed_models())
    empty = np.full((128, 128, 3), 110, np.uint8)
    shown = next(frames(seed, 1, (128, 128)))
    assert tracker.landmarks(shown) is not None
    assert tracker.landmarks(empty) is None
