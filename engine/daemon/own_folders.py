"""The engine writes, and removes, below its cache alone: no link below it may lead away from there.

The cache itself may lie anywhere, on another disk by a link too.
"""

from __future__ import annotations

from pathlib import Path

from engine.errors import ForbiddenPath
from engine.paths import EnginePaths


def refuse_links(paths: EnginePaths) -> None:
    """When the engine starts, before it sweeps. Raises ForbiddenPath."""
    for pattern in ("*", "takes/*", "unfinished/*"):
        for there in paths.cache.glob(pattern):
            _refuse_link(there)


def require_own(folder: Path, cache: Path) -> None:
    """Before a job writes there. Raises ForbiddenPath."""
    if ".." in folder.parts or not folder.is_relative_to(cache) or folder == cache:
        raise ForbiddenPath(f"{folder} does not lie below the engine's cache {cache}: it is not written to")
    for there in (folder, *folder.parents):
        if there == cache:
            break
        _refuse_link(there)


def _refuse_link(there: Path) -> None:
    if there.is_symlink():
        raise ForbiddenPath(f"{there} is a link, and the engine writes and removes files there: remove it")
