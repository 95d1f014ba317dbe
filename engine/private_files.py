"""Files and folders that only this user may read.

POSIX modes do this on Linux and macOS. Windows ignores them: there the folders lie in the user's profile,
whose access list says the same.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

LARGEST_FILE = 65_536  # bytes; ours: a key has some 120, a consent that names a hundred films 7,000

_T = TypeVar("_T")


class Loose(Exception):
    """Others can get at the file; who they are, and how to shut them out."""


class Damaged(Exception):
    """The file does not hold what it should."""


def make_private_folder(folder: Path) -> None:
    """Makes the folder, mode 0700, or narrows one that is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def write_private(path: Path, data: bytes) -> None:
    """Writes the file with mode 0600 from its first byte on: whole and on the disk, or not at all."""
    with _beside(path, data) as beside:
        beside.replace(path)


def write_private_once(path: Path, data: bytes) -> bool:
    """As `write_private`, where there is no such file; False where there is one, which stays as it is."""
    with _beside(path, data) as beside:
        try:
            os.link(beside, path)  # whole at once, and never over another
        except FileExistsError:
            return False
        except OSError:  # a disk without links
            beside.replace(path)
    return True


@contextlib.contextmanager
def _beside(path: Path, data: bytes) -> Iterator[Path]:
    """A private file beside, on the disk, which is gone afterwards."""
    make_private_folder(path.parent)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield beside
    finally:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()


def append_private(path: Path) -> BinaryIO:
    """The file opened to write at its end; made with mode 0600 where it is not there."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def new_private(path: Path) -> BinaryIO:
    """A new file with mode 0600, opened to be written. Raises FileExistsError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def read_private(path: Path, kind: type[_T], *, folder: bool = True) -> _T:
    """The one value that the file holds, as JSON. `folder`: as of `looseness`.

    Raises OSError, Loose, Damaged.
    """
    if loose := looseness(path, folder=folder):
        raise Loose(loose)
    content = read_bounded(path)
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise Damaged(str(error)) from error


def read_bounded(path: Path) -> bytes:
    """The file, up to a size that none of ours has. Raises OSError."""
    with path.open("rb") as file:
        return file.read(LARGEST_FILE)


def looseness(path: Path, *, folder: bool = True) -> str:
    """What lets others at the file, and how to shut them out; empty where nobody but this user can read it.

    With `folder` that counts too: who may write there can put another file in the place of this one. Always
    empty on Windows.
    """
    if os.name == "nt":
        return ""
    if folder and path.parent.stat().st_mode & 0o077:
        return f"others may enter {path.parent}: chmod 700 {path.parent}"
    file = path.lstat()
    if not stat.S_ISREG(file.st_mode):
        return f"{path} is a link, or no file: put the file itself there"
    if file.st_uid not in (os.geteuid(), 0):
        return f"{path} belongs to another user: chown it"
    if file.st_mode & 0o077:
        return f"others may read {path}: delete it, or, where nobody else has been at it, chmod 600 {path}"
    return ""
