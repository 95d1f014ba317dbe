"""Timelines out: one function, whatever the format; nothing is replaced before it has been read back."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

import opentimelineio as otio

from otio_adapters.compare import compare
from otio_adapters.errors import (
    MissingMedia,
    ReadBackMismatch,
    UnreadableTimeline,
    UnwritableOutput,
)
from otio_adapters.formats import format_of
from otio_adapters.loss import check_tracks, losses
from otio_adapters.media_linker import absolute_name, local_name
from otio_adapters.opentime import timeline_rate
from otio_adapters.read import read

__all__ = ["losses", "write"]


def write(timeline: otio.schema.Timeline, path: Path, *, origin: Path | None = None) -> None:
    """Writes the timeline in the format of the path's suffix.

    `origin`: the file that the timeline was read from. Where it is of the same format it is patched, so that
    bins, effects and all that this package knows nothing of survive. The new file is read back and compared
    before it takes the place of an older one. Raises `UnwritableOutput`, `UnsupportedFormat`,
    `ReadBackMismatch`; the older file is then as it was.
    """
    if origin is not None and origin.parent.resolve() != path.parent.resolve():
        timeline = _anchored(timeline, origin.parent)
    content = _content(timeline, path, origin)
    beside = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{path.suffix}")
    try:
        _write_synced(beside, content)
        try:
            written = read(beside)
        except UnreadableTimeline as error:
            raise ReadBackMismatch(f"what was written to {path} does not read back: {error}") from error
        compare(timeline, written, timeline_rate(timeline), path.parent)
        beside.replace(path)
    except OSError as error:
        raise UnwritableOutput(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _content(timeline: otio.schema.Timeline, path: Path, origin: Path | None) -> bytes:
    form = format_of(path, to_write=True)
    if not form.native:
        check_tracks(timeline, form.suffix)
    same = origin is not None and origin.suffix.lower() == form.suffix
    assert form.write is not None
    return form.write(timeline, path, origin if same else None)


def _anchored(timeline: otio.schema.Timeline, folder: Path) -> otio.schema.Timeline:
    """The timeline with its relative paths made whole: it is to lie in another folder than before."""
    moved = timeline.deepcopy()
    for clip in moved.find_clips():
        for reference in clip.media_references().values():
            url = getattr(reference, "target_url", None)
            if url:
                with contextlib.suppress(MissingMedia):  # a URL of the web, which stays as it is
                    if local_name(url) == url:
                        reference.target_url = absolute_name(url, folder)
    return moved


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
