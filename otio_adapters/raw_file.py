"""A project file as a tree of all that it says, for comparing: XML, OTIO JSON and EDL alike.

Left out is what every edit rewrites: times, which are compared as times where the file is read, and ids.
Paths are told by their file names, since a project in another folder names its media from there.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lxml.etree import _Element as Element

from otio_adapters.edl import document as edl
from otio_adapters.edl.statements import Line, event_line
from otio_adapters.errors import UnreadableTimeline
from otio_adapters.fcpxml.reader import INFO
from otio_adapters.guard import check_depth, json_of, read_bytes, read_text, read_xml
from otio_adapters.kdenlive.document import Document, frames, get
from otio_adapters.native import archive, lone
from otio_adapters.native.schemas import older
from otio_adapters.placement import Ripple
from otio_adapters.raw_tree import Node

_ITEMS = frozenset({"sequence", "clipitem", "generatoritem", "transitionitem", "marker"})
_ITEM_TIMES = frozenset({"start", "end", "in", "out", "duration", "pproTicksIn", "pproTicksOut"})
_CUTS = frozenset({"cutPointTicks", "alignment"})  # of a transition: two ways to say where its cut is
_TIME_ATTRIBUTES = frozenset({"in", "out", "start", "end", "offset", "duration", "length"})
_ID_ATTRIBUTES = frozenset({"id", "producer"})
_MLT_TIMES = frozenset({"length", "kdenlive:duration", "kdenlive:maxduration", "kdenlive:mixcut"})
_LAYOUT = frozenset({"blank", "link"})  # nothing, and links: both are compared where the file is read
_URLS = frozenset({"pathurl", "resource", "warp_resource", "src", "target_url", "target_url_base"})
_KDENLIVE_TIMES = frozenset({"pos", "data"})
_LINKS = frozenset({"Link Group ID", "LinkID"})
_OWN = "pickup"
_UNTOLD = frozenset({"OTIO_SCHEMA", "OTIO_REF_ID", _OWN})  # an id is told where it is referred to
# How OTIO names what old files call otherwise; it brings them up to date in reading.
_OLD_SCHEMAS = {"Sequence": "Track", "SerializeableCollection": "SerializableCollection", "Filler": "Gap"}
_TIME_SCHEMAS = frozenset({"RationalTime", "TimeRange", "TimeTransform"})
_EXACT = 2**53  # up to here a float tells whole numbers apart
_EFFECTS = frozenset({"filter", "filter-video", "filter-audio"})
_GROUPS = frozenset({"AVSplit", "Normal"})
_TIMECODES = re.compile(r"\d{1,2}[:;.]\d{2}[:;.]\d{2}[:;.]\d{2,3}")


def raw_tree(path: Path, cut: Ripple | None = None) -> Node | None:
    """The file's tree, or None for a binary format. Raises `UnreadableTimeline`.

    `cut`: what is to be removed, with which some things go that the timeline read from the file knows not of.
    """
    suffix = path.suffix.lower()
    if suffix in {".otio", archive.FOLDER, archive.ZIPPED}:
        text = raw_text(path)
        check_depth(text.encode(), path)
        content = _parsed(text, path)
        return content if suffix != archive.ZIPPED else Node(tag="bundle", children=(content, *_packed(path)))
    if suffix in {".xml", ".kdenlive", ".fcpxml", ".fcpxmld"}:
        tree = read_xml(_inside(path))
        if cut is not None and suffix == ".kdenlive":
            _drop_compositions(Document(tree, path.parent), cut)
        return xml_node(tree.getroot())
    return edl_node(edl.read_document(path)) if suffix == ".edl" else None


def raw_text(path: Path) -> str:
    """The text of a file, or of that in a bundle. Raises `UnreadableTimeline`."""
    suffix = path.suffix.lower()
    if suffix == archive.ZIPPED:
        return archive.content(path)
    if suffix == ".edl":
        return read_bytes(path).decode("utf-8", "surrogateescape")  # in the letters of any system
    return read_text(_inside(path))


def _drop_compositions(document: Document, cut: Ripple) -> None:
    """Those that lie all in what is removed."""
    rate = document.rate
    for element in document.root.findall("tractor/transition"):
        first, last = (frames(element.get(name) or "0", rate) for name in ("in", "out"))
        if cut.at <= first <= last < cut.at + cut.removed and not get(element, "internal_added"):
            element.getparent().remove(element)


def _inside(path: Path) -> Path:
    """The file that says it all, where the project is a folder."""
    name = {archive.FOLDER: archive.CONTENT, ".fcpxmld": INFO}.get(path.suffix.lower())
    return path / name if name else path


def _packed(path: Path) -> Iterator[Node]:
    return (Node(tag="media", key=name) for name in sorted(archive.members(path)))


def _parsed(text: str, path: Path) -> Node:
    """A clip, a track or a stack alone is told as it is read, in a timeline: an edit may make one of it."""
    try:
        document = older(json_of(text))
    except (ValueError, RecursionError) as error:
        raise UnreadableTimeline(f"{path} is not JSON: {error}") from error
    kind = lone.kind_alone(text.encode())
    return json_node("", lone.document_around(document, kind) if kind else document)


def xml_node(element: Element) -> Node:
    """An element, without the space between elements. Depth is bounded by the parser."""
    own = [(name, value) for name, value in map(_attribute, element.items()) if name != "root"]
    text = (element.text or "").strip()
    children = [xml_node(child) for child in element.iterchildren("*") if child.tag not in _LAYOUT]
    if text.startswith(("[", "{")) and element.get("name", "").endswith(("guides", "groups", "markers")):
        children.append(_kdenlive_json(text))
    elif text:
        own.append(("", _text(element, text)))
    return Node(
        tag=str(element.tag),
        key=_xml_key(element),
        own=tuple(own),
        children=tuple(children),
        movable=element.tag == "file",  # xmeml writes a file out where it is first used
    )


def _attribute(pair: tuple[str, str]) -> tuple[str, str]:
    name, value = pair
    if name in _TIME_ATTRIBUTES or name in _ID_ATTRIBUTES:
        return name, ""
    return name, file_name(value) if name in _URLS or name == "url" else value


def _text(element: Element, text: str) -> str:
    """The element's text, "" for a time."""
    parent = element.getparent()
    outer = parent.tag if parent is not None else ""
    if (outer in _ITEMS and element.tag in _ITEM_TIMES) or element.tag in _CUTS:
        return ""
    name = element.get("name", "")
    if element.tag == "property" and name in _MLT_TIMES:
        return ""
    return file_name(text) if element.tag in _URLS or name in _URLS else text


