"""What it costs to keep the latents of a long render, and to go on from them: at the sizes of the 13B model.

Noise stands in for what a model makes: it costs as much to write. The cache is as full as it gets.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from statistics import median

import torch

from engine.diffusion.blocks import partition
from engine.diffusion.cache import BlockMemory, TeaCache
from engine.diffusion.denoise import Step
from engine.diffusion.tokens import Scene
from engine.diffusion.two_pass import Pass, Planned
from engine.evaluation.measure import Measure
from engine.render.kept_latents import EVERY, SHARE, KeptLatents, Origin

ROUNDS = 5
SHAPE = 128, 32, 34, 60  # of 10 s of 1080p: channels, latents, rows, columns
STEPS = 40
WIDTH = 4096  # of the model
LIPS = 0.05  # of a frame's tokens
# ours, in percent of a render: less than what two renders of the same differ by.
GOAL = 1.0  # percent
_ORIGIN = Origin(job="", weights="", engine="", libraries="", device="", acceleration="")


def measure(rounds: int = ROUNDS) -> Iterator[Measure]:
    """Medians of so many rounds."""
    step, cache = _step(), _cache()
    with tempfile.TemporaryDirectory() as folder:
        kept = [_kept(Path(folder), step, None) for _ in range(rounds)]
        both = [_kept(Path(folder), step, cache) for _ in range(rounds)]
        read = [_read(Path(folder)) for _ in range(rounds)]
    yield Measure(name="latents of 10 s of 1080p kept", value=median(kept), unit="s")
    seconds = median(both)
    yield Measure(name="the same with the cache of its lips", value=seconds, unit="s")
    share = 100 * seconds / max(EVERY, SHARE * seconds)
    yield Measure(name="what that takes of a render", value=share, unit="%", at_most=GOAL)
    yield Measure(name="read again, to go on", value=median(read), unit="s")


def _kept(folder: Path, step: Step, cache: TeaCache | None) -> float:
    kept = KeptLatents(folder, _ORIGIN)
    begun = time.perf_counter()
    kept.keep(step, cache)
    return time.perf_counter() - begun


def _read(folder: Path) -> float:
    kept = KeptLatents(folder, _ORIGIN)
    begun = time.perf_counter()
    found = kept.begun((Planned(steps=STEPS, shape=SHAPE, begin=_never),), TeaCache(1.0))
    assert found is not None
    return time.perf_counter() - begun


def _never() -> Pass:
    raise AssertionError("what is read again is not rendered")


def _step() -> Step:
    """As if it ended a pass, so that it is kept whatever the time."""
    x_CFHW = torch.randn(SHAPE)
    mask_FHW = torch.ones(SHAPE[1:], dtype=torch.bool)
    scene = Scene(clean_CFHW=x_CFHW, mask_FHW=mask_FHW, strength_F=torch.ones(SHAPE[1]), rate=Fraction(25))
    return Step(done=STEPS // 2, total=STEPS, scene=scene, x_CFHW=x_CFHW, v_CFHW=x_CFHW, sigma=0.0)


def _cache() -> TeaCache:
    """Of the steps in which blocks stand still."""
    cache = TeaCache(1.0)
    _, latents, rows, columns = SHAPE
    for block in partition(latents, STEPS // 2, STEPS):
        anew_S = torch.rand(block.width * rows * columns) < LIPS
        added_BMD = torch.randn(1, int(anew_S.sum()), WIDTH).to(torch.bfloat16)
        cache.memories[block.name] = BlockMemory(
            anew_S=anew_S, signal_BMD=added_BMD, residual=added_BMD.clone(), compact=True, change=0.0
        )
    return cache
