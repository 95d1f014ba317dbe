"""Where a moment of the old timeline is in the new one, told from what became of the clips around it.

For what a project says in frames of the timeline beside its clips: compositions, zones, automation, marks.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Frames [was, was + frames) of the old timeline lie from frame `now` of the new one."""

    was: int
    frames: int
    now: int

    @property
    def end(self) -> int:
        return self.was + self.frames

    @property
    def shift(self) -> int:
        return self.now - self.was


@dataclass(frozen=True, slots=True)
class Moves:
    """The pieces of each track, in the order they lie in."""

    tracks: tuple[tuple[Piece, ...], ...]

    def on(self, track: int, frame: int) -> int:
        """Where what goes with a track is now: with its clip; between clips as the other tracks go."""
        own = self.tracks[track]
        others = [pieces for number, pieces in enumerate(self.tracks) if number != track]
        for pieces in (own, *others):
            found = _sure(pieces, frame)
            if found is not None:
                return found
        return _likely(own, frame)

    def everywhere(self, frame: int) -> int:
        """Where what goes with the whole timeline is now; where its tracks went apart it stays."""
        found = {place for pieces in self.tracks if (place := _sure(pieces, frame)) is not None}
        found = found or {_likely(pieces, frame) for pieces in self.tracks if pieces}
        return found.pop() if len(found) == 1 else frame


def _around(pieces: tuple[Piece, ...], frame: int) -> tuple[Piece | None, Piece | None]:
    """The last piece that starts at the frame or before, and the next one."""
    index = bisect_right(pieces, frame, key=lambda piece: piece.was)
    return (pieces[index - 1] if index else None), (pieces[index] if index < len(pieces) else None)


def _sure(pieces: tuple[Piece, ...], frame: int) -> int | None:
    """In a piece, or between two that moved alike."""
    left, right = _around(pieces, frame)
    if left is not None and frame < left.end:
        return frame + left.shift
    if left is not None and right is not None and left.shift == right.shift:
        return frame + left.shift
    return None


def _likely(pieces: tuple[Piece, ...], frame: int) -> int:
    """After the end as the last piece went; in what was taken out, where that was."""
    left, right = _around(pieces, frame)
    if left is None:
        return min(frame, right.now) if right is not None else frame
    place = frame + left.shift
    return min(place, right.now) if right is not None else place
