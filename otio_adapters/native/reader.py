"""OTIO JSON in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import opentimelineio as otio

from otio_adapters.errors import SeveralSequences, UnreadableTimeline
from otio_adapters.exact_times import make_exact
from otio_adapters.guard import check_depth, json_of, read_bytes, text_of, tight_json
from otio_adapters.native import lone, premiere, resolve, schemas
from otio_adapters.native.dropped import check_none_dropped
from otio_adapters.native.plain import SPACES, is_known, is_plain
from otio_adapters.native.rates import made_exact
from otio_adapters.sequences import choose, listed, note

_FAULTS = (otio.exceptions.OTIOError, ValueError, TypeError, RuntimeError, LookupError)
_CXX_NAME = re.compile(r"N\d+open(?:timelineio|time)7v\d_\d\d_\d\d+(\w+?)E\b")
_LABEL = re.compile(r'"OTIO_SCHEMA"\s*:\s*"(\w+)\.(\d{1,9})"')
_LONG = b"0" * 19  # the digits of a number past 64 bits
_DIGITS = bytes(48 if 48 <= byte < 58 else 32 for byte in range(256))


def read_native(path: Path, name: str = "") -> otio.schema.Timeline:
    """Raises `UnreadableTimeline`."""
    return timeline_of(read_bytes(path), path, name)


def timeline_of(content: bytes, path: Path, name: str = "") -> otio.schema.Timeline:
    """The timeline that the JSON of a file holds; of a collection of several the one of that name.

    A clip, a track or a stack alone is read as a timeline of it. Raises `UnreadableTimeline`, with the line
    wherever OTIO says one.
    """
    tight = tight_json(content)
    text, exact = (text_of(content, path).encode(), False) if tight is None else made_exact(tight)
    check_depth(text, path)
    known = tight is not None and is_known(text)
    if not known:
        check_none_dropped(text, path)
    _check_numbers(text, path, is_tight=tight is not None)
    found = _parsed(text, content, path)
    if isinstance(found, lone.KINDS):
        found = lone.timeline_around(found)
    if isinstance(found, otio.schema.SerializableCollection):
        found, index, names = _in_collection(found, path, name)
    elif isinstance(found, otio.schema.Timeline):
        index, names = 0, [found.name]
        if name:
            choose(name, names, path)
    if not isinstance(found, otio.schema.Timeline):
        kind = found.schema_name() if hasattr(found, "schema_name") else type(found).__name__
        raise UnreadableTimeline(
            f"{path} holds a {kind}, not one timeline; export the timeline that it is on"
        )
    if found.tracks is None:
        raise UnreadableTimeline(f"{path} holds a timeline without tracks")
    plain = exact and is_plain(text, found, known=known)
    if not plain:
        _check_metadata(found, path)
    resolve.undress(found)
    premiere.undress(found)
    note(found, index, names)
    if not plain:
        make_exact(found, path)
    return found


def _in_collection(
    whole: otio.schema.SerializableCollection, path: Path, name: str
) -> tuple[otio.schema.Timeline, int, list[str]]:
    """The timeline that is meant, its place among those of the collection, and all their names."""
    timelines = [child for child in whole if isinstance(child, otio.schema.Timeline)]
    names = [one.name for one in timelines]
    if not timelines:
        raise UnreadableTimeline(f"{path} holds a collection without a timeline")
    if len(timelines) > 1 and not name:
        raise SeveralSequences(
            f"{path} holds a collection with {len(timelines)} timelines, {listed(names)}; say which with "
            "--sequence NAME"
        )
    index = choose(name, names, path) if name else 0
    return timelines[index], index, names


def _check_metadata(timeline: otio.schema.Timeline, path: Path) -> None:
    """What is looked up in later on has to be a dictionary. Raises `UnreadableTimeline`."""
    children = timeline.tracks.find_children()
    references = (
        reference
        for clip in children
        if isinstance(clip, otio.schema.Clip)
        for reference in clip.media_references().values()
        if reference is not None
    )
    for holder in (timeline, timeline.tracks, *children, *references):
        for space in SPACES:
            found = holder.metadata.get(space, {})
            if not isinstance(found, Mapping) or not isinstance(found.get("media", {}), Mapping):
                raise UnreadableTimeline(
                    f"{path}: the metadata of {holder.name!r} has no dictionary under {space}"
                )


def _check_numbers(text: bytes, path: Path, *, is_tight: bool) -> None:
    """JSON is looked through in Python only where something in its text is suspicious: OTIO is faster.

    `is_tight`: of `guard.tight_json`, which takes no NaN.
    """
    no_number = not is_tight and (b"NaN" in text or b"Inf" in text)
    if no_number or _LONG in text.translate(_DIGITS):
        try:
            schemas.check_numbers(_json(text))
        except UnreadableTimeline as error:
            raise UnreadableTimeline(f"{path}: {error}") from error


def _parsed(text: bytes, content: bytes, path: Path) -> object:
    """What OTIO makes of it; where it fails and the file has later schemas, of the file in earlier ones.

    `content`: the file as it is, whose lines an error names.
    """
    try:
        return _deserialized(text)
    except _FAULTS:
        lines = text_of(content, path)
    newer = [found for found in _LABEL.finditer(lines) if _is_newer(found[1], int(found[2]))]
    if not newer:
        return _refused(lines, path)
    try:
        return _deserialized(json.dumps(schemas.older(_json(text))).encode())
    except (UnreadableTimeline, *_FAULTS) as error:
        line = lines.count("\n", 0, newer[0].start()) + 1
        where = f"{path}, line {line}, has {newer[0][1]}.{newer[0][2]} of a newer OpenTimelineIO"
        raise UnreadableTimeline(f"{where}: {_plain(error)}") from error


def _refused(lines: str, path: Path) -> object:
    """Raises `UnreadableTimeline` with what OTIO says of the file, line by line."""
    try:
        return _deserialized(lines.encode())
    except _FAULTS as fault:
        raise UnreadableTimeline(f"{path} is not an OpenTimelineIO file: {_plain(fault)}") from fault


def _is_newer(name: str, version: int) -> bool:
    return version > schemas.known_versions().get(name, version)


def _deserialized(text: bytes) -> object:
    found = otio.adapters.read_from_string(text, "otio_json")
    if b"SerializableObjectRef" in text and isinstance(found, otio.core.SerializableObject):
        found.to_json_string()  # raises where an object holds itself, which can be read and never be written
    return found


def _json(text: bytes) -> object:
    try:
        return json_of(text)
    except ValueError as error:
        raise UnreadableTimeline(f"not JSON: {error}") from error


def _plain(error: Exception) -> str:
    """OTIO's message in one line, without the names that its C++ compiler gave to types."""
    return _CXX_NAME.sub(r"\1", " ".join(str(error).split()))
