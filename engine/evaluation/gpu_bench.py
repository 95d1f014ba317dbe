"""`make bench-gpu`: 10 seconds of 1080p through the 13B model with audio, a line for each setting.

Weights are random, made in place on the card: speed does not depend on what they say, and nothing is
downloaded. One evaluation a block and step (no guidance), all tokens made anew and listening, one pass.
Each line adds its setting to those of the line before.

F latent frames, H W latent grid, C latent channels, K window length, L feature layers, A feature channels.
"""

from __future__ import annotations

import argparse
import gc
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl_ltx import AutoencoderKLLTXVideo
from torch import nn

from engine.diffusion.cache import TeaCache
from engine.diffusion.denoise import Sampling, denoise
from engine.diffusion.schedule import DISTILLED, Sigmas, linear_quadratic
from engine.diffusion.tokens import Scene
from engine.diffusion.velocity import TransformerVelocity
from engine.errors import NotOnThisMachine
from engine.model.acceleration import Acceleration, accelerate
from engine.model.autoencoder import LtxAutoencoder
from engine.model.config import EDITYOURSELF_13B, ModelConfig
from engine.model.prompt import Prompt
from engine.model.transformer import EditYourselfTransformer

PAPER_SECONDS = 225  # one H100, everything on
GOALS = {"full frame": 60.0, "crop": 22.5}  # seconds, denoising and autoencoder
_GIB = 2**30
_BLANK = 0.02  # deviation of random weights

