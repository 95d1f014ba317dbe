"""Which pieces of which videos go into which shard: a function of the videos and the recipe. Pure.

Nothing else decides it, neither the order of work nor what was done before, so that a run that was stopped
and goes on makes the same shards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import msgspec
import numpy as np

from engine.errors import MissingMedia
from engine.protocol import Ratio, Value
from engine.training.fitting import Fit, Sizes, fitted
from engine.training.verdicts import Judged

_HEADER = 4096  # bytes that a piece takes besides its tensors, at most


class Recipe(Value, frozen=True, kw_only=True):
    """What all that is written follows from.

    `tokens` of a piece at most; `frames`: long videos are cut into pieces of so many (the paper's 121).
    `rounds`: how often each video is cut up, every time at other places and sizes. `region`: of the masks.
    `around`: seconds of sound that are kept before and after a piece, for features at its ends. ours: half a
    second, more than the 0.2 s that a frame hears. `autoencoder` and `features`: what made them, by name.
    """

    tokens: int
    autoencoder: str
    features: str
    frames: int = 121
    rounds: int = 1
    seed: int = 0
    sizes: Sizes = Sizes()
    region: Literal["lips", "face", "head"] = "lips"
    around: Ratio = Ratio(num=1, den=2)
    precision: Literal["float32", "bfloat16"] = "bfloat16"
    shard_bytes: int = 512 << 20


class Source(Value, frozen=True, kw_only=True):
    """A video that was kept: `file` within the folder; as `Facts` has the rest."""

    file: str
    fingerprint: str
    caption: str
    width: int
    height: int
    frames: int
    rate: Ratio
    begins: Ratio


class Piece(Value, frozen=True, kw_only=True):
    """Frames [first, first + fit.frames) of a video, fitted."""

    source: Source
    first: int
    fit: Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Widths:
    """What decides how large a piece's tensors are."""

    channels: int
    feature_rate: Fraction
    layers: int
    feature_channels: int


def sources_of(kept: Iterable[Judged], uncaptioned: str | None = None) -> tuple[Source, ...]:
    """What curation kept. `uncaptioned`: what to say of videos without a caption.

    Raises MissingMedia where one has no caption and nothing is to be said instead.
    """
    return tuple(_source(judged, uncaptioned) for judged in kept)


def _source(judged: Judged, uncaptioned: str | None) -> Source:
    caption = uncaptioned if judged.caption is None else judged.caption
    if caption is None:
        raise MissingMedia(
            f"{judged.file} has no caption ({judged.caption_note}): write one beside it, give curation a"
            " captioner, or say what to take instead"
        )
    facts = judged.facts
    return Source(
        file=judged.file,
        fingerprint=judged.fingerprint,
        caption=caption,
        width=facts.width,
        height=facts.height,
        frames=facts.frames,
        rate=facts.rate,
        begins=facts.begins,
    )


def pieces(sources: Sequence[Source], recipe: Recipe) -> tuple[Piece, ...]:
    """Round by round, video by video, in time. Raises BadSamples where a video cannot be fitted."""
    return tuple(
        piece
        for round_ in range(recipe.rounds)
        for source in sources
        for piece in _cut(source, recipe, round_)
    )


def _cut(source: Source, recipe: Recipe, round_: int) -> Iterator[Piece]:
    """The video's own randomness: what other videos there are changes nothing for it."""
    chance = np.random.default_rng([recipe.seed, round_, int(source.fingerprint[:15], 16)])
    count = max(1, source.frames // recipe.frames)
    spare = source.frames - count * recipe.frames
    start = int(chance.integers(0, max(0, spare) + 1))
    length = min(recipe.frames, source.frames)
    for number in range(count):
        size, place = chance.random(2)
        fit = fitted((source.height, source.width), length, recipe.tokens, float(size), recipe.sizes)
        first = start + number * recipe.frames + int(place * (length - fit.frames + 1))
        yield Piece(source=source, first=first, fit=fit)


def lead(piece: Piece, recipe: Recipe) -> int:
    """Frames of sound that are kept before the piece, and behind it."""
    return -int(-recipe.around.exact * piece.source.rate.exact // 1)


def size_of(piece: Piece, recipe: Recipe, widths: Widths) -> int:
    """Bytes that it takes in a shard, or a few more."""
    each = 2 if recipe.precision == "bfloat16" else 4
    seconds = (piece.fit.frames + 2 * lead(piece, recipe)) / piece.source.rate.exact
    heard = int(seconds * widths.feature_rate) + 2
    latents = piece.fit.tokens * (widths.channels * each + 1)
    features = heard * widths.layers * widths.feature_channels * each
    return latents + features + piece.fit.frames * 16 + len(piece.source.caption.encode()) + _HEADER


def shards(planned: Sequence[Piece], recipe: Recipe, widths: Widths) -> tuple[range, ...]:
    """Which pieces each shard holds: as many as fit into it, one at least."""
    ends: list[int] = []
    held = 0
    for number, size in enumerate(size_of(piece, recipe, widths) for piece in planned):
        if number and held + size > recipe.shard_bytes:
            ends.append(number)
            held = 0
        held += size
    bounds = [0, *ends, len(planned)]
    return tuple(range(begin, end) for begin, end in pairwise(bounds) if begin < end)


def digest(planned: Sequence[Piece], recipe: Recipe) -> str:
    """Of all that the shards follow from."""
    return hashlib.sha256(msgspec.json.encode((recipe, tuple(planned)))).hexdigest()
