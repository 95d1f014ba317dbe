"""Files and folders that only this user may read.

POSIX modes do this on Linux and macOS. Windows ignores them: there the folders lie in the user's profile,
whose access list says the same.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import BinaryIO


def make_private_folder(folder: Path) -> None:
    """Makes the folder, mode 0700, or narrows one that is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def write_private(path: Path, data: bytes) -> None:
    """Writes the file with mode 0600 from its first byte on: whole and on the disk, or not at all."""
    make_private_folder(path.parent)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()


def append_private(path: Path) -> BinaryIO:
    """The file opened to write at its end; made with mode 0600 where it is not there."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def is_private(path: Path) -> bool:
    """Whether nobody but this user can read or write the file; always true on Windows."""
    return os.name == "nt" or path.stat().st_mode & 0o077 == 0
