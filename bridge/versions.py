"""Takes on disk, beside the timeline: `takes/<clip>_v001.mov` and its record, none ever overwritten."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import msgspec

from bridge.errors import UnwritableOutput
from bridge.files import copy_whole, read_bounded, write_new, write_whole
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

    @property
    def credentials(self) -> Path:
        """Those of a signed take once more, where a copy of its film was stripped of them."""
        return self.path.with_suffix(".c2pa")


def keep(record: TakeRecord, folder: Path, clip: str, *, reuse: bool) -> Version:
    """Put the rendered take into `folder` as the clip's next version.

    With `reuse`, a version that the same job made before, and whose content is the same, is that version. One
    that an end by force has left without its film is finished.
    """
    stem = file_stem(clip)
    known = _known(record, folder, stem) if reuse else None
    if known is not None and known.path.exists():
        return known
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = known.path if known is not None else _claim(record, folder, stem)
    except OSError as error:
        raise UnwritableOutput(f"{folder}: cannot be written to: {error.strerror or error}") from error
    version = Version(path=path, record=record, new=True)
    try:
        if known is not None:  # rendered again meanwhile, the same content has another signature
            write_whole(version.sidecar, _written(record))
        if record.take.provenance:
            copy_whole(Path(record.take.provenance), version.credentials)
        copy_whole(Path(record.take.path), path)
    except (OSError, UnwritableOutput) as error:
        discard(version)
        if isinstance(error, UnwritableOutput):
            raise
        raise UnwritableOutput(f"{path}: cannot be written: {error.strerror or error}") from error
    return version


def discard(version: Version) -> None:
    """Take back a version that this run put there: the run failed after it."""
    if version.new:
        for path in (version.path, version.sidecar, version.credentials):
            with contextlib.suppress(OSError):
                path.unlink()


def file_stem(clip: str) -> str:
    """The clip's name as part of a file name, on any system."""
    name = clip.rsplit(".", 1)[0] if re.search(r"\.\w{2,4}$", clip) else clip
    return _UNSAFE.sub("_", name).strip("._")[:_LONGEST_NAME] or "clip"


def _known(record: TakeRecord, folder: Path, stem: str) -> Version | None:
    """The version of the same job, of the same content; its film is there unchanged, or not at all."""
    for sidecar in _sidecars(folder, stem):
        with contextlib.suppress(
            Exception
        ):  # a record that cannot be read is no reason to fail: a new version
            old = msgspec.json.decode(read_bounded(sidecar, _MAX_RECORD), type=TakeRecord)
            version = Version(path=sidecar.with_suffix(".mov"), record=old, new=False)
            same = (old.job_hash, old.take.content_sha256) == (record.job_hash, record.take.content_sha256)
            if same and (not version.path.exists() or _sha256(version.path) == old.take.sha256):
                return version
    return None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sidecars(folder: Path, stem: str) -> Iterator[Path]:
    yield from sorted(folder.glob(f"{_literal(stem)}_v[0-9][0-9][0-9]*.json"))


def _literal(text: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", text)


def _written(record: TakeRecord) -> bytes:
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"


def _claim(record: TakeRecord, folder: Path, stem: str) -> Path:
    """The first free version's path, its record beside it: two runs at once never get the same one."""
    names = (path.stem for path in folder.glob(f"{_literal(stem)}_v[0-9][0-9][0-9]*"))
    taken = [int(match[1]) for name in names if (match := re.search(r"_v(\d+)$", name))]
    for number in count(max(taken, default=0) + 1):
        path = folder / f"{stem}_v{number:03d}.mov"
        if not path.exists() and write_new(path.with_suffix(".json"), _written(record)):
            return path
    raise AssertionError
