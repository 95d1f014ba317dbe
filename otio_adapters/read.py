"""Timelines in: one function, whatever the format."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.exact_times import make_exact
from otio_adapters.formats import format_of


def read(path: Path, sequence: str = "") -> otio.schema.Timeline:
    """The timeline in a file of one of the `FORMATS`; of several sequences the one that is named.

    Frame rates are made exact here: 29.97 becomes 30000/1001 in every time that OTIO knows of. Raises
    `UnreadableTimeline`, and `UnsupportedFormat` for other files.
    """
    form = format_of(path)
    if sequence and form.read_one is None:
        raise UnreadableTimeline(f"{path}: no sequence of a {form.suffix} file can be asked for by its name")
    timeline = form.read_one(path, sequence) if sequence and form.read_one else form.read(path)
    if not form.native:  # the reader of OTIO's own JSON has seen to it, having all of the text
        make_exact(timeline, path)
    return timeline
