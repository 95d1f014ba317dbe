"""Components fitted to patches of clips hold what pictures vary along."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
import pytest
import torch
from drawn_clips import pixels, small_clips

from engine.model.small_autoencoder import SmallAutoencoder, SmallConfig
from engine.training.autoencoder import fit_patches
from engine.training.clips import TrainingClip

CONFIG = SmallConfig(channels=16)


@pytest.fixture(scope="module")
def clips() -> tuple[TrainingClip, ...]:
    return small_clips(18)


def mean_psnr(autoencoder: SmallAutoencoder, clips: tuple[TrainingClip, ...]) -> float:
    found = []
    for clip in clips:
        made = np.stack(list(autoencoder.decode(autoencoder.encode(pixels(clip)), 0)))
        found.append(-10 * np.log10(np.square(made - np.stack(pixels(clip))).mean()))
    return float(np.mean(found))


def test_components_are_the_same_from_the_same_seed_and_orthonormal(clips: tuple[TrainingClip, ...]) -> None:
    one, other = (fit_patches(clips, 12, seed=3, samples=300) for _ in range(2))
    assert torch.equal(one.basis_PZ, other.basis_PZ)
    assert torch.allclose(one.basis_PZ.T @ one.basis_PZ, torch.eye(12), atol=1e-4)
    assert bool((one.deviation_Z.diff() <= 0).all())


def test_more_components_hold_more_of_a_picture(clips: tuple[TrainingClip, ...]) -> None:
    held_out = small_clips(3, "held_out")
    found = [
        mean_psnr(
            SmallAutoencoder(
                msgspec.structs.replace(CONFIG, channels=channels),
                fit_patches(clips, channels, seed=3, samples=500),
            ),
            held_out,
        )
        for channels in (4, 12, 48)
    ]
    assert found == sorted(found)
    assert found[-1] > found[0] + 3


def test_a_clip_of_one_frame_has_patches(clips: tuple[TrainingClip, ...]) -> None:
    still = dataclasses.replace(clips[0], frames=clips[0].frames[:1], mouth=clips[0].mouth[:1])
    patches = fit_patches([still], CONFIG.channels, seed=1, samples=100)
    assert bool(patches.basis_PZ.isfinite().all())
