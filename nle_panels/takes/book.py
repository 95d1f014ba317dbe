"""Which takes there are of which shot, and which of them plays. Pure.

A shot is what is to be rendered of an edit; it goes by `shot_key`: two jobs that differ in how they are
rendered only (renderer, seed, region, settings) are of the same shot. Takes of shots that an edit no longer
has stay in the book: an undo brings the edit back, and them with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from bridge.errors import BridgeError
from bridge.files import read_bounded, write_whole
from bridge.versions import TakeRecord
from engine.protocol import Diffusion, FaceRegion, Render, Take

_LARGEST = 256 * 1024 * 1024
_ANYHOW = {"renderer": "", "seed": 0, "region": FaceRegion(name="lips"), "diffusion": Diffusion()}
_BY_WHOSE_LEAVE = {"speakers": (), "language": "", "project": "", "consent": ()}


def shot_key(job: Render) -> str:
    """The shot that the job renders: of its media by content, never by path."""
    footage = msgspec.structs.replace(job.footage, media="")
    speech = tuple(msgspec.structs.replace(line, path="") for line in job.speech)
    shot = msgspec.structs.replace(job, footage=footage, speech=speech, **_ANYHOW, **_BY_WHOSE_LEAVE)
    return hashlib.sha256(msgspec.msgpack.encode(shot)).hexdigest()


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A take of a shot; `number` counts from 1 in the order they were rendered. `job_id`: the engine's."""

    number: int
    record: TakeRecord
    rejected: bool = False
    job_id: str = ""

    @property
    def take(self) -> Take:
        return self.record.take


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """The versions of one shot, and the one that plays: none where all are rejected."""

    versions: tuple[Version, ...] = ()
    chosen: int | None = None

    @property
    def playing(self) -> Version | None:
        return next((version for version in self.versions if version.number == self.chosen), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBook:
    """The shelves by their shot's key."""

    shelves: Mapping[str, Shelf]

    def of(self, key: str) -> Shelf:
        return self.shelves.get(key, Shelf())

    def added(self, key: str, record: TakeRecord, job_id: str = "") -> TakeBook:
        """With a new take, which plays from now on. A take that is there already is only chosen again."""
        shelf = self.of(key)
        for version in shelf.versions:
            if version.record.job_hash == record.job_hash:
                renewed = msgspec.structs.replace(version, record=record, job_id=job_id)
                return self._with(key, _chosen(_with_version(shelf, renewed), version.number))
        number = max((version.number for version in shelf.versions), default=0) + 1
        versions = (*shelf.versions, Version(number=number, record=record, job_id=job_id))
        return self._with(key, Shelf(versions=versions, chosen=number))

    def choose(self, key: str, number: int) -> TakeBook:
        """A version plays; where it was rejected it no longer is."""
        return self._with(key, _chosen(self.of(key), number))

    def reject(self, key: str, number: int) -> TakeBook:
        """A version does not play; the latest of the others that are not rejected does instead."""
        shelf = self.of(key)
        version = _version(shelf, number)
        shelf = _with_version(shelf, msgspec.structs.replace(version, rejected=True))
        if shelf.chosen != number:
            return self._with(key, shelf)
        left = [other.number for other in shelf.versions if not other.rejected]
        return self._with(key, msgspec.structs.replace(shelf, chosen=max(left, default=None)))

    def without_lost(self) -> TakeBook:
        """Only takes whose files are there still: the engine's cache may be deleted at any time."""
        book = TakeBook(shelves={})
        for key, shelf in self.shelves.items():
            there = tuple(version for version in shelf.versions if Path(version.take.path).is_file())
            numbers = [version.number for version in there if not version.rejected]
            chosen = shelf.chosen if shelf.chosen in numbers else max(numbers, default=None)
            if there:
                book = book._with(key, Shelf(versions=there, chosen=chosen))
        return book

    def _with(self, key: str, shelf: Shelf) -> TakeBook:
        return replace(self, shelves={**self.shelves, key: shelf})


EMPTY = TakeBook(shelves={})


def _version(shelf: Shelf, number: int) -> Version:
    return next(version for version in shelf.versions if version.number == number)


def _with_version(shelf: Shelf, version: Version) -> Shelf:
    versions = tuple(version if old.number == version.number else old for old in shelf.versions)
    return msgspec.structs.replace(shelf, versions=versions)


def _chosen(shelf: Shelf, number: int) -> Shelf:
    version = msgspec.structs.replace(_version(shelf, number), rejected=False)
    return msgspec.structs.replace(_with_version(shelf, version), chosen=number)


def load(path: Path) -> TakeBook:
    """The book in a file; empty where there is none. Raises BridgeError where it is not one."""
    if not path.exists():
        return EMPTY
    try:
        shelves = msgspec.json.decode(read_bounded(path, _LARGEST), type=dict[str, Shelf])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise BridgeError(f"{path}: not the panel's list of takes: {error}") from error
    return TakeBook(shelves=shelves).without_lost()


def save(book: TakeBook, path: Path) -> None:
    """Raises UnwritableOutput."""
    write_whole(path, msgspec.json.encode(book.shelves))
