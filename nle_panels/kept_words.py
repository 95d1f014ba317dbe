"""What is kept of a clip's words, by this panel, or by another one that has the clip open, and is watched."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from bridge.transcript import Window
from nle_panels.autosave import Autosave
from nle_panels.desk import Desk
from nle_panels.document import journal
from nle_panels.document.history import History
from nle_panels.document.journal import Content, Journal
from nle_panels.errors import JournalInUse, PanelError

_LOOK_MS = 700  # ours: between two looks at what the other panel has saved


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a clip's words are kept, and which they are."""

    folder: Path
    fingerprint: str
    window: Window

    def look(self) -> Content | None:
        """What is kept there now, for a thread that may wait; None where it cannot be read."""
        with contextlib.suppress(OSError):
            return journal.look(self.folder, self.fingerprint, self.window)
        return None


class KeptWords(QObject):
    """One clip at a time. `locked`: another panel has it; nothing is written here then."""

    failed = Signal(object)
    seen = Signal(object)  # History: as the other panel has saved it
    freed = Signal()  # the other panel has let the clip go

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.locked = False
        self._desk = desk
        self._autosave: Autosave | None = None
        self._place: Place | None = None
        self._content: Content | None = None
        self._clock = QTimer(self, interval=_LOOK_MS)
        self._clock.timeout.connect(self._look)

    def open(self, place: Place, seen: Content | None = None) -> History | None:
        """What is kept there, to be kept on by `keep`; what was `seen` of it lately is not read again.

        None where nothing is. Where the disk will not have it, what comes is not kept, and that is said.
        """
        self.close()
        self._place = place
        try:
            kept = Journal(place.folder, place.fingerprint, place.window, seen)
        except JournalInUse:
            self.locked, self._content = True, seen
            self._clock.start()
            return seen.kept.history if seen and seen.kept else None
        except PanelError as error:
            self.failed.emit(error)
            return None
        if kept.set_aside is not None:
            self._tell_of(kept.set_aside, lost=kept.history is None)
        self._autosave = Autosave(kept, self)
        self._autosave.failed.connect(self.failed)
        return kept.history

    def keep(self, history: History) -> None:
        if self._autosave is not None:
            self._autosave.keep(history)

    def close(self) -> None:
        """What was kept last is on the disk when this returns."""
        self._clock.stop()
        self.locked, self._place = False, None
        if self._autosave is not None:
            self._autosave.close()
            self._autosave = None

    def _tell_of(self, aside: Path, *, lost: bool) -> None:
        told = self.tr("The autosave was damaged; what of it could be read is here, and the file is {path}")
        if lost:  # other words are heard there now, or nothing of it can be read
            told = self.tr("What was kept of this clip is of other words, and is set aside as {path}")
        self.failed.emit(PanelError(told.format(path=aside)))

    # ---- while another panel has it

    def _look(self) -> None:
        place = self._place
        if place is None or self._desk.busy:
            return
        if not journal.is_open(place.folder):
            self._clock.stop()
            self.freed.emit()
        elif not journal.is_seen(place.folder, self._content):
            self._desk.ask(lambda *_: place.look(), partial(self._looked, place), self.failed.emit)

    def _looked(self, place: Place, content: Content | None) -> None:
        if content is None or place is not self._place:
            return
        self._content = content
        if content.kept is not None and content.understood:
            self.seen.emit(content.kept.history)
