"""Replies to requests: some at once, some promised for a job's end."""

from __future__ import annotations

from engine.daemon.clients import Clients
from engine.daemon.outbox import Outbox
from engine.daemon.sockets import Asked
from engine.envelope import encode
from engine.messages import Answer, Ending


class Replies:
    def __init__(self, clients: Clients, outbox: Outbox) -> None:
        self._clients = clients
        self._outbox = outbox
        self._promised: dict[str, list[Asked]] = {}

    def give(self, asked: Asked, answer: Answer) -> None:
        if self._clients.has(asked.client):  # one who was revoked meanwhile is told nothing
            self._outbox.send(asked.socket, asked.peer, encode(answer, asked.id))

    def promise(self, asked: Asked, job_id: str) -> None:
        """The request is answered when the job has ended."""
        self._promised.setdefault(job_id, []).append(asked)

    def tell(self, ending: Ending) -> None:
        """To whom it was promised."""
        for asked in self._promised.pop(ending.job.id, ()):
            self.give(asked, ending)
