"""Autosave: an append-only file of what changed, one line an edit, on the disk when `write` returns.

The first line of `journal.jsonl` is a whole document; each one after it says which paragraphs give way to
which. A line begins with its checksum. A last line that is not whole was being written when the machine
stopped: it is left out. Where another one is damaged the file is set aside, under a name that is told, and
the document is what the lines before it say.

A write waits for the disk: call it outside the user interface's thread.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from bridge.transcript import Window
from engine.lock import EngineLock
from engine.private_files import append_private, write_private
from engine.protocol import Value
from nle_panels.document.document import Document, Paragraph, changed
from nle_panels.document.tokens import Spoken
from nle_panels.errors import JournalInUse, UnwritableJournal

# ours: from so many bytes on, and twice the document's, the file is begun anew, so that it opens quickly.
LONGEST = 4_000_000
_LAYOUT = 1


class _Whole(Value, tag="whole", tag_field="is"):
    """The document, and what it belongs to: a transcript, and the clip's words [start, stop) of it."""

    layout: int
    fingerprint: str
    start: int
    stop: int
    document: Document


class _Change(Value, tag="change", tag_field="is"):
    """Paragraphs [start, stop) give way to these."""

    start: int
    stop: int
    paragraphs: tuple[Paragraph, ...]


_decoder = msgspec.json.Decoder(_Whole | _Change)


class Journal:
    """One clip's document on the disk. `document`: what it said when it was opened; None: nothing yet.

    `set_aside`: where a damaged file, or one of another transcript, was put.
    """

    def __init__(self, folder: Path, fingerprint: str, window: Window) -> None:
        """Opens the journal in a folder of its own. Raises JournalInUse, UnwritableJournal."""
        self._path = folder / "journal.jsonl"
        self._fingerprint, self._window = fingerprint, window
        self._file: BinaryIO | None = None
        self._size = 0
        self._longest = LONGEST
        self._lock = EngineLock(folder / "journal.lock")
        self.document: Document | None = None
        self.set_aside: Path | None = None
        try:
            if not self._lock.take():
                raise JournalInUse(f"{folder.name}: this clip is open in another panel; go on there")
            self._recover()
        except OSError as error:
            self._lock.release()
            raise UnwritableJournal(f"{folder}: cannot be opened: {error.strerror or error}") from error
        self._written: Document | None = self.document

    def write(self, document: Document) -> None:
        """Keeps what is not kept yet. Raises UnwritableJournal; the next write keeps all."""
        if document is self._written:
            return
        try:
            if self._written is None or self._size > self._longest:
                self._begin_anew(document)
            else:
                self._append(_change(self._written, document))
        except OSError as error:
            self._written = None  # half a line may be there
            raise UnwritableJournal(
                f"{self._path}: cannot be written: {error.strerror or error}; the last edits are not saved"
            ) from error
        self._written = document

    def close(self) -> None:
        self._close_file()
        self._lock.release()

    def _recover(self) -> None:
        if not self._path.exists():
            return
        content = self._path.read_bytes()
        lines, size = _lines(content)
        found, understood = _read(lines, self._fingerprint, self._window)
        self.document = found
        if understood:
            os.truncate(self._path, size)
            self._size, self._longest = size, max(LONGEST, 2 * len(lines[0]) if lines else 0)
            return
        self.set_aside = _free_name(self._path)
        self._path.replace(self.set_aside)
        if found:
            self._begin_anew(found)

    def _begin_anew(self, document: Document) -> None:
        self._close_file()
        window = self._window
        line = _as_line(
            _Whole(
                layout=_LAYOUT,
                fingerprint=self._fingerprint,
                start=window.start,
                stop=window.stop,
                document=document,
            )
        )
        write_private(self._path, line)
        self._size, self._longest = len(line), max(LONGEST, 2 * len(line))

    def _append(self, change: _Change) -> None:
        line = _as_line(change)
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


def _change(before: Document, after: Document) -> _Change:
    old, new = changed(before, after)
    return _Change(start=old.start, stop=old.stop, paragraphs=after.paragraphs[new.start : new.stop])


def _as_line(record: _Whole | _Change) -> bytes:
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


def _read(lines: Sequence[bytes], fingerprint: str, window: Window) -> tuple[Document | None, bool]:
    """The document as far as the lines can be read and belong to the clip, and whether all of them do."""
    document: Document | None = None
    try:
        for line in lines:
            record = _decoder.decode(line[9:]) if _is_whole(line) else None
            if isinstance(record, _Whole) and document is None:
                new = record.document
                here = (record.layout, record.fingerprint, record.start, record.stop)
                belongs = here == (_LAYOUT, fingerprint, window.start, window.stop)
            elif isinstance(record, _Change) and document is not None:
                before = document.paragraphs
                belongs = 0 <= record.start <= record.stop <= len(before)
                new = Document(
                    paragraphs=(*before[: record.start], *record.paragraphs, *before[record.stop :])
                )
            else:
                return document, False
            if not belongs:
                return document, False
            document = new
    except msgspec.MsgspecError:
        return document, False
    return (document, True) if document is None or _has_words(document, window) else (None, False)


def _has_words(document: Document, window: Window) -> bool:
    """Whether every word of the window is there, once and in order."""
    at = window.start
    for paragraph in document.paragraphs:
        for token in paragraph.tokens:
            if isinstance(token, Spoken):
                if not token.first == at < token.stop:
                    return False
                at = token.stop
    return at == window.stop and bool(document.paragraphs)


def _free_name(path: Path) -> Path:
    """`journal.damaged-1.jsonl`, or the first number that is free."""
    names = (path.with_name(f"{path.stem}.damaged-{number}{path.suffix}") for number in itertools.count(1))
    return next(name for name in names if not name.exists())
