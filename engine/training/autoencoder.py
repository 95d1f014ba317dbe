"""The small autoencoder's training: components fitted to patches of clips.

Letters as in `engine.model.small_autoencoder`; M patches that are sampled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from engine.model.small_autoencoder import (
    PATCH,
    SPATIAL,
    TEMPORAL,
    Patches,
)


class Filmed(Protocol):
    """A clip as this training sees it: frames [N, H, W, 3], uint8, and where the mouth is in each."""

    @property
    def frames(self) -> NDArray[np.uint8]: ...
    @property
    def mouth(self) -> NDArray[np.int32]: ...


def fit_patches(clips: Sequence[Filmed], channels: int, seed: int, samples: int = 20_000) -> Patches:
    """The first `channels` principal components of `samples` patches, two of three of them at mouths."""
    chance = np.random.default_rng([seed, 0xCA])
    rows_MP = np.empty((samples, PATCH), np.float32)
    for row in rows_MP:
        row[:] = _patch(clips[int(chance.integers(len(clips)))], chance)
    mean_P = rows_MP.mean(axis=0)
    rows_MP -= mean_P
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        _, values_Z, basis_PZ = torch.svd_lowrank(torch.from_numpy(rows_MP), q=channels + 32, niter=3)
    return Patches(
        mean_P=torch.from_numpy(mean_P),
        basis_PZ=basis_PZ[:, :channels].contiguous(),
        deviation_Z=(values_Z[:channels] / math.sqrt(samples)).clamp(min=1e-6),
    )


def _patch(clip: Filmed, chance: np.random.Generator) -> NDArray[np.float32]:
    """One patch on the grid, -1..1, as `to_patches` lays it out."""
    latents = (len(clip.frames) - 1) // TEMPORAL + 1
    taken = _frames(int(chance.integers(latents)), 1)
    height, width = clip.frames.shape[1:3]
    row, column = int(chance.integers(height // SPATIAL)), int(chance.integers(width // SPATIAL))
    if chance.random() < 2 / 3:
        left, top, wide, high = clip.mouth[taken[-1]]
        row = _cell(top + high / 2 + chance.uniform(-14, 14), height)
        column = _cell(left + wide / 2 + chance.uniform(-18, 18), width)
    rows, columns = (slice(at * SPATIAL, (at + 1) * SPATIAL) for at in (row, column))
    part_NHWC = clip.frames[taken][:, rows, columns].astype(np.float32)
    return np.asarray((part_NHWC / 127.5 - 1).transpose(3, 0, 1, 2).reshape(-1), np.float32)


def _cell(at: float, length: int) -> int:
    return int(np.clip(at // SPATIAL, 0, length // SPATIAL - 1))


def _frames(first: int, latents: int) -> list[int]:
    """Eight frames for each of some latents; frame 0 is all those of latent 0."""
    return [max(0, k) for k in range(TEMPORAL * (first - 1) + 1, TEMPORAL * (first - 1 + latents) + 1)]
