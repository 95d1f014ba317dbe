"""The jobs, in SQLite: what was accepted, what became of it.

Whatever a client was told survives the power going off: `add` and `end` return after the disk has it
(WAL, synchronous FULL). Only "a worker has begun it" is written without waiting, since a job that was
queued or running when the engine died is done again either way.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from engine.errors import DiskFull, EngineError, RenderFailed, UnknownJob
from engine.messages import Ending, Fault, JobRecord, JobState
from engine.protocol import PROTOCOL_VERSION, Job, Result

log = logging.getLogger(__name__)

# A store of another layout or protocol is set aside, not migrated: it holds nothing that cannot be redone.
LAYOUT = PROTOCOL_VERSION * 100 + 1

_TABLES = """
CREATE TABLE IF NOT EXISTS jobs (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    hash TEXT NOT NULL,
    job BLOB NOT NULL,
    state TEXT NOT NULL,
    submitted INTEGER NOT NULL,
    started INTEGER,
    ended INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    cached INTEGER NOT NULL DEFAULT 0,
    fault BLOB,
    result BLOB
);
CREATE INDEX IF NOT EXISTS jobs_by_hash ON jobs (hash, place);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, place);
"""

_RECORD = "id, kind, hash, state, submitted, started, ended, attempts, cached, fault"

_encode = msgspec.msgpack.encode
_jobs: msgspec.msgpack.Decoder[Job] = msgspec.msgpack.Decoder(Job)
_results: msgspec.msgpack.Decoder[Result] = msgspec.msgpack.Decoder(Result)
_faults = msgspec.msgpack.Decoder(Fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job to be kept."""

    id: str
    hash: str
    job: Job
    submitted: int


class JobStore:
    """One connection, for one thread."""

    def __init__(self, path: Path) -> None:
        self._db = _open(path)

    def close(self) -> None:
        self._db.close()

    # ---- what happens to a job

    def add(self, new: NewJob) -> JobRecord:
        """Keeps the job, queued. On return it is on the disk."""
        kind = str(new.job.__struct_config__.tag)
        with _errors_mapped():
            self._db.execute(
                "INSERT INTO jobs (id, kind, hash, job, state, submitted) VALUES (?, ?, ?, ?, 'queued', ?)",
                (new.id, kind, new.hash, _encode(new.job), new.submitted),
            )
        return JobRecord(id=new.id, kind=kind, hash=new.hash, state="queued", submitted=new.submitted)

    def begin(self, job_id: str, now: int) -> JobRecord:
        """A worker begins it. Not waited for: see above."""
        self._db.execute("PRAGMA synchronous = NORMAL")
        try:
            self._change("state = 'running', started = ?, attempts = attempts + 1", (now,), job_id)
        finally:
            self._db.execute("PRAGMA synchronous = FULL")
        return self.record(job_id)

    def requeue(self, job_id: str) -> JobRecord:
        """Back into the queue, at its old place."""
        self._change("state = 'queued', started = NULL", (), job_id)
        return self.record(job_id)

    def finish(self, job_id: str, result: Result, *, cached: bool, now: int) -> JobRecord:
        """Done. On return the result is on the disk."""
        self._change(
            "state = 'done', ended = ?, cached = ?, result = ?", (now, cached, _encode(result)), job_id
        )
        return self.record(job_id)

    def fail(self, job_id: str, state: JobState, error: EngineError, now: int) -> JobRecord:
        """Failed or cancelled."""
        self._change("state = ?, ended = ?, fault = ?", (state, now, _encode(Fault.of(error))), job_id)
        return self.record(job_id)

    def requeue_interrupted(self) -> int:
        """Queues what was running when the engine last ended; returns how many that were."""
        with _errors_mapped():
            return self._db.execute(
                "UPDATE jobs SET state = 'queued', started = NULL WHERE state = 'running'"
            ).rowcount

    def forget_before(self, moment: int) -> int:
        """Drops the jobs that ended before; returns how many."""
        with _errors_mapped():
            return self._db.execute("DELETE FROM jobs WHERE ended < ?", (moment,)).rowcount

    # ---- what is known of it

    def record(self, job_id: str) -> JobRecord:
        """Raises `UnknownJob`."""
        return _record(self._one(_RECORD, job_id))

    def job(self, job_id: str) -> Job:
        """Raises `UnknownJob`; `RenderFailed` where it was written by an engine that knew other jobs."""
        (body,) = self._one("job", job_id)
        try:
            job = _jobs.decode(body)
        except msgspec.MsgspecError as error:
            raise RenderFailed(
                f"job {job_id} was kept by another engine and cannot be read: {error}"
            ) from error
        return job

    def ending(self, job_id: str) -> Ending:
        """The job with its result, if it has one. Raises `UnknownJob`."""
        *row, result = self._one(f"{_RECORD}, result", job_id)
        return Ending(job=_record(tuple(row)), result=None if result is None else _read_result(result))

    def next_queued(self) -> str | None:
        return self._id("SELECT id FROM jobs WHERE state = 'queued' ORDER BY place LIMIT 1")

    def unfinished_of(self, job_hash: str) -> str | None:
        """The latest job of this hash that is queued or running."""
        return self._id(
            "SELECT id FROM jobs WHERE hash = ? AND state IN ('queued', 'running')"
            " ORDER BY place DESC LIMIT 1",
            job_hash,
        )

    def done_of(self, job_hash: str) -> str | None:
        """The latest job of this hash that is done."""
        return self._id(
            "SELECT id FROM jobs WHERE hash = ? AND state = 'done' ORDER BY place DESC LIMIT 1", job_hash
        )

    def queued_count(self) -> int:
        with _errors_mapped():
            return int(self._db.execute("SELECT COUNT(*) FROM jobs WHERE state = 'queued'").fetchone()[0])

    def latest(self, limit: int) -> tuple[JobRecord, ...]:
        """Newest first."""
        with _errors_mapped():
            rows = self._db.execute(
                f"SELECT {_RECORD} FROM jobs ORDER BY place DESC LIMIT ?",  # noqa: S608  (constant columns)
                (max(0, min(limit, 1000)),),
            ).fetchall()
        return tuple(_record(row) for row in rows)

    def finished_attempts(self) -> frozenset[str]:
        """Each job that is done, as `<id>.<attempt>`, after which its take's folder is called."""
        with _errors_mapped():
            rows = self._db.execute("SELECT id || '.' || attempts FROM jobs WHERE state = 'done'").fetchall()
        return frozenset(row[0] for row in rows)

    def knows(self, job_id: str) -> bool:
        return self._id("SELECT id FROM jobs WHERE id = ?", job_id) is not None

    def _id(self, query: str, *values: str) -> str | None:
        with _errors_mapped():
            row = self._db.execute(query, values).fetchone()
        return None if row is None else str(row[0])

    def _one(self, columns: str, job_id: str) -> tuple[Any, ...]:
        with _errors_mapped():
            row = self._db.execute(
                f"SELECT {columns} FROM jobs WHERE id = ?",  # noqa: S608  (constant columns)
                (job_id,),
            ).fetchone()
        if row is None:
            raise UnknownJob(f"the engine keeps no job {job_id!r}; `pickup engine jobs` lists them")
        return tuple(row)

    def _change(self, assignments: str, values: tuple[object, ...], job_id: str) -> None:
        with _errors_mapped():
            self._db.execute(
                f"UPDATE jobs SET {assignments} WHERE id = ?",  # noqa: S608  (constant text)
                (*values, job_id),
            )


