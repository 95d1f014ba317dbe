"""What a file holds, told by its hash, and a file put in another's place so that it can be taken back."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from bridge.errors import UnwritableOutput
from bridge.files import copy_whole
from nle_panels.errors import HostRefused


class Replaced(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was replaced. `backup` has what was in it; `digest` is of what was put in it."""

    path: str
    backup: str
    digest: str


def digest_of(path: Path) -> str:
    """SHA-256 of the content. Raises `HostRefused` where there is none to read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise HostRefused(f"{path}: cannot be read: {error.strerror or error}") from error


def replace_file(path: Path, content: Path, backups: Path) -> Replaced:
    """Puts the content of another file in `path`; what was there is kept in the folder `backups`."""
    before = digest_of(path)
    backup = backups / f"{path.stem}.{before[:12]}{path.suffix}"
    try:
        copy_whole(path, backup)
        if digest_of(backup) != before:
            raise HostRefused(f"{path}: it changed while it was being kept; apply once more")
        copy_whole(content, path)
    except UnwritableOutput as error:
        raise HostRefused(str(error)) from error
    return Replaced(path=str(path), backup=str(backup), digest=digest_of(content))


def put_back(replaced: Replaced) -> None:
    """Raises `HostRefused` where the file has been changed since, or the backup is gone."""
    path, backup = Path(replaced.path), Path(replaced.backup)
    if digest_of(path) != replaced.digest:
        raise HostRefused(f"{path}: it was changed after the edit; what was before it is in {backup}")
    try:
        copy_whole(backup, path)
    except (OSError, UnwritableOutput) as error:
        raise HostRefused(f"{path}: cannot be put back from {backup}: {error}") from error