def _xml_key(element: Element) -> str:
    """What tells it from its like: its name; for a parameter its id; for a file the id that others use."""
    if element.tag == "file":
        return str(element.get("id", ""))
    name = element.get("name") or element.findtext("name") or element.findtext("effect/name")
    return str(name or element.findtext("parameterid") or "").strip()


def _kdenlive_json(text: str) -> Node:
    try:
        return json_node("json", json.loads(text), _KDENLIVE_TIMES)
    except (ValueError, RecursionError):
        return Node(tag="json", own=(("", text),))


def json_node(name: str, value: Any, times: frozenset[str] = _LINKS) -> Node:
    """A JSON object or list; `times` are the names of what an edit may change. Depth is bounded before."""
    if isinstance(value, list):
        children = [json_node("", one, times) for one in value if isinstance(one, dict | list)]
        numbered = ((str(index), _scalar("", one)) for index, one in enumerate(value) if _plain(one))
        return Node(tag=name or "list", own=tuple(numbered), children=tuple(children))
    schema = _schema(value)
    if schema in _TIME_SCHEMAS:
        return Node(tag=name or schema)
    pairs = [(key, one) for key, one in sorted(_current(value).items()) if key not in _UNTOLD]
    own = [(key, "" if key in times else _scalar(key, one)) for key, one in pairs if _plain(one)]
    return Node(
        tag=schema or name or "object",
        key=str(value.get("name") or ""),
        own=(*own, ("as", name)) if schema and name else tuple(own),
        children=tuple(_children(pairs, times)),
    )


