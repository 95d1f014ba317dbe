"""The small autoencoder: nothing leaks between tokens, tiles do not show, files are whole or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import BadCheckpoint, MissingModel
from engine.model import small_autoencoder
from engine.model.autoencoder import Frame, VideoAutoencoder
from engine.model.small_autoencoder import (
    CONFIG,
    PATCH,
    WEIGHTS,
    Patches,
    SmallAutoencoder,
    SmallConfig,
    from_patches,
    load_small,
    save_small,
    to_patches,
)

CONFIG_HERE = SmallConfig(channels=8)


@pytest.fixture
def autoencoder() -> SmallAutoencoder:
    """On random orthonormal components."""
    torch.manual_seed(0)
    basis_PZ, _ = torch.linalg.qr(torch.randn(PATCH, CONFIG_HERE.channels))
    patches = Patches(mean_P=0.1 * torch.randn(PATCH), basis_PZ=basis_PZ, deviation_Z=torch.linspace(4, 1, 8))
    return SmallAutoencoder(CONFIG_HERE, patches).eval()


def clip(frames: int, height: int = 32, width: int = 48) -> list[Frame]:
    chance = np.random.default_rng(3)
    return [chance.random((height, width, 3)).astype(np.float32) for _ in range(frames)]


def test_it_is_an_autoencoder_as_the_renderer_wants_one(autoencoder: SmallAutoencoder) -> None:
    wanted: VideoAutoencoder = autoencoder
    assert (wanted.spatial, wanted.temporal, wanted.channels) == (16, 8, 8)
    latents_CFHW = wanted.encode(clip(17))
    assert latents_CFHW.shape == (8, 3, 2, 3)
    frames = list(wanted.decode(latents_CFHW, seed=0))
    assert len(frames) == 17
    assert frames[0].shape == (32, 48, 3)
    assert frames[0].dtype == np.float32


def test_pixels_become_patches_and_pixels_again() -> None:
    pixels_BCNHW = torch.randn(2, 3, 16, 32, 48)
    rows_BFHWP = to_patches(pixels_BCNHW)
    assert rows_BFHWP.shape == (2, 2, 2, 3, PATCH)
    assert torch.equal(from_patches(rows_BFHWP), pixels_BCNHW)


def test_a_pixel_changes_only_the_token_it_lies_in(autoencoder: SmallAutoencoder) -> None:
    before = clip(17)
    after = [frame.copy() for frame in before]
    after[12][20, 40] = 1 - after[12][20, 40]
    changed = (autoencoder.encode(before) != autoencoder.encode(after)).any(dim=0)
    assert changed.nonzero().tolist() == [[2, 1, 2]]


def test_the_first_latent_is_frame_zero_alone(autoencoder: SmallAutoencoder) -> None:
    frames = clip(9)
    assert torch.equal(autoencoder.encode(frames)[:, :1], autoencoder.encode(frames[:1]))


def test_the_last_frame_fills_up_the_last_latent(autoencoder: SmallAutoencoder) -> None:
    frames = clip(6)
    assert torch.equal(autoencoder.encode(frames), autoencoder.encode(frames + [frames[-1]] * 3))


def test_what_is_decoded_is_the_linear_inverse(autoencoder: SmallAutoencoder) -> None:
    latents_CFHW = autoencoder.encode(clip(17))
    linear_BCNHW = autoencoder.inverse(autoencoder.white(latents_CFHW[None]))
    shown_NHWC = (linear_BCNHW[0, :, 7:].permute(1, 2, 3, 0) / 2 + 0.5).clamp(0, 1)
    assert np.allclose(np.stack(list(autoencoder.decode(latents_CFHW, 0))), shown_NHWC.numpy(), atol=1e-5)


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_where_decoding_starts_anew_is_not_seen(
    autoencoder: SmallAutoencoder, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    latents_CFHW = torch.randn(8, 7, 2, 2)
    whole = np.stack(list(autoencoder.decode(latents_CFHW, 0)))
    monkeypatch.setattr(small_autoencoder, "_AT_ONCE", at_once)
    assert np.allclose(np.stack(list(autoencoder.decode(latents_CFHW, 0))), whole, atol=1e-5)


def test_latents_of_full_whitening_have_deviation_one() -> None:
    torch.manual_seed(1)
    basis_PZ, _ = torch.linalg.qr(torch.randn(PATCH, 8))
    deviation_Z = torch.linspace(9, 1, 8)
    patches = Patches(mean_P=torch.zeros(PATCH), basis_PZ=basis_PZ, deviation_Z=deviation_Z)
    rows_BFHWP = (torch.randn(1, 1, 40, 50, 8) * deviation_Z) @ basis_PZ.T
    for whitening in (1.0, 0.7):
        config = SmallConfig(channels=8, whitening=whitening)
        autoencoder = SmallAutoencoder(config, patches)
        white_BZFHW = autoencoder.coefficients(from_patches(rows_BFHWP))
        latents_BZFHW = autoencoder.normalised(white_BZFHW)
        assert float(latents_BZFHW.square().mean()) == pytest.approx(1, abs=0.05)
        assert torch.allclose(autoencoder.white(latents_BZFHW), white_BZFHW, atol=1e-4)
    assert torch.allclose(white_BZFHW.std(dim=(0, 2, 3, 4)), torch.ones(8), atol=0.06)


@pytest.mark.parametrize(("frames", "told"), [([], "no frames"), (clip(1, 30, 32), "no multiple of 16")])
def test_what_cannot_be_encoded_is_refused(
    autoencoder: SmallAutoencoder, frames: list[Frame], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        autoencoder.encode(frames)


def test_what_is_saved_is_loaded(autoencoder: SmallAutoencoder, tmp_path: Path) -> None:
    save_small(autoencoder, tmp_path)
    loaded = load_small(tmp_path)
    assert loaded.config == CONFIG_HERE
    assert all(torch.equal(a, loaded.state_dict()[name]) for name, a in autoencoder.state_dict().items())
    assert sorted(path.name for path in tmp_path.iterdir()) == [CONFIG, WEIGHTS]


def test_files_that_are_damaged_or_missing_are_named(autoencoder: SmallAutoencoder, tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="no small autoencoder"):
        load_small(tmp_path)
    save_small(autoencoder, tmp_path)
    told = (tmp_path / CONFIG).read_bytes()
    (tmp_path / CONFIG).write_bytes(told.replace(b'"channels": 8', b'"channels": 9'))
    with pytest.raises(BadCheckpoint, match="not of the shape"):
        load_small(tmp_path)
    (tmp_path / CONFIG).write_bytes(told.replace(b'"channels"', b'"chanels"'))
    with pytest.raises(BadCheckpoint, match="does not describe"):
        load_small(tmp_path)
    (tmp_path / CONFIG).write_bytes(told)
    (tmp_path / WEIGHTS).write_bytes((tmp_path / WEIGHTS).read_bytes()[:-9])
    with pytest.raises(BadCheckpoint, match="should have"):
        load_small(tmp_path)
