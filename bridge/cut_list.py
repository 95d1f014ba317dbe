"""A timeline's picture as a list of cuts, for the films and sheets that compare two of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import opentimelineio as otio

from engine.protocol import Ratio
from otio_adapters import media_linker, opentime
from otio_adapters.read import read


class PictureCut(msgspec.Struct, frozen=True, kw_only=True):
    """`frames` frames of a media file from its frame `start`, counted at the timeline's rate."""

    media: str
    start: int
    frames: int
    edited: bool
    label: str


class BeforeAfter(msgspec.Struct, frozen=True, kw_only=True):
    """Two versions of a timeline, cut by cut."""

    rate: Ratio
    before: tuple[PictureCut, ...]
    after: tuple[PictureCut, ...]


def before_after(before: Path, after: Path) -> BeforeAfter:
    """The first picture tracks of two timeline files."""
    old, new = read(before), read(after)
    return BeforeAfter(
        rate=Ratio.of(opentime.timeline_rate(old)),
        before=tuple(_cuts(old, before)),
        after=tuple(_cuts(new, after)),
    )


def _cuts(timeline: otio.schema.Timeline, path: Path) -> Iterator[PictureCut]:
    rate = opentime.timeline_rate(timeline)
    picture = timeline.video_tracks()[0]
    media_linker.check(picture.find_clips(), path)
    for clip in picture:
        if not isinstance(clip, otio.schema.Clip):
            continue
        media = media_linker.resolve(clip, path)
        yield PictureCut(
            media=str(media),
            start=round(media_linker.media_offset(clip, rate) * rate),
            frames=opentime.whole_frames(clip.trimmed_range().duration, rate),
            edited=media.parent.name == "takes",
            label=clip.name,
        )
