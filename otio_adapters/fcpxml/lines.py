"""The tracks of a timeline to be written: their lanes, sound put into pictures, secondary storylines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import zip_longest

import opentimelineio as otio
from opentimelineio.opentime import TimeRange

from otio_adapters.errors import UnwritableOutput
from otio_adapters.fcpxml.document import ZERO
from otio_adapters.fcpxml.layout import AUDIO, HOLE, PICTURE, SOUND
from otio_adapters.fcpxml.pieces import Joint, Origin, Piece, mark_of
from otio_adapters.opentime import rational_time
from otio_adapters.ripple import length, placed


@dataclass(slots=True, kw_only=True, eq=False)
class Line:
    """A track. `number`: group, lane and count that it was read as; () for one the original file has not."""

    heard: bool
    number: tuple[int, ...] = ()
    lane: int | None = None
    pieces: list[Piece] = field(default_factory=list)
    joints: list[Joint] = field(default_factory=list)

    @property
    def group(self) -> int | None:
        return self.number[0] if self.number else None


def lines_of(
    timeline: otio.schema.Timeline, rate: Fraction, origins: Mapping[tuple[bool, str], Origin]
) -> list[Line]:
    """The tracks in their order, each sound that belongs to a picture with it."""
    lines = []
    for track in timeline.tracks:
        heard = bool(track.kind == otio.schema.TrackKind.Audio)
        line = Line(heard=heard, number=_number(mark_of(track)) if origins else ())
        _fill(line, track, rate, origins)
        lines.append(line)
    _pair(lines, rate)
    _set_lanes(lines)
    for line in lines:
        if line.lane is not None:
            _join(line)
    return lines


def _number(mark: str) -> tuple[int, ...]:
    """The group, lane and count of a track that was read from the original file."""
    parts = mark.split("/")
    return tuple(int(part) for part in parts) if all(part.lstrip("-").isdecimal() for part in parts) else ()


def _set_lanes(lines: list[Line]) -> None:
    """Gives each line its lane, in order from the storyline up or down: the original's, where it can."""
    seen = [line for line in lines if not line.heard]
    middle = next((i for i, line in enumerate(seen) if line.number[:2] == (PICTURE, 0)), 0)
    _number_lanes(seen[middle + 1 :], 1)
    _number_lanes(seen[:middle][::-1], -1)
    heard = [line for line in lines if line.heard and line.group != SOUND]
    _number_lanes([line for line in heard if line.pieces], -1)
    for line in lines:
        for piece in line.pieces:
            piece.lane = line.lane


def _number_lanes(lines: list[Line], step: int) -> None:
    last = 0
    before: tuple[int, ...] = ()
    for line in lines:
        known = _lane_of(line.number)
        if line.number and line.number[:2] == before[:2]:
            line.lane = last
        elif known * step > last * step or known * step < 0:
            line.lane = known
        else:
            line.lane = last + step
        last, before = line.lane, line.number


def _lane_of(number: tuple[int, ...]) -> int:
    if not number or number[0] != AUDIO:
        return number[1] if number else 0
    return -number[1] if number[1] < 10**6 else number[1] - 10**6


def _fill(
    line: Line, track: otio.schema.Track, rate: Fraction, origins: Mapping[tuple[bool, str], Origin]
) -> None:
    last: Piece | None = None
    waiting: list[Joint] = []
    for start, item in placed(track, rate):
        if isinstance(item, otio.schema.Transition):
            waiting.append(Joint(item=item, cut=start, before=last))
            continue
        if origins and mark_of(item) == HOLE and isinstance(item, otio.schema.Gap):
            line.joints.extend(waiting)
            waiting, last = [], None
            continue
        origin = origins.get((line.group == SOUND, mark_of(item)))
        piece = Piece(
            item=item,
            start=start,
            frames=length(item, rate),
            heard=line.heard,
            origin=origin,
            # A take above goes into a lane of its own, not between the clips of a secondary storyline.
            spine=origin.strip.spine if origin and line.number else "",
        )
        for joint in waiting:
            joint.after = piece
        line.joints.extend(waiting)
        waiting, last = [], piece
        line.pieces.append(piece)
    line.joints.extend(waiting)


def _pair(lines: list[Line], rate: Fraction) -> None:
    """Gives pictures their sound, and takes that off its own line."""
    seen = [line for line in lines if not line.heard]
    _cut_gaps(seen, [line for line in lines if line.group == SOUND], rate)
    marked: dict[str, list[Piece]] = {}
    for piece in (piece for line in seen for piece in line.pieces):
        if piece.origin is not None:
            marked.setdefault(piece.origin.strip.mark, []).append(piece)
    free = [line for line in seen if line.group is None]
    for line in (line for line in lines if line.heard and any(not piece.idle for piece in line.pieces)):
        if line.group == SOUND:
            for piece in line.pieces:
                if not piece.idle:
                    _give(piece, marked.get(mark_of(piece.item), []), rate)
            _embed(line, seen)
            continue
        found = next((one for one in free if _alike(line, one)), None) if line.group is None else None
        # Sound of pictures is read back ahead of all other, so after that none is taken for it.
        free = free[free.index(found) + 1 :] if found is not None else []
        if found is not None:
            sounds = {piece.start: piece for piece in line.pieces if not piece.idle}
            for piece in found.pieces:
                piece.sounds = [sounds[piece.start]] if piece.start in sounds else []
            _embed(line, [found])


