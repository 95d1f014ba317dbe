"""`make bench-gpu`: 10 seconds of 1080p through a renderer's model, a line for each setting.

Weights are random, made in place: speed does not depend on what they say, and nothing is downloaded. One
evaluation a block and step (no guidance), all tokens made anew and listening. A line whose name begins with +
adds its setting to those of the line before. The models and their settings: `gpu_models`.

A pass of many steps can be timed by a few of them (`sampled`), which stand for the others: these cost as much
where the partition stands still, and about as much where it is shifted.

F latent frames, H W latent grid, C latent channels, S tokens.
"""

from __future__ import annotations

import argparse
import gc
import math
import shutil
import subprocess
import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import fmean

import numpy as np
import torch
from torch import Tensor

from engine.diffusion.blocks import Block, still_steps
from engine.diffusion.cache import TeaCache
from engine.diffusion.denoise import Sampling, Velocity, denoise
from engine.diffusion.schedule import Sigmas
from engine.diffusion.tokens import Scene, Tokens
from engine.errors import NotOnThisMachine
from engine.evaluation.gpu_models import Clip, EditYourself, Ltx2, Measured, Setting
from engine.model.warm import lacks_memory

MODELS = {"edityourself": EditYourself, "ltx2": Ltx2}
_GIB = 2**30
SKIPPING = 1.5  # of a cache's threshold, where its polynomial calls every change 1: run, skip, run, skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Seconds, and GiB at the peak; which steps were `timed`; `lack` says why a setting was not run."""

    setting: Setting
    denoising: float = 0.0
    autoencoder: float = 0.0
    peak: float = 0.0
    timed: str = "all"
    lack: str = ""


def measure(
    measured: Measured,
    settings: tuple[Setting, ...],
    device: torch.device,
    clip: Clip | None = None,
    *,
    whole_below: float = math.inf,
) -> Iterator[Line]:
    """A line for each setting, as it is done; the model is made anew where its form changes.

    `whole_below`: seconds; denoising that is going to take longer is estimated from a part of its steps.
    """
    clip = clip or Clip()
    coded = {cropped: _coding(measured, clip, cropped, device) for cropped in {s.cropped for s in settings}}
    velocities, form = None, None
    for setting in settings:
        try:
            if velocities is None or setting.how != form:
                velocities, form = None, setting.how  # its memory is given back before the next one is made
                gc.collect()
                velocities = measured.velocities(setting.how, device)
            cache = TeaCache(SKIPPING if setting.skipping else 0.0, coefficients=(1.0,))
            velocity = velocities(clip, cache)
            denoising = _denoising(velocity, setting, _scenes(measured, setting, clip, device), whole_below)
            yield _with_coding(denoising, coded[setting.cropped])
        except NotOnThisMachine as error:
            yield Line(setting=setting, lack=str(error))
        except RuntimeError as error:
            if not lacks_memory(error):
                raise
            velocities = None
            yield Line(setting=setting, lack="it takes more memory than there is")


def _with_coding(line: Line, coded: tuple[float, float]) -> Line:
    seconds, peak = coded
    return replace(line, autoencoder=seconds, peak=max(line.peak, peak))


def _denoising(velocity: Velocity, setting: Setting, scenes: tuple[Scene, ...], whole_below: float) -> Line:
    device = scenes[0].clean_CFHW.device
    passes = tuple(zip(scenes, (setting.small, setting.sigmas)[-len(scenes) :], strict=True))
    _pass(_corner(scenes[0]), velocity, sigmas=(1.0, 0.5, 0.0))  # warm
    watches = [_Watch(velocity=velocity, steps=len(sigmas) - 1) for _, sigmas in passes]

    def some() -> None:
        for (scene, sigmas), watch in zip(passes, watches, strict=True):
            _pass(scene, watch, sigmas)

    def whole() -> None:
        for scene, sigmas in passes:
            _pass(scene, velocity, sigmas)

    _, peak = _timed(some, device)
    sys.stderr.write("".join(f"  {watch}\n" for watch in watches))
    seconds = sum(watch.estimate for watch in watches)
    if seconds <= whole_below:
        seconds, peak = _timed(whole, device)
        return Line(setting=setting, denoising=seconds, peak=peak)
    timed = sum(len(watch.taken) for watch in watches)
    told = f"{timed} of {sum(watch.steps for watch in watches)} steps"
    return Line(setting=setting, denoising=seconds, peak=peak, timed=told)


def _pass(scene: Scene, velocity: Velocity, sigmas: Sigmas) -> None:
    denoise(scene, velocity, Sampling(sigmas=sigmas, seed=0))


def sampled(steps: int) -> frozenset[int]:
    """Those that are timed: the first shifted one, and of the others two, of which a cache may skip one."""
    still = still_steps(steps)
    shifted = (step for step in range(steps) if step not in still)
    return frozenset((*still[:2], *islice(shifted, 1)))


