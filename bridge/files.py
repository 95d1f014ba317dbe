"""Reading and writing files without ever leaving half of one."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from bridge.errors import BridgeError, UnwritableOutput


def read_bounded(path: Path, limit: int) -> bytes:
    """The file's bytes; raises BridgeError where it cannot be read or is larger than `limit` bytes."""
    try:
        size = path.stat().st_size
        if size > limit:
            raise BridgeError(f"{path}: {size} bytes, more than the {limit} that such a file may have")
        return path.read_bytes()
    except OSError as error:
        raise BridgeError(f"{path}: cannot be read: {error.strerror or error}") from error


def write_whole(path: Path, content: bytes) -> None:
    """The file is there whole or not at all; what was at `path` is replaced. Raises UnwritableOutput."""
    with _beside(path) as file:
        file.write(content)


def write_new(path: Path, content: bytes) -> bool:
    """As `write_whole`, where there is no such file yet; False where there is one.

    Raises UnwritableOutput.
    """
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}.new")
    write_whole(beside, content)
    try:
        os.link(beside, path)  # whole at once, and never over another
    except FileExistsError:
        return False
    except OSError:  # a disk without links, such as exFAT
        return _write_alone(path, content)
    finally:
        beside.unlink(missing_ok=True)
    return True


def _write_alone(path: Path, content: bytes) -> bool:
    try:
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        return False
    except OSError as error:
        raise UnwritableOutput(f"{path}: cannot be written: {error.strerror or error}") from error
    return True


def copy_whole(source: Path, path: Path) -> None:
    """As `write_whole`, of another file's content."""
    with _beside(path) as file, source.open("rb") as reading:
        shutil.copyfileobj(reading, file, 1 << 20)


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[BinaryIO]:
    """A file beside, which is flushed to the disk and renamed at the end."""
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise UnwritableOutput(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
