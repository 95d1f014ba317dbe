"""How large the disk of a folder is, whether or not the folder is there yet."""

from __future__ import annotations

import shutil
from pathlib import Path


def free(folder: Path) -> int:
    """Bytes that the folder's disk has free."""
    return shutil.disk_usage(_there(folder)).free


def total(folder: Path) -> int:
    """Bytes of the folder's disk."""
    return shutil.disk_usage(_there(folder)).total


def _there(folder: Path) -> Path:
    """The folder, or the first above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())
