"""Small timelines for tests, as an editor would cut them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

Time = otio.opentime.RationalTime
Range = otio.opentime.TimeRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """`frames` frames of the media from its frame `start`, which counts from the media's own timecode."""

    name: str
    media: Path
    start: int
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How long the media is at the timeline's rate, and the frame number its timecode starts at."""

    frames: int
    timecode: int = 0


def clip(cut: Cut, source: Source, rate: Fraction) -> otio.schema.Clip:
    r = float(rate)
    reference = otio.schema.ExternalReference(
        target_url=str(cut.media), available_range=Range(Time(source.timecode, r), Time(source.frames, r))
    )
    shown = Range(Time(source.timecode + cut.start, r), Time(cut.frames, r))
    return otio.schema.Clip(name=cut.name, media_reference=reference, source_range=shown)


def timeline(
    cuts: Sequence[Cut],
    source: Source,
    rate: Fraction,
    *,
    bed: tuple[Cut, Source] | None = None,
    marker: int | None = None,
    start: int | None = None,
) -> otio.schema.Timeline:
    """Picture on V1, its linked sound on A1, on A2 a `bed` that spans cuts; a marker at a frame."""
    made = otio.schema.Timeline(name="test")
    if start is not None:
        made.global_start_time = Time(start, float(rate))
    video = otio.schema.Track(name="V1", kind="Video", children=[clip(cut, source, rate) for cut in cuts])
    audio = otio.schema.Track(name="A1", kind="Audio", children=[clip(cut, source, rate) for cut in cuts])
    for number, pair in enumerate(zip(video, audio, strict=True), start=1):
        for item in pair:
            item.metadata["pickup"] = {"link": number}
    made.tracks.extend([video, audio])
    if bed:
        made.tracks.append(otio.schema.Track(name="A2", kind="Audio", children=[clip(*bed, rate)]))
    if marker is not None:
        at = Range(Time(marker, float(rate)), Time(1, float(rate)))
        made.tracks.markers.append(otio.schema.Marker(name="after", marked_range=at))
    return made
