"""The door for files that others made: sizes, depths and entities are checked before any parser sees them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from lxml import etree

from otio_adapters.errors import UnreadableTimeline

MAX_BYTES = 128 * 1024 * 1024
MAX_DEPTH = 250

_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_JSON_BRACKET = re.compile(r"[\[\]{}]")
_XML_ENCODING = re.compile(r"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*\[", re.IGNORECASE)


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The file's bytes. Raises `UnreadableTimeline`, saying why, where it is no file of fair size."""
    try:
        if not path.exists():
            raise UnreadableTimeline(f"{path}: there is no such file")
        if not path.is_file():
            raise UnreadableTimeline(f"{path} is not a file")
        size = path.stat().st_size
        if size > limit:
            raise UnreadableTimeline(f"{path} has {size} bytes; a timeline of over {limit} is refused")
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableTimeline(f"{path} cannot be read: {error.strerror or error}") from error
    if not content.strip():
        raise UnreadableTimeline(f"{path} is empty")
    return content


def read_text(path: Path) -> str:
    """The file's text. Raises `UnreadableTimeline`, saying why, where it is not a text file of fair size."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableTimeline(f"{path} is not UTF-8 text, at byte {error.start}") from error
    if not text.strip():
        raise UnreadableTimeline(f"{path} is empty")
    return text


def read_json(path: Path) -> str:
    """The text of a JSON file that OTIO's recursive parser can be given without crashing the process.

    Schemas newer than OTIO 0.18 are rewritten to the ones it knows.
    """
    text = read_text(path)
    depth = deepest = 0
    for bracket in _JSON_BRACKET.finditer(_JSON_STRING.sub('""', text)):
        depth += 1 if bracket[0] in "[{" else -1
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise UnreadableTimeline(f"{path} is nested {deepest} deep; more than {MAX_DEPTH} is refused")
    return _without_marker_3(text, path) if '"Marker.3"' in text else text


def _without_marker_3(text: str, path: Path) -> str:
    """OTIO after 0.18 writes Marker.3, whose colour is an object; 0.18.1 refuses the whole file for it."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise UnreadableTimeline(f"{path} is not JSON: {error}") from error
    _downgrade(document)
    return json.dumps(document)


def _downgrade(node: Any) -> None:
    """Depth is bounded by `MAX_DEPTH`, so this may recurse."""
    if isinstance(node, dict):
        if node.get("OTIO_SCHEMA") == "Marker.3":
            node["OTIO_SCHEMA"] = "Marker.2"
            if isinstance(node.get("color"), dict):
                node["color"] = str(node["color"].get("name") or "RED").upper()
        for child in node.values():
            _downgrade(child)
    elif isinstance(node, list):
        for child in node:
            _downgrade(child)


def read_xml(path: Path) -> etree._ElementTree:
    """The file's XML tree. Entities, external files and internal DTD subsets are refused, not expanded."""
    text = read_text(path)
    declared = _XML_ENCODING.match(text)
    if declared and declared[1].lower() not in {"utf-8", "utf8", "us-ascii", "ascii"}:
        raise UnreadableTimeline(f"{path} says it is {declared[1]}; save it as UTF-8")
    if _DOCTYPE.search(text) or "<!ENTITY" in text:
        raise UnreadableTimeline(f"{path} defines XML entities, which no timeline needs: it is refused")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        return etree.ElementTree(etree.fromstring(text.encode("utf-8"), parser))
    except etree.XMLSyntaxError as error:
        raise UnreadableTimeline(f"{path} is not whole XML: {error.msg}") from error
