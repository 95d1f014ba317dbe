"""The OTIO that Premiere Pro writes and takes back: metadata `PremierePro_OTIO`.

No export of Premiere itself was at hand; this is what programs do whose files Premiere takes: a clip's source
range counts frames of its *media*, so a clip at double speed is visible for half of it, where OTIO, Resolve
and we count what is visible; media are `file://` URLs; `LinkID` is a string.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from otio_adapters.media_url import file_url, local_name
from otio_adapters.opentime import exact_value
from otio_adapters.ripple import steady_speed

SPACE = "PremierePro_OTIO"
_WRITTEN = "media_frames"  # in our metadata: what Premiere wrote for a duration, and what we made of it


def speaks(timeline: otio.schema.Timeline) -> bool:
    """Whether the timeline is Premiere's."""
    return SPACE in timeline.metadata or SPACE in timeline.tracks.metadata


def undress(timeline: otio.schema.Timeline) -> None:
    """In place: durations from frames of media to frames that are visible."""
    for clip, speed in _sped(timeline) if speaks(timeline) else ():
        written = clip.source_range.duration.value
        shown = round(exact_value(written) / speed)  # a clip ends on a frame, its media may not
        _last(clip, shown)
        clip.metadata["pickup"] = {**clip.metadata.get("pickup", {}), _WRITTEN: [float(shown), written]}


def dress(timeline: otio.schema.Timeline) -> None:
    """In place: the way back. An untouched clip gets the very number that Premiere wrote."""
    if not speaks(timeline):
        return
    for clip, speed in _sped(timeline):
        shown = clip.source_range.duration.value
        before, written = clip.metadata.get("pickup", {}).get(_WRITTEN, (None, None))
        _last(clip, written if before == shown else round(exact_value(shown) * speed))
    for clip in timeline.find_clips():
        pickup = dict(clip.metadata.get("pickup", {}))
        if "source_range" in pickup and isinstance(clip.media_reference, otio.schema.ExternalReference):
            clip.media_reference.target_url = file_url(local_name(clip.media_reference.target_url))
        if pickup.pop(_WRITTEN, None) is None:
            continue
        if pickup:
            clip.metadata["pickup"] = pickup
        else:
            del clip.metadata["pickup"]


def _sped(timeline: otio.schema.Timeline) -> Iterator[tuple[otio.schema.Clip, Fraction]]:
    """The clips with a source range that play at another speed; ramps and freezes say no speed."""
    for clip in timeline.find_clips():
        speed = steady_speed(clip)
        if clip.source_range is not None and speed != 1:
            yield clip, speed


def _last(clip: otio.schema.Clip, frames: float) -> None:
    span = clip.source_range
    clip.source_range = TimeRange(span.start_time, RationalTime(frames, span.duration.rate))
