"""What a media file holds, as one short name: same content, same fingerprint, wherever it lies."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from typing import BinaryIO

import msgspec

from engine.errors import BadMedia, MissingMedia
from engine.media_roots import open_file
from engine.whole_file import write_whole

MIB = 1 << 20
WHOLE_UP_TO = 1 << 30  # bytes; a larger file is sampled
BLOCKS = 1024  # of 1 MiB, the first and the last of the file among them


class _Known(msgspec.Struct, frozen=True):
    """A fingerprint taken before, and what the file was then."""

    path: str
    size: int
    mtime_ns: int
    fingerprint: str


def fingerprint(path: Path, cache: Path | None = None) -> str:
    """sha256 over the file's size and content, as hex.

    Up to 1 GiB all of the content counts; of a larger file, 1,024 evenly spaced blocks of 1 MiB. With
    `cache`, a folder, a file whose path, size and time of change are known is not read again.

    Raises MissingMedia, BadMedia.
    """
    with open_file(path) as file:
        name, state = os.fspath(file.name), _state(file)
        note = None if cache is None else cache / f"{hashlib.sha256(os.fsencode(name)).hexdigest()[:32]}.json"
        known = None if note is None else _recall(note)
        if known is not None and (known.path, known.size, known.mtime_ns) == (name, *state):
            return known.fingerprint
        found = _measure(file, state[0], path)
    if note is not None:
        _remember(note, _Known(name, *state, found))
    return found


def _state(file: BinaryIO) -> tuple[int, int]:
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def _measure(file: BinaryIO, size: int, path: Path) -> str:
    digest = hashlib.sha256(size.to_bytes(8, "big"))
    try:
        for offset, length in _blocks(size):
            file.seek(offset)
            digest.update(file.read(length))
    except OSError as error:
        raise MissingMedia(f"{path} cannot be read: {error.strerror}") from error
    return digest.hexdigest()


def _blocks(size: int) -> list[tuple[int, int]]:
    """(offset, length) of what is read."""
    if size <= WHOLE_UP_TO:
        return [(offset, MIB) for offset in range(0, size, MIB)]
    return [((size - MIB) * block // (BLOCKS - 1), MIB) for block in range(BLOCKS)]


def _recall(note: Path) -> _Known | None:
    try:
        return msgspec.json.decode(note.read_bytes(), type=_Known)
    except (OSError, msgspec.DecodeError):
        return None  # never taken, or not legible: it is taken again


def _remember(note: Path, known: _Known) -> None:
    """A cache that cannot be written is only slower."""
    with contextlib.suppress(OSError):
        write_whole(note, msgspec.json.encode(known))


def require(path: Path, expected: str, cache: Path | None = None) -> None:
    """Raise BadMedia where the file is not the one that `expected` was taken of."""
    if fingerprint(path, cache) != expected:
        raise BadMedia(f"{path} has changed since the edit was planned. Plan the edit again")
