"""An edit as a list, for an editing program that makes it in its own project."""

from __future__ import annotations

import msgspec

from otio_adapters import placement
from otio_adapters.placement import RippleMode


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """Frames [start, start + length) of the timeline as it was gave way to a take, or to nothing.

    `take` is its number among the report's, from 0; its `source_range` is what is shown of it. `ripples` are
    (at, removed, added): frames [at, at + removed) of the timeline as it was go, then `added` come in.
    """

    start: int
    length: int
    take: int | None
    ripples: tuple[tuple[int, int, int], ...]


class Splice(msgspec.Struct, frozen=True, kw_only=True):
    """What a program has to do to make the same edit in its own project; `pieces` in order of time.

    Picture tracks are numbered from the lowest, sound tracks from the first, both from 1.
    """

    clip: str
    pieces: tuple[Piece, ...]
    ripple: RippleMode
    track: int
    sound_tracks: tuple[int, ...]

    @classmethod
    def of(cls, made: placement.Splice, clip: str) -> Splice:
        """Takes are numbered in order of time."""
        pieces = [
            Piece(start=one.start, length=one.length, take=number, ripples=tuple(map(_counted, one.ripples)))
            for number, one in enumerate(made.placements)
        ]
        pieces += [
            Piece(start=trim.at, length=trim.removed, take=None, ripples=(_counted(trim),))
            for trim in made.trims
        ]
        return cls(
            clip=clip,
            pieces=tuple(sorted(pieces, key=lambda piece: piece.start)),
            ripple=made.ripple,
            track=made.track,
            sound_tracks=made.sound_tracks,
        )


def _counted(ripple: placement.Ripple) -> tuple[int, int, int]:
    return ripple.at, ripple.removed, ripple.added
