"""Files that are there whole or not at all: written beside, flushed to the disk, renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from engine.errors import DiskFull, RenderFailed

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


@contextlib.contextmanager
def written_beside(path: Path) -> Iterator[Path]:
    """Where to write what is to become `path`, which is replaced at the end. Raises OSError."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Raises OSError."""
    with written_beside(path) as beside:
        beside.write_bytes(content)


def save_whole(path: Path, content: bytes) -> None:
    """The same for what the engine makes. Raises DiskFull, RenderFailed."""
    try:
        write_whole(path, content)
    except OSError as error:
        raise not_written(path, error) from error


def not_written(path: Path, error: OSError) -> RenderFailed:
    """What to raise where a file could not be written: DiskFull, or RenderFailed."""
    kind = DiskFull if error.errno in _NO_ROOM else RenderFailed
    return kind(f"cannot write {path}: {error.strerror or error}")
