"""Two minutes of film made anew: nothing drifts, nothing shows where blocks meet, memory does not grow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import long_clip
import msgspec
import numpy as np
import pytest

from engine.diffusion.blocks import WIDTH
from engine.diffusion.latent_grid import frames_of, latents_for

SHORT, LONG = 30, 120  # seconds


def rendered(folder: Path, seconds: int, renderer: str) -> long_clip.Told:
    """In a process of its own, whose memory nothing else has touched."""
    folder.mkdir()
    command = [sys.executable, long_clip.__file__, str(folder), str(seconds), renderer]
    environment = {**os.environ, "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return msgspec.json.decode(done.stdout, type=long_clip.Told)


@pytest.mark.slow
@pytest.mark.parametrize("renderer", ["edityourself", "ltx2"])
def test_two_minutes_are_made_anew_without_drift_or_seam_in_flat_memory(
    tmp_path: Path, renderer: str
) -> None:
    short, long = (rendered(tmp_path / str(seconds), seconds, renderer) for seconds in (SHORT, LONG))
    frames = LONG * 25
    assert len(long.changes) == frames - 1
    assert long.drifted == ()
    # The first frames of latents, by whether the blocks of the still middle steps meet there.
    begins = {latent: frames_of(latent).start for latent in range(1, latents_for(frames))}
    change = {latent: long.changes[frame - 1] for latent, frame in begins.items()}
    meeting = [change[latent] for latent in change if latent % WIDTH == 0]
    elsewhere = [change[latent] for latent in change if latent % WIDTH]
    assert np.median(meeting) <= 1.05 * np.median(elsewhere)
    assert max(meeting) <= max(elsewhere)
    # Had anything kept the film's frames, as the model sees them, it would be more than this.
    height, width = long_clip.SIZE
    seen = (LONG - SHORT) * 25 * height * width * 3 * 4
    assert long.peak - short.peak < long.latents + seen
