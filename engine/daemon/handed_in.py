"""A job that a client hands in, when all is known that decides whether it is new."""

from __future__ import annotations

from dataclasses import dataclass

from engine.daemon.job_store import NewJob
from engine.daemon.lane import lane_of
from engine.messages import Submit
from engine.protocol import Render


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """A job to be kept: who wants it, its hash, and the sha256 of the weights that render it, if any."""

    submit: Submit
    client: str
    hash: str
    weights: str | None

    @property
    def may_join(self) -> bool:
        """Whether another's render of the same will do."""
        return isinstance(self.submit.job, Render) and not self.submit.fresh

    def new_job(self, now_ms: int) -> NewJob:
        job = self.submit.job
        return NewJob(
            hash=self.hash,
            job=job,
            lane=lane_of(job),
            submitted=now_ms,
            priority=self.submit.priority,
            client=self.client,
            weights=self.weights or "",
            gpus=job.diffusion.ulysses * job.diffusion.ring if isinstance(job, Render) else 1,
        )
