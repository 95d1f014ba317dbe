"""Replies to requests: some at once, some promised for a job's end."""

from __future__ import annotations

from engine.daemon.clients import Clients
from engine.daemon.outbox import Outbox
from engine.daemon.sockets import Asked
from engine.envelope import encode
from engine.errors import QueueFull
from engine.messages import Answer, Ending

MOST_PROMISED = 50_000  # ours: some 50 MB


class Replies:
    def __init__(self, clients: Clients, outbox: Outbox) -> None:
        self._clients = clients
        self._outbox = outbox
        self._promised: dict[str, list[Asked]] = {}
        self._count = 0

    def give(self, asked: Asked, answer: Answer) -> None:
        if self._clients.name_of(asked.key) is not None:  # one who was revoked meanwhile is told nothing
            self._outbox.send(asked.socket, asked.peer, encode(answer, asked.id))

    def refuse_when_full(self) -> None:
        """Before one more is promised. Raises QueueFull: what is promised waits in memory."""
        if self._count >= MOST_PROMISED:
            raise QueueFull(f"{MOST_PROMISED} requests wait for the ends of jobs: ask for the states instead")

    def promise(self, asked: Asked, job_id: str) -> None:
        """The request is answered when the job has ended."""
        self._promised.setdefault(job_id, []).append(asked)
        self._count += 1

    def tell(self, ending: Ending) -> None:
        """To whom it was promised."""
        for asked in self._promised.pop(ending.job.id, ()):
            self._count -= 1
            self.give(asked, ending)