def _open(path: Path) -> sqlite3.Connection:
    """The database, made or set aside and made anew where it is of another layout or damaged."""
    try:
        return _connect(path)
    except sqlite3.DatabaseError as error:
        aside = path.with_suffix(".set_aside")
        log.warning("%s cannot be used (%s): it is kept as %s", path.name, error, aside.name)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        path.replace(aside)
        return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)  # each statement is its own transaction
    try:
        layout = db.execute("PRAGMA user_version").fetchone()[0]
        if layout not in (0, LAYOUT):
            raise sqlite3.DatabaseError(f"its layout is {layout}, not {LAYOUT}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.executescript(_TABLES)
        db.execute(f"PRAGMA user_version = {LAYOUT}")
    except sqlite3.Error:
        db.close()
        raise
    path.chmod(0o600)
    return db


def _record(row: tuple[Any, ...]) -> JobRecord:
    job_id, kind, job_hash, state, submitted, started, ended, attempts, cached, fault = row
    return JobRecord(
        id=job_id,
        kind=kind,
        hash=job_hash,
        state=state,
        submitted=submitted,
        started=started,
        ended=ended,
        attempts=attempts,
        cached=bool(cached),
        fault=None if fault is None else _faults.decode(fault),
    )


def _read_result(body: bytes) -> Result | None:
    """None for a result of an engine that wrote it otherwise: the job is then done again."""
    try:
        return _results.decode(body)
    except msgspec.MsgspecError:
        return None


@contextlib.contextmanager
def _errors_mapped() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise DiskFull(
                "the disk with the engine's job list is full: make room and submit again"
            ) from error
        raise RenderFailed(f"the engine's job list cannot be written or read: {error}") from error
