"""Files that hold a clip, a track or a stack alone: read as a timeline around it, and written back as it was.

Pipelines save such for a shot or a reel, and read them again as what they were.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
import opentimelineio as otio

from otio_adapters.errors import UnwritableOutput

KINDS = (otio.schema.Clip, otio.schema.Track, otio.schema.Stack)
_NAMES = tuple(kind.__name__ for kind in KINDS)
_AS_WHOLE = "write another format, such as .xml, or export the timeline that it is on"


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
        timeline.tracks.append(otio.schema.Track("V1", [root], kind=otio.schema.TrackKind.Video))
    return timeline


def kind_alone(text: str) -> str:
    """`Clip`, `Track` or `Stack` for the JSON of a file that holds one alone; "" for any other."""
    try:
        label: Any = msgspec.json.decode(text, type=_Root).label
    except msgspec.MsgspecError:  # NaN, which OTIO and Python read
        whole = json.loads(text)
        label = whole.get("OTIO_SCHEMA") if isinstance(whole, dict) else ""
    kind = str(label).partition(".")[0]
    return kind if kind in _NAMES else ""


def taken_out(timeline: otio.schema.Timeline, kind: str) -> otio.core.Item:
    """What `timeline_around` put in. Raises `UnwritableOutput` where an edit has made more of it."""
    stack = timeline.tracks
    if kind == "Stack":
        return stack
    if len(stack) != 1 or stack.markers:
        raise UnwritableOutput(
            f"the file held a {kind.lower()} alone, of which the edit makes {len(stack)} tracks with"
            f" {len(stack.markers)} markers of the timeline; {_AS_WHOLE}"
        )
    if kind == "Track":
        return stack[0]
    if len(stack[0]) != 1 or not isinstance(stack[0][0], otio.schema.Clip):
        raise UnwritableOutput(
            f"the file held a clip alone, of which the edit makes {len(stack[0])} items; {_AS_WHOLE}"
        )
    return stack[0][0]
