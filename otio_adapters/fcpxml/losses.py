"""What FCPXML has no place for, beside what all translations lose: tracks, markers of a timeline itself."""

from __future__ import annotations

from collections.abc import Iterator

import opentimelineio as otio

from otio_adapters.fcpxml.lines import lines_of
from otio_adapters.links import link_of
from otio_adapters.opentime import timeline_rate


def fcpxml_losses(timeline: otio.schema.Timeline) -> Iterator[str]:
    """One line each. What is no track is refused on writing."""
    if not all(isinstance(track, otio.schema.Track) for track in timeline.tracks):
        return
    for track in timeline.tracks:
        state = "locked" if track.metadata.get("pickup", {}).get("locked") else ""
        if state or not track.enabled:
            yield f"track {track.name!r} is {state or 'disabled'}: .fcpxml has lanes, which are neither"
    lines = lines_of(timeline, timeline_rate(timeline), {}) if timeline.find_clips() else []
    storyline = [piece for line in lines if line.lane is None and not line.heard for piece in line.pieces]
    marked = sum(len(piece.item.markers) for piece in storyline)
    if marked:
        yield f"{marked} markers on clips of the first video track: .fcpxml keeps the timeline's there"
    loose = sum(link_of(piece.item) is not None for line in lines if line.heard for piece in line.pieces)
    if loose:
        yield f"the links of {loose} clips of sound: .fcpxml links what is all under its own picture"
