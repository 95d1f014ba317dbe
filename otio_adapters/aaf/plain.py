"""What the AAF adapter makes of a file, made plain: tracks of clips, as other formats have them.

AAF wraps: a stereo clip is a stack of two tracks of one clip each, a fade has gaps of no length beside it,
and one clip names the same media several times, as imported, as transcoded and as shot.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import opentimelineio as otio
from opentimelineio.opentime import TimeRange

from otio_adapters.links import linked_sets, set_link
from otio_adapters.opentime import (
    drops,
    exact_frames,
    exact_rate,
    exact_value,
    rational_time,
    seconds,
    timeline_rate,
)
from otio_adapters.ripple import gap, length
from otio_adapters.sequences import note

_KINDS = (otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio)


def make_plain(timeline: otio.schema.Timeline) -> None:
    """Changes the timeline in place. Its rate is that of its timecode, which sound cut in samples keeps too.

    Raises `UnreadableTimeline` for times that are none.
    """
    noted = timeline.metadata.get("pickup", {})
    losses = [str(line) for line in noted.get("losses", ())]
    place, names = int(noted.get("index", 0)), [str(name) for name in noted.get("names", ())]
    rate = _rate(timeline)
    for index in reversed(range(len(timeline.tracks))):
        track = timeline.tracks[index]
        if not isinstance(track, otio.schema.Track) or track.kind not in _KINDS:
            losses.append(f"the track {track.name!r}: it is neither picture nor sound")
            del timeline.tracks[index]
    for track in timeline.tracks:
        items = [part for item in track for part in _flat(item, rate)]
        del track[:]
        track.extend(_without_nothing(items, rate))
    for clip in timeline.find_clips():
        _choose_media(clip)
    for number, places in enumerate(linked_sets(timeline, rate), start=1):
        for t, i in places:
            set_link(timeline.tracks[t][i], number)
    timeline.metadata["pickup"] = {
        "application": str(noted.get("application", "")),
        "rate": str(rate),
        "drop_frame": bool(noted.get("drop_frame")) and bool(drops(rate)),
        "losses": losses,
    }
    note(timeline, place, names)


def _rate(timeline: otio.schema.Timeline) -> Fraction:
    start = timeline.global_start_time
    return exact_rate(start.rate) if start is not None else timeline_rate(timeline)


def _flat(item: otio.core.Composable, rate: Fraction) -> list[otio.core.Composable]:
    """The item, or what a stack shows in its place, where that is the same: copies."""
    if not isinstance(item, otio.schema.Stack | otio.schema.Track):
        return [item.deepcopy()]
    rows = (
        [_row(child, rate) for child in item] if isinstance(item, otio.schema.Stack) else [_row(item, rate)]
    )
    shown = _window(item, rows[0], rate) if rows and all(_alike(rows[0], row) for row in rows[1:]) else None
    clips = [one for one in shown or () if isinstance(one, otio.schema.Clip)]
    kept = shown is not None and (len(clips) == 1 or not (item.effects or item.markers))
    if shown is None or not kept or any(isinstance(one, otio.schema.TimeEffect) for one in item.effects):
        return [item.deepcopy()]
    if len(clips) == 1:
        _hand_on(item, clips[0], rate)
    return shown


def _row(child: otio.core.Composable, rate: Fraction) -> list[otio.core.Composable]:
    """What is in one layer of a stack, from its start."""
    if isinstance(child, otio.schema.Track) and child.source_range is None and not child.effects:
        return _without_nothing([part for item in child for part in _flat(item, rate)], rate)
    return [child.deepcopy()]


def _alike(row: Sequence[otio.core.Composable], other: Sequence[otio.core.Composable]) -> bool:
    """Whether two layers are the channels of one source: the same media at the same time, cut alike."""
    return [_face(item) for item in row] == [_face(item) for item in other]


def _face(item: otio.core.Composable) -> object:
    url = getattr(getattr(item, "media_reference", None), "target_url", None)
    if not isinstance(item, otio.core.Item) or (isinstance(item, otio.schema.Clip) and not url):
        return id(item)  # like nothing else
    shown = item.trimmed_range()
    return (item.schema_name(), url, seconds(shown.start_time), seconds(shown.duration), len(item.effects))


def _window(
    item: otio.core.Item, row: Sequence[otio.core.Composable], rate: Fraction
) -> list[otio.core.Composable] | None:
    """What a stack shows of its one layer; None where it would have to cut a transition or a speed."""
    if item.source_range is None:
        return list(row)
    begin = exact_frames(item.source_range.start_time, rate)
    end = begin + exact_frames(item.source_range.duration, rate)
    whole = [(one, length(one, rate)) for one in row]
    mixed = any(isinstance(one, otio.schema.Transition) for one in row)
    at = Fraction(0)
    shown: list[otio.core.Composable] = []
    for one, frames in whole:
        first, last = max(begin, at), min(end, at + frames)
        if not isinstance(one, otio.schema.Transition) and (first, last) != (at, at + frames):
            if one.effects or mixed:
                return None
            one.source_range = _part(one.trimmed_range(), first - at, max(last - first, Fraction(0)), rate)
        at += frames
        shown.append(one)
    return [*shown, gap(end - max(at, begin), rate)] if end > at else shown


def _part(whole: TimeRange, first: Fraction, frames: Fraction, rate: Fraction) -> TimeRange:
    own = exact_rate(whole.start_time.rate)
    start = exact_value(whole.start_time.value) + first * own / rate
    return TimeRange(rational_time(start, own), rational_time(frames, rate))


def _hand_on(stack: otio.core.Item, clip: otio.schema.Clip, rate: Fraction) -> None:
    """What the stack had besides its layers, to the one clip in them."""
    clip.effects.extend([effect.deepcopy() for effect in stack.effects])
    shown = clip.trimmed_range()
    origin = seconds(stack.source_range.start_time) if stack.source_range is not None else Fraction(0)
    for marker in stack.markers:
        moved = marker.deepcopy()
        at = seconds(shown.start_time) + seconds(moved.marked_range.start_time) - origin
        moved.marked_range = TimeRange(rational_time(at * rate, rate), moved.marked_range.duration)
        clip.markers.append(moved)
    if stack.metadata.get("AAF"):
        clip.metadata["AAF group"] = stack.metadata["AAF"]
    clip.enabled = clip.enabled and stack.enabled


def _without_nothing(items: Sequence[otio.core.Composable], rate: Fraction) -> list[otio.core.Composable]:
    """Without items and transitions of no length; but one between two transitions keeps them apart."""
    kept = []
    for index, item in enumerate(items):
        around = [*items[max(0, index - 1) : index], *items[index + 1 : index + 2]]
        if isinstance(item, otio.schema.Transition):
            empty = not item.in_offset.value and not item.out_offset.value
        else:
            between = len(around) == 2 and all(isinstance(one, otio.schema.Transition) for one in around)
            empty = not length(item, rate) and not between
        if not empty:
            kept.append(item)
    return kept


def _choose_media(clip: otio.schema.Clip) -> None:
    """Where the clip plays media that is nowhere, one of its others that is a file."""
    if getattr(clip.media_reference, "target_url", None):
        return
    for key, reference in clip.media_references().items():
        available = reference.available_range
        start = seconds(clip.trimmed_range().start_time)
        if not key or not getattr(reference, "target_url", None):
            continue
        first = seconds(available.start_time) if available is not None else start
        if first <= start:
            clip.active_media_reference_key = key
            return
