"""The models that `gpu_bench` measures: of the real sizes, and of random weights.

N video frames, K window length, L feature layers, A feature channels; F latent frames, T audio tokens, D
their width; B batch (1), X text tokens, C or E channels of a prompt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol, TypeVar, cast

import torch
from diffusers.models.autoencoders.autoencoder_kl_ltx import AutoencoderKLLTXVideo
from diffusers.models.autoencoders.autoencoder_kl_ltx2 import AutoencoderKLLTX2Video
from diffusers.models.modeling_utils import ModelMixin
from torch import nn

from engine.diffusion.cache import TeaCache
from engine.diffusion.denoise import Velocity
from engine.diffusion.ltx2_velocity import Ltx2Velocity
from engine.diffusion.schedule import (
    DISTILLED,
    LTX2_DISTILLED,
    LTX2_DISTILLED_SECOND_PASS,
    Sigmas,
    linear_quadratic,
)
from engine.diffusion.velocity import TransformerVelocity
from engine.model.acceleration import Acceleration, accelerate
from engine.model.autoencoder import LtxAutoencoder
from engine.model.config import EDITYOURSELF_13B, ModelConfig
from engine.model.ltx2.config import LTX_2_3, Ltx2Config
from engine.model.ltx2.hearing import TOKEN_RATE
from engine.model.ltx2.prompt import Ltx2Prompt
from engine.model.ltx2.transformer import Ltx2Transformer
from engine.model.prompt import Prompt
from engine.model.transformer import EditYourselfTransformer

_WORDS = 128  # of a prompt
_BLANK = 0.02  # deviation of random weights
_DRAWN = 1 << 20  # random numbers that weights are made of, over and over

# LTX-Video 0.9.7's autoencoder, from its config.json.
LTX_VIDEO_VAE = {
    "latent_channels": 128,
    "block_out_channels": (128, 256, 512, 1024, 2048),
    "down_block_types": ("LTXVideo095DownBlock3D",) * 4,
    "layers_per_block": (4, 6, 6, 2, 2),
    "spatio_temporal_scaling": (True,) * 4,
    "downsample_type": ("spatial", "temporal", "spatiotemporal", "spatiotemporal"),
    "decoder_block_out_channels": (256, 512, 1024),
    "decoder_layers_per_block": (5, 5, 5, 5),
    "decoder_spatio_temporal_scaling": (True,) * 3,
    "decoder_inject_noise": (False,) * 4,
    "upsample_residual": (True,) * 3,
    "upsample_factor": (2, 2, 2),
    "timestep_conditioning": True,
    "patch_size": 4,
    "patch_size_t": 1,
    "encoder_causal": True,
    "decoder_causal": False,
    "spatial_compression_ratio": 32,
    "temporal_compression_ratio": 8,
}

# LTX-2.3's, as diffusers' scripts/convert_ltx2_to_diffusers.py has it.
LTX_2_3_VAE = {
    "latent_channels": 128,
    "block_out_channels": (256, 512, 1024, 1024),
    "down_block_types": ("LTX2VideoDownBlock3D",) * 4,
    "layers_per_block": (4, 6, 4, 2, 2),
    "spatio_temporal_scaling": (True,) * 4,
    "downsample_type": ("spatial", "temporal", "spatiotemporal", "spatiotemporal"),
    "decoder_block_out_channels": (256, 512, 512, 1024),
    "decoder_layers_per_block": (4, 6, 4, 2, 2),
    "decoder_spatio_temporal_scaling": (True,) * 4,
    "decoder_inject_noise": (False,) * 5,
    "upsample_type": ("spatiotemporal", "spatiotemporal", "temporal", "spatial"),
    "upsample_residual": (False,) * 4,
    "upsample_factor": (2, 2, 1, 2),
    "encoder_causal": True,
    "decoder_causal": False,
    "encoder_spatial_padding_mode": "zeros",
    "decoder_spatial_padding_mode": "zeros",
    "spatial_compression_ratio": 32,
    "temporal_compression_ratio": 8,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """10 s at 24 frames a second: 241 frames, 31 latents of 34 x 60 tokens (1088 x 1920 padded)."""

    latents: int = 31
    full: tuple[int, int] = (34, 60)
    # ours: a head fills some 640 x 640 of a 1080p frame.
    crop: tuple[int, int] = (20, 20)
    rate: Fraction = Fraction(24)

    @property
    def frames(self) -> int:
        return 8 * self.latents - 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """`small`: the noise levels of a pass at half the size before. `goal`: seconds, all in all.

    `skipping`: every other evaluation of the still steps is skipped, whatever the picture does.
    """

    name: str
    how: Acceleration
    sigmas: Sigmas
    goal: float
    small: Sigmas = ()
    skipping: bool = False
    cropped: bool = False


Velocities = Callable[[Clip, TeaCache], Velocity]


class Measured(Protocol):
    """A renderer's model."""

    @property
    def told(self) -> str:
        """What is measured, in a line."""
        ...

    @property
    def settings(self) -> tuple[Setting, ...]: ...

    @property
    def channels(self) -> int: ...

    def velocities(self, how: Acceleration, device: torch.device) -> Velocities:
        """Of a transformer that is made now, and is given back with what this returns."""
        ...

    def autoencoder(self, device: torch.device) -> LtxAutoencoder: ...


