"""OTIO JSON in."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.guard import read_json


def read_native(path: Path) -> otio.schema.Timeline:
    """Raises `UnreadableTimeline`."""
    text = read_json(path)
    try:
        found = otio.adapters.read_from_string(text, "otio_json")
    except (otio.exceptions.OTIOError, ValueError, TypeError, RuntimeError, LookupError) as error:
        raise UnreadableTimeline(f"{path} is not an OpenTimelineIO file: {str(error).strip()}") from error
    if isinstance(found, otio.schema.SerializableCollection):
        timelines = [child for child in found if isinstance(child, otio.schema.Timeline)]
        if len(timelines) == 1:
            found = timelines[0]
    if not isinstance(found, otio.schema.Timeline):
        kind = found.schema_name() if hasattr(found, "schema_name") else type(found).__name__
        raise UnreadableTimeline(f"{path} holds a {kind}, not one timeline")
    if found.tracks is None:
        raise UnreadableTimeline(f"{path} holds a timeline without tracks")
    return found
