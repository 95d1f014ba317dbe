"""Where a clip is: found by name, with the sound that goes with it."""

from __future__ import annotations

import difflib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio

from otio_adapters.errors import (
    AmbiguousClip,
    TimelineError,
    UnknownClip,
    UnreadableTimeline,
    UnsupportedEdit,
)
from otio_adapters.links import link_of
from otio_adapters.media_linker import media_name
from otio_adapters.opentime import clock_of, seconds, timeline_rate
from otio_adapters.ripple import Frames, Laid, laid, steady_speed, warp, window_start

_Spot = tuple[int, int, otio.schema.Clip]
"""A clip's track, its index on it, and itself."""

_Row = tuple[Frames, int, int, Frames, otio.schema.Clip]
"""A clip's start, its track, its index on it, its length, and itself: quicker made and sorted than places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipPlace:
    """A clip on the timeline: `at` and `length` in frames at `rate`, from the timeline's first frame.

    They are whole for what `find_clip` returns; sound may lie between frames.
    """

    name: str
    track: int  # index in timeline.tracks
    index: int  # index in that track
    at: Fraction
    length: Fraction
    rate: Fraction

    @property
    def start(self) -> int:
        return int(self.at)

    @property
    def frames(self) -> int:
        return int(self.length)

    @property
    def end(self) -> Fraction:
        return self.at + self.length


def clip_names(timeline: otio.schema.Timeline) -> tuple[str, ...]:
    """The names of the video clips in timeline order, each one that `find_clip` takes: twins as `NAME#2`."""
    clips = _clips(timeline, otio.schema.TrackKind.Video)
    names = [_name(t, i, clip) for _, t, i, _, clip in _in_time(timeline, clips, timeline_rate(timeline))]
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
    counted: dict[str, int] = {}
    result = []
    for name in names:
        counted[name] = counted.get(name, 0) + 1
        result.append(f"{name}#{counted[name]}" if seen[name] > 1 else name)
    return tuple(result)


def find_clip(timeline: otio.schema.Timeline, name: str) -> ClipPlace:
    """The video clip called `name`, or whose media file is; `name#2` is the second one of them.

    Raises `UnknownClip` with the names there are, `AmbiguousClip`, `UnreadableTimeline` for a timeline
    without clips, and `UnsupportedEdit` for a clip that cannot be edited where it is.
    """
    rate = timeline_rate(timeline)
    found = _in_time(timeline, _matches(timeline, name), rate)
    base, _, number = name.rpartition("#")
    if not found and base and number.isdecimal():
        twins = _in_time(timeline, _matches(timeline, base), rate)
        found = twins[int(number) - 1 : int(number)] if int(number) else []
    if not found and not timeline.find_clips():
        raise UnreadableTimeline(f"the timeline {timeline.name!r} is empty: it has no clips")
    if not found:
        raise _unknown(timeline, name)
    places = [_place(row, rate) for row in found[:8]]
    if len(found) > 1:
        first = ", ".join(
            f"{name}#{count} at {timecode(timeline, place)}" for count, place in enumerate(places, start=1)
        )
        raise AmbiguousClip(f"{len(found)} clips are called {name!r}; say which: {first}")
    _check_editable(timeline, places[0])
    return places[0]


def timecode(timeline: otio.schema.Timeline, place: ClipPlace) -> str:
    """What the timeline calls the clip's first frame."""
    return clock_of(timeline, place.rate).code(place.at)


def check_steady(timeline: otio.schema.Timeline, place: ClipPlace) -> None:
    """Raises `UnsupportedEdit` for a clip of variable speed, for a freeze frame and for a reversed clip."""
    what = warp(clip_at(timeline, place))
    if what is not None:
        raise UnsupportedEdit(
            f"clip {place.name!r} at {timecode(timeline, place)} {what}; render it in place in the editing "
            "program, then edit the result"
        )


def linked_audio(
    timeline: otio.schema.Timeline, place: ClipPlace, tracks: Sequence[Laid] | None = None
) -> tuple[ClipPlace, ...]:
    """The audio clips that go with the clip at `place`: linked to it, or its media in step with it.

    `tracks`: what lies on the timeline's tracks, where that is known already.
    """
    picture = clip_at(timeline, place)
    return tuple(
        audio
        for audio in _audio_clips(timeline, place, tracks)
        if _linked(timeline, picture, audio) or _in_step(timeline, place, audio)
    )


def clip_at(timeline: otio.schema.Timeline, place: ClipPlace) -> otio.schema.Clip:
    return timeline.tracks[place.track][place.index]


def _linked(timeline: otio.schema.Timeline, picture: otio.schema.Clip, audio: ClipPlace) -> bool:
    link = link_of(picture)
    return link is not None and link == link_of(clip_at(timeline, audio))


def _in_step(timeline: otio.schema.Timeline, place: ClipPlace, audio: ClipPlace) -> bool:
    """The same media, at the same moment, to within half a frame: sound may be cut between frames."""
    picture, sound = clip_at(timeline, place), clip_at(timeline, audio)
    references = [getattr(clip, "media_reference", None) for clip in (picture, sound)]
    urls = {getattr(reference, "target_url", None) for reference in references}
    if len(urls) != 1 or not urls.pop():
        return False
    speed = steady_speed(picture)
    if speed != steady_speed(sound) or warp(picture) or warp(sound):
        return False
    slip = _media_start(picture) - _media_start(sound) - speed * (place.at - audio.at) / place.rate
    return abs(slip) < speed / (2 * place.rate)


