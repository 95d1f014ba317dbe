"""The learned upsampler between the passes."""

from __future__ import annotations

import pytest
import torch
from diffusers.pipelines.ltx.pipeline_ltx_latent_upsample import LTXLatentUpsamplePipeline
from tiny_diffusion import tiny_autoencoder, tiny_upsampler

from engine.model.autoencoder import LtxAutoencoder
from engine.model.upsampler import LatentUpsampler, adain


@pytest.fixture
def vae():
    vae = tiny_autoencoder()
    vae.latents_mean += torch.linspace(-1, 1, 8)
    vae.latents_std *= torch.linspace(0.5, 2, 8)
    return vae


def some_latents() -> torch.Tensor:
    return torch.randn(8, 5, 2, 3, generator=torch.Generator().manual_seed(1))


def test_latents_are_doubled_as_diffusers_pipeline_does(vae) -> None:
    pipeline = LTXLatentUpsamplePipeline(vae=vae, latent_upsampler=tiny_upsampler())
    pipeline.set_progress_bar_config(disable=True)
    theirs = pipeline(
        latents=some_latents()[None], height=64, width=96, adain_factor=1.0, output_type="latent"
    ).frames[0]
    ours = LatentUpsampler(tiny_upsampler(), LtxAutoencoder(vae))(some_latents())
    assert ours.shape == (8, 5, 4, 6)
    assert torch.allclose(ours, theirs, atol=1e-5)


def test_each_channel_keeps_its_mean_and_deviation(vae) -> None:
    small = some_latents() * torch.linspace(0.2, 3, 8)[:, None, None, None] + 0.7
    large = LatentUpsampler(tiny_upsampler(), LtxAutoencoder(vae))(small)
    for measure in (torch.mean, torch.std):
        assert torch.allclose(measure(large, dim=(1, 2, 3)), measure(small, dim=(1, 2, 3)), atol=1e-5)


def test_a_channel_that_is_flat_stays_finite() -> None:
    flat, like = torch.ones(2, 3, 4, 4), torch.randn(2, 3, 2, 2)
    assert torch.allclose(adain(flat, like), like.mean(dim=(1, 2, 3), keepdim=True).expand_as(flat))
