"""Shards read back: clips to train on, cut to random crops in time, in an order that seed and epoch decide.

A crop of a clip begins at any of its latents. One that is not the clip's first stands for 8 frames and not
for one, as at the beginning of a block of a longer clip; its audio is that of the last of them. The latents
around the crop are what identity references are taken from.

C latent channels, F latent frames, H W latent grid, N video frames, K window length, X text tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from engine.diffusion.latent_grid import frames_of
from engine.model.weights import fresh_sha256_of
from engine.speech.features import Features, windows
from engine.training.errors import BadSamples
from engine.training.samples import Sample
from engine.training.shards import INDEX, Held, Index, check_shard, read_index

_ORDER, _CROP = 1, 2  # what is drawn: one purpose's numbers do not repeat another's


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredPiece:
    """All that a shard has of a piece; `features` as `Held.lead` says. `text_XE`: None where not stored."""

    held: Held
    latents_CFHW: Tensor
    mask_FHW: Tensor
    boxes_N4: Tensor
    features: Features
    caption: str
    text_XE: Tensor | None

    def windows(self, first: int, frames: int, length: int) -> Tensor:
        """What the piece's frames [first, first + frames) hear, [N, K, L, A]; `first` counts in the piece."""
        rate = self.held.piece.source.rate.exact
        return torch.from_numpy(windows(self.features, rate, self.held.lead + first, frames, length))


class ShardFolder:
    """The pieces of a folder of shards, by number; see `open_shards`."""

    def __init__(self, folder: Path, index: Index) -> None:
        self._folder = folder
        self._places = [(shard.name, held) for shard in index.shards for held in shard.held]

    def __len__(self) -> int:
        return len(self._places)

    def held(self, number: int) -> Held:
        return self._places[number][1]

    def __getitem__(self, number: int) -> StoredPiece:
        """Raises BadSamples where the shard is damaged."""
        name, held = self._places[number]
        path, key = self._folder / name, held.number
        try:
            with safe_open(str(path), framework="pt") as shard:
                names = {tensor.partition(".")[2] for tensor in shard.keys() if tensor.startswith(f"{key}.")}  # noqa: SIM118
                found = {name: shard.get_tensor(f"{key}.{name}") for name in names}
            return StoredPiece(
                held=held,
                latents_CFHW=found["latents"].float(),
                mask_FHW=found["mask"].bool(),
                boxes_N4=found["boxes"],
                features=Features(
                    values=found["features"].float().numpy(), rate=Fraction(*held.feature_rate)
                ),
                caption=bytes(found["caption"].tolist()).decode(),
                text_XE=found["text"].float() if "text" in found else None,
            )
        except (SafetensorError, OSError, KeyError, ValueError) as error:
            raise BadSamples(f"{path} does not hold piece {key} as {INDEX} says: {error}") from error


def open_shards(folder: Path, *, verify: bool = False) -> ShardFolder:
    """A folder of shards; `verify` reads each whole and compares its sha256.

    Raises MissingMedia (no index, or a shard that it names is not there), TruncatedMedia (a shard is cut
    short), BadSamples (not all were made, or one is damaged).
    """
    index = read_index(folder)
    if not index.complete:
        raise BadSamples(
            f"{folder} has {index.done} of {index.planned} shards: go on making them with the same command"
        )
    for shard in index.shards:
        check_shard(folder, shard)
        if verify and fresh_sha256_of(folder / shard.name) != shard.sha256:
            raise BadSamples(f"{folder / shard.name} is damaged: its sha256 is another. Copy it again")
    if not index.shards:
        raise BadSamples(f"{folder} holds no clip: all were left out, such as {index.left_out[0].reason}")
    return ShardFolder(folder, index)


# ------------------------------------------------------------------------------------- order, crops


def order(count: int, seed: int, epoch: int) -> tuple[int, ...]:
    """Of `count` pieces in that epoch."""
    return tuple(np.random.default_rng([_ORDER, seed, epoch]).permutation(count).tolist())


def crop(latents: int, wanted: int, *, seed: int, epoch: int, number: int) -> range:
    """Which of a piece's latents are taken in that epoch: `wanted`, or all where it has no more."""
    spare = max(0, latents - wanted)
    chance = np.random.default_rng([_CROP, seed, epoch, number])
    first = int(chance.integers(0, spare + 1))
    return range(first, first + min(wanted, latents))


@dataclass(frozen=True, kw_only=True, eq=False)
class Crops:
    """An epoch's clips, as the trainer's `Samples`: of each piece a crop of at most `tokens`.

    `window`: of audio, K. `text`: embeds captions whose embedding is not stored.
    """

    pieces: ShardFolder
    tokens_each: int
    window: int
    seed: int
    epoch: int = 0
    text: Callable[[str], Tensor] | None = None

    def __len__(self) -> int:
        return len(self.pieces)

    def tokens(self, index: int) -> int:
        fit = self.pieces.held(index).piece.fit
        return len(self.crop(index)) * fit.rows * fit.columns

    def crop(self, index: int) -> range:
        fit = self.pieces.held(index).piece.fit
        wanted = max(1, self.tokens_each // (fit.rows * fit.columns))
        return crop(fit.latents, wanted, seed=self.seed, epoch=self.epoch, number=index)

    def __getitem__(self, index: int) -> Sample:
        """Raises BadSamples."""
        piece, taken = self.pieces[index], self.crop(index)
        fit, kept = piece.held.piece.fit, slice(taken.start, taken.stop)
        others = [at for at in range(fit.latents) if at not in taken]
        first, end = frames_of(taken.start).stop - 1, frames_of(taken.stop - 1).stop
        return Sample(
            clean_CFHW=piece.latents_CFHW[:, kept],
            mask_FHW=piece.mask_FHW[kept],
            rate=piece.held.piece.source.rate.exact,
            text_XE=self._text(piece),
            windows_NKLA=piece.windows(first, end - first, self.window),
            around_CRHW=piece.latents_CFHW[:, others] if others else None,
            face_RHW=piece.mask_FHW[others] if others else None,
            spatial=fit.cell,
        )

    def _text(self, piece: StoredPiece) -> Tensor:
        if piece.text_XE is not None:
            return piece.text_XE
        if self.text is None:
            raise BadSamples("the shards hold captions without embeddings: give something to embed them with")
        return self.text(piece.caption)

    @cached_property
    def ordered(self) -> tuple[int, ...]:
        return order(len(self), self.seed, self.epoch)

    def __iter__(self) -> Iterator[Sample]:
        """All of the epoch's clips, in its order."""
        return (self[index] for index in self.ordered)

    def after(self, done: int) -> Iterator[Sample]:
        """What is left of the epoch after so many: where a run that was stopped goes on."""
        return (self[index] for index in self.ordered[done:])
