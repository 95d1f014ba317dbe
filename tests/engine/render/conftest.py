"""The studio that the tests of diffusion renders work in."""

from __future__ import annotations

import dataclasses

import pytest
import tiny_checkpoint
import tiny_ltx2
from filmed import drifting, film, footage, line
from studio import (
    FRAMES,
    Studio,
    spoken,
)


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    folder = tmp_path_factory.mktemp("studio")
    media = film(folder / "clip.mkv", drifting(FRAMES), seconds=FRAMES / 25)
    large = film(folder / "large.mkv", drifting(FRAMES, (64, 96)), seconds=FRAMES / 25)
    low = line(folder / "low.wav", lambda at: 120 + 60 * at, 60)
    high = line(folder / "high.wav", lambda at: 900 - 400 * at, 60)
    return Studio(
        footage=footage(media, FRAMES),
        large=footage(large, FRAMES),
        lines=(spoken(low), spoken(high)),
        silent=tiny_checkpoint.make(folder / "silent"),
        audible=tiny_checkpoint.make(folder / "audible", audio=True),
        two_pass=tiny_checkpoint.make(folder / "two_pass", audio=True, upsampler=True),
    )


@pytest.fixture(scope="session")
def joint(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """With weights of LTX-2, which hears always. Not distilled, so that a test may take few steps."""
    folder = tmp_path_factory.mktemp("joint")
    dev = tiny_ltx2.make(folder / "dev", distilled=False)
    two_pass = tiny_ltx2.make(folder / "two_pass", distilled=False, upsampler=True)
    return dataclasses.replace(studio, audible=dev, silent=dev, two_pass=two_pass)
