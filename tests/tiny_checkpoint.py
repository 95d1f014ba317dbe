"""A checkpoint's folder made of the tiny models, laid out as the real one."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from tiny_diffusion import tiny_autoencoder, tiny_base, tiny_transformer, tiny_upsampler

from engine.model.assembly import new_card, save_audio
from engine.model.config import TINY
from engine.model.prompt import Prompt, save_prompt


def make(
    folder: Path, *, audio: bool = False, single: bool = False, upsampler: bool = False, seed: int = 0
) -> Path:
    """The base, its autoencoder and a prompt; with `audio` that says something, in `single` one file."""
    folder.mkdir(parents=True, exist_ok=True)
    base = tiny_base(seed)
    if single:
        save_file(base.state_dict(), folder / "base.safetensors", metadata={"config": _told()})
    else:
        base.save_pretrained(folder / "transformer")
    tiny_autoencoder().save_pretrained(folder / "vae")
    if upsampler:
        tiny_upsampler().save_pretrained(folder / "latent_upsampler")
    save_prompt(a_prompt(), "a person talks", folder / "prompt.safetensors")
    if audio:
        card = new_card(TINY, base="tiny", steps=10, licence="Apache-2.0")
        save_audio(tiny_transformer(audible=True), folder, card)
    return folder


def a_prompt() -> Prompt:
    draw = torch.Generator().manual_seed(5)
    values = torch.randn(1, 6, TINY.transformer.caption_channels, generator=draw)
    return Prompt(embeddings_BXE=values, mask_BX=torch.tensor([[True] * 4 + [False] * 2]))


def _told() -> str:
    return json.dumps({"transformer": TINY.transformer.diffusers()})
