"""The tiny models that all tests share have the real ones' shapes."""

from __future__ import annotations

import pytest
import torch
from tiny_diffusion import tiny_autoencoder, tiny_base, tiny_upsampler


@torch.no_grad()
@pytest.mark.parametrize("patch_size", [1, 4])
@pytest.mark.parametrize("timestep_conditioning", [False, True])
def test_the_autoencoder_has_the_real_ratios(patch_size: int, timestep_conditioning: bool) -> None:
    autoencoder = tiny_autoencoder(patch_size=patch_size, timestep_conditioning=timestep_conditioning)
    pixels = torch.rand(1, 3, 17, 64, 64) * 2 - 1
    latents = autoencoder.encode(pixels).latent_dist.mode()
    assert latents.shape == (1, 8, 3, 64 // (8 * patch_size), 64 // (8 * patch_size))
    temb = torch.zeros(1) if timestep_conditioning else None
    assert autoencoder.decode(latents, temb).sample.shape == pixels.shape
    ratios = autoencoder.spatial_compression_ratio, autoencoder.temporal_compression_ratio
    assert ratios == (8 * patch_size, 8)


@torch.no_grad()
def test_the_upsampler_doubles_the_grid() -> None:
    assert tiny_upsampler()(torch.randn(1, 8, 3, 2, 4)).shape == (1, 8, 3, 4, 8)


def test_a_seed_names_the_weights() -> None:
    one, same, other = (tiny_base(seed).proj_in.weight for seed in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
