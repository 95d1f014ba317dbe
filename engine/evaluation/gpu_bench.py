"""`make bench-gpu`: 10 seconds of 1080p through a renderer's model, a line for each setting.

Weights are random, made in place: speed does not depend on what they say, and nothing is downloaded. One
evaluation a block and step (no guidance), all tokens made anew and listening. A line whose name begins with +
adds its setting to those of the line before. The models and their settings: `gpu_models`.

F latent frames, H W latent grid, C latent channels.
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
from pathlib import Path

import numpy as np
import torch

from engine.diffusion.cache import TeaCache
from engine.diffusion.denoise import Sampling, Velocity, denoise
from engine.diffusion.tokens import Scene
from engine.errors import NotOnThisMachine
from engine.evaluation.gpu_models import Clip, EditYourself, Ltx2, Measured, Setting
from engine.model.warm import lacks_memory

MODELS = {"edityourself": EditYourself, "ltx2": Ltx2}
_GIB = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Seconds, and GiB at the peak; `lack` says why a setting was not run."""

    setting: Setting
    denoising: float = 0.0
    autoencoder: float = 0.0
    peak: float = 0.0
    skipped: float = 0.0
    lack: str = ""


def measure(
    measured: Measured, settings: tuple[Setting, ...], device: torch.device, clip: Clip | None = None
) -> Iterator[Line]:
    """A line for each setting, as it is done; the model is made anew where its form changes."""
    clip = clip or Clip()
    coded = {cropped: _coding(measured, clip, cropped, device) for cropped in {s.cropped for s in settings}}
    velocities, form = None, None
    for setting in settings:
        try:
            if velocities is None or setting.how != form:
                velocities, form = None, setting.how  # its memory is given back before the next one is made
                gc.collect()
                velocities = measured.velocities(setting.how, device)
            # A polynomial that calls every change 1, against a threshold of 1.5: run, skip, run, skip.
            cache = TeaCache(1.5 if setting.skipping else 0.0, coefficients=(1.0,))
            velocity = velocities(clip, cache)
            yield _denoising(velocity, cache, setting, _scenes(measured, setting, clip, device), coded)
        except NotOnThisMachine as error:
            yield Line(setting=setting, lack=str(error))
        except RuntimeError as error:
            if not lacks_memory(error):
                raise
            velocities = None
            yield Line(setting=setting, lack="it takes more memory than there is")


def _denoising(
    velocity: Velocity,
    cache: TeaCache,
    setting: Setting,
    scenes: tuple[Scene, ...],
    coded: dict[bool, tuple[float, float]],
) -> Line:
    schedules = (setting.small, setting.sigmas)[-len(scenes) :]
    for scene in scenes:
        denoise(scene, velocity, Sampling(sigmas=(1.0, 0.5, 0.0), seed=0))  # warm
    cache.forget()
    cache.calls = cache.skips = 0

    def passes() -> None:
        for scene, sigmas in zip(scenes, schedules, strict=True):
            denoise(scene, velocity, Sampling(sigmas=sigmas, seed=0))

    seconds, peak = _timed(passes, scenes[0].clean_CFHW.device)
    autoencoder, its_peak = coded[setting.cropped]
    return Line(
        setting=setting,
        denoising=seconds,
        autoencoder=autoencoder,
        peak=max(peak, its_peak),
        skipped=cache.skips / max(1, cache.calls),
    )


def _scenes(measured: Measured, setting: Setting, clip: Clip, device: torch.device) -> tuple[Scene, ...]:
    """At full size; before it at half of it, where there are two passes."""
    rows, columns = clip.crop if setting.cropped else clip.full
    sizes = [(rows, columns)]
    if setting.small:
        sizes.insert(0, (-(-rows // 2), -(-columns // 2)))
    return tuple(_scene(measured.channels, (clip.latents, *size), clip, device) for size in sizes)


def _scene(channels: int, shape_FHW: tuple[int, int, int], clip: Clip, device: torch.device) -> Scene:
    return Scene(
        clean_CFHW=torch.randn(channels, *shape_FHW, device=device),
        mask_FHW=torch.ones(shape_FHW, dtype=torch.bool, device=device),
        strength_F=torch.ones(clip.latents, device=device),
        rate=clip.rate,
    )


def _coding(measured: Measured, clip: Clip, cropped: bool, device: torch.device) -> tuple[float, float]:
    """Encoding and decoding once: seconds, and GiB at the peak."""
    coder = measured.autoencoder(device)
    rows, columns = clip.crop if cropped else clip.full
    frame = np.random.default_rng(0).random((rows * coder.spatial, columns * coder.spatial, 3), np.float32)

    def both() -> None:
        for _ in coder.decode(coder.encode(frame for _ in range(clip.frames)), seed=0):
            pass

    return _timed(both, device)


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


def as_markdown(measured: Measured, lines: list[Line], machine: str, commit: str) -> str:
    """The table for the documentation."""
    date = datetime.now(UTC).strftime("%Y-%m-%d")
    rows = [_row(line) for line in lines]
    return "\n".join(
        [
            f"{date}, {machine}, torch {torch.__version__}, commit {commit}. 10 s of 1080p, random weights, "
            f"no guidance. {measured.told}.",
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
    return (
        f"| {setting.name}{note} | {line.denoising:.1f} s | {line.autoencoder:.1f} s | {together:.1f} s "
        f"| <= {setting.goal:g} s | {line.peak:.1f} GiB |"
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
    parser.add_argument("--renderer", choices=MODELS, default="edityourself")
    parser.add_argument("--lines", type=int, nargs="*", help="which lines to run, from 1; all by default")
    asked = parser.parse_args()
    if not torch.cuda.is_available():
        sys.stdout.write("There is no CUDA GPU here: nothing was run, and nothing written.\n")
        return
    measured: Measured = MODELS[asked.renderer]()
    numbers = asked.lines or range(1, len(measured.settings) + 1)
    chosen = tuple(measured.settings[number - 1] for number in numbers)
    lines = []
    for line in measure(measured, chosen, torch.device("cuda")):
        lines.append(line)
        sys.stderr.write(f"{_row(line)}\n")
    card = torch.cuda.get_device_properties(0)
    table = as_markdown(measured, lines, f"{card.name} {card.total_memory / _GIB:.0f} GiB", _commit())
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(table, encoding="utf-8")
    sys.stdout.write(table)


if __name__ == "__main__":
    main()
