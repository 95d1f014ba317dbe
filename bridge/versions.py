"""Takes on disk, beside the timeline: `takes/<clip>_v001.mov` and its record, none ever overwritten."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bridge.errors import UnwritableOutput
from bridge.files import copy_whole, read_bounded, write_whole
from engine.protocol import Render, Take

_UNSAFE = re.compile(r"[^\w.-]+")
_MAX_RECORD = 64 * 1024 * 1024
_LONGEST_NAME = 80


class TakeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The sidecar of a take: what it is and what made it."""

    job_hash: str
    media: str  # the source's file name
    job: Render
    take: Take


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A take in its place beside the timeline. `new`: this run put it there."""

    path: Path
    record: TakeRecord
    new: bool

    @property
    def sidecar(self) -> Path:
        return self.path.with_suffix(".json")


def keep(record: TakeRecord, folder: Path, clip: str, *, reuse: bool) -> Version:
    """Put the rendered take into `folder` as the clip's next version.

    With `reuse`, a version that the same job made before, and whose content is the same, is that version.
    """
    stem = file_stem(clip)
    if reuse and (known := _known(record, folder, stem)):
        return known
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = _claim(folder, stem)
    except OSError as error:
        raise UnwritableOutput(f"{folder}: cannot be written to: {error.strerror or error}") from error
    try:
        copy_whole(Path(record.take.path), path)
        write_whole(
            path.with_suffix(".json"), msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"
        )
    except (OSError, UnwritableOutput) as error:
        discard(Version(path=path, record=record, new=True))
        if isinstance(error, UnwritableOutput):
            raise
        raise UnwritableOutput(f"{path}: cannot be written: {error.strerror or error}") from error
    return Version(path=path, record=record, new=True)


def discard(version: Version) -> None:
    """Take back a version that this run put there: the run failed after it."""
    if version.new:
        for path in (version.path, version.sidecar):
            with contextlib.suppress(OSError):
                path.unlink()


def file_stem(clip: str) -> str:
    """The clip's name as part of a file name, on any system."""
    name = clip.rsplit(".", 1)[0] if re.search(r"\.\w{2,4}$", clip) else clip
    return _UNSAFE.sub("_", name).strip("._")[:_LONGEST_NAME] or "clip"


def _known(record: TakeRecord, folder: Path, stem: str) -> Version | None:
    for path in _versions(folder, stem):
        with contextlib.suppress(Exception):  # a record that cannot be read is no reason to fail: render anew
            old = msgspec.json.decode(read_bounded(path.with_suffix(".json"), _MAX_RECORD), type=TakeRecord)
            with path.open("rb") as file:
                unchanged = hashlib.file_digest(file, "sha256").hexdigest() == record.take.sha256
            if unchanged and old.job_hash == record.job_hash:
                return Version(path=path, record=old, new=False)
    return None


def _versions(folder: Path, stem: str) -> Iterator[Path]:
    yield from sorted(folder.glob(f"{_literal(stem)}_v[0-9][0-9][0-9]*.mov"))


def _literal(text: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", text)


def _claim(folder: Path, stem: str) -> Path:
    """The first free version's path, claimed by creating it: two runs at once never get the same one."""
    taken = [
        int(match[1]) for path in _versions(folder, stem) if (match := re.search(r"_v(\d+)$", path.stem))
    ]
    number = max(taken, default=0) + 1
    while True:
        path = folder / f"{stem}_v{number:03d}.mov"
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        except FileExistsError:
            number += 1
        else:
            return path
