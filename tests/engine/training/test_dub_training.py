"""The paper's stage 1 learns to dub within minutes: new audio layers on the package's base, from nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from engine.model.checkpoint import PROMPT
from engine.model.small_autoencoder import load_small
from engine.training.ablations import Ablations, Settings, run
from engine.training.drawn_set import draw_set
from engine.training.small_model import SMALL, SmallCourse, ears_in

DEMO = Path(__file__).parents[3] / "engine" / "model" / "demo"
CLIPS = 960
STEPS = 400  # of 16 clips each: some 4 minutes of 2 cores


@pytest.fixture
def both_cores() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The small model's training as it stood when its base was done: it has heard nothing yet."""
    base = tmp_path / "base" / "checkpoint"
    for part in ("vae", "hearing"):
        shutil.copytree(DEMO / part, tmp_path / part)
        shutil.copytree(DEMO / part, base / part)
    shutil.copytree(DEMO / "transformer", base / "transformer")
    shutil.copy(DEMO / PROMPT, base / PROMPT)
    draw_set(
        SmallCourse().plan,
        CLIPS,
        load_small(tmp_path / "vae"),
        tmp_path / "clips",
        ears=ears_in(tmp_path, SMALL),
        workers=os.cpu_count() or 1,
    )
    return tmp_path


@pytest.mark.slow
@pytest.mark.usefixtures("both_cores")
def test_four_minutes_of_stage_1_make_mouths_follow_new_speech(course: Path, tmp_path: Path) -> None:
    settings = Settings(steps=STEPS, seeds=1, clips=24)
    found: Ablations = run(course, tmp_path / "out", settings, only=["recipe"])
    (line,) = (line for line in found.lines if line.line == "recipe")
    assert line.r is not None
    assert line.r.mean >= 0.55
    assert line.r_source is not None
    assert line.r_source.mean < 0.35
