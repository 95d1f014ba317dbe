"""Files of several sequences: which of them is meant, and what a timeline says of those it was read among.

A timeline that was read from such a file has `pickup.sequences`, the names of all that are in it, and
`pickup.sequence`, its own place there: "#2" for the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import opentimelineio as otio

from otio_adapters.errors import UnreadableTimeline, UnwritableOutput

_NAMED = 8  # ours: names that a line still reads well with
_KEYS = ("sequence", "sequences")


def choose(wanted: str, names: Sequence[str], path: Path | str, ids: Sequence[str] = ()) -> int:
    """The index of the sequence that is called `wanted`, has it for its id, or is it by number ("#2").

    Raises `UnreadableTimeline`, saying what there is, for a name that none has, or several.
    """
    found = [index for index, name in enumerate(names) if name == wanted]
    found = found or [index for index, one in enumerate(ids) if one and one == wanted]
    found = found or [index for index in range(len(names)) if wanted == f"#{index + 1}"]
    if len(found) > 1:
        which = " or ".join(f"#{index + 1}" for index in found)
        raise UnreadableTimeline(f"{path} has {len(found)} sequences called {wanted!r}: say which, {which}")
    if not found:
        raise UnreadableTimeline(f"{path} has no sequence {wanted!r}; it has {listed(names)}")
    return found[0]


def listed(names: Sequence[str]) -> str:
    """The names for a message; those of a file without end are counted."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(map(repr, names[:_NAMED])) + more


def note(timeline: otio.schema.Timeline, index: int, names: Sequence[str]) -> None:
    """Has the timeline say which one of the file's sequences it is; nothing where there is but one."""
    noted = timeline.metadata.get("pickup", {})
    if len(names) < 2 and not any(key in noted for key in _KEYS):
        return
    pickup = {key: one for key, one in noted.items() if key not in _KEYS}
    if len(names) > 1:
        pickup |= {"sequence": f"#{index + 1}", "sequences": list(names)}
    if pickup:
        timeline.metadata["pickup"] = pickup
    elif "pickup" in timeline.metadata:
        del timeline.metadata["pickup"]


def index_of(timeline: otio.schema.Timeline) -> int:
    """Which one of its file's sequences the timeline is, counted from 0; the first where it says none."""
    number = str(timeline.metadata.get("pickup", {}).get("sequence", "")).removeprefix("#")
    return int(number) - 1 if number.isdecimal() and len(number) < 9 and int(number) else 0


def names_of(timeline: otio.schema.Timeline) -> tuple[str, ...]:
    """The names of all sequences of its file; nothing where there is but one."""
    found = timeline.metadata.get("pickup", {}).get("sequences", ())
    return tuple(map(str, found)) if isinstance(found, Sequence) and not isinstance(found, str) else ()


def check_alone(timeline: otio.schema.Timeline, origin: Path | None) -> None:
    """Raises `UnwritableOutput` where a file written anew would be without the others of `origin`."""
    if origin is not None and names_of(timeline):
        raise UnwritableOutput(
            f"the timeline is no longer one of the {len(names_of(timeline))} sequences of {origin.name}: it "
            "has not kept all tracks; the others would be lost, so write it in another format"
        )