BF16 = Acceleration(precision="bfloat16")
FP8 = Acceleration(precision="bfloat16", fp8=True)
COMPILED = Acceleration(precision="bfloat16", fp8=True, compile=True)
OFFLOADED = Acceleration(precision="bfloat16", offload=True)
_SLOW = linear_quadratic()


@dataclass(frozen=True, slots=True, kw_only=True)
class EditYourself:
    """The paper's: LTX-Video 13B, with audio."""

    config: ModelConfig = EDITYOURSELF_13B
    vae: Callable[[], AutoencoderKLLTXVideo] = lambda: AutoencoderKLLTXVideo(**LTX_VIDEO_VAE)

    told = "edityourself: the paper's 13B, which took 225 s on one H100"
    settings = (
        Setting(name="bf16, 40 steps", how=BF16, sigmas=_SLOW, goal=60),
        Setting(name="+ FP8", how=FP8, sigmas=_SLOW, goal=60),
        Setting(name="+ cache", how=FP8, sigmas=_SLOW, goal=60, skipping=True),
        Setting(name="+ compile", how=COMPILED, sigmas=_SLOW, goal=60, skipping=True),
        Setting(name="+ distilled schedule", how=COMPILED, sigmas=DISTILLED, goal=60),
        Setting(name="+ head crop", how=COMPILED, sigmas=DISTILLED, goal=22.5, cropped=True),
    )

    @property
    def channels(self) -> int:
        return self.config.transformer.in_channels

    def transformer(self) -> EditYourselfTransformer:
        return cast(EditYourselfTransformer, EditYourselfTransformer.of(self.config))

    def velocities(self, how: Acceleration, device: torch.device) -> Velocities:
        model = _accelerated(self.transformer, how, device)
        return lambda clip, cache: _spoken(model, clip, device, cache)

    def autoencoder(self, device: torch.device) -> LtxAutoencoder:
        return _autoencoder(self.vae, device)


