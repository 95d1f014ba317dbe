"""Renders of the clip that is open, from handing them in to the take that comes back, or the error."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator

import msgspec
from PySide6.QtCore import QObject, Signal

from bridge import rendering
from bridge.errors import RenderLied
from bridge.rendering import Rendering
from engine.client import Outcome
from engine.errors import BadCheckpoint, EngineError, JobCancelled, MissingModel, NotOnThisMachine
from engine.protocol import Render
from nle_panels import work
from nle_panels.clip_files import ClipFiles
from nle_panels.engine_link import EngineLink, Ticket
from nle_panels.look.told import told
from nle_panels.takes.pending import Pending
from nle_panels.turns import Turns
from nle_panels.work import Opened, Ready

DRAFT = "draft"
# ours: drafts that are with the engine at a time. It is never without one, and what is edited next, or looked
# at, waits for no more than these where an edit has thousands of places.
DRAFTS = 3


class Renders(QObject):
    """What is handed in goes by its shot's key. A render of other media comes when those are open again."""

    submitted = Signal(object, object)  # Ticket, Render
    made = Signal(str, object, str)  # the shot's key, TakeRecord, the id of the engine's job
    failed = Signal(object)
    unusable = Signal(str, str)  # a renderer that lacks something here, and what
    drafts_left = Signal(int)  # drafts that are not with the engine yet

    def __init__(self, link: EngineLink, files: ClipFiles, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._files = link, files
        self._opened: Opened | None = None
        self._submitted: dict[Ticket, tuple[str, Render]] = {}
        self._now: dict[Ticket, tuple[str, Render]] = {}
        self._drafts: dict[str, Render] = {}  # as planned, by the shot's key
        self._orders: deque[Iterator[None]] = deque()
        self._turns = Turns(self)
        link.ended.connect(self._ended)

    def open(self, opened: Opened) -> None:
        """Waits on for what was handed in before the panel was closed: the same job is the same job."""
        self._turns.finish()
        self._opened = opened
        self.drop_drafts()
        for one in self._files.pending():
            if (one.key, one.job) not in self._now.values():
                self._hand_in(one.key, one.job)

    def draft(self, ready: Ready | None, keys: Collection[str] = ()) -> None:
        """The shots that go by the keys are drafted, some at a time, those first that the plan before lacked.
        Drafts of that which have not begun are let go.
        """
        jobs = dict(zip(ready.keys, ready.jobs, strict=True)) if ready is not None else {}
        wanted = {key: jobs[key] for key in keys}
        new = {key: job for key, job in wanted.items() if key not in self._drafts}
        self._drafts = new | {key: wanted[key] for key in self._drafts if key in wanted}
        self._hand_in_drafts()

    def submit(self, ready: Ready, rendering: Rendering, keys: Collection[str]) -> None:
        """The shots that go by the keys, rendered so; those that are under way are not asked for again."""
        self._orders.append(self._ordered(ready, rendering, keys))
        if not self._turns.busy:
            self._turns.take(self._handed_in())

    def drop_drafts(self) -> None:
        """Those that are not with the engine yet are not made, until the words change again."""
        self._drafts = {}
        self._hand_in_drafts()

    def cancel(self, job_id: str) -> None:
        self._link.cancel(job_id)

    def retry(self, ticket: Ticket) -> None:
        """The same render once more, after it failed or was cancelled."""
        self._hand_in(*self._submitted[ticket])
        self._keep_pending()

    def _handed_in(self) -> Iterator[None]:
        while self._orders:
            yield from self._orders.popleft()

    def _ordered(self, ready: Ready, rendering: Rendering, keys: Collection[str]) -> Iterator[None]:
        jobs = dict(zip(ready.keys, ready.jobs, strict=True))
        for key in filter(jobs.__contains__, keys):
            job = msgspec.structs.replace(
                jobs[key],
                renderer=rendering.renderer,
                seed=rendering.seed,
                region=rendering.region,
                diffusion=rendering.diffusion,
            )
            self._hand_in_new(key, job)
            yield
        self._keep_pending()

    def _hand_in_drafts(self) -> None:
        with_engine = sum(job.renderer == DRAFT for _, job in self._now.values())
        while self._drafts and with_engine < DRAFTS:
            key = next(iter(self._drafts))
            planned = self._drafts.pop(key)
            with_engine += self._hand_in_new(key, msgspec.structs.replace(planned, renderer=DRAFT))
        self.drafts_left.emit(len(self._drafts))

    def _hand_in_new(self, key: str, job: Render) -> bool:
        """Unless it is under way, or is a draft that would change nothing."""
        possible = work.drafted(job) if job.renderer == DRAFT else job
        if possible is None or (key, possible) in self._now.values():
            return False
        self._hand_in(key, possible)
        return True

    def _hand_in(self, key: str, job: Render) -> None:
        ticket = self._link.submit(job)
        self._submitted[ticket] = self._now[ticket] = key, job
        self.submitted.emit(ticket, job)

    def _ended(self, ticket: Ticket, how: Outcome | EngineError) -> None:
        if ticket not in self._now:
            return
        key, job = self._now.pop(ticket)
        self._hand_in_drafts()
        if not self._is_here(job):
            return
        self._keep_pending()
        if isinstance(how, EngineError):
            if isinstance(how, MissingModel | BadCheckpoint | NotOnThisMachine):
                self.unusable.emit(job.renderer, told(how))
            if not isinstance(how, JobCancelled):
                self.failed.emit(how)
            return
        assert self._opened is not None
        try:
            record = rendering.record_of(self._opened.clip, job, how)
        except RenderLied as error:
            self.failed.emit(error)
            return
        self.made.emit(key, record, how.job.id)

    def _keep_pending(self) -> None:
        """Drafts begin by themselves, and need not be kept."""
        waiting = [Pending(key=key, job=job) for key, job in self._now.values()]
        self._files.keep_pending(
            tuple(one for one in waiting if one.job.renderer != DRAFT and self._is_here(one.job))
        )

    def _is_here(self, job: Render) -> bool:
        """Whether it is of the media that is open."""
        assert self._opened is not None
        return job.footage.fingerprint == self._opened.clip.media.fingerprint
