"""Real weights of LTX-2.x, end to end: an interview's mouth is made to say another speech.

PICKUP_LTX2_WEIGHTS names their folder, as `pickup models pull` lays it out; 19 billion parameters want a GPU.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from drawn_faces import installed_models
from shared_media import shared
from studio import decoded, same_where
from watched import Watched, watched

from engine.evaluation.cuts import Picture, Projector
from engine.evaluation.sync import sync_score
from engine.face.models import FaceModels
from engine.media.audio_decode import sound_file, whole_sound
from engine.media.encode import read_content
from engine.media.fingerprint import fingerprint
from engine.media.sound import Samples, resampled
from engine.protocol import (
    SAMPLE_RATE,
    Diffusion,
    Dub,
    EditPlan,
    FaceRegion,
    Footage,
    Keep,
    Ratio,
    Render,
    Speech,
)

VARIABLE = "PICKUP_LTX2_WEIGHTS"
RATE = Fraction(25)
CLEARLY = 0.1  # of r. ours: own words and others' are .2 apart in footage; noise instead of a mouth has 0
FRAMES = 281  # 11.2 s: all of the speech
OWN = (
    "parents and teachers are working extra hard to give the students the education they deserve many of them"
    " will already be feeling the impact of devastating budget cuts"
)
OTHER = (
    "and so my fellow americans ask not what your country can do for you ask what you can do for your country"
)

pytestmark = [pytest.mark.weights, pytest.mark.timeout(3600)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dubbed:
    """The interview, the speech that it was dubbed with, and what came of it."""

    interview: Path
    speech: Path
    job: Render
    seen: Watched
    models: FaceModels

    @property
    def take(self) -> Path:
        assert self.seen.take is not None
        return Path(self.seen.take.path)

    def score(self, pictures: Path, sound: Path, words: str) -> float:
        return sync_score(shown(pictures), RATE, heard(sound), words, self.models)


@pytest.fixture(scope="module")
def dubbed(tmp_path_factory: pytest.TempPathFactory) -> Dubbed:
    weights = os.environ.get(VARIABLE)
    if not weights:
        pytest.skip(f"needs real weights: {VARIABLE} names no folder of LTX-2.x")
    if not Path(weights).is_dir():
        pytest.skip(f"needs real weights: {VARIABLE} is {weights}, which is no folder")
    interview, speech = shared("media/speaker_458_15s.mp4"), shared("media/jfk.flac")
    job = Render(
        footage=Footage(
            media=str(interview),
            fingerprint=fingerprint(interview),
            offset=Ratio(num=0),
            first=0,
            last=FRAMES,
        ),
        plan=EditPlan(rate=Ratio.of(RATE), spans=(Keep(start=0, end=FRAMES, resync=True),)),
        bridge=5,
        speech=(Speech(path=str(speech), fingerprint=fingerprint(speech), start=0, end=1100),),
        dub=Dub(),
        region=FaceRegion(name="lips"),
        renderer="ltx2",
        diffusion=Diffusion(model=weights),
    )
    models = installed_models()
    seen = watched(job, tmp_path_factory.mktemp("dubbed"), models)
    return Dubbed(interview=interview, speech=speech, job=job, seen=seen, models=models)


def shown(path: Path) -> Iterator[Picture]:
    with Projector(RATE) as projector:
        for frame in range(FRAMES):
            yield projector.show(str(path), frame)


def heard(path: Path) -> Samples:
    file = sound_file(path)
    whole = resampled(np.concatenate(list(whole_sound(file))), file.rate, SAMPLE_RATE)
    return whole[: round(FRAMES * SAMPLE_RATE / RATE)]


def test_the_take_has_the_planned_frames_and_says_what_it_is(dubbed: Dubbed) -> None:
    take = dubbed.seen.take
    assert take is not None
    assert (take.frames, read_content(dubbed.take).frames) == (FRAMES, FRAMES)
    assert (take.renderer, take.lip_sync) == ("ltx2", "rendered")
    assert any("unverified" in warning for warning in take.warnings)


def test_pixels_outside_the_mask_are_the_sources_own(dubbed: Dubbed) -> None:
    sources = decoded(dubbed.job)
    untouched = []
    for frame, (source, made) in enumerate(zip(sources, dubbed.seen.pictures, strict=True)):
        mask = dubbed.seen.mask(frame)
        outside = np.ones(source.planes[0].shape, np.bool_) if mask is None else ~mask
        untouched.append(same_where(source, made, outside))
    assert untouched == [True] * FRAMES
    assert not all(
        np.array_equal(one.planes[0], other.planes[0])
        for one, other in zip(sources, dubbed.seen.pictures, strict=True)
    )


def test_the_mouth_goes_with_the_new_speech_better_than_with_the_unedited_sound(dubbed: Dubbed) -> None:
    with_the_new = dubbed.score(dubbed.take, dubbed.take, OTHER)
    assert with_the_new > dubbed.score(dubbed.take, dubbed.interview, OWN) + CLEARLY


def test_the_mouth_goes_with_the_new_speech_better_than_the_unedited_pictures_do(dubbed: Dubbed) -> None:
    with_the_new = dubbed.score(dubbed.take, dubbed.take, OTHER)
    assert with_the_new > dubbed.score(dubbed.interview, dubbed.take, OTHER) + CLEARLY
