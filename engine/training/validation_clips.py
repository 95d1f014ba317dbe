"""Held-out clips of shards, made ready to be validated on: each with the speech of another.

C latent channels, F latent frames, N video frames, K window length, L feature layers, A feature channels.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.diffusion.latent_grid import frames_of
from engine.media.audio_decode import sound_file
from engine.media.decode import Sampling, open_reel
from engine.media.fingerprint import fingerprint
from engine.media.rgb import ColourMatrix, rgb_of
from engine.media.sound import Samples as Sound
from engine.protocol import SAMPLE_RATE
from engine.speech.features import windows
from engine.training.errors import BadSamples
from engine.training.piece_encoding import fitted_frame
from engine.training.samples import Sample
from engine.training.shard_plan import Piece
from engine.training.shard_samples import ShardFolder, StoredPiece
from engine.training.validation import HeldOut, Pictures, Truth

CLIPS = 4  # ours: what a person looks at each time


def held_out_of_shards(
    pieces: ShardFolder,
    *,
    tokens: int,
    window: int,
    text: Callable[[str], Tensor],
    videos: Path | None = None,
) -> tuple[HeldOut, ...]:
    """The first few pieces from their beginnings on, at most so many `tokens` of each.

    Shards have neither pictures nor sound: both are taken from the `videos` that they were made of, if they
    are given; `text` embeds captions whose embedding is not stored. Raises BadSamples (a damaged shard, other
    videos), MissingMedia.
    """
    count = min(CLIPS, len(pieces))
    # Pieces of one video follow each other: the other is taken from as far away as may be.
    chosen = [pieces[at * len(pieces) // count] for at in range(count)]
    others = chosen[1:] + chosen[:1]
    return tuple(
        _held_out(one, other, tokens=tokens, window=window, text=text, videos=videos)
        for one, other in zip(chosen, others, strict=True)
    )


def _held_out(
    one: StoredPiece,
    other: StoredPiece,
    *,
    tokens: int,
    window: int,
    text: Callable[[str], Tensor],
    videos: Path | None,
) -> HeldOut:
    piece = one.held.piece
    latents = max(1, min(piece.fit.latents, tokens // (piece.fit.rows * piece.fit.columns)))
    frames, rate = frames_of(latents - 1).stop, piece.source.rate.exact
    sample = Sample(
        clean_CFHW=one.latents_CFHW[:, :latents],
        mask_FHW=one.mask_FHW[:latents],
        rate=rate,
        text_XE=text(one.caption) if one.text_XE is None else one.text_XE,
        windows_NKLA=one.windows(0, frames, window),
        spatial=piece.fit.cell,
    )
    truth = None
    if videos is not None:
        truth = Truth(frames=_pictures(videos, piece, frames), boxes=one.boxes_N4[:frames].numpy())
    return HeldOut(
        name=f"{piece.source.file} from {piece.first}",
        sample=sample,
        other_NKLA=heard_at(other, rate, frames, window),
        other_sound=None if videos is None else _sound(videos, other.held.piece, frames / rate),
        truth=truth,
    )


def heard_at(piece: StoredPiece, rate: Fraction, frames: int, length: int) -> Tensor:
    """The windows [N, K, L, A] of a piece's speech for pictures of another rate."""
    begins = piece.held.lead / piece.held.piece.source.rate.exact
    return torch.from_numpy(windows(piece.features, rate, round(begins * rate), frames, length))


def _pictures(videos: Path, piece: Piece, frames: int) -> Pictures:
    """Raises BadSamples where the file is another than the one that the shard was made of."""
    source = piece.source
    if fingerprint(videos / source.file) != source.fingerprint:
        raise BadSamples(f"{videos / source.file} is not the video that the shards were made of")
    sampling = Sampling(offset=source.begins.exact, rate=source.rate.exact)
    with open_reel(videos / source.file, sampling) as reel:
        matrix = ColourMatrix.of(reel.format)
        shown = [
            fitted_frame(rgb_of(picture, matrix), piece.fit)
            for picture in reel.pictures(piece.first, piece.first + frames)
        ]
    return np.asarray(np.rint(np.stack(shown) * 255), np.uint8)


def _sound(videos: Path, piece: Piece, seconds: Fraction) -> Sound:
    """[samples, 2]"""
    first = round((piece.source.begins.exact + piece.first / piece.source.rate.exact) * SAMPLE_RATE)
    heard = sound_file(videos / piece.source.file).read(first, first + round(seconds * SAMPLE_RATE))
    both = heard[:, :2] if heard.shape[1] >= 2 else np.repeat(heard[:, :1], 2, axis=1)
    return np.asarray(both, np.float32)
