"""What the engine and the desk are at, for the status bar and the queue."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QObject

from engine.messages import EngineStatus, JobRecord
from engine.protocol import Render
from nle_panels.desk import Desk
from nle_panels.engine_link import EngineLink, Standing, Ticket
from nle_panels.look.told import told_line
from nle_panels.renders import Renders
from nle_panels.turns import Turns
from nle_panels.window import Window


class AtWork(QObject):
    """Tells of it as it changes. `code`: what a clip frame is called."""

    def __init__(
        self, window: Window, renders: Renders, desk: Desk, link: EngineLink, code: Callable[[int], str]
    ) -> None:
        super().__init__(window)
        self._window, self._code = window, code
        self._names: dict[Ticket, str] = {}
        self._tickets: dict[str, Ticket] = {}
        self._news: deque[Callable[[], None]] = deque()
        self._turns = Turns(self)
        renders.submitted.connect(self._submitted)
        renders.drafts_left.connect(window.queue.set_left)
        link.standing.connect(self._stand)
        link.health.connect(self._show_health)
        link.accepted.connect(self._in_turn(self._accepted))
        link.changed.connect(self._in_turn(window.queue.change))
        link.progressed.connect(self._in_turn(window.queue.progress))
        desk.told.connect(self._tell)
        desk.idle.connect(lambda: self._tell("", None))
        window.queue.cancelled.connect(renders.cancel)
        window.queue.all_cancelled.connect(renders.drop_drafts)
        window.queue.retried.connect(lambda job_id: renders.retry(self._tickets[job_id]))

    def _in_turn(self, show: Callable[..., None]) -> Callable[..., None]:
        """Of an edit of hundreds of places all renders come into the queue at once."""

        def come(*news: object) -> None:
            self._news.append(partial(show, *news))
            if not self._turns.busy:
                self._turns.put_off(self._show_news())

        return come

    def _show_news(self) -> Iterator[None]:
        while self._news:
            self._news.popleft()()
            yield
        self._window.queue.show_lines()

    def _submitted(self, ticket: Ticket, job: Render) -> None:
        """In the queue a render goes by its place and renderer."""
        first = next((span.start for span in job.plan.spans if hasattr(span, "start")), 0)
        self._names[ticket] = f"{self._code(first + job.plan.handles[0])} · {job.renderer}"

    def _accepted(self, ticket: Ticket, job: JobRecord) -> None:
        if ticket in self._names:
            self._tickets[job.id] = ticket
            self._window.queue.name(job, self._names[ticket])

    def _stand(self, standing: Standing) -> None:
        told = {
            "starting": self.tr("engine: starting"),
            "up": self.tr("engine: running"),
            "gone": self.tr("engine: gone"),
        }
        self._window.engine.setText(told[standing.state])
        why = told_line(standing.told)
        self._window.engine.setToolTip(why)
        if standing.state == "gone":
            line = self.tr("The engine is gone; your work is kept, and it is being started again. {why}")
            self._window.banner.tell(line.format(why=why), "error", reason="engine")
        elif standing.state == "up":
            self._window.banner.drop("engine")

    def _show_health(self, status: EngineStatus) -> None:
        line = self.tr("Pickup engine {version}, process {pid}\n{running} running, {queued} waiting")
        self._window.engine.setToolTip(
            line.format(
                version=status.engine_version,
                pid=status.pid,
                running=len(status.running),
                queued=status.queued,
            )
        )

    def _tell(self, what: str, progress: object) -> None:
        self._window.busy.setText(told_line(what))
        total = getattr(progress, "total", 0)
        self._window.bar.setVisible(bool(total))
        if total:
            self._window.bar.setValue(1000 * getattr(progress, "done", 0) // total)
