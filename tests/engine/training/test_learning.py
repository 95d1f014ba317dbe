"""Training teaches: on latents that the audio decides, the model comes to do what it hears."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from engine.diffusion.denoise import Sampling, denoise
from engine.diffusion.schedule import linear_quadratic
from engine.diffusion.velocity import TransformerVelocity
from engine.model.prompt import Prompt
from engine.model.transformer import EditYourselfTransformer
from engine.training import objective
from engine.training.config import Recipe
from engine.training.objective import STAGE_2, Conditions, Objective
from engine.training.optimisers import OptimiserSettings
from engine.training.samples import InMemory, Sample
from engine.training.trainer import Progress, Training
from tests.tiny_clips import spoken_clip
from tests.tiny_diffusion import tiny_transformer

CLIPS = InMemory([spoken_clip(seed) for seed in range(64)])
STAGE_1 = Recipe(
    stage="audio",
    steps=120,
    batch=8,
    every=1000,
    average=0.95,
    objective=Objective(conditions=replace(objective.STAGE_1, first_frame=0.0)),
    optimiser=OptimiserSettings(adamw_lr=3e-3, muon_lr=5e-2, cooldown=40),
)
UNSEEN = range(9000, 9024)


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Training, list[Progress]]:
    told: list[Progress] = []
    training = Training(
        tiny_transformer(), CLIPS, STAGE_1, tmp_path_factory.mktemp("one"), on_step=told.append
    )
    training.run()
    return training, told


def rendered(model: EditYourselfTransformer, clip: Sample, heard: Sample) -> Tensor:
    """The clip with another's audio, by the product's own denoising."""
    assert heard.windows_NKLA is not None
    with torch.no_grad():
        audio_FTD = model.hear(heard.windows_NKLA[None])[0]
    text = Prompt(embeddings_BXE=clip.text_XE[None], mask_BX=torch.ones(1, 2, dtype=torch.bool))
    velocity = TransformerVelocity(model=model, text=text, audio_FTD=audio_FTD)
    return denoise(clip.scene, velocity, Sampling(sigmas=linear_quadratic(8), seed=1))


def values(latents_CFHW: Tensor) -> Tensor:
    """Of each latent's masked tokens."""
    return latents_CFHW[:, :, 1].mean(dim=(0, 2))


def agreement(model: EditYourselfTransformer) -> tuple[float, float]:
    """How far unseen clips' values go where another's audio says, and where their own did. 1: all the way."""
    heard, own = [], []
    for seed in UNSEEN:
        clip, other = spoken_clip(seed), spoken_clip(seed + 500)
        made = values(rendered(model, clip, other))
        heard.append(made * values(other.clean_CFHW).sign())
        own.append(made * values(clip.clean_CFHW).sign())
    return float(torch.cat(heard).mean()), float(torch.cat(own).mean())


def flow(told: list[Progress], steps: slice) -> float:
    losses = [progress.flow for progress in told[steps]]
    return sum(losses) / len(losses)


def test_the_loss_halves(learnt: tuple[Training, list[Progress]]) -> None:
    told = learnt[1]
    assert flow(told, slice(-10, None)) < flow(told, slice(None, 10)) / 2


def test_another_speech_makes_what_it_says_and_nothing_of_the_clips_own(
    learnt: tuple[Training, list[Progress]],
) -> None:
    training = learnt[0]
    with training.averaged():
        heard, own = agreement(training.model)
    assert heard > 0.6
    assert abs(own) < 0.25  # two of three latents say the same by chance


def test_before_training_speech_says_nothing() -> None:
    assert abs(agreement(tiny_transformer())[0]) < 0.15


def test_batches_are_made_ready_beside_the_steps(learnt: tuple[Training, list[Progress]]) -> None:
    assert learnt[1][-1].waiting < 0.2


def test_stage_2_goes_on_from_stage_1(learnt: tuple[Training, list[Progress]], tmp_path: Path) -> None:
    model, told = tiny_transformer(), list[Progress]()
    with learnt[0].averaged():
        model.load_state_dict(learnt[0].model.state_dict())
    conditions: Conditions = replace(STAGE_2, first_frame=0.0, footage=1.0)
    recipe = replace(
        STAGE_1,
        stage="lora",
        rank=4,
        steps=40,
        objective=Objective(conditions=conditions),
        optimiser=replace(STAGE_1.optimiser, adamw_lr=1e-3, muon_lr=1e-2),
    )
    training = Training(model, CLIPS, recipe, tmp_path, on_step=told.append)
    training.run()
    with training.averaged():
        assert agreement(model)[0] > 0.6
