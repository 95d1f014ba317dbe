"""What trains: the base from nothing, the audio layers (stage 1), or those and a LoRA (stage 2, paper 4.1).

The LoRA is `engine.model.lora`'s and not peft's: what trains is the very module that renders, which does
without peft (diffusers imports it with itself, and takes 2 s more). Names, scale and first values are peft's:
tests load the one's files with the other.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.model.assembly import save_audio
from engine.model.checkpoint import LORA, AudioCard
from engine.model.lora import LoraLinear, add_lora
from engine.model.transformer import EditYourselfTransformer
from engine.model.weights import fresh_sha256_of

RANK = 128  # of the paper's LoRA

Stage = Literal["base", "audio", "lora"]
"""`base`: all but the audio layers. `audio`: they alone, stage 1. `lora`: they and additions, stage 2."""

_AUDIO = "audio_"  # in the names of what is ours and not the base's
_PREFIX = "transformer."  # as diffusers writes LoRAs
_ADDED = (".lora_A.weight", ".lora_B.weight")


def begin(
    model: EditYourselfTransformer, stage: Stage, *, rank: int = RANK, generator: torch.Generator
) -> dict[str, nn.Parameter]:
    """Make the stage's parameters trainable, in float32, and all others not. By name.

    A model that has a LoRA already goes on with it.
    """
    if stage == "lora" and not dict(lora_layers(model)):
        add_new_lora(model, rank, generator)
    model.requires_grad_(False)
    trained = {name: at for name, at in model.named_parameters() if _trains(name, stage)}
    for parameter in trained.values():
        parameter.data = parameter.data.float()
        parameter.requires_grad_(True)
    return trained


def _trains(name: str, stage: Stage) -> bool:
    if stage == "base":
        return _AUDIO not in name and not name.endswith(_ADDED)
    return _AUDIO in name or (stage == "lora" and name.endswith(_ADDED))


def add_new_lora(model: EditYourselfTransformer, rank: int, generator: torch.Generator) -> None:
    """One for each linear layer of the base, heads and embeddings too; it adds nothing yet.

    ours: alpha is the rank, that is a scale of 1. A begins as linear layers do, B at zero, as in peft.
    """
    tensors: dict[str, Tensor] = {}
    for name, layer in model.named_modules():
        if isinstance(layer, nn.Linear) and _AUDIO not in name:
            down_RI = torch.empty(rank, layer.in_features)
            nn.init.kaiming_uniform_(down_RI, a=math.sqrt(5), generator=generator)
            tensors[name + _ADDED[0]] = down_RI
            tensors[name + _ADDED[1]] = torch.zeros(layer.out_features, rank)
    add_lora(model, tensors, float(rank))


def lora_layers(model: nn.Module) -> Iterator[tuple[str, LoraLinear]]:
    """By name, in the model's order."""
    return ((name, layer) for name, layer in model.named_modules() if isinstance(layer, LoraLinear))


@torch.no_grad()
def merge_lora(model: nn.Module) -> None:
    """Put the additions into the base's weights; the layers are plain again."""
    for name, layer in list(lora_layers(model)):
        base = layer.base_layer
        added = layer.scale * (layer.lora_B.weight.float() @ layer.lora_A.weight.float())
        base.weight.copy_(base.weight.float() + added)
        parent, _, own = name.rpartition(".")
        setattr(model.get_submodule(parent), own, base)


def save_trained(model: EditYourselfTransformer, folder: Path, card: AudioCard) -> None:
    """Beside the base in a checkpoint's folder: lora.safetensors if any, audio.safetensors, audio.json.

    The card comes last and names the other two by their sha256, so that no half of them passes for the whole.
    """
    if dict(lora_layers(model)):
        save_lora(model, folder / LORA)
        card = msgspec.structs.replace(card, sha256=card.sha256 | {LORA: fresh_sha256_of(folder / LORA)})
    save_audio(model, folder, card)


def save_lora(model: nn.Module, path: Path) -> None:
    """A file for us, diffusers and peft. A scale is put into B: then nobody can read it with another."""
    tensors: dict[str, Tensor] = {}
    for name, layer in lora_layers(model):
        down_RI, up_OR = layer.lora_A.weight.detach(), layer.scale * layer.lora_B.weight.detach()
        for end, weight in zip(_ADDED, (down_RI, up_OR), strict=True):
            tensors[_PREFIX + name + end] = weight.cpu().contiguous()
    beside = path.with_name(f".{path.name}")
    save_file(tensors, beside, metadata={"format": "pt"})
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    beside.replace(path)
