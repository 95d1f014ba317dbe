"""What a newer OTIO, or a program that is careless with numbers, wrote: made into what OTIO 0.18 reads.

OTIO 0.18.1 refuses a whole file for one schema of a later version (`Marker.3`, which OTIO's main branch has
written since June 2026), turns whole numbers past 64 bits into others without a word (2**63 becomes 0), and
takes NaN for a time. This works on the parsed JSON; what it does not touch stays as it is.
"""

from __future__ import annotations

import json
import math
from functools import cache
from typing import Any

import opentimelineio as otio

from otio_adapters.errors import UnreadableTimeline

_INTEGERS = range(-(2**63), 2**63)
_TIMES = {"RationalTime": otio.opentime.RationalTime, "TimeRange": otio.opentime.TimeRange}


def older(document: Any) -> Any:
    """The JSON with every schema in a version that OTIO 0.18 knows.

    A later version of a known schema is understood where it has no field but the known ones. Raises
    `UnreadableTimeline` with the names where it has others. Schemas of plugins and programs are left alone.
    Nesting is bounded by `guard.MAX_DEPTH`, so this may recurse.
    """
    if isinstance(document, list):
        return [older(child) for child in document]
    if not isinstance(document, dict):
        return document
    node = {key: older(value) for key, value in document.items()}
    name, version = schema_of(node)
    known = known_versions().get(name)
    return _lowered(node, name, version, known) if known is not None and version > known else node


def schema_of(node: dict[str, Any]) -> tuple[str, int]:
    """("Clip", 2) for an object of schema `Clip.2`; ("", 0) for one that has none."""
    label = node.get("OTIO_SCHEMA")
    name, dot, version = label.rpartition(".") if isinstance(label, str) else ("", "", "")
    return (name, int(version)) if dot and version.isdecimal() and len(version) < 10 else ("", 0)


def check_numbers(node: Any, where: str = "the file") -> None:
    """Raises `UnreadableTimeline` for a number that OTIO 0.18 would change, or that is none outside metadata.

    In metadata NaN and Infinity are the business of the program that put them there, and stay.
    """
    if isinstance(node, dict):
        label = node.get("OTIO_SCHEMA", where)
        for key, value in node.items():
            place = where if key == "metadata" else f"{key!r} of {label}"
            check_numbers(value, f"{place} (metadata)" if key == "metadata" else place)
    elif isinstance(node, list):
        for child in node:
            check_numbers(child, where)
    elif isinstance(node, float) and not math.isfinite(node) and "(metadata)" not in where:
        raise UnreadableTimeline(f"{where} is {node}, which is no number to edit with")
    elif isinstance(node, int) and node not in _INTEGERS:
        raise UnreadableTimeline(f"{where} is {node}: OpenTimelineIO keeps whole numbers of 64 bits")


@cache
def known_versions() -> dict[str, int]:
    """The latest version of each schema that the installed OTIO reads, its times among them."""
    return {**dict.fromkeys((*_TIMES, "Color"), 1), **otio.core.type_version_map()}


@cache
def _fields(name: str) -> frozenset[str]:
    """The fields that the installed OTIO writes for a schema; only its label for those of OTIO's plugins."""
    kind = _TIMES.get(name) or getattr(otio.schema, name, None) or getattr(otio.core, name, None)
    found = json.loads(otio.core.serialize_json_to_string(kind())) if kind is not None else {}
    return frozenset({"OTIO_SCHEMA", *found})


def _lowered(node: dict[str, Any], name: str, version: int, known: int) -> dict[str, Any]:
    if name == "Marker":
        node = _marker_with_colour_name(node)
    strange = sorted(node.keys() - _fields(name))
    if strange:
        raise UnreadableTimeline(
            f"{name}.{version} of a newer OpenTimelineIO has {', '.join(map(repr, strange))}, which is not "
            "understood; write the file for OTIO 0.18"
        )
    return {**node, "OTIO_SCHEMA": f"{name}.{known}"}


def _marker_with_colour_name(node: dict[str, Any]) -> dict[str, Any]:
    """Marker.3 has a colour of numbers where Marker.2 has a name: the numbers go to the metadata."""
    colour = node.get("color")
    if not isinstance(colour, dict):
        return {key: value for key, value in node.items() if key != "color" or value is not None}
    name = str(colour.get("name") or "")
    named = name.upper() if name.upper() in vars(otio.schema.MarkerColor) else name
    metadata = node.get("metadata")
    numbers = {key: value for key, value in colour.items() if key != "OTIO_SCHEMA"}
    kept = {**(metadata if isinstance(metadata, dict) else {}), "otio_marker_color": numbers}
    return {**node, "color": named, "metadata": kept}
