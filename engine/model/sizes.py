"""Of which sizes a model of LTX-Video's kind is, as its files tell. No torch here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from engine.errors import BadCheckpoint
from engine.model.config import (
    MOST_BLOCKS,
    WHISPER_SMALL,
    WIDEST,
    AudioConfig,
    ModelConfig,
    TooFewAudioTokens,
    TransformerConfig,
)
from engine.model.weights import Header
from engine.model.weights_folder import read_json

_HEADS = 32  # of every LTX-Video so far; only files that tell nothing themselves are taken for one


class Card(Protocol):
    """See `engine.model.checkpoint.AudioCard`."""

    @property
    def config(self) -> Mapping[str, Any]: ...


def config_of(folder: Path, headers: list[Header], card: Card | None) -> ModelConfig:
    """From audio.json, transformer/config.json, what a single file says of itself, or its shapes.

    Raises BadCheckpoint.
    """
    settings_path = folder / "transformer" / "config.json"
    try:
        if card is not None:
            return model_config(card.config)
        if settings_path.is_file():
            return model_config(read_json(settings_path))
        told = json.loads(headers[0].metadata.get("config", "{}")).get("transformer")
        return model_config(told or _from_shapes(headers[0]))
    except (
        ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError, TooFewAudioTokens
    ) as error:  # fmt: skip
        raise BadCheckpoint(f"{folder} does not tell the model's sizes: {error!r} is amiss") from error


def model_config(settings: Mapping[str, Any]) -> ModelConfig:
    """Of what `ModelConfig.diffusers()` gives. Without audio in it: as for the paper's features.

    Raises KeyError, TypeError, ValueError.
    """
    transformer = TransformerConfig(
        in_channels=_size(settings, "in_channels"),
        heads=_size(settings, "num_attention_heads"),
        head_dim=_size(settings, "attention_head_dim"),
        layers=_size(settings, "num_layers", MOST_BLOCKS),
        caption_channels=_size(settings, "caption_channels"),
    )
    if transformer.width > WIDEST:
        raise ValueError(f"{transformer.heads} heads of {transformer.head_dim}")
    if "audio_representation" not in settings:
        return ModelConfig(transformer=transformer, audio=WHISPER_SMALL)
    audio = AudioConfig(
        representation=settings["audio_representation"],
        layers=_size(settings, "audio_layers", MOST_BLOCKS),
        channels=_size(settings, "audio_channels"),
        rate=Fraction(*settings["audio_rate"]),
        window=_size(settings, "audio_window"),
        width=_size(settings, "audio_width"),
    )
    return ModelConfig(transformer=transformer, audio=audio)


def _size(settings: Mapping[str, Any], name: str, most: int = WIDEST) -> int:
    size = int(settings[name])
    if not 0 < size <= most:
        raise ValueError(f"{name} of {size}")
    return size


def _from_shapes(header: Header) -> dict[str, int]:
    shapes = {name.removeprefix("model.diffusion_model."): at.shape for name, at in header.tensors.items()}
    width, channels = shapes.get("patchify_proj.weight") or shapes["proj_in.weight"]
    blocks = {name.split(".")[1] for name in shapes if name.startswith("transformer_blocks.")}
    return {
        "in_channels": channels,
        "num_attention_heads": _HEADS,
        "attention_head_dim": width // _HEADS,
        "num_layers": len(blocks),
        "caption_channels": shapes["caption_projection.linear_1.weight"][1],
    }
