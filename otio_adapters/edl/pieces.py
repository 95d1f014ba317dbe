"""What a timeline's tracks play, as the events that an edit list has for it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import opentimelineio as otio

from otio_adapters.edl.clock import countable
from otio_adapters.edl.reels import Reels, source_range
from otio_adapters.errors import UnwritableOutput
from otio_adapters.opentime import exact_frames
from otio_adapters.ripple import length

MOST_SOUND = 4  # CMX3600 records on four channels of sound
USE = "write .otio or .xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """A transition into a piece: D or W with a number, its frames, and how many of them lie before the cut.

    `source`: reel, source frame and counting of what it comes from; None for black.
    """

    kind: str
    frames: int
    lead: int
    source: tuple[str, int, bool] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch [begin, end) of one channel, in frames from the timeline's start, played from source `first`.

    `mark`: the event of the file that it came from. `speed` is None where `puzzle` stands in its way.
    `available` is the media's own range. `followed`: the next piece begins where it ends.
    """

    channel: str
    mark: int | None
    begin: int
    end: int
    first: int
    name: str = ""
    url: str = ""
    reel: str = "BL"
    dropped: bool = False
    speed: Fraction | None = Fraction(1)
    puzzle: str = ""
    available: tuple[int, int] | None = None
    mix: Mix | None = None
    followed: bool = False

    @property
    def length(self) -> int:
        return self.end - self.begin

    @property
    def cut(self) -> int:
        """Where it begins, but for what its transition has of the piece before."""
        return self.begin + (self.mix.lead if self.mix else 0)

    @property
    def played(self) -> int:
        """How many source frames it goes through, either way."""
        speed = Fraction(1) if self.speed is None else self.speed
        return math.floor(self.length * abs(speed) + Fraction(1, 2))

    @property
    def following(self) -> int:
        """The source frame that would be played next."""
        back = self.speed is not None and self.speed < 0
        return max(self.first - self.played, 0) if back else self.first + self.played


def is_wipe(transition: otio.schema.Transition) -> bool:
    """Whether it has the number of a wipe, by which an edit list knows its look."""
    return bool(re.fullmatch(r"W\d{3}", transition.name))


def check(timeline: otio.schema.Timeline, rate: Fraction) -> None:
    """Raises `UnwritableOutput` for what no edit list can say."""
    if not countable(rate):
        raise UnwritableOutput(f"an edit list cannot count {float(rate):g} frames a second; {USE}")
    for track in timeline.tracks:
        if not track.enabled:
            raise UnwritableOutput(f"an edit list cannot switch off track {track.name!r}: remove it first")
        for item in track:
            if isinstance(item, otio.schema.Stack | otio.schema.Track):
                raise UnwritableOutput(f"an edit list cannot hold the nested sequence {item.name!r}; {USE}")
            if isinstance(item, otio.schema.Clip) and not item.enabled:
                raise UnwritableOutput(f"an edit list cannot switch off clip {item.name!r}: remove it first")


