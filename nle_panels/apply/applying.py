"""What was edited goes on the timeline, and comes off it again: asked for here, done at the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from bridge.versions import TakeRecord
from nle_panels.apply import placing as at_the_desk
from nle_panels.apply.placing import Decided, Done, Placing
from nle_panels.desk import Desk
from nle_panels.hosts.host import Host
from nle_panels.work import Opened, Ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An edit of a clip, with a take for each of its jobs."""

    opened: Opened
    ready: Ready
    takes: tuple[TakeRecord, ...]


class Applying(QObject):
    """`edit` gives what is to be applied, or says why nothing is, and gives None.

    `last`: what was applied last, and may be taken back. `outdated`: what was opened has the takes in it
    since. `host`: what takes go into, where that is more than a file.
    """

    prospected = Signal(object)  # Prospect
    placed = Signal(object, object)  # Applied, PlacedInHost or None
    taken_back = Signal()
    failed = Signal(object)

    def __init__(self, desk: Desk, edit: Callable[[], Edit | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._edit = desk, edit
        self.host: Host | None = None
        self.last: Done | None = None
        self.outdated = False

    def ask_prospect(self, placing: Placing) -> None:
        """What applying would do: `prospected` says it."""
        if (edit := self._edit()) is not None:
            decided = self._decided(edit, placing)
            self._desk.ask(
                lambda *with_: at_the_desk.prospect(edit.opened, edit.ready, decided, *with_),
                self.prospected.emit,
                self.failed.emit,
            )

    def apply(self, placing: Placing) -> None:
        if (edit := self._edit()) is not None:
            decided = self._decided(edit, placing)
            self._desk.ask(
                lambda *with_: at_the_desk.applied(edit.opened, edit.ready, decided, *with_),
                self._applied,
                self.failed.emit,
            )

    def undo(self) -> None:
        """The old timeline comes back; the words and takes stay as they are."""
        done = self.last
        if done is not None:
            self._desk.ask(lambda *_: at_the_desk.taken_back(done), self._taken_back, self.failed.emit)

    def _decided(self, edit: Edit, placing: Placing) -> Decided:
        return Decided(takes=edit.takes, placing=placing, host=self.host)

    def _applied(self, done: Done) -> None:
        self.last, self.outdated = done, done.outdates
        self.placed.emit(done.applied, done.in_host)

    def _taken_back(self, _: None) -> None:
        self.last, self.outdated = None, False
        self.taken_back.emit()
