"""The ledger of consent: what was done to whom, line after line, each holding its predecessor's sha256.

    <ledger>.jsonl        one JSON object a line; `previous`: sha256 of the line before, without its newline
    <ledger>.head.json    number and sha256 of the last line that was acknowledged, and where it ends

A line that was changed, taken out or put elsewhere breaks the chain. Lines taken from the end are missed by
the head, which is never ahead of the ledger: that is on the disk before the head is written. What stands
behind the head was being written when a process died: whole lines are kept, and half a one is cut off. A new
line always follows the head, whatever stands in the file: so a break stays one.

Whoever owns both files can write them anew, from any line on: see docs/consent.md.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import time
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import Literal

import msgspec

from engine import private_files
from engine.errors import BadConsent, RenderFailed
from engine.lock import EngineLock
from engine.private_files import read_bounded
from engine.protocol import Value
from engine.whole_file import not_written

LONGEST_LINE = 1 << 22  # bytes; ours: the ranges of the longest edit have a tenth
LONGEST_TAIL = 1 << 26  # bytes that are looked at behind the head; ours: no process writes more at once
PATIENCE = 10.0  # seconds that other processes may take to write their lines
MOST_PROBLEMS = 100  # that are told of one ledger

EntryKind = Literal["added", "revoked", "used", "marked", "checked", "refused"]
Identity = Literal["", "unchecked", "matches", "differs", "denied"]


class Entry(Value, omit_defaults=True):
    """What happened. `record`, `person`, `job`, `client`: empty where there is none, or it is not known.

    `media`: the clip's fingerprint. `frames`: [first, last) of the take's frames that were made anew.
    `reason`: of a refusal or a revocation. `identity`: what came of comparing the face with the stills of the
    record, and with people of whom none is taken; empty where no face is touched. A use is noted when it is
    asked for, unchecked; what came of it is `checked`, or `refused`, once somebody has looked.
    """

    kind: EntryKind
    at: datetime.datetime
    record: str = ""
    person: str = ""
    job: str = ""
    media: str = ""
    frames: tuple[tuple[int, int], ...] = ()
    renderer: str = ""
    client: str = ""
    identity: Identity = ""
    reason: str = ""


class Line(Value):
    """An entry in its place: `number` from 1."""

    number: int
    previous: str
    entry: Entry


class Head(Value):
    """The last line that was acknowledged; `size`: bytes of the ledger up to its end."""

    number: int
    sha256: str
    size: int


class Problem(Value):
    """What is wrong with a ledger, and at which line of the file, counted from 1; 0: with the whole of it."""

    line: int
    what: str


class Audit(Value):
    """A ledger looked through: its entries, what is wrong with it, and what is only told."""

    entries: tuple[Entry, ...]
    head: Head
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        return not self.problems


_BEFORE_ALL = Head(number=0, sha256="0" * 64, size=0)
_heads = msgspec.json.Decoder(Head)
_lines = msgspec.json.Decoder(Line)


# ---------------------------------------------------------------------------------------- writing


def append(ledger: Path, *entries: Entry) -> None:
    """On return they are on the disk, one after the other. For any number of processes.

    Raises DiskFull, RenderFailed.
    """
    try:
        with _locked(ledger.with_suffix(".lock")):
            head = _append(ledger, entries)
            private_files.write_private(_head_of(ledger), msgspec.json.encode(head))
    except OSError as error:
        raise not_written(ledger, error) from error


def _append(ledger: Path, entries: tuple[Entry, ...]) -> Head:
    last = _read_head(ledger)
    if last is None and not ledger.exists():
        last = _BEFORE_ALL
        # Before the first line: a ledger without a head is one that lost it.
        private_files.write_private(_head_of(ledger), msgspec.json.encode(last))
    with _opened(ledger) as file:
        last = _BEFORE_ALL if last is None else _gone_on_from(last, file)
        size = _size(file)
        head, written = _after(last, entries)
        try:
            _write(file, (b"" if _ends_a_line(file, size) else b"\n") + written)
            os.fsync(file.fileno())
        except OSError:
            file.truncate(size)  # the caller is told that it is not written
            raise
        return msgspec.structs.replace(head, size=_size(file))


def _after(last: Head, entries: tuple[Entry, ...]) -> tuple[Head, bytes]:
    """The lines that follow, and the head of the last, whose size is that of a ledger without a break."""
    written = []
    for entry in entries:
        number = last.number + 1
        line = msgspec.json.encode(Line(number=number, previous=last.sha256, entry=entry)) + b"\n"
        last = Head(number=number, sha256=_sha256(line), size=last.size + len(line))
        written.append(line)
    return last, b"".join(written)


def _gone_on_from(head: Head, file: FileIO) -> Head:
    """The last of the lines that were written behind the head when a process died; half a one is cut off."""
    end = _size(file)
    file.seek(head.size)
    for raw in file.read(LONGEST_TAIL).splitlines(keepends=True):
        size = head.size + len(raw)
        if not raw.endswith(b"\n") and size == end:
            file.truncate(head.size)
            break
        line = _read_line(raw)
        if line is None or (line.number, line.previous) != (head.number + 1, head.sha256):
            break  # none of ours: it stays, for the audit to find
        head = Head(number=line.number, sha256=_sha256(raw), size=size)
    return head


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = EngineLock(path)
    until = time.monotonic() + PATIENCE
    while not lock.take():
        if time.monotonic() > until:
            raise RenderFailed(f"{path} is held by another process: nothing can be noted of uses of consent")
        time.sleep(0.002)
    try:
        yield
    finally:
        lock.release()


def _opened(ledger: Path) -> FileIO:
    """For reading and writing, without a buffer; made where it is not there."""
    if _is_no_file(ledger):
        raise RenderFailed(f"{ledger} is a link, or no file: put the ledger itself there")
    private_files.append_private(ledger).close()
    return FileIO(ledger, "r+")


def _is_no_file(ledger: Path) -> bool:
    return ledger.is_symlink() or (ledger.exists() and not ledger.is_file())


def _size(file: FileIO) -> int:
    return file.seek(0, os.SEEK_END)


def _ends_a_line(file: FileIO, size: int) -> bool:
    """Whether a line can be written at the end; the file is there afterwards."""
    file.seek(max(0, size - 1))
    return file.read(1) in (b"", b"\n")


def _write(file: FileIO, content: bytes) -> None:
    while content:
        content = content[file.write(content) :]


# ---------------------------------------------------------------------------------------- reading


def audit(ledger: Path) -> Audit:
    """What the ledger holds, and whether all of it is as it was written. Raises BadConsent.

    It may be written to meanwhile: the head is read first, and never is ahead.
    """
    head = _read_head(ledger)
    reading = _Reading(head or _BEFORE_ALL)
    try:
        if _is_no_file(ledger):
            raise BadConsent(f"{ledger} is a link, or no file: put the ledger itself there")
        with ledger.open("rb") as file:
            for raw in iter(lambda: file.readline(LONGEST_LINE), b""):
                reading.take(raw)
    except FileNotFoundError:
        pass  # as one of no lines
    except OSError as error:
        raise BadConsent(f"{ledger} cannot be read: {error.strerror}") from error
    return reading.ended(head_lost=head is None and reading.size > 0)


class _Reading:
    """A ledger that is read, line after line."""

    def __init__(self, head: Head) -> None:
        self.size = 0  # bytes read
        self._head = head
        self._met = head.number == 0  # whether the line that the head names was met
        self._place = 0
        self._number, self._sha256 = 0, _BEFORE_ALL.sha256  # of the last line
        self._torn = False
        self._entries: list[Entry] = []
        self._problems: list[Problem] = []
        self._notes: list[str] = []

    def take(self, raw: bytes) -> None:
        self._place += 1
        behind = self.size >= self._head.size
        self.size += len(raw)
        if behind and not raw.endswith(b"\n"):
            self._notes.append("half a line at the end: it is being written, or a process died writing it")
            return
        line = _read_line(raw)
        if line is None:
            self._complain("is no line of a ledger", self._place)
        elif (line.number, line.previous) != (self._number + 1, self._sha256):
            self._complain(
                "does not follow the line before: one was changed, taken out, put in or moved", self._place
            )
        if line is not None:
            self._entries.append(line.entry)
        self._number = self._number + 1 if line is None else line.number
        self._sha256 = _sha256(raw)
        self._meet_head()

    def _meet_head(self) -> None:
        if self.size == self._head.size:
            self._met = (self._number, self._sha256) == (self._head.number, self._head.sha256)

    def ended(self, *, head_lost: bool) -> Audit:
        counted, found = self._head.number, self._number
        if head_lost:
            self._complain("the head is lost or damaged: lines may be missing at the end", 0)
        elif not self._met:
            self._complain(f"the end is not as it was written: {counted} lines by the head", 0)
        elif found > counted:
            self._notes.append(f"{found - counted} lines behind the head: a process died having written them")
        return Audit(
            entries=tuple(self._entries),
            head=self._head,
            problems=tuple(self._problems[:MOST_PROBLEMS]),
            notes=tuple(self._notes),
        )

    def _complain(self, what: str, line: int) -> None:
        self._problems.append(Problem(line=line, what=what))


def _read_head(ledger: Path) -> Head | None:
    """None where there is none, or it is damaged."""
    try:
        file = _head_of(ledger)
        return _heads.decode(read_bounded(file)) if file.is_file() else None
    except (OSError, msgspec.MsgspecError, RecursionError, ValueError):
        return None


def _read_line(raw: bytes) -> Line | None:
    try:
        return _lines.decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw.removesuffix(b"\n")).hexdigest()


def _head_of(ledger: Path) -> Path:
    return ledger.with_suffix(".head.json")
