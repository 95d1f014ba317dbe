"""A timeline for media that has none yet: one clip of all of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import opentimelineio as otio

from bridge.clip import look_at
from bridge.speech_source import Engine
from engine.errors import NoSuchStream
from otio_adapters.opentime import time_range
from otio_adapters.write import write


def one_clip(media: Path, engine: Engine) -> Path:
    """Writes `interview.otio` beside `interview.mov`, under a free name, and returns it.

    Raises NoSuchStream where the media has no picture, BadMedia, TimelineError where it cannot be written.
    """
    info = look_at(media, engine)
    if info.video is None:
        raise NoSuchStream(f"{media.name} has no picture: there is nothing to edit in it")
    rate = info.video.rate.exact
    shown = time_range(0, math.floor(info.duration.exact * rate), rate)
    timeline = otio.schema.Timeline(name=media.stem)
    for name, kind in (("V1", "Video"), ("A1", "Audio")):
        if kind == "Video" or info.audio:
            timeline.tracks.append(otio.schema.Track(name=name, kind=kind, children=[_clip(media, shown)]))
    path = next(path for path in _names(media) if not path.exists())
    write(timeline, path)
    return path


def _clip(media: Path, shown: otio.opentime.TimeRange) -> otio.schema.Clip:
    reference = otio.schema.ExternalReference(target_url=str(media.absolute()), available_range=shown)
    clip = otio.schema.Clip(name=media.stem, media_reference=reference, source_range=shown)
    clip.metadata["pickup"] = {"link": 1}
    return clip


def _names(media: Path) -> Iterator[Path]:
    yield media.with_suffix(".otio")
    for number in count(1):
        yield media.with_name(f"{media.stem}_{number:03d}.otio")
