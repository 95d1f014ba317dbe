"""LTX-2 in memory, ready to render."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from diffusers import AutoencoderKLLTX2Video
from diffusers.pipelines.ltx2.latent_upsampler import LTX2LatentUpsamplerModel

from engine.errors import BadCheckpoint
from engine.model import warm
from engine.model.acceleration import (
    Acceleration,
    accelerate,
    acceleration_of,
    best_device,
    refuse_what_cannot_be,
)
from engine.model.assembly import of_description, of_diffusers, read_into, refuse_other_latents
from engine.model.autoencoder import LtxAutoencoder
from engine.model.footprint import Memory, refuse_what_does_not_fit
from engine.model.ltx2.checkpoint import Ltx2Checkpoint
from engine.model.ltx2.hearing import Hearing, load_hearing
from engine.model.ltx2.prompt import Ltx2Prompt, load_empty_prompt, load_prompt
from engine.model.ltx2.transformer import Ltx2Transformer
from engine.model.upsampler import LatentUpsampler
from engine.model.weights_folder import weights_of
from engine.protocol import Diffusion


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ltx2Model:
    """`upsample`: None where the checkpoint has no second pass."""

    checkpoint: Ltx2Checkpoint
    transformer: Ltx2Transformer
    autoencoder: LtxAutoencoder
    hearing: Hearing
    upsample: LatentUpsampler | None
    device: torch.device

    whole = True  # all of it is in this process

    def release(self) -> None:
        """There is nothing else to give back."""

    def prompt(self, text: str) -> Ltx2Prompt:
        """Raises MissingModel where neither the text as read before nor a text encoder is there."""
        return self._here(load_prompt(self.checkpoint, text, self.device))

    def unprompted(self) -> Ltx2Prompt:
        """For guidance. Raises MissingModel."""
        return self._here(load_empty_prompt(self.checkpoint, self.device))

    def _here(self, prompt: Ltx2Prompt) -> Ltx2Prompt:
        return prompt.to(self.device, self.transformer.dtype)


def load_ltx2(checkpoint: Ltx2Checkpoint, settings: Diffusion) -> Ltx2Model:
    """The model on this machine's best device.

    Raises MissingModel, BadCheckpoint, NotOnThisMachine (a setting that cannot be done here), OutOfMemory and
    OutOfGpuMemory (weights that this machine cannot hold).
    """
    how = acceleration_of(settings, best_device())
    return warm.kept((Ltx2Model, checkpoint.sha256, how), lambda: _load(checkpoint, settings, how))


def _load(checkpoint: Ltx2Checkpoint, settings: Diffusion, how: Acceleration) -> Ltx2Model:
    device = best_device()
    dtype: torch.dtype = getattr(torch, how.precision)
    refuse_what_cannot_be(how, device)
    refuse_what_does_not_fit(checkpoint.config, how, Memory.of(device), checkpoint.beside)
    # Now, while there is room: what reads a prompt is as large as what renders it. Once read it is kept.
    load_prompt(checkpoint, settings.prompt, device)
    if settings.guidance != 1:
        load_empty_prompt(checkpoint, device)
    # Where it is changed before it runs, it must not lie on the device whole.
    first = torch.device("cpu") if how.in_fp8 or how.offload else device
    transformer = load_transformer(checkpoint, dtype, first)
    accelerate(transformer, how, device)
    autoencoder = _autoencoder(checkpoint, dtype, device)
    return Ltx2Model(
        checkpoint=checkpoint,
        transformer=transformer,
        autoencoder=autoencoder,
        hearing=_hearing(checkpoint, device),
        upsample=_upsampler(checkpoint.upsampler, autoencoder, dtype, device),
        device=device,
    )


def load_transformer(checkpoint: Ltx2Checkpoint, dtype: torch.dtype, device: torch.device) -> Ltx2Transformer:
    """Raises BadCheckpoint (shapes or layers that are not this model's), by name."""
    model = cast(Ltx2Transformer, of_description(Ltx2Transformer, checkpoint.transformer))
    read_into(model, checkpoint.folder, weights_of(checkpoint.transformer), dtype, device)
    return model.with_gates().requires_grad_(False).eval()


def _autoencoder(checkpoint: Ltx2Checkpoint, dtype: torch.dtype, device: torch.device) -> LtxAutoencoder:
    vae = cast(Any, of_diffusers(AutoencoderKLLTX2Video, checkpoint.vae, dtype))
    autoencoder = LtxAutoencoder(vae.to(device).eval())
    refuse_other_latents(autoencoder, checkpoint.vae, checkpoint.config.in_channels)
    return autoencoder


def _hearing(checkpoint: Ltx2Checkpoint, device: torch.device) -> Hearing:
    hearing = load_hearing(checkpoint.audio_vae, device)
    width, wanted = hearing.autoencoder.latents_mean.numel(), checkpoint.config.audio_in_channels
    if width != wanted:
        raise BadCheckpoint(
            f"{checkpoint.audio_vae} gives tokens of {width} channels, and the transformer beside it reads"
            f" {wanted}. Its files do not belong together"
        )
    return hearing


def _upsampler(
    folder: Path | None, autoencoder: LtxAutoencoder, dtype: torch.dtype, device: torch.device
) -> LatentUpsampler | None:
    if folder is None:
        return None
    model = cast(Any, of_diffusers(LTX2LatentUpsamplerModel, folder, dtype))
    return LatentUpsampler(model.to(device).eval(), autoencoder)
