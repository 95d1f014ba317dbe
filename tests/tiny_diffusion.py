"""Models of random weights, seeded and tiny: what they make is noise, the way to it is real."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import torch
from diffusers import AutoencoderKLLTXVideo, LTXVideoTransformer3DModel
from diffusers.pipelines.ltx.modeling_latent_upsampler import LTXLatentUpsamplerModel
from torch import Tensor

from engine.model.config import TINY, ModelConfig
from engine.model.transformer import EditYourselfTransformer

CHANNELS = TINY.transformer.in_channels


def tiny_base(seed: int = 0, config: ModelConfig = TINY) -> LTXVideoTransformer3DModel:
    """diffusers' own transformer."""
    torch.manual_seed(seed)
    return LTXVideoTransformer3DModel(**config.transformer.diffusers()).eval()


def tiny_transformer(
    seed: int = 0, *, audible: bool = False, config: ModelConfig = TINY
) -> EditYourselfTransformer:
    """Ours, with `tiny_base(seed)`'s weights. Silent (`to_out` zero) as after initialisation, or audible."""
    base = tiny_base(seed, config)
    model = EditYourselfTransformer.of(config).eval()
    model.load_state_dict(base.state_dict(), strict=False)
    if audible:
        make_audible(model, seed)
    return model


def make_audible(model: EditYourselfTransformer, seed: int = 0) -> None:
    """As after some training: the audio attentions say something."""
    draw = torch.Generator().manual_seed(seed + 1)
    with torch.no_grad():
        for block in model.transformer_blocks:
            weight = block.audio_attn.to_out.weight
            weight.copy_(torch.randn(weight.shape, generator=draw))


def tiny_autoencoder(
    seed: int = 0, *, patch_size: int = 4, timestep_conditioning: bool = False
) -> AutoencoderKLLTXVideo:
    """32 x 32 x 8 as the real one (8 x 8 x 8 with a patch size of 1), 8 channels, causal encoder only."""
    torch.manual_seed(seed)
    return AutoencoderKLLTXVideo(
        latent_channels=CHANNELS,
        block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8, 8),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1, 1),
        spatio_temporal_scaling=(True, True, True, False),
        decoder_spatio_temporal_scaling=(True, True, True, False),
        decoder_inject_noise=(False, False, False, False, False),
        upsample_residual=(False, False, False, False),
        upsample_factor=(1, 1, 1, 1),
        timestep_conditioning=timestep_conditioning,
        patch_size=patch_size,
        patch_size_t=1,
        encoder_causal=True,
        decoder_causal=False,
        spatial_compression_ratio=8 * patch_size,
        temporal_compression_ratio=8,
    ).eval()


def tiny_upsampler(seed: int = 0) -> LTXLatentUpsamplerModel:
    """Twice the height and width. 32 channels inside: its group norms are of 32 groups."""
    torch.manual_seed(seed)
    return LTXLatentUpsamplerModel(
        in_channels=CHANNELS, mid_channels=32, num_blocks_per_stage=1, dims=3, spatial_upsample=True
    ).eval()


def tiny_windows(frames: int, seed: int = 0, config: ModelConfig = TINY, batch: int = 1) -> Tensor:
    """Another speech for each seed: audio windows [B, N, K, L, A]."""
    audio = config.audio
    draw = torch.Generator().manual_seed(100 + seed)
    return torch.randn(batch, frames, audio.window, audio.layers, audio.channels, generator=draw)


@dataclass(frozen=True, slots=True, kw_only=True)
class TinyInputs:
    """What the transformer reads, for a grid of latents; every token at a noise level of its own."""

    latents: int = 3
    rows: int = 2
    columns: int = 4
    batch: int = 1
    seed: int = 0
    rate: Fraction = Fraction(25)
    config: ModelConfig = field(default=TINY)

    @property
    def tokens(self) -> int:
        return self.latents * self.rows * self.columns

    @property
    def latent_BS(self) -> Tensor:
        each = self.rows * self.columns
        return torch.arange(self.latents).repeat_interleave(each).expand(self.batch, -1).clone()

    @property
    def base(self) -> dict[str, Tensor | None]:
        """What diffusers' transformer takes too."""
        draw = torch.Generator().manual_seed(self.seed)
        sizes = self.config.transformer
        seconds = (torch.arange(self.latents) * 8 - 7).clamp(min=0) / float(self.rate)
        y, x = torch.arange(self.rows) * 32.0, torch.arange(self.columns) * 32.0
        coords = torch.stack([axis.flatten() for axis in torch.meshgrid(seconds, y, x, indexing="ij")])
        return {
            "hidden_states": torch.randn(self.batch, self.tokens, sizes.in_channels, generator=draw),
            "encoder_hidden_states": torch.randn(self.batch, 6, sizes.caption_channels, generator=draw),
            "timestep": torch.rand(self.batch, self.tokens, generator=draw) * 1000,
            "encoder_attention_mask": None,
            "video_coords": coords.expand(self.batch, -1, -1).clone(),
        }

    def audio(self, model: EditYourselfTransformer, seed: int = 0) -> dict[str, Tensor]:
        """A speech, heard by every token."""
        return {"audio_tokens": model.hear(self.windows(seed)), "audio_latent": self.latent_BS}

    def windows(self, seed: int = 0) -> Tensor:
        return tiny_windows(8 * self.latents - 7, seed, self.config, self.batch)