def _media_start(clip: otio.schema.Clip) -> Fraction:
    available = clip.media_reference.available_range
    start = seconds(clip.trimmed_range().start_time)
    return start - seconds(available.start_time) if available is not None else start


def _audio_clips(
    timeline: otio.schema.Timeline, place: ClipPlace, tracks: Sequence[Laid] | None
) -> Iterator[ClipPlace]:
    """Those that play anywhere while the clip at `place` does."""
    for t, track in enumerate(timeline.tracks):
        if not isinstance(track, otio.schema.Track) or track.kind != otio.schema.TrackKind.Audio:
            continue
        found = tracks[t] if tracks is not None else laid(track, place.rate)
        edges = _edges(track, found, place.rate)
        first = max(bisect_right(edges, place.at) - 1, 0)
        last = min(bisect_left(edges, place.end), len(found.children))
        for i in range(first, last):
            if isinstance(found.children[i], otio.schema.Clip):
                yield _place((edges[i], t, i, edges[i + 1] - edges[i], found.children[i]), place.rate)


def _edges(track: otio.schema.Track, found: Laid, rate: Fraction) -> Sequence[Frames]:
    """Where what is found on the track starts and ends, in frames of the timeline."""
    offset = window_start(track, rate)
    return [start - offset for start in found.starts] if offset else found.starts


def _clips(timeline: otio.schema.Timeline, kind: str) -> Iterator[_Spot]:
    for t, track in enumerate(timeline.tracks):
        if isinstance(track, otio.schema.Track) and track.kind == kind:
            for i, item in enumerate(list(track)):
                if isinstance(item, otio.schema.Clip):
                    yield t, i, item


def _in_time(timeline: otio.schema.Timeline, clips: Iterable[_Spot], rate: Fraction) -> list[_Row]:
    """The clips in the order of time; of those that begin together, the lowest first."""
    edges: dict[int, Sequence[Frames]] = {}
    rows: list[_Row] = []
    for t, i, clip in clips:
        if t not in edges:
            track = timeline.tracks[t]
            edges[t] = _edges(track, laid(track, rate), rate)
        rows.append((edges[t][i], t, i, edges[t][i + 1] - edges[t][i], clip))
    return sorted(rows, key=lambda row: row[:3])


def _place(row: _Row, rate: Fraction) -> ClipPlace:
    at, track, index, frames, clip = row
    name = _name(track, index, clip)
    return ClipPlace(name=name, track=track, index=index, at=Fraction(at), length=Fraction(frames), rate=rate)


def _name(track: int, index: int, clip: otio.schema.Clip) -> str:
    if name := clip.name or _file_name(clip):
        return str(name)
    return f"clip {index + 1} of {clip.parent().name or f'track {track + 1}'}"


def _matches(timeline: otio.schema.Timeline, name: str) -> list[_Spot]:
    """By the clip's name; else by its media's file name, with or without the suffix."""
    by_name = [spot for spot in _clips(timeline, otio.schema.TrackKind.Video) if _name(*spot) == name]
    if by_name:
        return by_name
    files = [(_file_name(spot[-1]), spot) for spot in _clips(timeline, otio.schema.TrackKind.Video)]
    by_file = [spot for file, spot in files if file == name]
    return by_file or [spot for file, spot in files if file.rpartition(".")[0] == name]


def _file_name(clip: otio.schema.Clip) -> str:
    try:
        return media_name(getattr(clip.media_reference, "target_url", None) or "")
    except TimelineError:
        return ""


def _unknown(timeline: otio.schema.Timeline, name: str) -> TimelineError:
    for holder in (item for track in timeline.tracks for item in track if _is_nested(item)):
        if name == holder.name or name in {clip.name for clip in holder.find_clips()}:
            return _held(name, holder)
    names = clip_names(timeline)
    if any(name == _name(*sound) for sound in _clips(timeline, otio.schema.TrackKind.Audio)):
        return UnknownClip(f"{name!r} is a clip of sound; the video clips are: {_listed(names)}")
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return UnknownClip(f"no clip is called {name!r}.{hint} The clips are: {_listed(names)}")


def _is_nested(item: otio.core.Composable) -> bool:
    return isinstance(item, otio.schema.Stack | otio.schema.Track)


def _held(name: str, holder: otio.core.Composition) -> UnsupportedEdit:
    """Of a nested sequence or a multicam clip, or of a clip that is in one."""
    noted = holder.metadata.get("pickup", {})
    kind, advice = "nested sequence", "open that sequence and edit it there"
    if noted.get("multicam"):
        kind = "multicam clip"
        advice = (
            "flatten it to the angle in use in the editing program, or put that angle's own clip in its place"
        )
    where = f" on line {noted['line']}" if "line" in noted else ""
    if name == holder.name:
        return UnsupportedEdit(f"{name!r}{where} is a {kind}; {advice}")
    return UnsupportedEdit(f"clip {name!r} is in the {kind} {holder.name!r}{where}; {advice}")


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return ", ".join(names[:20]) + more


def _check_editable(timeline: otio.schema.Timeline, place: ClipPlace) -> None:
    check_steady(timeline, place)
    if place.at.denominator != 1 or place.length.denominator != 1:
        raise UnsupportedEdit(
            f"clip {place.name!r} starts or ends between two frames of the timeline, which has "
            f"{float(place.rate):g} a second; move it to whole frames first"
        )
