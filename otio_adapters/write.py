"""Timelines out: one function, whatever the format; nothing is replaced before it has been read back."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

import opentimelineio as otio

from otio_adapters.anchor import anchored, leaves
from otio_adapters.compare import compare
from otio_adapters.errors import ReadBackMismatch, UnreadableTimeline, UnwritableOutput
from otio_adapters.formats import Content, format_of, patched
from otio_adapters.loss import check_tracks, losses
from otio_adapters.native.archive import ZIPPED
from otio_adapters.native.writer import Told
from otio_adapters.opentime import timeline_rate
from otio_adapters.read import read
from otio_adapters.rows import says_the_same

__all__ = ["losses", "write"]

_PIECE = 2**16  # ours: bytes; memory for more is the system's, and takes longer to get than to fill


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
    if origin is not None and leaves(origin, path):
        timeline = anchored(timeline, origin, unpack_to)
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
    if origin is None or patched(origin, path) is None or format_of(path).read_one is None:
        return ""
    return str(timeline.metadata.get("pickup", {}).get("sequence", ""))


def _says_it(beside: Path, told: Told) -> bool:
    """Whether the file holds just that, and that is what OTIO says of the timeline."""
    with beside.open("rb") as file:
        pieces = range(0, len(told.content) + 1, _PIECE)
        whole = all(file.read(_PIECE) == told.content[at : at + _PIECE] for at in pieces)
    return whole and (not told.said or says_the_same(told.content, told.said))


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
    assert form.write is not None
    return form.write(timeline, path, patched(origin, path) if origin is not None else None)


def _is_zipped(path: Path) -> bool:
    return path.suffix.lower() == ZIPPED


def _write_synced(path: Path, content: Content) -> None:
    with path.open("xb") as file:
        if isinstance(content, bytes | Told):
            file.write(content if isinstance(content, bytes) else content.content)
        else:
            content(file)
        file.flush()
        os.fsync(file.fileno())
