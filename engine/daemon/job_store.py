"""The jobs, in SQLite: what was accepted, what became of it.

Accepted jobs survive the power going off: `add_all` returns after the disk has them (synchronous FULL), one
transaction for all of them. All else, how a job ended above all, survives the engine's death at once, and the
power going off from the next `add_all` or checkpoint on; until then a power cut has the job done once more.

`change` is the number of the event that tells of it (`event_log`): whoever asks, after however long, is told
what has changed since.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from engine.daemon.checkpoints import AT_MOST, Checkpoints
from engine.daemon.job_table import RECORD, errors_mapped, opened, record_of, result_of
from engine.daemon.lane import Lane
from engine.daemon.queue_order import Waiting
from engine.errors import UnknownJob
from engine.messages import Ending, JobRecord
from engine.protocol import Job, Result

_NUMBER = re.compile("[1-9][0-9]{0,17}")
_MOST = 10_000  # jobs in one list
# Queries are put together of names that stand in this file and in `job_table`, hence S608: values are bound.
_PLACE = "id, lane, client, priority, submitted, weights, gpus"

_encode = msgspec.msgpack.encode
_jobs: msgspec.msgpack.Decoder[Job] = msgspec.msgpack.Decoder(Job)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job to be kept. `weights`: sha256 of the checkpoint that renders it; empty where none does."""

    hash: str
    job: Job
    lane: Lane
    submitted: int
    priority: int = 0
    client: str = ""
    weights: str = ""
    gpus: int = 1

    @property
    def kind(self) -> str:
        return str(self.job.__struct_config__.tag)

    def place(self, job_id: int) -> Waiting:
        """In the queue, under the id that it was given."""
        return _waiting(
            (job_id, self.lane, self.client, self.priority, self.submitted, self.weights, self.gpus)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEnd:
    """How a job ended: `record` in its last state, the result of a done one, and its take's folder."""

    record: JobRecord
    result: Result | None = None
    folder: str = ""


class JobStore:
    """One connection, for one thread."""

    def __init__(self, path: Path) -> None:
        self._db = opened(path)
        self._db.execute(f"PRAGMA wal_autocheckpoint = {AT_MOST}")
        self._checkpoints = Checkpoints(path)

    def close(self) -> None:
        self._checkpoints.close()
        self._db.close()

    # ---- the moments of a job

    def add_all(self, news: Sequence[NewJob], change: int) -> tuple[JobRecord, ...]:
        """Keeps the jobs, queued, all or none. On return they are on the disk. `change`: the first one's."""
        with self._written(durably=True):
            ((last,),) = self._db.execute("SELECT COALESCE(MAX(id), 0) FROM jobs")
            self._db.executemany(
                "INSERT INTO jobs (id, kind, lane, hash, job, state, submitted, changed, priority, client,"
                " weights, gpus) VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?)",
                [
                    (
                        last + place,
                        new.kind,
                        new.lane,
                        new.hash,
                        _encode(new.job),
                        new.submitted,
                        change + place - 1,
                        new.priority,
                        new.client,
                        new.weights,
                        new.gpus,
                    )
                    for place, new in enumerate(news, 1)
                ],
            )
        return tuple(
            JobRecord(
                id=str(last + place),
                kind=new.kind,
                hash=new.hash,
                state="queued",
                submitted=new.submitted,
                priority=new.priority,
                client=new.client,
            )
            for place, new in enumerate(news, 1)
        )

    def begin(self, record: JobRecord, change: int) -> None:
        """A worker has the job: from here on it counts against the job when the engine dies."""
        self._set(record.id, change, running=1, attempts=record.attempts, device=record.device)

    def put_back(self, job_id: str, change: int, *, paused: bool) -> None:
        """The job waits, and not because an engine died."""
        self._set(job_id, change, running=0, paused=paused)

    def set_priority(self, job_id: str, change: int, priority: int) -> None:
        self._set(job_id, change, priority=priority)

    def end(self, end: JobEnd, change: int) -> None:
        """Done, failed or cancelled."""
        record = end.record
        self._set(
            record.id,
            change,
            state=record.state,
            started=record.started,
            ended=record.ended,
            attempts=record.attempts,
            cached=record.cached,
            device=record.device,
            running=0,
            paused=0,
            folder=end.folder,
            fault=None if record.fault is None else _encode(record.fault),
            result=None if end.result is None else _encode(end.result),
        )

    def count_deaths(self) -> dict[str, int]:
        """The jobs that an engine died under, each with how many have so far."""
        with self._written():
            self._db.execute("UPDATE jobs SET deaths = deaths + 1 WHERE running")
            rows = self._db.execute("SELECT id, deaths FROM jobs WHERE running").fetchall()
            self._db.execute("UPDATE jobs SET running = 0 WHERE running")
        return {str(job_id): deaths for job_id, deaths in rows}

    def hold(self, holder: str, jobs: tuple[str, ...]) -> tuple[str, ...]:
        """What the holder holds from now on, and nothing else: those of the jobs that are kept."""
        numbers = [int(job) for job in jobs if _NUMBER.fullmatch(job)]
        found = self._rows("SELECT id FROM jobs WHERE id IN (SELECT value FROM json_each(?))", f"{numbers}")
        known = tuple(str(job_id) for (job_id,) in found)
        with self._written():
            self._db.execute("DELETE FROM holds WHERE holder = ?", (holder,))
            self._db.executemany("INSERT INTO holds VALUES (?, ?)", [(holder, int(job)) for job in known])
        return known

    def forget_before(self, moment: int) -> int:
        """Drops the jobs that ended before and that nobody holds; returns how many."""
        with errors_mapped():
            return self._db.execute(
                "DELETE FROM jobs WHERE ended < ? AND id NOT IN (SELECT job FROM holds)", (moment,)
            ).rowcount

    # ---- what is known of it

    def record(self, job_id: str) -> JobRecord:
        """Raises `UnknownJob`."""
        return record_of(self._one(RECORD, job_id))

    def job(self, job_id: str) -> Job | None:
        """None where it was kept by an engine that knew other jobs. Raises `UnknownJob`."""
        (body,) = self._one("job", job_id)
        try:
            return _jobs.decode(body)
        except msgspec.MsgspecError:
            return None

    def ending(self, job_id: str) -> Ending:
        """The job with its result, if it has one. Raises `UnknownJob`."""
        *row, result = self._one(f"{RECORD}, result", job_id)
        return Ending(job=record_of(tuple(row)), result=result_of(result))

    def waiting(self, job_id: str) -> Waiting:
        """The job's place in the queue. Raises `UnknownJob`."""
        return _waiting(self._one(_PLACE, job_id))

    def all_waiting(self) -> tuple[Waiting, ...]:
        """Those that are neither ended nor paused."""
        rows = self._rows(f"SELECT {_PLACE} FROM jobs WHERE state = 'queued' AND NOT paused")  # noqa: S608
        return tuple(map(_waiting, rows))

    def all_paused(self) -> frozenset[str]:
        rows = self._rows("SELECT id FROM jobs WHERE state = 'queued' AND paused")
        return frozenset(str(job_id) for (job_id,) in rows)

    def unfinished_render(self, job_hash: str) -> str | None:
        """The latest render of this hash that has not ended."""
        return self._latest("hash = ? AND state = 'queued' AND kind = 'render'", job_hash)

    def done_render(self, job_hash: str) -> str | None:
        """The latest render of this hash that is done."""
        return self._latest("hash = ? AND state = 'done' AND kind = 'render'", job_hash)

    def is_unfinished(self, job_hash: str) -> bool:
        """Whether a job of this hash has not ended."""
        return self._latest("hash = ? AND state = 'queued'", job_hash) is not None

    def latest(self, limit: int) -> tuple[JobRecord, ...]:
        """Newest first."""
        number = max(0, min(limit, _MOST))
        rows = self._rows(f"SELECT {RECORD} FROM jobs ORDER BY id DESC LIMIT ?", number)  # noqa: S608
        return tuple(map(record_of, rows))

    def changed_since(self, change: int, limit: int) -> tuple[tuple[int, JobRecord], ...]:
        """The first jobs whose last change came after that number: each with its number, and as it is now."""
        query = f"SELECT {RECORD}, changed FROM jobs WHERE changed > ? ORDER BY changed LIMIT ?"  # noqa: S608
        return tuple((changed, record_of(tuple(row))) for *row, changed in self._rows(query, change, limit))

    def last_change(self) -> int:
        """The highest number that a change was given; 0 where there is no job."""
        ((last,),) = self._rows("SELECT COALESCE(MAX(changed), 0) FROM jobs")
        return int(last)

    def take_folders(self) -> frozenset[str]:
        """The folders, by name, in which the takes of done jobs lie."""
        return frozenset(folder for (folder,) in self._rows("SELECT folder FROM jobs WHERE state = 'done'"))

    def held_folders(self) -> frozenset[str]:
        """The folders, by name, of the takes that somebody holds."""
        rows = self._rows("SELECT folder FROM jobs WHERE state = 'done' AND id IN (SELECT job FROM holds)")
        return frozenset(folder for (folder,) in rows)

    def knows(self, job_id: str) -> bool:
        try:
            self._one("id", job_id)
        except UnknownJob:
            return False
        return True

    # ---- inside

    @contextmanager
    def _written(self, *, durably: bool = False) -> Iterator[None]:
        """What is executed within is one transaction."""
        with errors_mapped():
            self._db.execute(f"PRAGMA synchronous = {'FULL' if durably else 'NORMAL'}")
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
                self._checkpoints.count()
            except BaseException:
                if self._db.in_transaction:  # SQLite may have rolled back by itself
                    self._db.execute("ROLLBACK")
                raise

    def _set(self, job_id: str, change: int, **columns: object) -> None:
        names = ", ".join(f"{name} = ?" for name in columns)
        with errors_mapped():
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute(
                f"UPDATE jobs SET changed = ?, {names} WHERE id = ?",  # noqa: S608
                (change, *columns.values(), int(job_id)),
            )
        self._checkpoints.count()

    def _rows(self, query: str, *values: object) -> list[Any]:
        with errors_mapped():
            return self._db.execute(query, values).fetchall()

    def _latest(self, which: str, job_hash: str) -> str | None:
        rows = self._rows(f"SELECT id FROM jobs WHERE {which} ORDER BY id DESC LIMIT 1", job_hash)  # noqa: S608
        return str(rows[0][0]) if rows else None

    def _one(self, columns: str, job_id: str) -> tuple[Any, ...]:
        number = int(job_id) if _NUMBER.fullmatch(job_id) else 0  # ids count from 1
        rows = self._rows(f"SELECT {columns} FROM jobs WHERE id = ?", number)  # noqa: S608
        if not rows:
            raise UnknownJob(f"the engine keeps no job {job_id[:40]!r}; `pickup engine jobs` lists them")
        return tuple(rows[0])


def _waiting(row: tuple[Any, ...]) -> Waiting:
    job_id, lane, client, priority, submitted, weights, gpus = row
    return Waiting(
        id=job_id,
        lane=lane,
        client=client,
        priority=priority,
        submitted=submitted,
        weights=weights,
        gpus=gpus,
    )
