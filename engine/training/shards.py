"""Videos precomputed for training: latents, audio features, masks and captions, in shards of safetensors.

OUT/index.json says what is where; OUT/shard-00000.safetensors and so on hold, for piece n of the index,
    n.latents   [C, F, H, W]    of the video autoencoder, normalised
    n.mask      [F, H, W]       uint8: tokens that the region touches
    n.boxes     [N, 4]          int32: the region in each frame: left, top, width, height; no width: not there
    n.features  [T, L, A]       of the sound from `lead` frames before the piece to as many behind it
    n.caption   [bytes]         UTF-8
    n.text      [X, E]          the caption's embedding, where something to embed with was given
C latent channels, F latent frames, H W latent grid, N video frames, T feature frames, L layers, A channels,
X text tokens, E their channels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from safetensors.torch import save
from torch import Tensor

from engine.errors import BadMedia, EngineError, MissingMedia, MissingModel, TruncatedMedia
from engine.model.autoencoder import VideoAutoencoder
from engine.model.config import STRIDE
from engine.protocol import Value
from engine.training.errors import BadSamples
from engine.training.piece_encoding import Encoders, encode_piece
from engine.training.shard_plan import Piece, Recipe, Source, digest, lead, pieces, shards
from engine.whole_file import save_whole

INDEX = "index.json"


class Held(Value, frozen=True, kw_only=True):
    """A piece that a shard holds, by its number among all of them. `lead`: see `shard_plan.lead`."""

    number: int
    piece: Piece
    lead: int
    feature_rate: tuple[int, int]


class Shard(Value, frozen=True, kw_only=True):
    """`number`: in the plan."""

    number: int
    name: str
    size: int
    sha256: str
    held: tuple[Held, ...]


class LeftOut(Value, frozen=True, kw_only=True):
    number: int
    file: str
    first: int
    reason: str


class Index(Value, frozen=True, kw_only=True):
    """OUT/index.json. `plan`: see `digest`. Of `planned` shards the first `done` are made.

    One whose pieces were all left out is not written.
    """

    recipe: Recipe
    plan: str
    planned: int
    shards: tuple[Shard, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    done: int = 0

    @property
    def complete(self) -> bool:
        return self.done == self.planned


def precompute(
    folder: Path,
    sources: Sequence[Source],
    recipe: Recipe,
    encoders: Encoders,
    *,
    out: Path,
    follow: Callable[[Sequence[range]], Iterable[range]] = iter,
) -> Index:
    """Make all shards that are not there yet. `folder`: where the sources lie; `follow` shows progress.

    A piece that cannot be read, or shows no face, is left out, and the index says why. Raises BadSamples
    (nothing to do, the folder was begun otherwise, the encoders are of another grid), DiskFull, RenderFailed,
    MissingModel.
    """
    _check_grid(recipe, encoders.autoencoder)
    planned = pieces(sources, recipe)
    spans = shards(planned, recipe, encoders.widths)
    if not spans:
        raise BadSamples("there is no video to make shards of: curation kept none")
    index = _begun(out, Index(recipe=recipe, plan=digest(planned, recipe), planned=len(spans)), spans)
    for number, span in enumerate(follow(spans)):
        if number >= index.done:
            index = _with_shard(out, index, number, _encoded(folder, planned, span, recipe, encoders))
            save_whole(out / INDEX, msgspec.json.encode(index))
    return index


def read_index(folder: Path) -> Index:
    """Raises MissingMedia, BadSamples."""
    path = folder / INDEX
    try:
        return msgspec.json.decode(path.read_bytes(), type=Index)
    except OSError as error:
        raise MissingMedia(
            f"{path} cannot be read: {error.strerror or error}. Make the shards first"
        ) from error
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise BadSamples(f"{path} is no index of shards: {error}. Make the shards again") from error


def check_shard(folder: Path, shard: Shard) -> None:
    """Raises MissingMedia (named and not there), TruncatedMedia (cut short), BadSamples (of another size)."""
    path = folder / shard.name
    if path.parent != folder:
        raise BadSamples(
            f"{folder / INDEX} names {shard.name}, which is not beside it: make the shards again"
        )
    try:
        size = path.stat().st_size
    except OSError as error:
        raise MissingMedia(f"{path} is in {INDEX} and cannot be had: {error.strerror}") from error
    if size < shard.size:
        raise TruncatedMedia(f"{path} is cut short: it has {size} of {shard.size} bytes. Copy it again")
    if size > shard.size:
        raise BadSamples(f"{path} has {size} bytes and should have {shard.size}: copy it again")


def _check_grid(recipe: Recipe, autoencoder: VideoAutoencoder) -> None:
    wanted, found = (recipe.sizes.cell, STRIDE), (autoencoder.spatial, autoencoder.temporal)
    if wanted != found:
        raise BadSamples(
            f"the autoencoder makes latents of {found[0]} pixels and {found[1]} frames, and the recipe is for"
            f" {wanted[0]} and {wanted[1]}"
        )


def _begun(out: Path, fresh: Index, spans: Sequence[range]) -> Index:
    """What is done already, if it is of the same plan: up to the first shard that is not whole any more."""
    if not (out / INDEX).exists():
        return fresh
    known = read_index(out)
    if known.plan != fresh.plan or known.planned != fresh.planned:
        raise BadSamples(
            f"{out} was begun with other videos or another recipe: give an empty folder, or the same ones"
        )
    done = next((shard.number for shard in known.shards if not _is_whole(out, shard)), known.done)
    pieces_done = spans[done].start if done < len(spans) else spans[-1].stop
    return msgspec.structs.replace(
        known,
        shards=tuple(shard for shard in known.shards if shard.number < done),
        left_out=tuple(piece for piece in known.left_out if piece.number < pieces_done),
        done=done,
    )


def _is_whole(out: Path, shard: Shard) -> bool:
    try:
        check_shard(out, shard)
    except EngineError:
        return False
    return True


def _with_shard(out: Path, index: Index, number: int, made: _Made) -> Index:
    index = msgspec.structs.replace(index, left_out=(*index.left_out, *made.left_out), done=number + 1)
    if not made.held:
        return index
    name, content = f"shard-{number:05d}.safetensors", save(made.tensors)
    save_whole(out / name, content)
    shard = Shard(
        number=number,
        name=name,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        held=made.held,
    )
    return msgspec.structs.replace(index, shards=(*index.shards, shard))


# ------------------------------------------------------------------------------------ one shard


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Made:
    tensors: dict[str, Tensor]
    held: tuple[Held, ...]
    left_out: tuple[LeftOut, ...]


def _encoded(
    folder: Path, planned: Sequence[Piece], span: range, recipe: Recipe, encoders: Encoders
) -> _Made:
    tensors: dict[str, Tensor] = {}
    held: list[Held] = []
    left_out: list[LeftOut] = []
    rate = encoders.features.rate
    for number in span:
        piece = planned[number]
        try:
            found = encode_piece(folder / piece.source.file, piece, recipe, encoders)
        except MissingModel:
            raise
        except BadMedia as error:
            left_out.append(
                LeftOut(number=number, file=piece.source.file, first=piece.first, reason=str(error))
            )
            continue
        tensors |= {f"{number}.{name}": tensor.contiguous() for name, tensor in found.items()}
        held.append(
            Held(
                number=number,
                piece=piece,
                lead=lead(piece, recipe),
                feature_rate=(rate.numerator, rate.denominator),
            )
        )
    return _Made(tensors=tensors, held=tuple(held), left_out=tuple(left_out))