def _cut_gaps(seen: list[Line], embedded: list[Line], rate: Fraction) -> None:
    """Cuts the gaps that stand for sound alone where that was: an edit cuts clips, and makes gaps shorter."""
    heard: dict[str, list[Piece]] = {}
    for sound in (piece for line in embedded for piece in line.pieces if not piece.idle):
        heard.setdefault(mark_of(sound.item), []).append(sound)
    for line in seen:
        pieces: list[Piece] = []
        for piece in line.pieces:
            parts = _as_heard(piece, heard.get(mark_of(piece.item), []) if piece.idle else [], rate)
            for joint in line.joints if len(parts) > 1 else ():
                joint.before = parts[-1] if joint.before is piece else joint.before
                joint.after = parts[0] if joint.after is piece else joint.after
            pieces.extend(parts)
        line.pieces = pieces


def _as_heard(picture: Piece, sounds: list[Piece], rate: Fraction) -> list[Piece]:
    """A gap in parts, one for each run of its sound that has moved as one."""
    origin = picture.origin
    heads: list[Piece] = []
    for sound in sounds:
        if picture.start < sound.end and sound.start < picture.end:
            heads += [sound] * (not heads or _moved(sound, rate) != _moved(heads[-1], rate))
    if origin is None or not heads or {_moved(one, rate) for one in heads} == {_moved(picture, rate)}:
        return [picture]
    parts: list[Piece] = []
    for head, after in zip_longest(heads, heads[1:]):
        start = head.start if parts else picture.start
        frames = (after.start if after else picture.end) - start
        late = head.skipped(rate) - head.start + start
        item = picture.item.deepcopy()
        item.source_range = TimeRange(
            origin.item.source_range.start_time + rational_time(late, rate), rational_time(frames, rate)
        )
        parts.append(replace(picture, item=item, start=start, frames=frames, sounds=[]))
    return parts


def _moved(piece: Piece, rate: Fraction) -> Fraction:
    """How far its media has moved from where it was read."""
    assert piece.origin is not None
    return piece.start - piece.skipped(rate) - piece.origin.start


def _give(sound: Piece, pictures: list[Piece], rate: Fraction) -> None:
    """Gives the sound to the piece of its own clip that it is in step with and overlaps most."""
    best, most = None, ZERO
    for picture in pictures:
        shared = min(sound.end, picture.end) - max(sound.start, picture.start)
        whole = not picture.sounds or picture.sounds[-1].end == sound.start
        if shared > most and whole and _in_step(sound, picture, rate):
            best, most = picture, shared
    if best is None:
        raise UnwritableOutput(
            f"{sound.item.name!r} sounds apart from the picture it is in at frame {float(sound.start):g} of "
            f"track {sound.item.parent().name!r}; detach its sound in Final Cut Pro first, or write .otio"
        )
    best.sounds.append(sound)


def _in_step(sound: Piece, picture: Piece, rate: Fraction) -> bool:
    """Whether both have moved as one from where they were read; or play a take at the same moments of it."""
    heard, seen = sound.kept, picture.kept
    if heard is not None and seen is not None:
        return _moved(sound, rate) == _moved(picture, rate)
    slip = sound.offset - picture.offset - (sound.start - picture.start) / rate
    return sound.url == picture.url and abs(slip * rate) < Fraction(1, 2)


def _embed(line: Line, pictures: list[Line]) -> None:
    """Leaves the line empty: what it held is in the pictures now, its transitions in theirs."""
    shapes = {joint.shape for joint in line.joints}
    for joint in (joint for one in pictures for joint in one.joints):
        joint.heard = joint.heard or joint.shape in shapes
    line.pieces, line.joints = [], []


def _alike(sound: Line, picture: Line) -> bool:
    """Whether all of the sound lies under clips of the picture that play the same at the same time."""
    clips = {_shape(piece): piece for piece in picture.pieces if piece.url}
    blends = {joint.shape for joint in picture.joints}
    for piece in sound.pieces:
        found = clips.get(_shape(piece))
        # A clip that is switched off is silent too.
        if not piece.idle and (found is None or (piece.item.enabled and not found.item.enabled)):
            return False
    return all(joint.shape in blends for joint in sound.joints)


def _shape(piece: Piece) -> tuple[object, ...]:
    effects = tuple((one.schema_name(), getattr(one, "time_scalar", None)) for one in piece.item.effects)
    return piece.start, piece.frames, piece.url, piece.offset, effects


def _join(line: Line) -> None:
    """Finds out which pieces of a lane lie on one secondary storyline: a transition needs one."""
    pieces = line.pieces
    ahead = ""
    following: list[str] = []
    for piece in reversed(pieces):
        ahead = piece.spine if piece.origin is not None else ahead
        following.append(ahead)
    behind = ""
    for piece, ahead in zip(pieces, reversed(following), strict=True):
        if piece.origin is None and ahead == behind:
            piece.spine = ahead
        behind = piece.spine
    for count, joint in enumerate(line.joints):
        sides = [side for side in (joint.after, joint.before) if side is not None and not side.idle]
        spine = next((side.spine for side in sides if side.spine), f"new {id(line)} {count}")
        for side in sides:
            side.spine = side.spine or spine
    line.joints = [joint for joint in line.joints if spine_of(joint)]
    line.pieces = [piece for piece in pieces if piece.spine or not piece.idle]


def spine_of(joint: Joint) -> str:
    """The secondary storyline that the transition is on; a fade between nothing and nothing is on none."""
    sides = [side for side in (joint.after, joint.before) if side is not None]
    return next((side.spine for side in sides if side.spine), "")