def _in_two(name: str, how: Acceleration, *, cropped: bool = False) -> Setting:
    """The distilled LTX-2's two passes."""
    return Setting(
        name=name,
        how=how,
        sigmas=LTX2_DISTILLED_SECOND_PASS,
        small=LTX2_DISTILLED,
        goal=30,
        cropped=cropped,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ltx2:
    """LTX-2.3 distilled: 8 steps, or 8 at half the size and 3 at full size."""

    config: Ltx2Config = LTX_2_3
    vae: Callable[[], AutoencoderKLLTX2Video] = lambda: AutoencoderKLLTX2Video(**LTX_2_3_VAE)

    told = "ltx2: LTX-2.3 distilled, 19B for pictures and sound"
    settings = (
        Setting(name="bf16, 8 steps", how=BF16, sigmas=LTX2_DISTILLED, goal=30),
        _in_two("two passes, 8 + 3 steps", BF16),
        _in_two("+ FP8", FP8),
        _in_two("+ compile", COMPILED),
        _in_two("+ head crop", COMPILED, cropped=True),
        _in_two("two passes, bf16, blocks in main memory", OFFLOADED),
    )

    @property
    def channels(self) -> int:
        return self.config.in_channels

    def transformer(self) -> Ltx2Transformer:
        beside = {
            "out_channels": self.config.in_channels,
            "audio_out_channels": self.config.audio_in_channels,
            "rope_type": "split",
        }
        model = cast(Ltx2Transformer, Ltx2Transformer.from_config(self.config.diffusers() | beside))
        return model.with_gates()

    def velocities(self, how: Acceleration, device: torch.device) -> Velocities:
        model = _accelerated(self.transformer, how, device)
        return lambda clip, _: _joint(model, self.config, clip, device)

    def autoencoder(self, device: torch.device) -> LtxAutoencoder:
        return _autoencoder(self.vae, device)


def _spoken(
    model: EditYourselfTransformer, clip: Clip, device: torch.device, cache: TeaCache
) -> TransformerVelocity:
    audio = model.audio_config
    windows_BNKLA = torch.randn(1, clip.frames, audio.window, audio.layers, audio.channels)
    text_BXC = torch.randn(1, _WORDS, model.config["caption_channels"], device=device, dtype=model.dtype)
    with torch.inference_mode():
        audio_FTD = model.hear(windows_BNKLA)[0]
    text = Prompt(embeddings_BXE=text_BXC, mask_BX=torch.ones(1, _WORDS, dtype=torch.bool, device=device))
    return TransformerVelocity(model=model, text=text, audio_FTD=audio_FTD, cache=cache)


def _joint(model: Ltx2Transformer, config: Ltx2Config, clip: Clip, device: torch.device) -> Ltx2Velocity:
    tokens = round(clip.frames / clip.rate * TOKEN_RATE)
    captions = config.width, config.audio_width
    if config.use_prompt_embeddings:
        captions = config.caption_channels, config.caption_channels
    video_BXE, audio_BXE = (torch.randn(1, _WORDS, each) for each in captions)
    text = Ltx2Prompt(
        video_BXE=video_BXE, audio_BXE=audio_BXE, mask_BX=torch.ones(1, _WORDS, dtype=torch.bool)
    )
    return Ltx2Velocity(
        model=model,
        text=text.to(device, model.dtype),
        audio_NC=torch.randn(tokens, config.audio_in_channels),
        rate=clip.rate,
        cross_timestep=config.version != "2.0",
    )


M = TypeVar("M", bound=ModelMixin)


def _accelerated(make: Callable[[], M], how: Acceleration, device: torch.device) -> M:
    """As the product has it once it is loaded. What is made FP8 lies on the device before, where it fits:
    moving it from main memory takes as long as all that is measured.
    """
    with torch.device("meta"):
        model = make()
        model.bfloat16().eval()
    _fill(model, torch.device("cpu") if how.offload or not _holds(device, model) else device)
    accelerate(model, how, device)
    return model


def _holds(device: torch.device, model: nn.Module) -> bool:
    if device.type != "cuda":
        return True
    free, _ = torch.cuda.mem_get_info(device)
    return free > sum(weight.nbytes for weight in model.parameters())


def _autoencoder(
    make: Callable[[], AutoencoderKLLTXVideo | AutoencoderKLLTX2Video], device: torch.device
) -> LtxAutoencoder:
    with torch.device("meta"):
        vae = make().bfloat16()
    _fill(vae, device)
    vae.latents_mean.zero_()
    vae.latents_std.fill_(1)
    return LtxAutoencoder(cast(Any, vae))  # diffusers types its two doors to one class apart


@torch.no_grad()
def _fill(module: nn.Module, device: torch.device) -> None:
    """Of the same random numbers again and again: drawing 19 billion takes minutes where a CPU does it."""
    module.to_empty(device=device)
    drawn = torch.randn(_DRAWN, device=device) * _BLANK
    for weight in module.parameters():
        for piece in weight.view(-1).split(_DRAWN):
            piece.copy_(drawn[: len(piece)])
