"""The small model's whole course, as `pickup train --config demo` runs and watches it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from engine.model.assembly import load_autoencoder, load_transformer
from engine.model.audio_projection import AudioProjection
from engine.model.checkpoint import open_checkpoint
from engine.model.config import TINY, ModelConfig
from engine.model.small_hearing import load_hearing
from engine.training import objective
from engine.training.autoencoder import fit_patches
from engine.training.clips import ClipPlan
from engine.training.config import Recipe
from engine.training.errors import BadRecipe
from engine.training.hearing import HearingTraining
from engine.training.objective import Objective
from engine.training.optimisers import OptimiserSettings
from engine.training.run import Outcome, Request, stopped_at_once
from engine.training.run_small import run_small
from engine.training.samples import InMemory, Sample
from engine.training.small_model import SMALL, SmallCourse, attune
from engine.training.trainer import Progress, unwatched

MODEL = ModelConfig(
    transformer=replace(TINY.transformer, in_channels=16), audio=replace(SMALL.audio, width=TINY.audio.width)
)
FAST = OptimiserSettings(adamw_lr=1e-3, muon_lr=1e-2, warmup=1)
STAGE_1 = Recipe(stage="audio", steps=2, batch=2, optimiser=FAST)
COURSE = SmallCourse(
    plan=ClipPlan(seed=5, frames=9, size=64, each=240),  # all clips are cut out of one recording
    clips=240,
    fitted=8,
    model=MODEL,
    hearing=HearingTraining(lessons=3, steps=2, batch=2),
    recipes={
        "base": Recipe(stage="base", steps=2, batch=2, optimiser=FAST),
        "stage-1": STAGE_1,
        "stage-2": replace(
            STAGE_1, stage="lora", rank=2, objective=Objective(conditions=objective.STAGE_2), validate=2
        ),
    },
)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module", autouse=True)
def few_patches() -> Iterator[None]:
    """A minute less than with the 20,000 that the real model is fitted to."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("engine.training.small_model.fit_patches", partial(fit_patches, samples=300))
        yield


@pytest.fixture(scope="module")
def trained(out: Path) -> Outcome:
    return run_small(
        Request(config="demo", out=out), on_step=unwatched, say=lambda _: None, course=COURSE, workers=0
    )


def test_the_course_leaves_a_checkpoint_that_needs_nothing_beside_it(trained: Outcome, out: Path) -> None:
    assert trained.checkpoint == str(out / "checkpoint")
    assert not any(path.is_symlink() for path in (out / "checkpoint").rglob("*"))
    made = open_checkpoint(out / "checkpoint")
    assert (made.audio_trained, made.knows_references, made.warnings) == (True, True, ())
    load_transformer(made, torch.float32, torch.device("cpu"))
    assert load_autoencoder(made, torch.float32, torch.device("cpu")).channels == 16
    assert made.hearing is not None
    assert load_hearing(made.hearing).channels == MODEL.audio.channels


def test_every_stage_is_watched_and_the_last_is_validated(trained: Outcome, out: Path) -> None:
    assert trained.validation is not None
    assert {"held_out_flow", "r_dub", "r_own", "psnr_own"} <= trained.validation.keys()
    assert (out / "stage-2" / "validation" / "step_000002.mp4").exists()
    for stage in ("base", "stage-1", "stage-2"):
        assert any((out / stage / "tensorboard").iterdir())


def test_what_is_done_is_not_done_again(trained: Outcome, out: Path) -> None:
    seen: list[Progress] = []
    request = Request(config="demo", out=out)
    again = run_small(request, on_step=seen.append, say=lambda _: None, course=COURSE, workers=0)
    assert (seen, again.checkpoint) == ([], trained.checkpoint)


def test_ctrl_c_keeps_the_step_and_the_same_command_gives_the_same_model(
    trained: Outcome, out: Path, tmp_path: Path
) -> None:
    def stop(progress: Progress) -> None:
        if progress.standing.step == 1:
            os.kill(os.getpid(), signal.SIGINT)

    request = Request(config="demo", out=tmp_path)
    with pytest.raises(KeyboardInterrupt):
        run_small(request, on_step=stop, say=lambda _: None, course=COURSE, workers=0)
    assert stopped_at_once(tmp_path) == (
        f"stopped; the same command goes on from {tmp_path / 'base' / 'step-00000001.safetensors'}"
    )
    run_small(request, on_step=unwatched, say=lambda _: None, course=COURSE, workers=0)
    for name in ("audio.safetensors", "lora.safetensors"):
        one, other = (load_file(folder / "checkpoint" / name) for folder in (out, tmp_path))
        assert one.keys() == other.keys()
        assert all(torch.equal(one[key], other[key]) for key in one)


def test_the_course_takes_no_data_and_no_base(tmp_path: Path) -> None:
    with pytest.raises(BadRecipe, match="demo draws its own clips and begins from nothing"):
        run_small(Request(config="demo", out=tmp_path, base="x"), on_step=unwatched, say=lambda _: None)


def speech(seed: int) -> Tensor:
    """Windows of log-mel: each band has its level, far from zero, and they get louder and softer together."""
    draw = torch.Generator().manual_seed(seed)
    levels = torch.linspace(-0.2, -0.8, SMALL.audio.channels)
    return levels + 0.3 * torch.randn(9, SMALL.audio.window, 1, 1, generator=draw)


@torch.no_grad()
def told_apart(audio: AudioProjection) -> float:
    """How far the tokens of two speeches differ, over what they are."""
    one, other = (audio(speech(seed)[None]) for seed in (1, 2))
    return float((one - other).std() / one.std())


def test_what_hears_log_mel_tells_speeches_apart_before_it_is_trained() -> None:
    torch.manual_seed(0)
    audio = AudioProjection(SMALL.audio)
    before = told_apart(audio)
    attune(audio, InMemory([sample_heard(speech(0))]))
    assert told_apart(audio) > 2 * before


def sample_heard(windows_NKLA: Tensor) -> Sample:
    return Sample(
        clean_CFHW=torch.zeros(16, 2, 2, 2),
        mask_FHW=torch.ones(2, 2, 2, dtype=torch.bool),
        rate=COURSE.plan.rate,
        text_XE=torch.ones(1, 16),
        windows_NKLA=windows_NKLA,
    )
