"""Autosave: an append-only file of what changed, one line an edit, on the disk when `write` returns.

`journal.jsonl` begins with what it belongs to, a whole document and the steps from there to the present; each
line after them is a step, of the editor's or of undo and redo (see `chronicle`). A line begins with its
checksum. A last line that is not whole was being written when the machine stopped: it is left out. Where
another one is damaged the file is set aside, under a name that is told, and the words are what the lines
before it say.

A write waits for the disk: call it outside the user interface's thread.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from bridge.transcript import Window
from engine.lock import EngineLock, is_locked
from engine.private_files import append_private, write_private
from engine.protocol import Value
from nle_panels.document import chronicle
from nle_panels.document.chronicle import Chronicle, Retold, Steps, Unfit, Whole
from nle_panels.document.document import Document
from nle_panels.document.history import History
from nle_panels.document.tokens import Spoken
from nle_panels.errors import JournalInUse, UnwritableJournal

# ours: from so many bytes behind what it began with, the file is begun anew, so that it opens quickly.
LONGEST = 2_000_000
# ours: so many bytes of steps are in what it begins with: some ten thousand keystrokes.
HISTORY = 2_000_000
NAME, LOCK = "journal.jsonl", "journal.lock"
_LAYOUT = 2
_FIRST = 3  # lines that it begins with: the head, a document, and the steps from it


class _Head(Value, tag="journal", tag_field="is"):
    """What the words belong to: a transcript, and the clip's words [start, stop) of it."""

    layout: int
    fingerprint: str
    start: int
    stop: int


