"""LTX-2 on tiny random weights: what it makes is noise, and everything else is exact."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import tiny_ltx2
from studio import PLANS, Studio, check_exact
from watched import watched

from engine.protocol import Render, Span


@pytest.fixture(scope="session")
def joint(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """The studio with LTX-2's weights: they hear always. Not distilled, so that a test may take few steps."""
    folder = tmp_path_factory.mktemp("ltx2")
    dev = tiny_ltx2.make(folder / "dev", distilled=False)
    two_pass = tiny_ltx2.make(folder / "two_pass", distilled=False, upsampler=True)
    return dataclasses.replace(studio, audible=dev, silent=dev, two_pass=two_pass)


def edit(studio: Studio, *spans: Span, **given: object) -> Render:
    return studio.job(*spans, **{"renderer": "ltx2", "cache": 0.0, **given})


@pytest.mark.parametrize("name", PLANS)
def test_a_take_has_the_planned_frames_and_what_is_kept_is_the_sources(
    joint: Studio, tmp_path: Path, name: str
) -> None:
    job = edit(joint, *PLANS[name])
    check_exact(job, watched(job, tmp_path))
