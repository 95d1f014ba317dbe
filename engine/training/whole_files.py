"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from engine.errors import DiskFull, RenderFailed

_NO_ROOM = {28, 122}  # ENOSPC, EDQUOT


def write_whole(path: Path, data: bytes) -> None:
    """Write beside, flush, rename; makes the folder. Raises DiskFull, RenderFailed."""
    beside: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            beside = Path(file.name)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        kind = DiskFull if error.errno in _NO_ROOM else RenderFailed
        raise kind(f"cannot write {path}: {error.strerror or error}") from error
    finally:  # also where somebody presses Ctrl-C
        if beside is not None:
            beside.unlink(missing_ok=True)
