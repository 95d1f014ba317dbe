"""Files that appear whole or not at all, and errors of the engine where they cannot."""

from __future__ import annotations

from pathlib import Path

from engine.errors import DiskFull, RenderFailed
from engine.whole_file import write_whole as write_or_fail

_NO_ROOM = {28, 122}  # ENOSPC, EDQUOT


def write_whole(path: Path, data: bytes) -> None:
    """Write beside, flush, rename; makes the folder. Raises DiskFull, RenderFailed."""
    try:
        write_or_fail(path, data)
    except OSError as error:
        kind = DiskFull if error.errno in _NO_ROOM else RenderFailed
        raise kind(f"cannot write {path}: {error.strerror or error}") from error
