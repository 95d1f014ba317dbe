"""Files that end the process: OTIO's parser drops an object that it has read, and fills it in afterwards.

OTIO 0.18.1 makes each object where its JSON ends, notes where it lies in memory, and fills in all of them
when the text is at its end, even where that is a syntax error. One that was dropped on the way is gone by
then. Tried out, every schema, version and key in a process of its own, these drop what they have read:

- A key that an object has twice, of any schema, of none, in metadata: OTIO keeps the first value.
- A value (RationalTime.1, TimeRange.1, TimeTransform.1, V2d.1, Box2d.1, Color.1, SerializableObjectRef.1)
  with an object under any key: only numbers are kept. In another version it is no value.
- Clip before version 2: media_references and active_media_reference_key, which reading makes anew; and
  media_reference that is no object but holds some.
- Marker before version 2: marked_range, which reading makes of range.

Versions are read as C does: 1x, +1 and 0x2 are before 2. Besides, OTIO itself ends the process at an
UnknownSchema of any version. No other schema and no other key do, and what has no object in it never does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.guard import json_of

_VALUES = frozenset(
    {
        "RationalTime.1",
        "TimeRange.1",
        "TimeTransform.1",
        "V2d.1",
        "Box2d.1",
        "Color.1",
        "SerializableObjectRef.1",
    }
)
_NO_SCHEMA = "UnknownSchema"
_SINCE_TWO = re.compile(r"[2-9]|[1-9][0-9]+")
_MADE_ANEW = {
    "Clip": frozenset({"media_references", "active_media_reference_key"}),
    "Marker": frozenset({"marked_range"}),
}


@dataclass(frozen=True, slots=True)
class _Holding:
    """What a piece of JSON has in it. `fault`: what OTIO dies of, at `path` in it."""

    fault: str = ""
    path: str = ""


_MAY_HOLD = (list, _Holding)
_OBJECT: Final = _Holding()  # it is an object of OTIO
_OBJECTS: Final = _Holding()  # it holds some


def check_none_dropped(text: str | bytes, path: Path) -> None:
    """Raises `UnreadableTimeline` for JSON that would end the process, and for what is no JSON.

    Nesting is bounded by `guard.MAX_DEPTH`.
    """
    try:
        found = _held(json_of(text, _of_object))
    except (ValueError, RecursionError) as error:
        raise UnreadableTimeline(f"{path} is not an OpenTimelineIO file: {error}") from error
    if found is not None and found.fault:
        where = f"{path}, {found.path.lstrip('.') or 'outermost object'}"
        raise UnreadableTimeline(
            f"{where}: {found.fault}, which OpenTimelineIO 0.18 crashes on; have the program that made it "
            "write the file anew"
        )


def _of_object(pairs: list[tuple[str, Any]]) -> _Holding | None:
    """What a JSON object is for the one around it, None for nothing; what is in it has been looked at."""
    label: Any = None
    held: list[tuple[str, _Holding]] = []
    for key, value in pairs:
        if key == "OTIO_SCHEMA" and label is None:
            label = value
        if not isinstance(value, _MAY_HOLD):
            continue
        found = _held(value)
        if found is not None and found.fault:
            return _Holding(found.fault, f".{key}{found.path}")
        if found is not None:
            held.append((key, found))
    name = label if isinstance(label, str) else ""
    if (held or name.startswith(_NO_SCHEMA)) and (fault := _fault(name, pairs, held)):
        return _Holding(fault)
    return _OBJECT if name and name not in _VALUES else _OBJECTS if held else None


def _held(value: Any) -> _Holding | None:
    """Of a list, what its members are."""
    if isinstance(value, _Holding):
        return value
    found = None
    for index, member in enumerate(value if isinstance(value, list) else ()):
        inside = _held(member)
        if inside is not None and inside.fault:
            return _Holding(inside.fault, f"[{index}]{inside.path}")
        found = found or (inside and _OBJECTS)
    return found


def _fault(label: str, pairs: list[tuple[str, Any]], held: list[tuple[str, _Holding]]) -> str:
    """What OTIO dies of in an object with these keys, of which those `held` hold objects; "" for nothing."""
    name, _, version = label.rpartition(".")
    if name == _NO_SCHEMA:
        return f"{label}, a schema that no file may have"
    for key, found in held:
        if sum(key == other for other, _ in pairs) > 1:
            return f"{key!r} is there twice, with an object in it"
        if label in _VALUES:
            return f"{label} with an object under {key!r}"
        old = name in _MADE_ANEW and not _SINCE_TWO.fullmatch(version)
        of_many = key == "media_reference" and name == "Clip" and found is _OBJECTS
        if old and (key in _MADE_ANEW[name] or of_many):
            return f"{label} with an object in {key!r}, which it has not"
    return ""
