"""The small autoencoder's training: components fitted to patches of clips, then a decoder that learns.

Whatever a step draws follows from the seed and its number: a training that was stopped and goes on gives the
same weights as one that was not.

Letters as in `engine.model.small_autoencoder`; M patches that are sampled.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save
from torch import Tensor

from engine.errors import BadCheckpoint
from engine.model.small_autoencoder import (
    PATCH,
    SPATIAL,
    TEMPORAL,
    Decoder,
    Patches,
    SmallAutoencoder,
    SmallConfig,
)
from engine.model.weights import read_header
from engine.whole_file import save_whole

STATE = "decoder_training.safetensors"


class Filmed(Protocol):
    """A clip as this training sees it: frames [N, H, W, 3], uint8, and where the mouth is in each."""

    @property
    def frames(self) -> NDArray[np.uint8]: ...
    @property
    def mouth(self) -> NDArray[np.int32]: ...


class DecoderTraining(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`crop`: cells along a side of what a step sees; `noise`: how far, in deviations, the worst latents
    are from the truth, as generated ones may be; `on_mouth`: how much more its pixels count.

    ours: no noise. On 240 clips and 128 channels, up to .5 of it cost half a dB of the mouth in latents that
    have none (31.5 dB after 1000 steps; the linear inverse has 32.0), none at all gained from the start.
    """

    seed: int
    steps: int
    batch: int = 4
    crop: int = 4
    latents: int = 3
    rate: float = 2e-3
    warmup: int = 50
    noise: float = 0.0
    on_mouth: float = 4.0
    halved: bool = True  # bfloat16 where it does no harm
    every: int = 200  # steps between two checkpoints


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`loss`: of this step, over the linear inverse's on the same pictures: below 1 it is better."""

    step: int
    loss: float


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


def train_decoder(
    autoencoder: SmallAutoencoder,
    clips: Sequence[Filmed],
    settings: DecoderTraining,
    folder: Path | None = None,
    *,
    watch: Callable[[Progress], None] | None = None,
    until: int | None = None,
) -> SmallAutoencoder:
    """Teach the decoder in place, going on from `folder` where a training of the same settings was stopped.

    `until`: stop before this step, as if interrupted. Raises BadCheckpoint, DiskFull, RenderFailed.
    """
    decoder = _decoder_of(autoencoder).train()
    optimizer = torch.optim.AdamW(
        decoder.parameters(), lr=settings.rate, betas=(0.9, 0.98), weight_decay=1e-4
    )
    first = 0 if folder is None else _resume(autoencoder, optimizer, settings, folder)
    last = settings.steps if until is None else min(until, settings.steps)
    for step in range(first, last):
        for group in optimizer.param_groups:
            group["lr"] = settings.rate * _pace(step, settings)
        loss = _step(autoencoder, clips, settings, step)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
        optimizer.step()
        done = step + 1
        if watch is not None:
            watch(Progress(step=done, loss=float(loss.detach())))
        if folder is not None and (done % settings.every == 0 or done == last):
            _keep(autoencoder, optimizer, settings, done, folder)
    autoencoder.eval()
    return autoencoder


def _decoder_of(autoencoder: SmallAutoencoder) -> Decoder:
    if autoencoder.decoder is None:
        raise ValueError("this autoencoder's config says that nothing of it is learned")
    return autoencoder.decoder


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


def _pace(step: int, settings: DecoderTraining) -> float:
    """Of the learning rate: rising at first, then half a cosine down to a hundredth."""
    falling = 0.505 + 0.495 * math.cos(math.pi * step / settings.steps)
    return min(1.0, (step + 1) / settings.warmup) * falling


