"""A track written out frame by frame: what plays at each. The plainest model that an edit can be held to."""

from __future__ import annotations

from fractions import Fraction
from pathlib import PurePosixPath

import opentimelineio as otio

from otio_adapters.opentime import exact_frames

Frame = tuple[str, Fraction] | None


def sheet(track: otio.schema.Track, rate: Fraction) -> list[Frame]:
    """For each frame (media file name, frame of its own timecode), or None where nothing plays."""
    found: list[Frame] = []
    for item in track:
        if isinstance(item, otio.schema.Transition):
            continue
        count = exact_frames(item.trimmed_range().duration, rate)
        assert count.denominator == 1
        if isinstance(item, otio.schema.Gap):
            found.extend([None] * int(count))
            continue
        first = exact_frames(item.trimmed_range().start_time, rate)
        name = PurePosixPath(item.media_reference.target_url).name
        found.extend((name, first + k) for k in range(int(count)))
    return found
