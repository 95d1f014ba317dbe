"""What a file holds, told by its hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

from nle_panels.errors import HostRefused


def digest_of(path: Path) -> str:
    """SHA-256 of the content. Raises `HostRefused` where there is none to read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise HostRefused(f"{path}: cannot be read: {error.strerror or error}") from error