@dataclass(slots=True, kw_only=True, eq=False)
class _Watch:
    """A velocity that takes the time of the sampled steps, and leaves the others out."""

    velocity: Velocity
    steps: int
    taken: dict[int, float] = field(default_factory=lambda: defaultdict(float))

    def __call__(self, tokens: Tokens, block: Block, at: tuple[int, int]) -> Tensor:
        if at[0] not in sampled(self.steps):
            return torch.zeros_like(tokens.values_SC)
        out: list[Tensor] = []
        device = tokens.values_SC.device
        self.taken[at[0]] += _seconds(lambda: out.append(self.velocity(tokens, block, at)), device)
        return out[0]

    @property
    def estimate(self) -> float:
        """Seconds for all steps."""
        still = still_steps(self.steps)
        resting = [seconds for step, seconds in self.taken.items() if step in still]
        shifted = [seconds for step, seconds in self.taken.items() if step not in still]
        return _mean(resting) * len(still) + _mean(shifted) * (self.steps - len(still))

    def __str__(self) -> str:
        taken = ", ".join(f"step {step + 1}: {seconds:.2f} s" for step, seconds in self.taken.items())
        return f"of {self.steps} steps: {taken}"


def _mean(values: list[float]) -> float:
    return fmean(values) if values else 0.0


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


def _corner(scene: Scene) -> Scene:
    """A part of the picture, all of the clip."""
    return replace(scene, clean_CFHW=scene.clean_CFHW[..., :4, :4], mask_FHW=scene.mask_FHW[:, :4, :4])


def _coding(measured: Measured, clip: Clip, cropped: bool, device: torch.device) -> tuple[float, float]:
    """Encoding and decoding once: seconds, and GiB at the peak."""
    coder = measured.autoencoder(device)
    rows, columns = clip.crop if cropped else clip.full
    frame = np.random.default_rng(0).random((rows * coder.spatial, columns * coder.spatial, 3), np.float32)

    latents: list[Tensor] = []
    encoding, its_peak = _timed(
        lambda: latents.append(coder.encode(frame for _ in range(clip.frames))), device
    )
    decoding, peak = _timed(lambda: deque(coder.decode(latents[0], seed=0), maxlen=0), device)
    sys.stderr.write(f"  {columns} x {rows} cells: encode {encoding:.2f} s, decode {decoding:.2f} s\n")
    return encoding + decoding, max(peak, its_peak)


def _timed(work: Callable[[], object], device: torch.device) -> tuple[float, float]:
    """Seconds, and GiB at the peak; 0 where the device does not count."""
    if device.type != "cuda":
        return _seconds(work, device), 0.0
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats(device)
    return _seconds(work, device), torch.cuda.max_memory_allocated(device) / _GIB


def _seconds(work: Callable[[], object], device: torch.device) -> float:
    """A GPU is waited for, before and after."""
    wait = torch.cuda.synchronize if device.type == "cuda" else lambda _: None
    wait(device)
    begun = time.perf_counter()
    work()
    wait(device)
    return time.perf_counter() - begun


def as_markdown(measured: Measured, lines: list[Line], machine: str, commit: str) -> str:
    """The table for the documentation."""
    date = datetime.now(UTC).strftime("%Y-%m-%d")
    rows = [_row(line) for line in lines]
    return "\n".join(
        [
            f"{date}, {machine}, torch {torch.__version__}, commit {commit}. 10 s of 1080p, random weights, "
            f"no guidance. {measured.told}.",
            "",
            "| setting | denoising | of it timed | encode + decode | together | goal | peak |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _row(line: Line) -> str:
    setting = line.setting
    note = " (every other of the still steps skipped: assumed)" if setting.skipping else ""
    if setting.cropped:
        note += " (640 x 640: assumed)"
    if line.lack:
        return f"| {setting.name}{note} | not run: {line.lack} | | | | | |"
    together = line.denoising + line.autoencoder
    return (
        f"| {setting.name}{note} | {line.denoising:.1f} s | {line.timed} | {line.autoencoder:.1f} s "
        f"| {together:.1f} s | <= {setting.goal:g} s | {line.peak:.1f} GiB |"
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
    parser.add_argument(
        "--whole-below",
        type=float,
        default=math.inf,
        metavar="SECONDS",
        help="estimate denoising that takes longer from a part of its steps",
    )
    parser.add_argument("--commit", default=_commit(), help="said in the table, where git does not know it")
    asked = parser.parse_args()
    measured: Measured = MODELS[asked.renderer]()
    every = range(1, len(measured.settings) + 1)
    numbers = asked.lines or every
    if not set(numbers) <= set(every):
        parser.error(f"--lines: {asked.renderer} has lines 1 to {len(every)}")
    if not torch.cuda.is_available():
        sys.stdout.write("There is no CUDA GPU here: nothing was run, and nothing written.\n")
        return
    device = torch.device("cuda")
    card = torch.cuda.get_device_properties(device)
    machine = f"{card.name} {card.total_memory / _GIB:.0f} GiB"
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    lines: list[Line] = []
    settings = tuple(measured.settings[number - 1] for number in numbers)
    for line in measure(measured, settings, device, whole_below=asked.whole_below):
        lines.append(line)
        sys.stderr.write(f"{_row(line)}\n")
        asked.out.write_text(as_markdown(measured, lines, machine, asked.commit), encoding="utf-8")
    sys.stdout.write(asked.out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
