"""The measure of sync is itself measured, on footage whose mouth goes with its sound."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from drawn_faces import installed_models
from shared_media import shared

from engine.evaluation.cuts import Picture, Projector
from engine.evaluation.sync import sync_score
from engine.media.audio_decode import sound_file, whole_sound
from engine.media.sound import Samples, resampled
from engine.protocol import SAMPLE_RATE

RATE = Fraction(25)
FRAMES = 250
SAID = (
    "parents and teachers are working extra hard to give the students the education they deserve many of them"
    " will already be feeling the impact of devastating budget cuts"
)
OTHER = (
    "and so my fellow americans ask not what your country can do for you ask what you can do for your country"
)


def sound_in(path: Path) -> Samples:
    file = sound_file(path)
    whole = resampled(np.concatenate(list(whole_sound(file))), file.rate, SAMPLE_RATE)
    return whole[: FRAMES * SAMPLE_RATE // 25]


def pictures_in(path: Path) -> Iterator[Picture]:
    with Projector(RATE) as projector:
        for frame in range(FRAMES):
            yield projector.show(str(path), frame)


@pytest.mark.slow
def test_a_mouth_goes_better_with_its_own_words_than_with_others() -> None:
    interview, speech = shared("media/speaker_458_15s.mp4"), shared("media/jfk.flac")
    models = installed_models()
    pictures = list(pictures_in(interview))
    own = sync_score(pictures, RATE, sound_in(interview), SAID, models)
    other = sync_score(pictures, RATE, sound_in(speech), OTHER, models)
    assert own > 0.4
    assert other < own - 0.1
