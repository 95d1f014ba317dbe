"""The decoder learns more than the components hold, the same after a stop, and loses no checkpoint."""

from __future__ import annotations

import dataclasses
import errno
import os
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from drawn_clips import pixels, small_clips

from engine.errors import BadCheckpoint, DiskFull
from engine.model.small_autoencoder import SmallAutoencoder, SmallConfig
from engine.training.autoencoder import STATE, DecoderTraining, Progress, fit_patches, train_decoder
from engine.training.clips import TrainingClip

CONFIG = SmallConfig(channels=16, latent=32, widths=(32, 16, 16), joined=24)
QUICK = DecoderTraining(seed=1, steps=6, batch=1, crop=2, latents=2, warmup=2, halved=False, every=2)


@pytest.fixture(scope="module")
def clips() -> tuple[TrainingClip, ...]:
    return small_clips(18)


def fresh(clips: tuple[TrainingClip, ...]) -> SmallAutoencoder:
    torch.manual_seed(5)
    return SmallAutoencoder(CONFIG, fit_patches(clips, CONFIG.channels, seed=1, samples=500))


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


def test_the_decoder_shows_people_it_never_saw_better_than_the_linear_inverse(
    clips: tuple[TrainingClip, ...],
) -> None:
    held_out = small_clips(6, "held_out")
    autoencoder = fresh(clips)
    linear = mean_psnr(autoencoder, held_out)
    settings = DecoderTraining(
        seed=1, steps=70, batch=3, crop=4, latents=2, rate=2e-3, warmup=10, noise=0.1, halved=False
    )
    seen: list[Progress] = []
    train_decoder(autoencoder, clips, settings, watch=seen.append)
    gain = mean_psnr(autoencoder, held_out) - linear
    assert gain > 0.1
    assert [progress.step for progress in seen] == list(range(1, 71))
    assert np.mean([progress.loss for progress in seen[-20:]]) < 0.96


def test_a_training_that_was_stopped_ends_with_the_same_weights(
    clips: tuple[TrainingClip, ...], tmp_path: Path
) -> None:
    straight = train_decoder(fresh(clips), clips, QUICK)
    train_decoder(fresh(clips), clips, QUICK, tmp_path, until=3)
    torch.manual_seed(99)  # nothing hangs on torch's own state
    resumed = train_decoder(SmallAutoencoder(CONFIG), clips, QUICK, tmp_path)
    assert all(torch.equal(a, resumed.state_dict()[name]) for name, a in straight.state_dict().items())


def test_a_training_of_other_settings_is_not_gone_on_with(
    clips: tuple[TrainingClip, ...], tmp_path: Path
) -> None:
    train_decoder(fresh(clips), clips, QUICK, tmp_path, until=2)
    with pytest.raises(BadCheckpoint, match="other settings"):
        train_decoder(fresh(clips), clips, msgspec.structs.replace(QUICK, seed=2), tmp_path)
    (tmp_path / STATE).write_bytes((tmp_path / STATE).read_bytes()[:-5])
    with pytest.raises(BadCheckpoint, match="should have"):
        train_decoder(fresh(clips), clips, QUICK, tmp_path)


def test_a_full_disk_leaves_the_last_checkpoint_whole(
    clips: tuple[TrainingClip, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_decoder(fresh(clips), clips, QUICK, tmp_path, until=2)
    kept = (tmp_path / STATE).read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull, match="No space left"):
        train_decoder(fresh(clips), clips, QUICK, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [STATE]
    assert (tmp_path / STATE).read_bytes() == kept


def test_clips_of_one_frame_are_one_latent(clips: tuple[TrainingClip, ...]) -> None:
    still = dataclasses.replace(clips[0], frames=clips[0].frames[:1], mouth=clips[0].mouth[:1])
    autoencoder = train_decoder(fresh(clips), [still], msgspec.structs.replace(QUICK, steps=1))
    assert all(bool(value.isfinite().all()) for value in autoencoder.state_dict().values())
