"""What the panel keeps of a clip beside its words: takes and renders by the media, voices by the clip."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from bridge.errors import BridgeError
from nle_panels.desk import Desk
from nle_panels.record import lines
from nle_panels.takes import book, pending
from nle_panels.takes.book import TakeBook
from nle_panels.takes.pending import Pending
from nle_panels.work import Opened

Kept = TypeVar("Kept")


class ClipFiles:
    """The files of one clip at a time, in the panel's state folder: read here, written at the desk.

    `failed` is told what cannot be read, which is empty then, or written. While it is `locked`, as another
    panel writes these files, nothing is written.
    """

    def __init__(self, state: Path, desk: Desk, failed: Callable[[Exception], None]) -> None:
        self._state, self._desk, self._failed = state, desk, failed
        self.takes_file = self.voices_file = self.pending_file = state
        self.locked = False
        self._pending: tuple[Pending, ...] = ()  # as they are on the disk
        self._unwritten: dict[
            Path, Callable[[], None]
        ] = {}  # the latest of each file, until the desk is free

    def open(self, opened: Opened) -> None:
        media = opened.clip.media.fingerprint
        self.takes_file = self._state / "takes" / f"{media}.json"
        self.pending_file = self._state / "takes" / f"{media}.pending.json"
        self.voices_file = self._state / "voices" / f"{opened.key}.json"

    def takes(self) -> TakeBook:
        return self._read(book.load, self.takes_file, book.EMPTY)

    def keep_takes(self, takes: TakeBook) -> None:
        self._write(book.save, takes, self.takes_file)

    def voices(self) -> dict[str, Path]:
        return self._read(lines.load, self.voices_file, {})

    def keep_voices(self, voices: Mapping[str, Path]) -> None:
        self._write(lines.save, voices, self.voices_file)

    def pending(self) -> tuple[Pending, ...]:
        self._pending = self._read(pending.load, self.pending_file, ())
        return self._pending

    def keep_pending(self, renders: tuple[Pending, ...]) -> None:
        if renders != self._pending:
            self._pending = renders
            self._write(pending.save, renders, self.pending_file)

    def _read(self, load: Callable[[Path], Kept], path: Path, nothing: Kept) -> Kept:
        try:
            return load(path)
        except BridgeError as error:
            self._failed(error)
            return nothing

    def _write(self, save: Callable[[Kept, Path], None], kept: Kept, path: Path) -> None:
        if self.locked:
            return
        waits = path in self._unwritten
        self._unwritten[path] = lambda: save(kept, path)
        if not waits:
            self._desk.ask(lambda *_: self._unwritten.pop(path)(), lambda _: None, self._failed)