_decoder = msgspec.json.Decoder(_Head | Whole | Steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What the file says. `stamp`: it is this as long as its size and time are; `size`: of its whole lines,
    `begun` of those it begins with. `understood`: all of it can be read and belongs to the clip.
    """

    stamp: tuple[int, int] | None = None
    kept: Chronicle | None = None
    understood: bool = True
    size: int = 0
    begun: int = 0


def look(folder: Path, fingerprint: str, window: Window) -> Content:
    """What the journal of a folder says now, whoever writes it: a long one takes half a second, so this is
    for a thread that may wait. Raises OSError.
    """
    return _look(folder / NAME, _head(fingerprint, window))


def is_open(folder: Path) -> bool:
    """Whether a panel writes it."""
    return is_locked(folder / LOCK)


def is_seen(folder: Path, content: Content | None) -> bool:
    """Whether it says what was seen of it."""
    return content is not None and content.stamp == _stamp(folder / NAME)


class Journal:
    """One clip's words on the disk, with what can be undone. `history`: what it said when it was opened;
    None: nothing yet.

    `set_aside`: where a damaged file, or one of another transcript, was put.
    """

    def __init__(self, folder: Path, fingerprint: str, window: Window, seen: Content | None = None) -> None:
        """Opens the journal in a folder of its own; what was `seen` of it lately is not read again.

        Raises JournalInUse, UnwritableJournal.
        """
        self._path = folder / NAME
        self._head = _head(fingerprint, window)
        self._kept: Chronicle | None = None
        self._file: BinaryIO | None = None
        self._size = self._begun = 0  # bytes: of all of it, and of what it began with
        self._lock = EngineLock(folder / LOCK)
        self.history: History | None = None
        self._written: History | None = None
        self.set_aside: Path | None = None
        try:
            if not self._lock.take():
                raise JournalInUse(f"{folder.name}: this clip is open in another panel; go on there")
            now = seen if seen and seen.stamp == _stamp(self._path) else _look(self._path, self._head)
            self._recover(now)
        except OSError as error:
            self._lock.release()
            raise UnwritableJournal(f"{folder}: cannot be opened: {error.strerror or error}") from error
        self._written = self.history

    def write(self, history: History) -> None:
        """Keeps what is not kept yet. Raises UnwritableJournal; the next write keeps all."""
        if history is self._written:
            return
        now, room = chronicle.of(history), self._begun + LONGEST - self._size
        told = chronicle.told(self._kept, now) if self._kept is not None and room > 0 else None
        try:
            if told is None:
                self._begin_anew(now)
            else:
                self._append(told[0])
                self._kept = told[1]
        except OSError as error:
            self._kept = self._written = None  # half a line may be there
            raise UnwritableJournal(
                f"{self._path}: cannot be written: {error.strerror or error}; the last edits are not saved"
            ) from error
        self._written = history

    def close(self) -> None:
        self._close_file()
        self._lock.release()

    def _recover(self, found: Content) -> None:
        if found.stamp is None:
            return
        self.history = found.kept.history if found.kept else None
        if found.understood:
            os.truncate(self._path, found.size)
            self._kept, self._size, self._begun = found.kept, found.size, found.begun
            return
        self.set_aside = _free_name(self._path)
        self._path.replace(self.set_aside)
        if found.kept:
            self._begin_anew(found.kept)

    def _begin_anew(self, now: Chronicle) -> None:
        self._close_file()
        whole, steps, kept = chronicle.anew(now, HISTORY)
        lines = b"".join((_as_line(self._head), _as_line(whole), _as_line(steps)))
        write_private(self._path, lines)
        self._size = self._begun = len(lines)
        self._kept = kept

    def _append(self, steps: Steps) -> None:
        line = _as_line(steps)
        self._file = self._file or append_private(self._path)
        self._file.write(line)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._size += len(line)

    def _close_file(self) -> None:
        if self._file:
            with contextlib.suppress(OSError):  # what could not be written was said when it was
                self._file.close()
            self._file = None


def _as_line(record: _Head | Whole | Steps) -> bytes:
    text = msgspec.json.encode(record)
    return b"%08x %b\n" % (zlib.crc32(text), text)


def _lines(content: bytes) -> tuple[list[bytes], int]:
    """The lines, less a last one that is not whole, and how long they are together.

    A file that was growing when the power went may end in zeros as well.
    """
    *lines, torn = content.rstrip(b"\0").split(b"\n")
    if lines and not torn and not _is_whole(lines[-1]):
        del lines[-1]
    return lines, sum(len(line) + 1 for line in lines)


def _is_whole(line: bytes) -> bool:
    return line[:9] == b"%08x " % zlib.crc32(line[9:])


def _head(fingerprint: str, window: Window) -> _Head:
    return _Head(layout=_LAYOUT, fingerprint=fingerprint, start=window.start, stop=window.stop)


def _stamp(path: Path) -> tuple[int, int] | None:
    """None where there is no file."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_size, status.st_mtime_ns


def _look(path: Path, head: _Head) -> Content:
    stamp = _stamp(path)
    if stamp is None:
        return Content()
    lines, size = _lines(path.read_bytes())
    kept, understood = _read(lines, head)
    if kept is not None and not _has_words(kept.history.document, head):
        kept, understood = None, False
    begun = sum(len(line) + 1 for line in lines[:_FIRST])
    return Content(stamp=stamp, kept=kept, understood=understood, size=size, begun=begun)


def _read(lines: Sequence[bytes], head: _Head) -> tuple[Chronicle | None, bool]:
    """What was kept as far as the lines can be read and belong to the clip, and whether all of them do."""
    retold: Retold | None = None
    understood = True
    try:
        for number, line in enumerate(lines):
            record = _decoder.decode(line[9:]) if _is_whole(line) else None
            match record:
                case _Head() if number == 0 and record == head:
                    pass
                case Whole() if number == 1:
                    retold = Retold(record)
                case Steps() if retold is not None:
                    retold.follow(record)
                case _:
                    raise Unfit
    except (msgspec.MsgspecError, Unfit):
        understood = False
    if retold is None:
        return None, understood
    kept, fits = retold.chronicle()
    return kept, understood and fits


def _has_words(document: Document, head: _Head) -> bool:
    """Whether every word of the window is there, once and in order."""
    at = head.start
    for paragraph in document.paragraphs:
        for token in paragraph.tokens:
            if isinstance(token, Spoken):
                if not token.first == at < token.stop:
                    return False
                at = token.stop
    return at == head.stop and bool(document.paragraphs)


def _free_name(path: Path) -> Path:
    """`journal.damaged-1.jsonl`, or the first number that is free."""
    names = (path.with_name(f"{path.stem}.damaged-{number}{path.suffix}") for number in itertools.count(1))
    return next(name for name in names if not name.exists())
