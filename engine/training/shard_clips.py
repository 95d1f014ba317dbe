"""A folder of shards as clips to train on, other crops of them in each epoch, and some videos held out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec
from torch import Tensor

from engine.model.checkpoint import Checkpoint
from engine.training.config import Recipe
from engine.training.errors import BadSamples
from engine.training.samples import Sample
from engine.training.shard_samples import Crops, ShardFolder, open_shards
from engine.training.shards import Index, read_index

HELD_OUT = 4  # videos. ours: at most, and no more than one in five


@dataclass(frozen=True, kw_only=True, eq=False)
class ShardClips:
    """See `samples.Samples`, `Varying` and `Known`. The rest is as in `Crops`."""

    pieces: ShardFolder
    named: str
    tokens_each: int
    window: int
    seed: int
    text: Callable[[str], Tensor] | None = None

    def __len__(self) -> int:
        return len(self.pieces)

    def tokens(self, index: int) -> int:
        return self.epoch(0).tokens(index)

    def __getitem__(self, index: int) -> Sample:
        return self.epoch(0)[index]

    def epoch(self, number: int) -> Crops:
        return Crops(
            pieces=self.pieces,
            tokens_each=self.tokens_each,
            window=self.window,
            seed=self.seed,
            epoch=number,
            text=self.text,
        )

    @property
    def latents(self) -> int:
        """Of the longest crop."""
        return max(len(self.epoch(0).crop(index)) for index in range(len(self)))

    @cached_property
    def fingerprint(self) -> str:
        """Of the shards' content, of which pieces are taken, and how they are cut."""
        told = f"{self.named} {self.tokens_each} {self.window}"
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """`held_out`: pieces of videos that are not trained on; None where there are too few to spare any.
    `named`: what is trained on, by its content.
    """

    index: Index
    trained: ShardFolder
    held_out: ShardFolder | None
    named: str


def split(folder: Path) -> Split:
    """Whole videos are held out, the same ones each time. Raises as `open_shards` does."""
    whole = open_shards(folder)
    index = read_index(folder)
    videos = sorted({whole.held(number).piece.source.fingerprint for number in range(len(whole))})
    spared = videos[: min(HELD_OUT, len(videos) // 5)]
    trained = _of(index, set(videos) - set(spared))
    return Split(
        index=index,
        trained=ShardFolder(folder, trained),
        held_out=ShardFolder(folder, _of(index, spared)) if spared else None,
        named=hashlib.sha256(msgspec.json.encode(trained.shards)).hexdigest(),
    )


def _of(index: Index, videos: Collection[str]) -> Index:
    """The index as if it held no other videos."""
    return msgspec.structs.replace(
        index,
        shards=tuple(
            msgspec.structs.replace(
                shard,
                held=tuple(held for held in shard.held if held.piece.source.fingerprint in videos),
            )
            for shard in index.shards
        ),
    )


def refuse_others(base: Checkpoint, clips: ShardClips) -> None:
    """Raises BadSamples where the shards were made for another model."""
    first, config = clips[0], base.config
    told = {
        "latent channels": (first.clean_CFHW.shape[0], config.transformer.in_channels),
        "caption channels": (first.text_XE.shape[1], config.transformer.caption_channels),
    }
    if first.windows_NKLA is not None:
        told["layers of a feature"] = (first.windows_NKLA.shape[2], config.audio.layers)
        told["channels of a feature"] = (first.windows_NKLA.shape[3], config.audio.channels)
    for what, (found, wanted) in told.items():
        if found != wanted:
            raise BadSamples(
                f"the shards have {found} {what}, and {base.name} wants {wanted}: make them with this model"
            )


def tokens_of(data: Split, made: Recipe) -> int:
    """Of a crop: see `Recipe`."""
    whole = data.index.recipe.tokens
    return made.tokens or (whole // 2 if made.objective.conditions.identity else whole)