# LTX-Video 0.9.7's autoencoder, from its config.json.
_AUTOENCODER = {
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
    """`skipping`: every other evaluation of the still steps is skipped, whatever the picture does."""

    name: str
    how: Acceleration
    sigmas: Sigmas
    skipping: bool = False
    cropped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Seconds, and GiB at the peak; `lack` says why a setting was not run."""

    setting: Setting
    denoising: float = 0.0
    autoencoder: float = 0.0
    peak: float = 0.0
    skipped: float = 0.0
    lack: str = ""


BF16 = Acceleration(precision="bfloat16")
FP8 = Acceleration(precision="bfloat16", fp8=True)
COMPILED = Acceleration(precision="bfloat16", fp8=True, compile=True)
SLOW = linear_quadratic()
SETTINGS = (
    Setting(name="bf16, 40 steps", how=BF16, sigmas=SLOW),
    Setting(name="+ FP8", how=FP8, sigmas=SLOW),
    Setting(name="+ cache", how=FP8, sigmas=SLOW, skipping=True),
    Setting(name="+ compile", how=COMPILED, sigmas=SLOW, skipping=True),
    Setting(name="+ distilled schedule", how=COMPILED, sigmas=DISTILLED),
    Setting(name="+ head crop", how=COMPILED, sigmas=DISTILLED, cropped=True),
)


def measure(
    settings: tuple[Setting, ...],
    device: torch.device,
    *,
    clip: Clip | None = None,
    config: ModelConfig = EDITYOURSELF_13B,
    autoencoder: Callable[[], AutoencoderKLLTXVideo] = lambda: AutoencoderKLLTXVideo(**_AUTOENCODER),
) -> Iterator[Line]:
    """A line for each setting, as it is done; the model is made anew where its form changes."""
    clip = clip or Clip()
    both = {cropped: _coding(autoencoder, clip, cropped, device) for cropped in {s.cropped for s in settings}}
    model, form = None, None
    for setting in settings:
        try:
            if model is None or setting.how != form:
                model = None  # its memory is given back before the next one is made
                model, form = _model(config, setting.how, device), setting.how
            yield _denoising(model, setting, clip, device, both[setting.cropped])
        except NotOnThisMachine as error:
            yield Line(setting=setting, lack=str(error))


def _denoising(
    model: EditYourselfTransformer,
    setting: Setting,
    clip: Clip,
    device: torch.device,
    coding: tuple[float, float],
) -> Line:
    scene = _scene(model, clip, clip.crop if setting.cropped else clip.full, device)
    # A polynomial that calls every change 1, against a threshold of 1.5: run, skip, run, skip.
    cache = TeaCache(1.5 if setting.skipping else 0.0, coefficients=(1.0,))
    velocity = _velocity(model, clip, device, cache)
    warm = Sampling(sigmas=(1.0, 0.5, 0.0), seed=0)
    denoise(scene, velocity, warm)
    cache.forget()
    cache.calls = cache.skips = 0
    seconds, peak = _timed(lambda: denoise(scene, velocity, Sampling(sigmas=setting.sigmas, seed=0)), device)
    return Line(
        setting=setting,
        denoising=seconds,
        autoencoder=coding[0],
        peak=max(peak, coding[1]),
        skipped=cache.skips / max(1, cache.calls),
    )


def _scene(model: EditYourselfTransformer, clip: Clip, grid: tuple[int, int], device: torch.device) -> Scene:
    shape_FHW = (clip.latents, *grid)
    return Scene(
        clean_CFHW=torch.randn(model.config["in_channels"], *shape_FHW, device=device),
        mask_FHW=torch.ones(shape_FHW, dtype=torch.bool, device=device),
        strength_F=torch.ones(clip.latents, device=device),
        rate=clip.rate,
    )


def _velocity(
    model: EditYourselfTransformer, clip: Clip, device: torch.device, cache: TeaCache
) -> TransformerVelocity:
    audio, words = model.audio_config, 128
    windows_BNKLA = torch.randn(1, clip.frames, audio.window, audio.layers, audio.channels)
    text_BXC = torch.randn(1, words, model.config["caption_channels"], device=device, dtype=model.dtype)
    with torch.inference_mode():
        audio_FTD = model.hear(windows_BNKLA)[0]
    text = Prompt(embeddings_BXE=text_BXC, mask_BX=torch.ones(1, words, dtype=torch.bool, device=device))
    return TransformerVelocity(model=model, text=text, audio_FTD=audio_FTD, cache=cache)


def _coding(
    make: Callable[[], AutoencoderKLLTXVideo], clip: Clip, cropped: bool, device: torch.device
) -> tuple[float, float]:
    """Encoding and decoding once: seconds, and GiB at the peak."""
    with torch.device("meta"):
        vae = make().bfloat16()
    _fill(vae, device)
    vae.latents_mean.zero_()
    vae.latents_std.fill_(1)
    coder = LtxAutoencoder(cast(Any, vae))  # diffusers types its two doors to one class apart
    rows, columns = clip.crop if cropped else clip.full
    frame = np.random.default_rng(0).random((rows * coder.spatial, columns * coder.spatial, 3), np.float32)

    def both() -> None:
        for _ in coder.decode(coder.encode(frame for _ in range(clip.frames)), seed=0):
            pass

    return _timed(both, device)


def _model(config: ModelConfig, how: Acceleration, device: torch.device) -> EditYourselfTransformer:
    gc.collect()
    with torch.device("meta"):
        model: EditYourselfTransformer = EditYourselfTransformer.of(config)
        model.bfloat16().eval()
    _fill(model, device)
    accelerate(model, how, device)
    return model


@torch.no_grad()
def _fill(module: nn.Module, device: torch.device) -> None:
    module.to_empty(device=device)
    for weight in module.parameters():
        weight.normal_(0, _BLANK)


def _timed(work: Callable[[], object], device: torch.device) -> tuple[float, float]:
    """Seconds, and GiB at the peak; 0 where the device does not count."""
    on_card = device.type == "cuda"
    if on_card:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)
        torch.cuda.synchronize(device)
    begun = time.perf_counter()
    work()
    if on_card:
        torch.cuda.synchronize(device)
    seconds = time.perf_counter() - begun
    return seconds, torch.cuda.max_memory_allocated(device) / _GIB if on_card else 0.0


def as_markdown(lines: list[Line], machine: str, commit: str) -> str:
    """The table for the documentation."""
    date = datetime.now(UTC).strftime("%Y-%m-%d")
    rows = [_row(line) for line in lines]
    return "\n".join(
        [
            f"{date}, {machine}, torch {torch.__version__}, commit {commit}. 10 s of 1080p, random weights, "
            f"no guidance, one pass; the paper: {PAPER_SECONDS} s on one H100.",
            "",
            "| setting | denoising | encode + decode | together | goal | peak |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _row(line: Line) -> str:
    setting = line.setting
    note = f" ({line.skipped:.0%} of the still steps skipped: assumed)" if setting.skipping else ""
    if setting.cropped:
        note += " (640 x 640: assumed)"
    if line.lack:
        return f"| {setting.name}{note} | not run: {line.lack} | | | | |"
    together = line.denoising + line.autoencoder
    goal = GOALS["crop" if setting.cropped else "full frame"]
    return (
        f"| {setting.name}{note} | {line.denoising:.1f} s | {line.autoencoder:.1f} s | {together:.1f} s "
        f"| <= {goal:g} s | {line.peak:.1f} GiB |"
    )


def _commit() -> str:
    git = shutil.which("git")
    if git is None:
        return "unknown"
    asked = [git, "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, check=False, capture_output=True, text=True).stdout.strip() or "unknown"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--out", type=Path, default=Path("bench_out/gpu.md"))
    parser.add_argument("--lines", type=int, nargs="*", help="which lines to run, from 1; all by default")
    asked = parser.parse_args()
    if not torch.cuda.is_available():
        sys.stdout.write("There is no CUDA GPU here: nothing was run, and nothing written.\n")
        return
    chosen = SETTINGS if not asked.lines else tuple(SETTINGS[number - 1] for number in asked.lines)
    lines = []
    for line in measure(chosen, torch.device("cuda")):
        lines.append(line)
        sys.stderr.write(f"{_row(line)}\n")
    card = torch.cuda.get_device_properties(0)
    table = as_markdown(lines, f"{card.name} {card.total_memory / _GIB:.0f} GiB", _commit())
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(table, encoding="utf-8")
    sys.stdout.write(table)


if __name__ == "__main__":
    main()