def channels_for(timeline: otio.schema.Timeline) -> list[str]:
    """The channel of each track; "" for those not in use. Raises `UnwritableOutput` for too many."""
    found = []
    count = {otio.schema.TrackKind.Video: 0, otio.schema.TrackKind.Audio: 0}
    for track in timeline.tracks:
        used = any(not isinstance(item, otio.schema.Gap) for item in track)
        count[track.kind] += used
        letter = "V" if track.kind == otio.schema.TrackKind.Video else "A"
        found.append(f"{letter}{count[track.kind]}" if used else "")
    video, sound = count.values()
    if video > 1:
        raise UnwritableOutput(f"an edit list holds one video track, and {video} are in use; {USE}")
    if sound > MOST_SOUND:
        raise UnwritableOutput(
            f"an edit list holds {MOST_SOUND} tracks of sound, and {sound} are in use; {USE}"
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """A clip or a gap with its place, and the transitions before and after it."""

    item: otio.core.Item
    begin: int
    end: int
    into: otio.schema.Transition | None
    out: otio.schema.Transition | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceMaker:
    """Makes the pieces of tracks, which lie on whole frames: `loss.check_tracks` has refused others.

    `marked`: the items' marks are those of the file to be patched.
    """

    rate: Fraction
    reels: Reels
    marked: bool

    def pieces(self, channel: str, track: otio.schema.Track) -> list[Piece]:
        found: list[Piece] = []
        for one in self._stretches(track):
            piece = self._piece(channel, one)
            if piece is not None:
                found.append(self._mixed(piece, one.into, found[-1] if found else None))
        begins = {piece.begin for piece in found}
        return [replace(piece, followed=piece.end in begins) for piece in found]

    def _stretches(self, track: otio.schema.Track) -> Iterator[_Stretch]:
        """Clips and gaps; one of no length after a transition that leads to the track's end."""
        children = list(track)
        at = Fraction(0)
        for index, item in enumerate(children):
            if not isinstance(item, otio.schema.Transition):
                end = at + length(item, self.rate)
                into, out = _transition(children, index - 1), _transition(children, index + 1)
                yield _Stretch(item=item, begin=int(at), end=int(end), into=into, out=out)
                at = end
            elif index + 1 == len(children):
                yield _Stretch(item=otio.schema.Gap(), begin=int(at), end=int(at), into=item, out=None)

    def _piece(self, channel: str, one: _Stretch) -> Piece | None:
        """None for a gap that is no event of black."""
        lead, tail = self._offsets(one.into)
        early, _ = self._offsets(one.out)
        mark = self._mark(one.item)
        begin, end = one.begin - lead, one.end - early
        if isinstance(one.item, otio.schema.Gap):
            if mark is None and one.into is None:
                return None
            if mark is None:
                mark, end = self._mark(one.into), one.begin + tail
            return Piece(channel=channel, mark=mark, begin=begin, end=end, first=self._black_first(one.item))
        if end <= begin < one.end:
            raise UnwritableOutput(
                f"{one.item.name!r} at frame {one.begin} is all transition, which no edit list can say; make "
                "the transition shorter first"
            )
        speed, puzzle = _speed(one.item)
        first, available = source_range(one.item, self.rate)
        first -= round(lead * (1 if speed is None else speed))
        if first < 0:
            raise UnwritableOutput(
                f"{one.item.name!r} would begin before source timecode 00:00:00:00, which no edit list has"
            )
        reel = self.reels.of(one.item)
        return Piece(
            channel=channel,
            mark=mark,
            begin=begin,
            end=end,
            first=first,
            name=one.item.name,
            url=getattr(one.item.media_reference, "target_url", "") or "",
            reel=reel,
            dropped=self.reels.drops(one.item),
            speed=speed,
            puzzle=puzzle,
            available=available,
        )

    def _mixed(self, piece: Piece, into: otio.schema.Transition | None, before: Piece | None) -> Piece:
        """The piece with the transition that leads into it, which comes from what ends there."""
        lead, tail = self._offsets(into)
        if into is None or not lead + tail:
            return piece
        source = None
        if before is not None and before.end == piece.begin and before.reel != "BL":
            source = (before.reel, before.following, before.dropped)
        kind = into.name if is_wipe(into) else "D"
        return replace(piece, mix=Mix(kind=kind, frames=lead + tail, lead=lead, source=source))

    def _mark(self, item: otio.core.SerializableObjectWithMetadata) -> int | None:
        mark = item.metadata.get("pickup", {}).get("edl") if self.marked else None
        return mark if isinstance(mark, int) and mark >= 0 else None

    def _black_first(self, item: otio.core.Item) -> int:
        return (
            max(0, round(exact_frames(item.source_range.start_time, self.rate))) if item.source_range else 0
        )

    def _offsets(self, transition: otio.schema.Transition | None) -> tuple[int, int]:
        if transition is None:
            return 0, 0
        times = (transition.in_offset, transition.out_offset)
        before, after = (int(exact_frames(time, self.rate)) for time in times)
        return before, after


def _transition(children: list[otio.core.Composable], index: int) -> otio.schema.Transition | None:
    item = children[index] if 0 <= index < len(children) else None
    return item if isinstance(item, otio.schema.Transition) else None


def _speed(item: otio.core.Item) -> tuple[Fraction | None, str]:
    """Media frames for each frame, 0 for a freeze, negative for backwards; None for a ramp, and its name."""
    speed = Fraction(1)
    for effect in item.effects:
        if isinstance(effect, otio.schema.LinearTimeWarp):
            speed *= Fraction(effect.time_scalar).limit_denominator(100_000)
        elif isinstance(effect, otio.schema.TimeEffect):
            return None, effect.name or effect.schema_name()
    return speed, ""
