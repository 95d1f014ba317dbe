"""The door for files that others made: sizes, depths and entities are checked before any parser sees them."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import Any

import msgspec
from lxml import etree

from otio_adapters.errors import UnreadableTimeline

MAX_BYTES = 128 * 1024 * 1024
MAX_DEPTH = 250

_CHUNK = 2**20  # ours: bytes; a file of nothing but quotes is then no list of millions of pieces
_DOWN, _UP = b"\x01", b"\xff"  # steps, as signed bytes
_STEPS = bytes.maketrans(b"[{]}", _DOWN * 2 + _UP * 2)
_NO_MARK = bytes(sorted(set(range(256)) - set(b'[{]}"')))
_XML_ENCODING = re.compile(r"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_INF = re.compile(r'"(?:[^"\\]|\\.)*+"|\bInf\b')
_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]*\[", re.IGNORECASE)


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
    if not content or content.isspace():
        raise UnreadableTimeline(f"{path} is empty")
    return content


def read_text(path: Path) -> str:
    """The file's text. Raises `UnreadableTimeline`, saying why, where it is not a text file of fair size."""
    return text_of(read_bytes(path), path)


def text_of(content: bytes, path: Path) -> str:
    """The text that a file's bytes are. Raises `UnreadableTimeline`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableTimeline(f"{path} is not UTF-8 text, at byte {error.start}") from error
    if not text or text.isspace():
        raise UnreadableTimeline(f"{path} is empty")
    return text


def tight_json(content: bytes) -> bytes | None:
    """JSON in UTF-8 without the white space that is most of it; None for what is not that, or holds NaN.

    OTIO reads it the sooner, and whatever is looked for in it is found in a third of the time.
    """
    try:
        tight: bytes = msgspec.json.format(content, indent=-1)
        if not tight.isascii():
            tight.decode()  # which msgspec leaves to others
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    return tight


def check_depth(content: bytes, path: Path) -> None:
    """Raises `UnreadableTimeline` for JSON that is nested too deep for OTIO's parser, which is recursive.

    A large project has millions of characters, and none of them passes through Python one by one: this takes
    a small part of the time that OTIO's parser does.
    """
    if b"\\" in content:
        content = content.replace(rb"\\", b"").replace(rb"\"", b"")
    # Two quotes side by side are a string without brackets, or the end of one and the start of the next.
    marks = content.translate(None, _NO_MARK).replace(b'""', b"")
    inside, depth, deepest = False, 0, 0
    for at in range(0, len(marks), _CHUNK):
        pieces = marks[at : at + _CHUNK].split(b'"')
        steps = b"".join(pieces[inside::2]).translate(_STEPS)
        reached = max(accumulate(array("b", steps), initial=depth))
        deepest = max(deepest, reached)
        depth += steps.count(_DOWN) - steps.count(_UP)
        inside ^= len(pieces) % 2 == 0
    if deepest > MAX_DEPTH:
        raise UnreadableTimeline(f"{path} is nested {deepest} deep; more than {MAX_DEPTH} is refused")


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
        said = " ".join(str(error.msg).split())  # libxml ends some of its messages with a line break
        raise UnreadableTimeline(f"{path} is not whole XML: {said}") from error


def json_of(text: str | bytes, of_object: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    """The JSON as OTIO takes it: Inf is Infinity there. Raises `ValueError` and `RecursionError`.

    `of_object`: makes each object of its keys and values, a key that is there twice among them.
    """
    try:
        return json.loads(text, object_pairs_hook=of_object)
    except ValueError:
        plain = text if isinstance(text, str) else text.decode()
        return json.loads(
            _INF.sub(lambda found: found[0] if found[0][0] == '"' else "Infinity", plain),
            object_pairs_hook=of_object,
        )
