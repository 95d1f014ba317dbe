"""Reels for the player: made by the engine, a piece at a time, of the clip's media and of takes."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from bridge.clip import look_at
from engine.client import Outcome
from engine.errors import EngineError, JobCancelled, MissingModel
from engine.protocol import Footage, Proxy, Ratio, Reel, Take
from nle_panels.desk import Desk
from nle_panels.engine_link import EngineLink, Ticket

# ours: what is seen and what comes next, of the two sources that are compared. What was wanted before those
# has been scrubbed away from.
WANTED = 4


class Proxies(QObject):
    """`made`: (source, start, Reel), for `Player.add_reel`. `dropped`: (source, start) of one that was wanted
    and is not made, as newer ones are. `failed`: an error, once a source.

    `faces`: whether the face in each frame is looked for in what is made from now on. Where the models for
    that are missing it is said once, and reels are made without.
    """

    made = Signal(str, int, object)
    dropped = Signal(str, int)
    failed = Signal(object)

    def __init__(self, desk: Desk, link: EngineLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._link = desk, link
        self._footage: dict[str, tuple[Footage, Ratio]] = {}
        self._takes: dict[str, Take] = {}
        self._waiting: dict[str, list[tuple[int, int]]] = {}
        self._asked: dict[Ticket, tuple[str, Proxy]] = {}
        self._faulty: set[str] = set()
        self.faces = False
        self._blind = False  # the face models are missing
        link.ended.connect(self._ended)

    def set_source(self, source: str, footage: Footage, rate: Ratio) -> None:
        """The frames of `source` are the footage's, at the rate."""
        self._footage[source] = footage, rate
        for start, end in self._waiting.pop(source, ()):
            self.want(source, start, end)

    def set_take(self, take: Take) -> None:
        """The take is a source by its sha256: what its file is the engine is asked when it is wanted."""
        if take.sha256 in self._takes:
            return
        self._takes[take.sha256] = take
        if take.sha256 in self._waiting:
            self._look_at(take)

    def _look_at(self, take: Take) -> None:
        def known(fingerprint: str) -> None:
            footage = Footage(
                media=take.path, fingerprint=fingerprint, offset=Ratio(num=0), first=0, last=take.frames
            )
            self.set_source(take.sha256, footage, take.rate)

        def failed(error: Exception) -> None:
            self._waiting.pop(take.sha256, None)  # it is looked at anew when it is wanted anew
            self.failed.emit(error)

        self._desk.ask(lambda engine, _: look_at(Path(take.path), engine).fingerprint, known, failed)

    def want(self, source: str, start: int, end: int) -> None:
        """Frames [start, end) of a source; where it is not known yet, as soon as it is."""
        if source not in self._footage:
            waits = self._waiting.setdefault(source, [])
            waits.append((start, end))
            if len(waits) == 1 and source in self._takes:
                self._look_at(self._takes[source])
            return
        footage, rate = self._footage[source]
        faces = self.faces and not self._blind
        self._hand_in(source, Proxy(footage=footage, rate=rate, start=start, end=end, faces=faces))
        for ticket in tuple(self._asked)[:-WANTED]:
            self._link.withdraw(ticket)

    def _hand_in(self, source: str, job: Proxy) -> None:
        self._asked[self._link.submit(job)] = source, job

    def _ended(self, ticket: Ticket, how: Outcome | EngineError) -> None:
        if ticket not in self._asked:
            return
        source, job = self._asked.pop(ticket)
        if isinstance(how, MissingModel) and job.faces:
            if not self._blind:
                self._blind = True
                self.failed.emit(how)
            self._hand_in(source, msgspec.structs.replace(job, faces=False))
            return
        if isinstance(how, JobCancelled):
            self.dropped.emit(source, job.start)
            return
        if isinstance(how, EngineError):
            if source not in self._faulty:
                self._faulty.add(source)
                self.failed.emit(how)
            return
        assert isinstance(how.result, Reel)
        self.made.emit(source, job.start, how.result)
