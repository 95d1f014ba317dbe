"""Timelines out: one function, whatever the format; nothing is replaced before it has been read back."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

import opentimelineio as otio

from otio_adapters.bare_name import is_bare
from otio_adapters.compare import compare
from otio_adapters.errors import (
    MissingMedia,
    ReadBackMismatch,
    UnreadableTimeline,
    UnwritableOutput,
)
from otio_adapters.formats import Content, format_of
from otio_adapters.loss import check_tracks, losses
from otio_adapters.media_linker import absolute_name, at_its_place, home, local_name
from otio_adapters.native.archive import CONTENT, ZIPPED, unpack_all
from otio_adapters.native.writer import Told
from otio_adapters.opentime import timeline_rate
from otio_adapters.read import read
from otio_adapters.rows import says_the_same

__all__ = ["losses", "write"]

_PIECE = 2**20  # ours: bytes


def write(
    timeline: otio.schema.Timeline,
    path: Path,
    *,
    origin: Path | None = None,
    unpack_to: Path | None = None,
) -> None:
    """Writes the timeline in the format of the path's suffix.

    `origin`: the file that the timeline was read from. Where it is of the same format it is patched, so that
    bins, effects and all that this package knows nothing of survive. The new file is read back and compared
    before it takes the place of an older one. `unpack_to`: the folder for the media of a bundle that is
    written as another format; beside the bundle by default. Raises `UnwritableOutput`, `UnsupportedFormat`,
    `ReadBackMismatch`; the older file is then as it was.
    """
    if origin is not None and _leaves(origin, path):
        timeline = _anchored(timeline, origin, unpack_to)
    content = _content(timeline, path, origin)
    beside = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{path.suffix}")
    try:
        _write_synced(beside, content)
        if not (isinstance(content, Told) and _says_it(beside, content)):
            _read_back(timeline, beside, path, _sequence(timeline, path, origin))
        beside.replace(path)
    except OSError as error:
        raise UnwritableOutput(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _sequence(timeline: otio.schema.Timeline, path: Path, origin: Path | None) -> str:
    """Which one of the file's sequences the timeline is, "" where there is but one."""
    patched = origin is not None and origin.suffix.lower() == path.suffix.lower()
    if not patched or format_of(path).read_one is None:
        return ""
    return str(timeline.metadata.get("pickup", {}).get("sequence", ""))


def _says_it(beside: Path, told: Told) -> bool:
    """Whether the file holds just that, and that is what OTIO said of the timeline."""
    with beside.open("rb") as file:  # in pieces: memory for all of it once more takes longer than comparing
        pieces = range(0, len(told.content) + 1, _PIECE)
        whole = all(file.read(_PIECE) == told.content[at : at + _PIECE] for at in pieces)
    return whole and says_the_same(told.content, told.said)


def _read_back(timeline: otio.schema.Timeline, beside: Path, path: Path, sequence: str) -> None:
    """Reads what is to lie at `path`, and compares."""
    try:
        written = read(beside, sequence)
    except UnreadableTimeline as error:
        raise ReadBackMismatch(f"what was written to {path} does not read back: {error}") from error
    compare(timeline, written, timeline_rate(timeline), None if _is_zipped(path) else path.parent)


def _content(timeline: otio.schema.Timeline, path: Path, origin: Path | None) -> Content:
    form = format_of(path, to_write=True)
    if not form.native:
        check_tracks(timeline, form.suffix)
    same = origin is not None and origin.suffix.lower() == form.suffix
    assert form.write is not None
    return form.write(timeline, path, origin if same else None)


def _leaves(origin: Path, path: Path) -> bool:
    """Whether the relative paths would name other files there. A bundle takes its own along."""
    both_zipped = _is_zipped(origin) and _is_zipped(path)
    return not both_zipped and home(origin).resolve() != home(path).resolve()


def _is_zipped(path: Path) -> bool:
    return path.suffix.lower() == ZIPPED


def _anchored(timeline: otio.schema.Timeline, origin: Path, unpack_to: Path | None) -> otio.schema.Timeline:
    """The timeline with its relative paths made whole, and the media that lay in a bundle taken out of it."""
    folder = home(origin)
    if _is_zipped(origin):
        folder = unpack_to or folder
        unpack_all(origin, folder)
    moved = timeline.deepcopy()
    for clip in moved.find_clips():
        for reference in clip.media_references().values():
            for key in ("target_url", "target_url_base"):
                url = getattr(reference, key, None)
                with contextlib.suppress(MissingMedia):  # a URL of the web, which stays as it is
                    whole = absolute_name(url, folder) if url else url
                    if url and _is_zipped(origin):
                        whole = str(at_its_place(url, folder / CONTENT) or whole)
                    if url and not is_bare(url) and whole != local_name(url):
                        setattr(reference, key, whole)
    return moved


def _write_synced(path: Path, content: Content) -> None:
    with path.open("xb") as file:
        if isinstance(content, bytes | Told):
            file.write(content if isinstance(content, bytes) else content.content)
        else:
            content(file)
        file.flush()
        os.fsync(file.fileno())
