"""Renders of the clip that is open, from handing them in to the take that comes back, or the error."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QObject, Signal

from bridge import project
from bridge.errors import RenderLied
from bridge.project import Rendering
from engine.client import Outcome
from engine.errors import BadCheckpoint, EngineError, JobCancelled, MissingModel, NotOnThisMachine
from engine.protocol import Render
from nle_panels import work
from nle_panels.clip_files import ClipFiles
from nle_panels.engine_link import EngineLink, Ticket
from nle_panels.look.told import told
from nle_panels.takes.pending import Pending
from nle_panels.work import Opened, Ready

DRAFT = "draft"


class Renders(QObject):
    """What is handed in goes by its shot's key. A render of other media comes when those are open again."""

    submitted = Signal(object, object)  # Ticket, Render
    made = Signal(str, object)  # the shot's key, TakeRecord
    failed = Signal(object)
    unusable = Signal(str, str)  # a renderer that lacks something here, and what

    def __init__(self, link: EngineLink, files: ClipFiles, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._files = link, files
        self._opened: Opened | None = None
        self._submitted: dict[Ticket, tuple[str, Render]] = {}
        self._now: dict[Ticket, tuple[str, Render]] = {}
        link.ended.connect(self._ended)

    def open(self, opened: Opened) -> None:
        """Waits on for what was handed in before the panel was closed: the same job is the same job."""
        self._opened = opened
        for one in self._files.pending():
            if (one.key, one.job) not in self._now.values():
                self._hand_in(one.key, one.job)

    def submit(self, ready: Ready, rendering: Rendering, keys: Sequence[str]) -> None:
        """The shots that go by the keys, rendered so; those that are under way are not asked for again."""
        for key, planned in zip(ready.keys, ready.jobs, strict=True):
            job = msgspec.structs.replace(
                planned,
                renderer=rendering.renderer,
                seed=rendering.seed,
                region=rendering.region,
                diffusion=rendering.diffusion,
            )
            possible = work.drafted(job) if job.renderer == DRAFT else job
            if key in keys and possible and (key, possible) not in self._now.values():
                self._hand_in(key, possible)

    def cancel(self, job_id: str) -> None:
        self._link.cancel(job_id)

    def retry(self, ticket: Ticket) -> None:
        """The same render once more, after it failed or was cancelled."""
        self._hand_in(*self._submitted[ticket])

    def _hand_in(self, key: str, job: Render) -> None:
        ticket = self._link.submit(job)
        self._submitted[ticket] = self._now[ticket] = key, job
        self._keep_pending()
        self.submitted.emit(ticket, job)

    def _ended(self, ticket: Ticket, how: Outcome | EngineError) -> None:
        if ticket not in self._now:
            return
        key, job = self._now.pop(ticket)
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
            record = project.record_of(self._opened.clip, job, how)
        except RenderLied as error:
            self.failed.emit(error)
            return
        self.made.emit(key, record)

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
