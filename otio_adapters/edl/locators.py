"""The LOC lines of an edit list being written: the timeline's markers, each below an event."""

from __future__ import annotations

from collections.abc import Sequence

import opentimelineio as otio

from otio_adapters.edl.clock import code_like
from otio_adapters.edl.entries import Entry
from otio_adapters.edl.events import EditList
from otio_adapters.edl.reader import located
from otio_adapters.edl.statements import Line, locator
from otio_adapters.edl.wording import counted, one_line
from otio_adapters.errors import UnwritableOutput
from otio_adapters.opentime import exact_frames


class Locators:
    """Where each marker goes: on the line that it came from, or below the event that plays there."""

    def __init__(self, timeline: otio.schema.Timeline, edits: EditList, found: Sequence[Entry]) -> None:
        self._edits = edits
        self._old: dict[int, tuple[int, otio.schema.Marker]] = {}
        self._new: dict[int, list[str]] = {}
        kept = {entry.piece.mark for entry in found if entry.keeps}
        lines = {
            line.number
            for mark, chunk in enumerate(edits.document.chunks)
            if mark in kept
            for line in chunk.tail
            if located(line, edits) is not None
        }
        for marker in timeline.tracks.markers:
            frame = self._frame(marker)
            number = marker.metadata.get("pickup", {}).get("edl")
            if number in lines and number not in self._old:
                self._old[number] = frame, marker
            else:
                self._new.setdefault(_place(frame - edits.start, found), []).append(self._text(frame, marker))

    def below(self, place: int) -> list[str]:
        """The lines for markers that the file did not have, below the entry of that count."""
        return self._new.get(place, [])

    def kept(self, line: Line) -> str | None:
        """A LOC line of the file as it is now; None where its marker is gone."""
        if line.number not in self._old:
            return None
        frame, marker = self._old[line.number]
        found = locator(line.text)
        assert found is not None
        if marker.name != found.name:
            return self._text(frame, marker)
        if frame == located(line, self._edits):
            return line.text
        code = code_like(found.code, frame, self._edits.clock.rate, self._edits.clock.dropped)
        return f"{line.text[: found.span[0]]}{code}{line.text[found.span[1] :]}"

    def _frame(self, marker: otio.schema.Marker) -> int:
        place = exact_frames(marker.marked_range.start_time, self._edits.clock.rate)
        if place.denominator != 1:
            raise UnwritableOutput(
                f"the marker {marker.name!r} is between two frames, which an edit list cannot say"
            )
        return int(place) + self._edits.start

    def _text(self, frame: int, marker: otio.schema.Marker) -> str:
        clock = self._edits.clock
        model = next((chunk.event.codes[2] for chunk in self._edits.document.chunks), None)
        code = (
            code_like(model, frame, clock.rate, clock.dropped)
            if model
            else counted(frame, clock.rate, clock.dropped)
        )
        colour = "".join(one_line(marker.color or "RED").split())
        return f"* LOC: {code} {colour:<7} {one_line(marker.name)}".rstrip()


def _place(frame: int, found: Sequence[Entry]) -> int:
    """The last entry that plays at the frame, else the last that begins before it, else the first."""
    playing = [count for count, one in enumerate(found) if one.piece.begin <= frame < one.piece.end]
    before = [count for count, one in enumerate(found) if one.piece.begin <= frame]
    return (playing or before or [0])[-1]
