"""The records of consent on this machine: files that only this user can read, one for each, never changed.

    <consents>/c-<16 hex>.json           the record; its name is made of its content
    <consents>/c-<16 hex>.revoked.json   why it holds no more, and since when

A file that is not private, is damaged, or has another record's name is no consent; a revocation holds however
damaged its file.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from engine.consent.record import ID, Consent, Record, Revocation
from engine.errors import BadConsent
from engine.private_files import LARGEST_FILE, Damaged, Loose, read_private, write_private
from engine.whole_file import not_written

_State = tuple[int, ...]
_UNREAD = "for a reason that cannot be read any more"


class Consents:
    """The records in a folder, which need not be there yet. Looked at anew at each question.

    A file that is as it was is not read again: hundreds of them would hold the engine up at each job.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[_State, Consent | BadConsent]] = {}

    def all(self) -> tuple[Consent, ...]:
        """All that hold or held; what is no record is left out: see `refused`."""
        return tuple(found for found in self._read_all() if isinstance(found, Consent))

    def refused(self) -> tuple[str, ...]:
        """One line for each file that is in the place of a record, and is none."""
        return tuple(str(found) for found in self._read_all() if isinstance(found, BadConsent))

    def find(self, name: str) -> Consent:
        """The record of that id, or of the one id that begins so. Raises BadConsent."""
        begun = name.strip()
        ids = [file.stem for file in self._files() if begun and file.stem.startswith(begun)]
        if len(ids) != 1:
            which = f"there are {len(ids)} of them: {', '.join(ids[:5])}" if ids else "there is none"
            raise BadConsent(
                f"no record of consent is named {name[:80]!r} alone ({which}): `pickup consent list`"
            )
        return self._read(self._file_of(ids[0]))

    def has(self, record: Record) -> bool:
        """Whether there is a file of the record's name."""
        return self._file_of(record.id).exists()

    def add(self, record: Record) -> bool:
        """Keeps the record; whether it is a new one. Raises BadConsent, DiskFull, RenderFailed."""
        file = self._file_of(record.id)
        content = msgspec.json.format(msgspec.json.encode(record), indent=2)
        if len(content) >= LARGEST_FILE:
            raise BadConsent(
                f"the record is {len(content)} bytes; {LARGEST_FILE} at most: name fewer files in it"
            )
        if self.has(record):
            self._read(file)
            return False
        self._write(file, content)
        return True

    def revoke(self, name: str, why: str, at: datetime.datetime) -> Consent:
        """Lets the record hold no more. The first revocation stays. Raises as `find` and `add`."""
        consent = self.find(name)
        if consent.revoked is None:
            revoked = Revocation(record=consent.id, why=why, at=at)
            self._write(
                self._revocation_of(consent.id), msgspec.json.format(msgspec.json.encode(revoked), indent=2)
            )
            consent = msgspec.structs.replace(consent, revoked=revoked)
        return consent

    # ---- inside

    def _file_of(self, record: str) -> Path:
        return self._folder / f"{record}.json"

    def _revocation_of(self, record: str) -> Path:
        return self._folder / f"{record}.revoked.json"

    def _files(self) -> Iterator[Path]:
        return (file for file in sorted(self._folder.glob("c-*.json")) if ID.fullmatch(file.stem))

    def _read_all(self) -> Iterator[Consent | BadConsent]:
        try:
            folder = _state(self._folder.stat())[:1]  # its mode: others may have been let in
            there = {
                entry.name: _state(entry.stat(follow_symlinks=False)) for entry in os.scandir(self._folder)
            }
        except OSError:  # nothing was added yet, or a file has gone this instant
            folder, there = (), {file.name: () for file in self._files()}
        for name in sorted(there):
            stem = name.removesuffix(".json")
            if stem != name and ID.fullmatch(stem):
                yield self._read_once(stem, (*folder, *there[name], *there.get(f"{stem}.revoked.json", ())))

    def _read_once(self, record: str, state: _State) -> Consent | BadConsent:
        known = self._known.get(record)
        if known is None or known[0] != state or not state:
            found: Consent | BadConsent
            try:
                found = self._read(self._file_of(record))
            except BadConsent as error:
                found = error
            known = self._known[record] = state, found
        return known[1]

    def _read(self, file: Path) -> Consent:
        try:
            record = read_private(file, Record)
        except Loose as loose:
            raise BadConsent(f"{file} allows nothing, since it is not private: {loose}") from loose
        except (OSError, Damaged) as error:
            raise BadConsent(
                f"{file} is no record of consent ({error}): delete it, and add it again"
            ) from error
        if record.id != file.stem:
            raise BadConsent(
                f"{file} was changed since it was kept: delete it, and add what was signed again"
            )
        return Consent(record=record, revoked=self._revocation(record.id))

    def _revocation(self, record: str) -> Revocation | None:
        """A damaged one holds: who can damage a file should not get a consent back by it."""
        file = self._revocation_of(record)
        if not file.exists() and not file.is_symlink():
            return None
        try:
            found = read_private(file, Revocation)
        except (OSError, Loose, Damaged):
            found = None
        if found is None or found.record != record:
            changed = datetime.datetime.fromtimestamp(file.lstat().st_mtime, datetime.UTC)
            return Revocation(record=record, why=_UNREAD, at=changed)
        return found

    def _write(self, file: Path, content: bytes) -> None:
        try:
            write_private(file, content)
        except OSError as error:
            raise not_written(file, error) from error


def _state(status: os.stat_result) -> _State:
    """What changes with any change of a file."""
    return (
        status.st_mode,
        status.st_uid,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )
