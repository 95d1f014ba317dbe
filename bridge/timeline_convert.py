"""A timeline in another format, and what that format cannot hold of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from bridge.errors import UsageError
from otio_adapters.errors import UnsupportedFormat
from otio_adapters.formats import format_of
from otio_adapters.read import read
from otio_adapters.translation import losses_between
from otio_adapters.write import write


class Converted(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of `pickup timeline convert --json`. `losses`: what the new file does not hold."""

    file: str
    out: str
    format: str
    losses: tuple[str, ...] = ()


def convert(path: Path, out: Path, warn: Callable[[str], None], sequence: str = "") -> Converted:
    """Reads `path`, tells `warn` of each thing that will be lost, and writes `out`.

    `sequence`: which one of the file's, by name; by default the one that reading takes by itself. Raises
    `UsageError` for a format that is not written, and for the file as its own output.
    """
    try:
        form = format_of(out, to_write=True)
    except UnsupportedFormat as error:
        raise UsageError(str(error)) from error
    if out.exists() and path.exists() and out.samefile(path):
        raise UsageError(f"{out} is the timeline that is read: write to another file")
    timeline = read(path, sequence)
    lost = losses_between(timeline, path, out)
    for loss in lost:
        warn(f"warning: lost in {form.suffix}: {loss}")
    write(timeline, out, origin=path)
    return Converted(file=str(path), out=str(out), format=form.name, losses=lost)


def as_text(made: Converted) -> str:
    """For a person."""
    end = f", {len(made.losses)} things lost" if made.losses else ", nothing lost"
    return f"{made.out}: {made.format}{end}"
