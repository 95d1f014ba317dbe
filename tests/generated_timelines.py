"""Timelines as no editor would cut them: all that a track can hold, at every rate, drawn by hypothesis.

`film` writes a track out frame by frame: the model that edits are held to.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
from hypothesis import strategies as st

from otio_adapters.media_linker import MediaFacts
from otio_adapters.opentime import exact_frames, rational_time, seconds, time_range
from otio_adapters.placement import Placement, Ripple
from otio_adapters.ripple import steady_speed

RATES = tuple(Fraction(n) for n in (24, 25, 30, 50, 60)) + tuple(
    Fraction(n * 1000, 1001) for n in (24, 30, 60)
)
SPEEDS = (1, 1, 1, 2, 0.5, 1.25)
STARTS = (0, 3600, 24 * 3600 + 10)  # seconds: timecode from 0, from one hour, past a day
Moment = tuple[Any, ...] | None


def film(track: otio.schema.Track, rate: Fraction) -> list[Moment]:
    """What plays at each frame: the media, the exact second of it, and whether it is on; None for nothing."""
    found: list[Moment] = []
    for item in track:
        if isinstance(item, otio.schema.Transition):
            continue
        shown = item.trimmed_range()
        count = exact_frames(shown.duration, rate)
        assert count.denominator == 1
        assert count > 0
        if isinstance(item, otio.schema.Gap):
            found += [None] * int(count)
            continue
        name = item.name if isinstance(item, otio.schema.Stack) else item.media_reference.target_url
        first, speed = seconds(shown.start_time), steady_speed(item)
        found += [(name, first + k * speed / rate, item.enabled) for k in range(int(count))]
    return found


@st.composite
def _clips(draw: st.DrawFn, rate: Fraction, name: str) -> otio.core.Item:
    """A clip, its source time in another rate or its own, at some speed, with a marker; or a nested stack."""
    frames = draw(st.integers(8, 30))
    start = draw(st.integers(0, 500))
    if draw(st.integers(0, 7)) == 0:
        inner = otio.schema.Clip("inner", otio.schema.MissingReference(), time_range(0, 900, rate))
        stack = otio.schema.Stack(f"nest {name}", children=[otio.schema.Track(children=[inner])])
        stack.source_range = time_range(start, frames, rate)
        return stack
    own = draw(st.sampled_from((rate, Fraction(24), Fraction(48_000))))
    reference = otio.schema.ExternalReference(f"/media/{name}.mov", time_range(0, 10_000_000, own))
    shown = otio.opentime.TimeRange(rational_time(start, own), rational_time(frames, rate))
    clip = otio.schema.Clip(name, reference, shown)
    speed = draw(st.sampled_from(SPEEDS))
    if speed != 1:
        clip.effects.append(otio.schema.LinearTimeWarp("speed", time_scalar=speed))
    if draw(st.booleans()):
        at = start / own + Fraction(draw(st.integers(0, frames - 1))) * steady_speed(clip) / rate
        clip.markers.append(otio.schema.Marker("mark", time_range(at * rate, 0, rate)))
    return clip


@st.composite
def _tracks(draw: st.DrawFn, rate: Fraction, name: str, kind: str) -> otio.schema.Track:
    track = otio.schema.Track(name, kind=kind)
    for number in range(draw(st.integers(1, 4))):
        if draw(st.integers(0, 3)) == 0:
            track.append(otio.schema.Gap(source_range=time_range(0, draw(st.integers(1, 20)), rate)))
        track.append(draw(_clips(rate, f"{name} {number}")))
    for index in range(len(track) - 1, 0, -1):
        if not any(isinstance(track[i], otio.schema.Gap) for i in (index - 1, index)) and draw(st.booleans()):
            before, after = draw(st.integers(0, 3)), draw(st.integers(1, 3))
            mix = otio.schema.Transition(
                f"mix {index}", "SMPTE_Dissolve", rational_time(before, rate), rational_time(after, rate)
            )
            track.insert(index, mix)
    track.enabled = draw(st.integers(0, 5)) > 0
    return track


@st.composite
def timelines(draw: st.DrawFn, *, locks: bool = False) -> tuple[otio.schema.Timeline, Fraction]:
    """V1 with its linked sound on A1, both cut alike; other tracks as they come."""
    rate = draw(st.sampled_from(RATES))
    made = otio.schema.Timeline("generated")
    made.metadata["pickup"] = {"rate": str(rate)}
    made.global_start_time = rational_time(round(draw(st.sampled_from(STARTS)) * rate), rate)
    picture = draw(_tracks(rate, "V1", "Video"))
    for number, item in enumerate(picture, start=1):
        if isinstance(item, otio.schema.Clip):
            item.metadata["pickup"] = {"link": number}
    sound = picture.deepcopy()
    sound.name, sound.kind = "A1", "Audio"
    others = [draw(_tracks(rate, f"V{n}", "Video")) for n in range(2, 2 + draw(st.integers(0, 2)))]
    others += [draw(_tracks(rate, f"A{n}", "Audio")) for n in range(2, 2 + draw(st.integers(0, 2)))]
    made.tracks.extend([picture, sound, *others])
    for track in others:
        if locks and draw(st.booleans()):
            track.metadata["pickup"] = {"locked": True}
    for holder in (made.tracks, *made.tracks):
        for at in draw(st.lists(st.integers(0, 90), max_size=2)):
            holder.markers.append(otio.schema.Marker("mark", time_range(at, draw(st.integers(0, 9)), rate)))
    return made, rate


@st.composite
def plans(draw: st.DrawFn, start: int, frames: int, rate: Fraction) -> tuple[Placement, ...]:
    """Up to three takes in the clip at [start, start + frames), each with up to three ripples."""
    found: list[Placement] = []
    at = start
    for number in range(draw(st.integers(1, 3))):
        first = at + draw(st.integers(0, 6))
        length = draw(st.integers(3, 12) | st.just(0))
        if first + length > start + frames:
            break
        ripples, place = [], first
        for _ in range(draw(st.integers(1, 3) | st.just(0))):
            place += draw(st.integers(0, 4))
            removed = draw(st.integers(0, 4)) if length else 0
            if place + removed > first + length:
                break
            added = 0 if removed else draw(st.integers(1, 9))
            ripples.append(Ripple(at=place, removed=removed, added=added))
            place += max(removed, 1)
        shown = length + sum(one.added - one.removed for one in ripples)
        if shown <= 0:
            continue
        handle = draw(st.sampled_from((0, 4)))
        found.append(
            Placement(
                start=first,
                length=length,
                media=Path(f"/takes/take {number}.mov"),
                name=f"take {number}",
                facts=MediaFacts(rate=rate, start=1000, frames=shown + 2 * handle),
                source_range=(handle, shown),
                ripples=tuple(ripples),
            )
        )
        at = first + max(length, 1)
    return tuple(found)
