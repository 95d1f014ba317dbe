"""Drawn presenters for the tests that need a face, and the installed face models."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
import pytest

from engine.face.mesh import Picture
from engine.face.models import FaceModels, find_models
from engine.media.conversion import picture_of
from engine.media.picture import PIXEL_FORMAT
from engine.media.picture import Picture as FilmPicture
from engine.training.presenter.articulation import articulate
from engine.training.presenter.figure import Figure
from engine.training.presenter.identity import identity
from engine.training.presenter.motion import Pose, poses
from engine.training.presenter.mouth import Mouth, opening

RATE = Fraction(25)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A phoneme and when it sounds, in seconds."""

    ipa: str
    start: float
    end: float


def sounds(names: str, each: float = 0.1, after: float = 0.2) -> tuple[Sound, ...]:
    """Phonemes of equal length, one after the other; a dot is a pause."""
    return tuple(
        Sound(ipa=name, start=after + each * k, end=after + each * (k + 1))
        for k, name in enumerate(names.split())
        if name != "."
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Speech:
    """Pictures of a presenter who speaks, and how open the mouth truly is in each."""

    pictures: tuple[Picture, ...]
    opening: np.ndarray


def speaking(seed: int, names: str, size: tuple[int, int] = (320, 240)) -> Speech:
    """A presenter saying these phonemes, moving as presenters do."""
    spoken = sounds(names)
    frames = int((spoken[-1].end + 0.2) * RATE)
    mouths = articulate(spoken, frames, RATE)
    figure = Figure(identity(seed), *size)
    moves = poses(seed, frames, RATE, (0.3, 0.9))
    pictures = [figure.picture(p, m, k) for k, (p, m) in enumerate(zip(moves, mouths, strict=True))]
    return Speech(pictures=tuple(pictures), opening=np.array([opening(mouth) for mouth in mouths]))


def portrait(seed: int = 7, size: tuple[int, int] = (320, 240), mouth: Mouth | None = None) -> Picture:
    """One picture of a presenter who looks into the camera."""
    return Figure(identity(seed), *size).picture(Pose(), mouth or Mouth(), 0)


def film(picture: Picture) -> FilmPicture:
    """The picture as film holds it."""
    return picture_of(av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=PIXEL_FORMAT))


def installed_models() -> FaceModels:
    """The face models; skips the test where they are not installed."""
    models = find_models()
    if models is None:
        pytest.skip("needs the face models: python -m engine.face.models")
    return models
