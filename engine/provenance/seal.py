"""The seal: the last box of a signed file, with sha256 of all bytes before it.

C2PA leaves bytes of a file unwatched: its `ftyp` and `free` boxes, padding, names in the manifest's boxes.
One of those flipped passes as valid. The seal sees them too. It is a `free` box, which players skip and C2PA
does not count; that it must be there is said inside, where it is signed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

_NAME = b"pickup seal v1\0\0"
_HEAD = (8 + len(_NAME) + 32).to_bytes(4, "big") + b"free" + _NAME
SEAL_BYTES = len(_HEAD) + 32
_BLOCK = 1 << 20


def put_seal(path: Path) -> str:
    """Seals the file, and returns sha256 of what it then is. Raises OSError."""
    with path.open("rb+") as file:
        digest = hashlib.file_digest(file, "sha256")
        seal = _HEAD + digest.digest()
        file.write(seal)
    digest.update(seal)
    return digest.hexdigest()


def is_sealed(path: Path) -> bool:
    """Whether the file ends with the seal of all that comes before. Raises OSError."""
    with path.open("rb") as file:
        rest = file.seek(0, 2) - SEAL_BYTES
        if rest < 0:
            return False
        file.seek(rest)
        found = file.read(SEAL_BYTES)
        return found == _HEAD + _sha256(file, rest)


def _sha256(file: BinaryIO, rest: int) -> bytes:
    """Of the file's first `rest` bytes."""
    digest = hashlib.sha256()
    file.seek(0)
    while rest and (block := file.read(min(rest, _BLOCK))):
        digest.update(block)
        rest -= len(block)
    return digest.digest()
