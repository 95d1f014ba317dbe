"""Which job is begun next, and at which bench.

    rank      the highest priority; of it, the client whose last job began longest ago; of theirs, the oldest
    equals    what the same client handed in within minutes of the oldest, at the same priority: of these a
              bench takes one whose weights it has warm before it takes the oldest

Of each lane by itself. No disk, no clock: the order of a list of jobs, however long.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from engine.daemon.lane import Lane

EQUAL_MS = 10 * 60 * 1000  # ours: longer than this nobody waits for jobs that spare a change of weights
EQUALS = 64  # ours: so many are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A queued job, as far as its turn goes. `gpus`: how many it works on at once."""

    id: int
    lane: Lane
    client: str
    priority: int
    submitted: int  # milliseconds since 1970
    weights: str = ""  # sha256 of the checkpoint that renders it; empty where none does
    gpus: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeBench:
    """A bench without a job: its number, and the sha256 of the weights that its worker has warm, if any."""

    number: int
    warm: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Whose turn it is, and at which benches; the first of them does the job."""

    job: Waiting
    benches: tuple[int, ...]


def turn(equals: Sequence[Waiting], free: Sequence[FreeBench], gpus: int) -> Turn | None:
    """Whose turn it is among `equals`, the oldest first; None where it is nobody's.

    The oldest waits until as many GPUs are free as it works on, and nobody overtakes it meanwhile.

    `gpus`: how many benches of the lane have one. A job that wants more than there are is begun, and refused
    by who knows why.
    """
    if not equals or not free:
        return None
    oldest = equals[0]
    if 1 < oldest.gpus <= gpus:
        taken = tuple(bench.number for bench in free[: oldest.gpus])
        return Turn(job=oldest, benches=taken) if len(taken) == oldest.gpus else None
    for job in equals:
        for bench in free:
            if job.weights and job.weights == bench.warm and not 1 < job.gpus <= gpus:
                return Turn(job=job, benches=(bench.number,))
    cold = min(free, key=lambda bench: bool(bench.warm))  # what is warm elsewhere may be wanted next
    return Turn(job=oldest, benches=(cold.number,))


class QueueOrder:
    """The queued jobs that are neither running nor paused, in the order of their turns."""

    def __init__(self) -> None:
        self._jobs: dict[int, Waiting] = {}
        # Of each lane, by priority and client, the oldest first.
        self._lines: dict[Lane, dict[int, dict[str, list[Waiting]]]] = {}
        self._begun: dict[tuple[Lane, str], int] = {}
        self._beginnings = 0
        self.of_client: Counter[str] = Counter()
        """How many jobs each client has here."""

    def __len__(self) -> int:
        return len(self._jobs)

    def __contains__(self, job_id: int) -> bool:
        return job_id in self._jobs

    def add(self, job: Waiting) -> None:
        """Queues the job, at the place of its age."""
        self._jobs[job.id] = job
        self.of_client[job.client] += 1
        clients = self._lines.setdefault(job.lane, {}).setdefault(job.priority, {})
        line = clients.setdefault(job.client, [])
        if not line or line[-1].id < job.id:
            line.append(job)  # as all but those that are queued again
        else:
            insort(line, job, key=_age)

    def remove(self, job_id: int) -> Waiting | None:
        """The job, which has its turn no more; None where it had none."""
        job = self._jobs.pop(job_id, None)
        if job is None:
            return None
        self.of_client[job.client] -= 1
        priorities = self._lines[job.lane]
        line = priorities[job.priority][job.client]
        del line[bisect_left(line, job.id, key=_age)]
        if not line:
            del priorities[job.priority][job.client]
            if not priorities[job.priority]:
                del priorities[job.priority]
        return job

    def begin(self, job_id: int) -> None:
        """The job has its turn now: its client's next comes after the others'."""
        job = self.remove(job_id)
        if job is not None:
            self._beginnings += 1
            self._begun[job.lane, job.client] = self._beginnings

    def reprioritise(self, job_id: int, priority: int) -> None:
        """A job that has no turn stays without."""
        if (job := self.remove(job_id)) is not None:
            self.add(replace(job, priority=priority))

    def equals(self, lane: Lane) -> tuple[Waiting, ...]:
        """The job whose turn it is in the lane, and those of equal rank, the oldest first."""
        priorities = self._lines.get(lane)
        if not priorities:
            return ()
        lines = priorities[max(priorities)]
        client = min(lines, key=lambda one: (self._begun.get((lane, one), 0), lines[one][0].id))
        line = lines[client][:EQUALS]
        latest = line[0].submitted + EQUAL_MS
        return tuple(takewhile(lambda job: job.submitted <= latest, line))


def _age(job: Waiting) -> int:
    return job.id
