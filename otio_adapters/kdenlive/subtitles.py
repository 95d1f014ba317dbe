"""Subtitles of a Kdenlive project, which lie in files beside it: `cut.kdenlive` has `cut.kdenlive.srt`.

Kdenlive shows them with a filter of the sequence, whose file is a copy in a temporary folder. From 24.08 on a
sequence lists its files, SubRip's or SubStation Alpha's, in `subtitlesList`. Their times are of the timeline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import opentimelineio as otio

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.guard import read_bytes, read_xml
from otio_adapters.kdenlive.document import Document, get
from otio_adapters.kdenlive.reader import listed
from otio_adapters.sequences import index_of, names_of

_SERVICES = frozenset({"avfilter.subtitles", "avfilter.ass"})
_SUFFIXES = (".srt", ".ass")
_SUBTITLE = re.compile(rb"^(?:Dialogue:|[\d:,.]+ +--> )", re.MULTILINE)
_MAX_BYTES = 16 * 2**20  # ours: a film has some thousand lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtitles:
    """A file of them; `count` is None where it is not there to be read."""

    file: str
    count: int | None

    def __str__(self) -> str:
        return (
            f"{self.count} subtitles in {self.file}"
            if self.count is not None
            else f"subtitles in {self.file}"
        )


def subtitles_of(timeline: otio.schema.Timeline, path: Path) -> tuple[Subtitles, ...]:
    """The subtitles of the sequence that the timeline was read from, in the project at `path`."""
    document = Document(read_xml(path), path.parent)
    if names_of(timeline):
        document = replace(document, chosen=document.sequences[index_of(timeline)].get("id", ""))
    return tuple(Subtitles(file=_plain(file.name), count=_count(file)) for file in _files(document, path))


def _files(document: Document, path: Path) -> Iterator[Path]:
    files = [one.get("file") for one in listed(document, "subtitlesList") if isinstance(one, dict)]
    named = [Path(document.file(file)) for file in files if isinstance(file, str) and file]
    named = named or [one for suffix in _SUFFIXES if (one := path.with_name(path.name + suffix)).is_file()]
    if named:
        yield from named
        return
    for effect in document.sequence.findall("filter"):
        if get(effect, "mlt_service") in _SERVICES:
            yield Path(get(effect, "av.filename") or get(effect, "av.f") or "a file that is not named")


def _plain(name: str) -> str:
    """JSON can hold halves of letters, which no report can."""
    return name.encode("utf-8", "replace").decode()


def _count(file: Path) -> int | None:
    try:
        return len(_SUBTITLE.findall(read_bytes(file, _MAX_BYTES).replace(b"\r", b"")))
    except UnreadableTimeline:
        return None
