"""A checkpoint's folder made of the tiny models, laid out as the real one."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from tiny_diffusion import tiny_autoencoder, tiny_base, tiny_transformer, tiny_upsampler

from engine.model.assembly import new_card, save_audio
from engine.model.config import TINY, ModelConfig, TransformerConfig
from engine.model.prompt import Prompt, save_prompt
from engine.model.small_autoencoder import PATCH, Patches, SmallAutoencoder, SmallConfig, save_small


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


SMALL = SmallConfig(channels=16)
DEMO = ModelConfig(
    transformer=TransformerConfig(in_channels=16, heads=2, head_dim=16, layers=2, caption_channels=16),
    audio=TINY.audio,
)


def make_demo(folder: Path, *, audio: bool = True, seed: int = 0) -> Path:
    """As the small model is laid out: a small autoencoder, an empty caption, blocks of 5 latents."""
    folder.mkdir(parents=True, exist_ok=True)
    tiny_base(seed, DEMO).save_pretrained(folder / "transformer")
    save_small(small_autoencoder(seed), folder / "vae")
    save_prompt(a_prompt(), "", folder / "prompt.safetensors")
    if audio:
        card = new_card(DEMO, base="tiny", steps=10, licence="Apache-2.0", references=True, latents=5)
        save_audio(tiny_transformer(seed, audible=True, config=DEMO), folder, card)
    return folder


def small_autoencoder(seed: int = 0) -> SmallAutoencoder:
    """On random components: what it decodes is a smear of what it was given."""
    torch.manual_seed(seed)
    basis_PZ, _ = torch.linalg.qr(torch.randn(PATCH, SMALL.channels))
    patches = Patches(
        mean_P=torch.zeros(PATCH),
        basis_PZ=basis_PZ.contiguous(),  # as it is once it was saved
        deviation_Z=torch.linspace(8, 2, SMALL.channels),
    )
    return SmallAutoencoder(SMALL, patches).eval()


def a_prompt() -> Prompt:
    draw = torch.Generator().manual_seed(5)
    values = torch.randn(1, 6, TINY.transformer.caption_channels, generator=draw)
    return Prompt(embeddings_BXE=values, mask_BX=torch.tensor([[True] * 4 + [False] * 2]))


def _told() -> str:
    return json.dumps({"transformer": TINY.transformer.diffusers()})
