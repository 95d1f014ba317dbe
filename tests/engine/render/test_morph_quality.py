"""Morphs are better than a dissolve, not merely softer; joins do not show. On real footage: some minutes."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from shared_media import shared

from engine.evaluation.morph_bench import hidden_frames, real_cuts
from engine.face.models import find_models

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_models() is None, reason="needs the face mesh: pickup models pull face"),
]
CUTS = (40, 55), (60, 90), (80, 130)
PLACES = 8  # more, anywhere in the clip
LENGTHS = 4, 8, 15, 30, 60


@pytest.mark.parametrize(
    ("name", "stride", "gain"),
    [
        ("gestures_700_30fps_6s.mp4", 2, 1.0),
        ("speaker_458_15s.mp4", 5, 0.4),
        ("interview_700_22fps_6s.mp4", 3, 0.4),
    ],
)
def test_hidden_frames_come_back_better_than_a_dissolve_has_them(name: str, stride: int, gain: float) -> None:
    """Four frames hidden at many places; inside the face box, in dB of PSNR over a plain dissolve."""
    found = hidden_frames(shared(f"media/{name}"), stride)
    assert found.worst_half >= gain
    assert found.mean >= 0


def anywhere(frames: int, margin: int) -> list[tuple[int, int]]:
    """Parts of a clip of so many frames, the same every time."""
    rng = random.Random(frames)
    lengths = [rng.choice(LENGTHS) for _ in range(PLACES)]
    starts = [rng.randrange(margin, frames - margin - length) for length in lengths]
    return [(start, start + length) for start, length in zip(starts, lengths, strict=True)]


@pytest.mark.parametrize(
    ("name", "rate", "bridge", "frames", "failed_once"),
    [
        ("gestures_700_30fps_6s.mp4", 30, 6, 198, ()),
        # The background moves behind the head: blends of it were soft, and the sharp ones took a long step.
        ("speaker_458_15s.mp4", 25, 5, 375, ((93, 281), (332, 340), (112, 225))),
        # A sleeve jumped, its edge too thin for the part of the picture that is morphed.
        ("interview_700_22fps_6s.mp4", 30, 6, 176, ((118, 148),)),
    ],
)
def test_a_bridged_cut_makes_no_larger_step_than_the_clip_and_stays_sharp(
    name: str, rate: int, bridge: int, frames: int, failed_once: tuple[tuple[int, int], ...]
) -> None:
    removals = [*CUTS, *failed_once, *anywhere(frames, bridge + 4)]
    for cut in real_cuts(shared(f"media/{name}"), removals, Fraction(rate), bridge):
        assert cut.step <= 1, cut.removed
        assert cut.face_step <= 1, cut.removed
        assert min(cut.sharpness) >= 0.9, cut.removed
        assert max(cut.sharpness) <= 1.1, cut.removed
