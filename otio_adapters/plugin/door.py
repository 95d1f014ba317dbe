"""The two functions that an adapter of OTIO is made of, over our `read` and `write`."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio

from otio_adapters.errors import TimelineError
from otio_adapters.read import read
from otio_adapters.write import write


def read_from_file(filepath: str) -> otio.schema.Timeline:
    """The timeline in the file. Raises OTIO's error, with the message of ours."""
    try:
        return read(Path(filepath))
    except TimelineError as error:
        raise otio.exceptions.OTIOError(str(error)) from error


def write_to_file(input_otio: otio.core.SerializableObject, filepath: str) -> None:
    """Writes a new file, read back before it takes the place of an older one. Raises OTIO's error."""
    if not isinstance(input_otio, otio.schema.Timeline):
        raise otio.exceptions.OTIOError(
            f"{filepath}: a {input_otio.schema_name()} is no timeline, which it holds"
        )
    try:
        write(input_otio, Path(filepath))
    except TimelineError as error:
        raise otio.exceptions.OTIOError(str(error)) from error
