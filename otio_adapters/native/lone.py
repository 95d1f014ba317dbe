"""Files that hold a clip, a track or a stack alone: read as a timeline around it, and written back as it was.

Pipelines save such for a shot or a reel, and read them again as what they were. What an edit makes of them
that they cannot hold is a timeline.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
import opentimelineio as otio

from otio_adapters.guard import json_of

KINDS = (otio.schema.Clip, otio.schema.Track, otio.schema.Stack)
_NAMES = tuple(kind.__name__ for kind in KINDS)
_TRACK = "V1"
# Most programs begin with it, and of two OTIO takes the first.
_LABEL_FIRST = re.compile(rb'\s*\{\s*"OTIO_SCHEMA"\s*:\s*"(\w+)\.')


class _Root(msgspec.Struct):
    label: str = msgspec.field(name="OTIO_SCHEMA", default="")


def timeline_around(root: otio.core.Item) -> otio.schema.Timeline:
    """A stack becomes the timeline's own; a clip, of which nobody knows what it is, lies on a video track."""
    timeline = otio.schema.Timeline(root.name)
    if isinstance(root, otio.schema.Stack):
        timeline.tracks = root
    elif isinstance(root, otio.schema.Track):
        timeline.tracks.append(root)
    else:
        timeline.tracks.append(otio.schema.Track(_TRACK, [root], kind=otio.schema.TrackKind.Video))
    return timeline


def kind_alone(content: bytes) -> str:
    """`Clip`, `Track` or `Stack` for the JSON of a file that holds one alone; "" for any other."""
    kind = root_of(content)
    return kind if kind in _NAMES else ""


def root_of(content: bytes) -> str:
    """The schema of the JSON's outermost object, such as `Timeline`; "" where it has none."""
    first = _LABEL_FIRST.match(content)
    return first[1].decode() if first else _label(content).partition(".")[0]


def _label(content: bytes) -> str:
    try:
        return msgspec.json.decode(content, type=_Root).label
    except msgspec.MsgspecError:  # NaN, which OTIO reads
        whole = json_of(content)
        return str(whole.get("OTIO_SCHEMA")) if isinstance(whole, dict) else ""


def as_it_was(timeline: otio.schema.Timeline, kind: str) -> otio.core.SerializableObject:
    """What `timeline_around` put in; the timeline itself where an edit has made more of it."""
    stack = timeline.tracks
    if kind == "Stack":
        return stack
    if len(stack) != 1 or stack.markers:
        return timeline
    if kind == "Track":
        return stack[0]
    track = stack[0]
    whole = len(track) == 1 and isinstance(track[0], otio.schema.Clip) and not track.markers
    return track[0] if whole else timeline


def document_around(document: dict[str, Any], kind: str) -> dict[str, Any]:
    """The JSON of a timeline around that of a `kind`, as `timeline_around` makes one."""
    if kind == "Clip":
        document = {"OTIO_SCHEMA": "Track.1", "name": _TRACK, "children": [document]}
    if kind != "Stack":
        document = {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": [document]}
    return {"OTIO_SCHEMA": "Timeline.1", "tracks": document}