def _children(pairs: Iterable[tuple[str, Any]], times: frozenset[str]) -> Iterator[Node]:
    """What is in an object; a list of objects is told as the objects."""
    for name, value in pairs:
        if not isinstance(value, dict | list) or not value or list(value) == [_OWN]:
            continue
        if isinstance(value, list) and all(isinstance(one, dict) for one in value):
            yield from (
                json_node("" if _schema(one) else name, one, times) for one in value if not _is_empty_gap(one)
            )
        else:
            yield json_node(name, value, times)


def _is_empty_gap(value: dict[str, Any]) -> bool:
    """Nothing, of which nothing more is told: gaps are compared where the file is read."""
    said = (value.get(name) for name in ("name", "metadata", "effects", "markers"))
    return _schema(value) == "Gap" and not any(said)


def _plain(value: Any) -> bool:
    """A value that says something."""
    return not isinstance(value, dict | list) and value is not None and value != ""


def _scalar(name: str, value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _EXACT:
        return f"{float(value):.12g}"  # 1 and 1.0 are one number to every program
    return file_name(str(value)) if name in _URLS else str(value)


def _schema(value: dict[str, Any]) -> str:
    name = str(value.get("OTIO_SCHEMA", "")).rpartition(".")[0]
    return _OLD_SCHEMAS.get(name, name)


def _current(value: dict[str, Any]) -> dict[str, Any]:
    """An old clip's one reference, where OTIO now keeps several; an old marker's range by its name now."""
    if "range" in value and _schema(value) == "Marker":
        return {**value, "marked_range": value["range"], "range": None}
    if not isinstance(value.get("media_reference"), dict):
        return value
    return {**value, "media_references": {"DEFAULT_MEDIA": value["media_reference"]}, "media_reference": None}


def edl_node(document: edl.Document) -> Node:
    """The list's lines; notes and speeds belong to the event that they are about."""
    lines = (
        *map(_edl_line, document.head),
        *map(_edl_event, document.chunks),
        *map(_edl_line, document.foot),
    )
    return Node(tag="list", children=tuple(line for line in lines if line is not None))


def _edl_event(chunk: edl.Chunk) -> Node:
    text, (_, reel, field, effect, *codes) = chunk.line.text, chunk.event.spans
    told = (text[slice(*reel)], text[slice(*field)])
    cut = (text[slice(*effect)], text[codes[-1][1] :])  # what stands behind the times goes with it
    notes = map(_edl_line, (*chunk.lead, *chunk.tail))
    return Node(
        tag="event",
        key=" ".join(filter(None, told)),
        own=(("cut", " ".join(" ".join(cut).split())),),
        children=tuple(note for note in notes if note is not None),
    )


def _edl_line(line: Line) -> Node | None:
    """A line's words without times, and without the number of an event that takes no time."""
    event = event_line(line.text)
    words = _TIMECODES.sub("", line.text[event.spans[1][0] :] if event else line.text).split()
    return Node(tag="line", own=(("", " ".join(words)),)) if words else None


def raw_features(tree: Node) -> dict[str, Counter[str]]:
    """What XML holds that is not read as such, by feature and name: effects, their keyframes, groups."""
    found: dict[str, Counter[str]] = {}
    for node in tree.walk():
        feature, name = _raw_feature(node)
        if feature:
            found.setdefault(feature, Counter())[name] += 1
    return found


def _raw_feature(node: Node) -> tuple[str, str]:
    """The feature that the node is of, and its name there; ("", "") for most."""
    if node.tag in _EFFECTS:
        properties = {child.key: dict(child.own).get("", "") for child in node.children}
        if "internal_added" in properties:  # Kdenlive's own volume and panner of each track
            return "", ""
        return "effects", node.key or properties.get("kdenlive_id") or properties.get("mlt_service") or ""
    if node.tag.startswith("adjust-"):
        return "effects", node.tag.removeprefix("adjust-")
    if node.tag in {"keyframe", "caption"}:
        return f"{node.tag}s", ""
    kind = dict(node.own).get("type", "") if node.tag in {"json", "list", "children", "object"} else ""
    return ("groups", kind) if kind in _GROUPS else ("", "")


def file_name(url: str) -> str:
    """The end of a path or URL of any system, as it is written there."""
    return re.split(r"[/\\]", url.rstrip("/"))[-1]
