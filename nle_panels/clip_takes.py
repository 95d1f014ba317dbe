"""The takes of the clip that is open: which play, what is rendered, what the engine is to keep of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from bridge.rendering import Rendering
from bridge.versions import TakeRecord
from engine.protocol import Render
from nle_panels import work
from nle_panels.clip_files import ClipFiles
from nle_panels.engine_link import EngineLink
from nle_panels.renders import DRAFT, Renders
from nle_panels.takes.book import EMPTY, TakeBook
from nle_panels.takes.holding import held
from nle_panels.work import Opened, Ready

# ours: what the engine gave out stays for some minutes in any case, so that it is told once of many takes.
HOLD_MS = 2000


class ClipTakes(QObject):
    """`rendering`: how the next ones are made. `refuses`: says so where nothing may be changed."""

    changed = Signal()
    refused = Signal(str)

    def __init__(
        self, link: EngineLink, files: ClipFiles, refuses: Callable[[], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.book = EMPTY
        self.rendering = Rendering()
        self._link, self._files, self._refuses = link, files, refuses
        self._opened: Opened | None = None
        self._ready: Ready | None = None
        self.renders = Renders(link, files, self)
        self.renders.made.connect(lambda *made: self._keep(self.book.added(*made)))
        self._holding = QTimer(self, interval=HOLD_MS, singleShot=True)
        self._holding.timeout.connect(self.hold)

    def open(self, opened: Opened) -> None:
        """Another clip's, whose files are open."""
        self._opened, self._ready = opened, None
        self.read()
        self.renders.open(opened)

    def read(self) -> None:
        """Those that there are on the disk."""
        self.book = self._files.takes()

    def plan(self, ready: Ready | None) -> None:
        """What is edited now: shots without a take are drafted."""
        self._ready = ready
        keys = ready.keys if ready is not None else ()
        self.renders.draft(ready, [key for key in keys if not self.book.of(key).versions])
        self._hold_soon()

    # ---- what plays

    def playing(self) -> dict[int, TakeRecord]:
        """The take that plays of each shot that has one, by the shot's number in the plan."""
        return {number: record for number, record in self.shots() if record is not None}

    def shots(self) -> Iterator[tuple[int, TakeRecord | None]]:
        """The shots of the plan that are rendered, by their number, and the take that plays of each."""
        ready, book = self._ready, self.book
        if ready is None:
            return
        rendered = (number for number, shot in enumerate(ready.plan.shots) if shot.plan)
        for number, key in zip(rendered, ready.keys, strict=True):
            version = book.of(key).playing
            yield number, version.record if version is not None else None

    def choose(self, key: str, number: int) -> None:
        self._keep(self.book if self._refuses() else self.book.choose(key, number))

    def reject(self, key: str, number: int) -> None:
        self._keep(self.book if self._refuses() else self.book.reject(key, number))

    # ---- what is rendered

    def set_rendering(self, rendering: Rendering) -> None:
        """How the next takes are rendered: what there is of them stays as it is."""
        self.rendering = rendering

    def render(self) -> None:
        """With the chosen renderer, every shot of the edit."""
        if self._ready is not None and not self._refuses():
            self.renders.submit(self._ready, self.rendering, self._ready.keys)
            if self.rendering.renderer == DRAFT and None in map(work.drafted, self._ready.jobs):
                self._refuse_mouths()

    def reroll(self, key: str) -> None:
        """The shot once more, as is chosen now; where it was made so before, with another seed."""
        if self._ready is None or self._refuses():
            return
        jobs = [version.record.job for version in self.book.of(key).versions]
        now = self.rendering
        if any(_made_so(job, now) for job in jobs):
            now = replace(now, seed=max(job.seed for job in jobs) + 1)
        self.renders.submit(self._ready, now, [key])
        job = dict(zip(self._ready.keys, self._ready.jobs, strict=True)).get(key)
        if now.renderer == DRAFT and job is not None and work.drafted(job) is None:
            self._refuse_mouths()

    def _refuse_mouths(self) -> None:
        self.refused.emit(self.tr("The draft makes no mouth anew: choose another renderer for that."))

    # ---- what is kept

    def _keep(self, book: TakeBook) -> None:
        self.book = book
        self.changed.emit()
        self._files.keep_takes(book)
        self._hold_soon()

    def _hold_soon(self) -> None:
        if not self._holding.isActive():
            self._holding.start()

    def hold(self) -> None:
        """What this clip needs stays in the engine's cache."""
        if self._opened is not None and not self._files.locked:
            planned = self._ready.keys if self._ready is not None else ()
            self._link.hold(f"panel {self._opened.key}", held(self.book, planned, DRAFT))


def _made_so(job: Render, rendering: Rendering) -> bool:
    made = job.renderer, job.region, job.seed, job.diffusion
    return made == (rendering.renderer, rendering.region, rendering.seed, rendering.diffusion)
