"""From the first pass to the second: latents of twice the height and width, by LTX's learned upsamplers.

F latent frames, H W cells of the grid, C channels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from engine.model.autoencoder import LtxAutoencoder

if TYPE_CHECKING:
    from diffusers.pipelines.ltx.modeling_latent_upsampler import LTXLatentUpsamplerModel
    from diffusers.pipelines.ltx2.latent_upsampler import LTX2LatentUpsamplerModel

_LEAST_DEVIATION = 1e-6  # a channel that is the same everywhere stays so


class LatentUpsampler:
    """Works on the autoencoder's own latents, not on normalised ones, and on a whole clip at once: its group
    norms look at all frames, so that tiles would differ in tone.
    """

    def __init__(
        self, model: LTXLatentUpsamplerModel | LTX2LatentUpsamplerModel, autoencoder: LtxAutoencoder
    ) -> None:
        self._model = model
        self._autoencoder = autoencoder

    @torch.no_grad()
    def __call__(self, latents_CFHW: Tensor) -> Tensor:
        """Normalised latents [C, F, H, W] -> [C, F, 2 H, 2 W], float32, each channel's tone as it was."""
        raw_CFHW = self._autoencoder.denormalised(latents_CFHW)
        like = next(self._model.parameters())
        larger_CFHW = self._model(raw_CFHW[None].to(like.device, like.dtype))[0].to(raw_CFHW)
        return self._autoencoder.normalised(adain(larger_CFHW, raw_CFHW))


def adain(latents_CFHW: Tensor, like_CFHW: Tensor) -> Tensor:
    """The latents with each channel's mean and deviation those of `like_CFHW` (AdaIN)."""
    std, mean = torch.std_mean(latents_CFHW, dim=(1, 2, 3), keepdim=True)
    wanted_std, wanted_mean = torch.std_mean(like_CFHW, dim=(1, 2, 3), keepdim=True)
    return (latents_CFHW - mean) / std.clamp(min=_LEAST_DEVIATION) * wanted_std + wanted_mean
