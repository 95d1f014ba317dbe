"""A model's sizes and how many parameters it has, counted without making any of them."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.model.checkpoint import open_checkpoint
from engine.model.config import EDITYOURSELF_13B, TINY, ModelConfig

_KNOWN = {"edityourself-13b": EDITYOURSELF_13B, "edityourself-13b-distilled": EDITYOURSELF_13B, "tiny": TINY}


class AudioSizes(msgspec.Struct, frozen=True, kw_only=True):
    representation: str
    layers: int
    channels: int
    rate: float
    window: int
    width: int


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """`base`: as LTX-Video has them; `audio`: what the paper adds."""

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
    config = _KNOWN.get(name) or open_checkpoint(name).config
    sizes, audio = config.transformer, config.audio
    return Description(
        name=name if name in _KNOWN else Path(name).name,
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


def as_text(described: Description) -> str:
    audio, count = described.audio, described.parameters
    return (
        f"{described.name}: {described.layers} blocks, {described.heads} heads of {described.head_dim}"
        f" (width {described.width}), {described.in_channels} latent channels\n"
        f"hears {audio.representation}: {audio.layers} x {audio.channels} at {audio.rate:g} Hz, windows of"
        f" {audio.window}, attention width {audio.width}\n"
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