def _step(
    autoencoder: SmallAutoencoder, clips: Sequence[Filmed], settings: DecoderTraining, step: int
) -> Tensor:
    """The weighted error of this step's pictures, over the linear inverse's."""
    chance = np.random.default_rng([settings.seed, step])
    drawn = [_crop(clips[int(chance.integers(len(clips)))], settings, chance) for _ in range(settings.batch)]
    device = autoencoder.mean_P.device
    pixels_BCNHW = torch.from_numpy(np.stack([pixels for pixels, _ in drawn])).to(device)
    weight_BCNHW = torch.from_numpy(np.stack([weight for _, weight in drawn])).to(device)
    draw = torch.Generator().manual_seed(int(chance.integers(2**62)))
    with torch.no_grad():
        white_BZFHW = autoencoder.coefficients(pixels_BCNHW)
        # Half of the pictures come of latents as they are encoded, the others of ones as they are generated.
        spread = settings.noise * (2 * torch.rand(len(drawn), generator=draw) - 1).clamp(min=0).to(device)
        noise_BZFHW = torch.randn(white_BZFHW.shape, generator=draw).to(device)
        white_BZFHW = white_BZFHW + noise_BZFHW * spread[:, None, None, None, None]
        linear_BCNHW = autoencoder.inverse(white_BZFHW[:, :, 1:-1])
    with torch.autocast(device.type, torch.bfloat16, enabled=settings.halved):
        made_BCNHW: Tensor = _decoder_of(autoencoder)(white_BZFHW, linear_BCNHW)
    true_BCNHW = pixels_BCNHW[:, :, TEMPORAL:-TEMPORAL]
    plain = (weight_BCNHW * (linear_BCNHW - true_BCNHW).abs()).mean()
    return (weight_BCNHW * (made_BCNHW - true_BCNHW).abs()).mean() / plain


def _crop(
    clip: Filmed, settings: DecoderTraining, chance: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Pixels [3, N, H, W] of some latents and one more at each end, at the mouth more often than not; how
    much each counts, [1, N, H, W], of the latents in between.
    """
    height, width = clip.frames.shape[1:3]
    latents = (len(clip.frames) - 1) // TEMPORAL + 1
    count = min(settings.latents, latents)
    first = int(chance.integers(latents - count + 1))
    side = min(settings.crop, height // SPATIAL, width // SPATIAL)
    spare = height // SPATIAL - side, width // SPATIAL - side
    taken = _frames(first, count)
    row, column = (int(chance.integers(room + 1)) for room in spare)
    if chance.random() < 0.6:
        left, top, wide, high = clip.mouth[taken].mean(axis=0)
        row = int(np.clip(round((top + high / 2) / SPATIAL - side / 2), 0, spare[0]))
        column = int(np.clip(round((left + wide / 2) / SPATIAL - side / 2), 0, spare[1]))
    corner, size = (row * SPATIAL, column * SPATIAL), side * SPATIAL
    before, behind = _frames(max(0, first - 1), 1), _frames(min(latents - 1, first + count), 1)
    rows, columns = (slice(at, at + size) for at in corner)
    part_NHWC = clip.frames[before + taken + behind][:, rows, columns].astype(np.float32)
    weight = np.ones((1, len(taken), size, size), np.float32)
    for k, frame in enumerate(taken):
        left, top, wide, high = clip.mouth[frame]
        low = max(0, top - corner[0]), max(0, left - corner[1])
        weight[0, k, low[0] : max(0, top + high - corner[0]), low[1] : max(0, left + wide - corner[1])] = (
            settings.on_mouth
        )
    return (part_NHWC / 127.5 - 1).transpose(3, 0, 1, 2), weight


def _keep(
    autoencoder: SmallAutoencoder,
    optimizer: torch.optim.Optimizer,
    settings: DecoderTraining,
    step: int,
    folder: Path,
) -> None:
    """One file holds all: weights and optimizer never are of different steps."""
    tensors = {f"model.{name}": value.contiguous() for name, value in autoencoder.state_dict().items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": value.contiguous() for name, value in state.items()}
    told = {
        "step": str(step),
        "settings": msgspec.json.encode(settings).decode(),
        "config": msgspec.json.encode(autoencoder.config).decode(),
    }
    save_whole(folder / STATE, save(tensors, told))


def _resume(
    autoencoder: SmallAutoencoder, optimizer: torch.optim.Optimizer, settings: DecoderTraining, folder: Path
) -> int:
    """The step to go on with; 0 where nothing was kept."""
    path = folder / STATE
    if not path.exists():
        return 0
    told = read_header(path).metadata
    if not _same(told, settings, autoencoder.config):
        raise BadCheckpoint(f"{path} is of a training with other settings: give another folder, or delete it")
    tensors = load_file(path, str(autoencoder.mean_P.device))
    prefix = "model."
    autoencoder.load_state_dict(
        {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
    )
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        if not name.startswith(prefix):
            _, index, part = name.split(".")
            state.setdefault(int(index), {})[part] = value
    optimizer.load_state_dict(optimizer.state_dict() | {"state": state})
    return int(told["step"])


def _same(told: object, settings: DecoderTraining, config: SmallConfig) -> bool:
    return isinstance(told, dict) and (told.get("settings"), told.get("config")) == (
        msgspec.json.encode(settings).decode(),
        msgspec.json.encode(config).decode(),
    )
