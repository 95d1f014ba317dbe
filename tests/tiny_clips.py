"""Clips of tiny latents to train tiny models on: no video is behind them."""

from __future__ import annotations

from fractions import Fraction

import torch
from torch import Tensor

from engine.model.config import TINY, ModelConfig
from engine.training.samples import Sample


def tiny_clip(
    seed: int = 0,
    *,
    latents: int = 3,
    grid: tuple[int, int] = (2, 2),
    rate: Fraction = Fraction(25),
    around: int = 0,
    faces: int = 1,
    text: int = 4,
    config: ModelConfig = TINY,
) -> Sample:
    """Noise for latents and speech; the lower row is masked, and `faces` tokens are of the lower face."""
    draw = torch.Generator().manual_seed(1000 + seed)
    channels, audio = config.transformer.in_channels, config.audio
    mask = torch.zeros(latents, *grid, dtype=torch.bool)
    mask[:, -1] = True
    face = torch.zeros(around, *grid, dtype=torch.bool)
    face.flatten(1)[:, -faces:] = True
    return Sample(
        clean_CFHW=torch.randn(channels, latents, *grid, generator=draw),
        mask_FHW=mask,
        rate=rate,
        text_XE=torch.randn(text, config.transformer.caption_channels, generator=draw),
        windows_NKLA=torch.randn(8 * latents - 7, audio.window, audio.layers, audio.channels, generator=draw),
        around_CRHW=torch.randn(channels, around, *grid, generator=draw) if around else None,
        face_RHW=face if around else None,
    )


def spoken_clip(seed: int, *, config: ModelConfig = TINY, latents: int = 2) -> Sample:
    """A clip whose masked values are what its audio says, with the opposite sign where it says the opposite.

    Each latent's audio is steadily +1 or -1 in half of its channels; the masked tokens are that, too.
    """
    draw = torch.Generator().manual_seed(seed)
    said_F = torch.randint(0, 2, (latents,), generator=draw) * 2.0 - 1.0
    return spoken(said_F, config, draw)


def spoken(said_F: Tensor, config: ModelConfig, draw: torch.Generator) -> Sample:
    channels, audio, latents = config.transformer.in_channels, config.audio, len(said_F)
    said_N = torch.cat([said_F[:1], said_F[1:].repeat_interleave(8)])
    windows = 0.1 * torch.randn(len(said_N), audio.window, audio.layers, audio.channels, generator=draw)
    windows[..., : audio.channels // 2] += said_N[:, None, None, None]
    clean = 0.1 * torch.randn(channels, latents, 2, 2, generator=draw)
    mask = torch.zeros(latents, 2, 2, dtype=torch.bool)
    mask[:, 1] = True
    clean[:, :, 1] += said_F[:, None]
    return Sample(
        clean_CFHW=clean,
        mask_FHW=mask,
        rate=Fraction(25),
        text_XE=torch.zeros(2, config.transformer.caption_channels),
        windows_NKLA=windows,
    )
