"""A model's sizes and how many parameters it has, counted without making any of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from engine.model.config import EDITYOURSELF_13B, TINY, ModelConfig
from engine.model.ltx2.config import LTX_2_0, LTX_2_3, LTX_2_5, Ltx2Config
from engine.model.opening import open_any
from engine.model.parameters import Sizes

_KNOWN: Mapping[str, Sizes] = {
    "edityourself-13b": EDITYOURSELF_13B,
    "edityourself-13b-distilled": EDITYOURSELF_13B,
    "tiny": TINY,
    "ltx2.0": LTX_2_0,
    "ltx2.3-dev": LTX_2_3,
    "ltx2.3-distilled": LTX_2_3,
    "ltx2.5": LTX_2_5,
}
_OF_SOUND = ("audio", "av_cross_attn", "a2v")  # in the names of LTX-2's weights


class AudioSizes(msgspec.Struct, frozen=True, kw_only=True):
    """What a model hears: `window` features at a time, all of a block's where that is 0."""

    representation: str
    layers: int
    channels: int
    rate: float
    window: int
    width: int


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """`base`: as LTX-Video has them; `audio`: what the paper adds; of LTX-2 what sound has to do with."""

    base: int
    audio: int
    total: int


class Description(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    layers: int
    heads: int
    head_dim: int
    width: int
    in_channels: int
    caption_channels: int
    audio: AudioSizes
    parameters: Parameters


def describe(name: str) -> Description:
    """Of a model by name, here or not, or of a checkpoint's folder. Raises MissingModel, BadCheckpoint."""
    called = name if name in _KNOWN else Path(name).name
    config = _KNOWN.get(name) or open_any(name).config
    return _of_ltx2(called, config) if isinstance(config, Ltx2Config) else _of_edityourself(called, config)


def _of_edityourself(name: str, config: ModelConfig) -> Description:
    sizes, audio = config.transformer, config.audio
    return Description(
        name=name,
        layers=sizes.layers,
        heads=sizes.heads,
        head_dim=sizes.head_dim,
        width=sizes.width,
        in_channels=sizes.in_channels,
        caption_channels=sizes.caption_channels,
        audio=AudioSizes(
            representation=audio.representation,
            layers=audio.layers,
            channels=audio.channels,
            rate=float(audio.rate),
            window=audio.window,
            width=audio.width,
        ),
        parameters=_count(config),
    )


def _of_ltx2(name: str, config: Ltx2Config) -> Description:
    return Description(
        name=name,
        layers=config.num_layers,
        heads=config.num_attention_heads,
        head_dim=config.attention_head_dim,
        width=config.width,
        in_channels=config.in_channels,
        caption_channels=config.caption_channels,
        audio=AudioSizes(
            representation="latents",
            layers=1,
            channels=config.audio_in_channels,
            rate=25.0,
            window=0,
            width=config.audio_width,
        ),
        parameters=_count_ltx2(config),
    )


def as_text(described: Description) -> str:
    audio, count = described.audio, described.parameters
    heard = f"windows of {audio.window}" if audio.window else "all of a block"
    return (
        f"{described.name}: {described.layers} blocks, {described.heads} heads of {described.head_dim}"
        f" (width {described.width}), {described.in_channels} latent channels\n"
        f"hears {audio.representation}: {audio.layers} x {audio.channels} at {audio.rate:g} Hz, {heard},"
        f" attention width {audio.width}\n"
        f"{count.base:,} parameters of the base, {count.audio:,} for audio"
    )


def _count(config: ModelConfig) -> Parameters:
    import torch  # noqa: PLC0415  an extra

    from engine.model.transformer import EditYourselfTransformer  # noqa: PLC0415  it needs torch

    with torch.device("meta"):
        model = EditYourselfTransformer.of(config)
    total = sum(weight.numel() for weight in model.parameters())
    audio = sum(weight.numel() for module in model.audio_modules() for weight in module.parameters())
    return Parameters(base=total - audio, audio=audio, total=total)


def _count_ltx2(config: Ltx2Config) -> Parameters:
    import torch  # noqa: PLC0415  an extra
    from diffusers.models.transformers.transformer_ltx2 import (  # noqa: PLC0415  it needs torch
        LTX2VideoTransformer3DModel,
    )

    with torch.device("meta"):
        model = LTX2VideoTransformer3DModel(**config.diffusers())
    sizes = {name: weight.numel() for name, weight in model.named_parameters()}
    audio = sum(size for name, size in sizes.items() if any(word in name for word in _OF_SOUND))
    return Parameters(base=sum(sizes.values()) - audio, audio=audio, total=sum(sizes.values()))
