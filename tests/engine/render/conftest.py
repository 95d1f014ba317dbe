"""The studio that the tests of diffusion renders work in."""

from __future__ import annotations

import pytest
import tiny_checkpoint
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
