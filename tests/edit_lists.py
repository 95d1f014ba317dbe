"""Edit lists for tests, and edits of them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from otio_adapters.edl.reader import read_edl
from otio_adapters.edl.writer import edl_bytes
from otio_adapters.media_linker import MediaFacts
from otio_adapters.opentime import timeline_rate
from otio_adapters.takes import Placement, Ripple, find_clip, place_takes

HEAD = "TITLE: TEST\nFCM: NON-DROP FRAME\n"
THREE = (
    HEAD
    + "001  A001     V     C        10:00:00:00 10:00:02:00 01:00:00:00 01:00:02:00 \n"
    + "* FROM CLIP NAME:  one.mov\n* a free comment\n"
    + "002  A002     AA/V  C        11:00:00:00 11:00:04:00 01:00:02:00 01:00:06:00 \n"
    + "* FROM CLIP NAME:  two.mov\n* LOC: 01:00:05:00 RED     look here\n"
    + "003  A003     V     C        12:00:00:00 12:00:01:24 01:00:06:00 01:00:07:24 \n"
    + "* FROM CLIP NAME:  three.mov\n"
)


def saved(folder: Path, text: str | bytes, name: str = "cut.edl") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def made(folder: Path, text: str | bytes) -> otio.schema.Timeline:
    return read_edl(saved(folder, text))


def take_in(
    timeline: otio.schema.Timeline, clip: str, first: int, frames: int, change: int = 0
) -> otio.schema.Timeline:
    """The timeline with `frames` frames of the clip, from its frame `first`, replaced by a take."""
    place = find_clip(timeline, clip)
    start = place.start + first
    ripples = (Ripple(at=start + 1, removed=max(0, -change), added=max(0, change)),) if change else ()
    take = Placement(
        start=start,
        length=frames,
        media=Path("/takes/take 100%.mov"),
        name="take_v001",
        facts=MediaFacts(rate=place.rate, start=90_000, frames=frames + change + 8, width=640, height=360),
        source_range=(4, frames + change),
        ripples=ripples,
    )
    return place_takes(timeline, place, [take]).timeline


def written(timeline: otio.schema.Timeline, origin: Path) -> list[str]:
    """The lines of the list written over its origin."""
    return edl_bytes(timeline, origin, origin).decode().splitlines()


def rate(timeline: otio.schema.Timeline) -> Fraction:
    return timeline_rate(timeline)
