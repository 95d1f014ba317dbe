"""The jobs, in SQLite: what was accepted, what became of it.

An accepted job survives the power going off: `add` returns after the disk has it (WAL, synchronous FULL).
How it ended survives the engine's death at once, and the power going off from the next `add` on, or the next
checkpoint; until then a power cut has the job done again. That a job *runs* is not written: whatever has not
ended is queued, so an engine that was killed finds its work again by starting.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import structlog

from engine.daemon.lane import Lane
from engine.errors import DiskFull, RenderFailed, UnknownJob
from engine.messages import Ending, Fault, JobRecord, JobState
from engine.protocol import PROTOCOL_VERSION, Job, Result

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

# A store of another layout or protocol is set aside, not migrated: it holds nothing that cannot be redone.
LAYOUT = PROTOCOL_VERSION * 100

_TABLES = """
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    hash TEXT NOT NULL,
    job BLOB NOT NULL,
    state TEXT NOT NULL,
    submitted INTEGER NOT NULL,
    started INTEGER,
    ended INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    cached INTEGER NOT NULL DEFAULT 0,
    priority INTEGER NOT NULL DEFAULT 0,
    paused INTEGER NOT NULL DEFAULT 0,
    client TEXT NOT NULL DEFAULT '',
    device TEXT NOT NULL DEFAULT '',
    folder TEXT NOT NULL DEFAULT '',
    fault BLOB,
    result BLOB
);
CREATE TABLE IF NOT EXISTS holds (
    holder TEXT NOT NULL,
    job INTEGER NOT NULL,
    PRIMARY KEY (holder, job)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS unfinished_jobs ON jobs (lane, id) WHERE state = 'queued';
CREATE INDEX IF NOT EXISTS renders_by_hash ON jobs (hash) WHERE kind = 'render';
"""

_RECORD = (
    "id, kind, hash, state, submitted, started, ended, attempts, cached, fault,"
    " priority, paused, client, device"
)

_NUMBER = re.compile("[1-9][0-9]{0,17}")

_encode = msgspec.msgpack.encode
_jobs: msgspec.msgpack.Decoder[Job] = msgspec.msgpack.Decoder(Job)
_results: msgspec.msgpack.Decoder[Result] = msgspec.msgpack.Decoder(Result)
_faults = msgspec.msgpack.Decoder(Fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job to be kept."""

    hash: str
    job: Job
    lane: Lane
    submitted: int
    priority: int = 0
    client: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEnd:
    """How a job ended: `record` in its last state, the result of a done one, and its take's folder."""

    record: JobRecord
    result: Result | None = None
    folder: str = ""


class JobStore:
    """One connection, for one thread."""

    def __init__(self, path: Path) -> None:
        self._db = _open(path)

    def close(self) -> None:
        self._db.close()

    # ---- the two moments of a job

    def add(self, new: NewJob) -> JobRecord:
        """Keeps the job, queued. On return it is on the disk."""
        kind = str(new.job.__struct_config__.tag)
        with _errors_mapped():
            self._db.execute("PRAGMA synchronous = FULL")
            cursor = self._db.execute(
                "INSERT INTO jobs (kind, lane, hash, job, state, submitted, priority, client)"
                " VALUES (?, ?, ?, ?, 'queued', ?, ?, ?)",
                (kind, new.lane, new.hash, _encode(new.job), new.submitted, new.priority, new.client),
            )
        return JobRecord(
            id=str(cursor.lastrowid),
            kind=kind,
            hash=new.hash,
            state="queued",
            submitted=new.submitted,
            priority=new.priority,
            client=new.client,
        )

    def end(self, end: JobEnd) -> JobRecord:
        """Done, failed or cancelled. On return it is with the operating system: see above."""
        record = end.record
        fault = None if record.fault is None else _encode(record.fault)
        result = None if end.result is None else _encode(end.result)
        with _errors_mapped():
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute(
                "UPDATE jobs SET state = ?, started = ?, ended = ?, attempts = ?, cached = ?, device = ?,"
                " paused = 0, folder = ?, fault = ?, result = ? WHERE id = ?",
                (
                    record.state,
                    record.started,
                    record.ended,
                    record.attempts,
                    record.cached,
                    record.device,
                    end.folder,
                    fault,
                    result,
                    int(record.id),
                ),
            )
        return record

    def set_paused(self, job_id: str, paused: bool) -> None:
        self._change("paused", paused, job_id)

    def set_priority(self, job_id: str, priority: int) -> None:
        self._change("priority", priority, job_id)

    def hold(self, holder: str, jobs: tuple[str, ...]) -> tuple[str, ...]:
        """What the holder holds from now on, and nothing else: those of the jobs that are kept."""
        known = tuple(sorted({job for job in jobs if self.knows(job)}, key=int))
        with _errors_mapped(), self._db:
            self._db.execute("BEGIN")
            self._db.execute("DELETE FROM holds WHERE holder = ?", (holder,))
            self._db.executemany("INSERT INTO holds VALUES (?, ?)", [(holder, int(job)) for job in known])
        return known

    def forget_before(self, moment: int) -> int:
        """Drops the jobs that ended before and that nobody holds; returns how many."""
        with _errors_mapped():
            return self._db.execute(
                "DELETE FROM jobs WHERE ended < ? AND id NOT IN (SELECT job FROM holds)", (moment,)
            ).rowcount

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

    def next_queued(self, lane: Lane) -> JobRecord | None:
        """The job of the lane that is to be begun next: of the highest priority, and then the oldest."""
        with _errors_mapped():
            row = self._db.execute(
                f"SELECT {_RECORD} FROM jobs"  # noqa: S608  (constant columns)
                " WHERE state = 'queued' AND paused = 0 AND lane = ? ORDER BY priority DESC, id LIMIT 1",
                (lane,),
            ).fetchone()
        return None if row is None else _record(row)

    def unfinished_render(self, job_hash: str) -> str | None:
        """The render of this hash that has not ended."""
        return self._latest_render(job_hash, "queued")

    def is_unfinished(self, job_hash: str) -> bool:
        """Whether a job of this hash has not ended."""
        with _errors_mapped():
            row = self._db.execute(
                "SELECT 1 FROM jobs WHERE state = 'queued' AND hash = ? LIMIT 1", (job_hash,)
            ).fetchone()
        return row is not None

    def done_render(self, job_hash: str) -> str | None:
        """The latest render of this hash that is done."""
        return self._latest_render(job_hash, "done")

    def unfinished_count(self) -> int:
        with _errors_mapped():
            return int(self._db.execute("SELECT COUNT(*) FROM jobs WHERE state = 'queued'").fetchone()[0])

    def paused_count(self) -> int:
        with _errors_mapped():
            return int(self._db.execute("SELECT COUNT(*) FROM jobs WHERE paused").fetchone()[0])

    def latest(self, limit: int) -> tuple[JobRecord, ...]:
        """Newest first."""
        with _errors_mapped():
            rows = self._db.execute(
                f"SELECT {_RECORD} FROM jobs ORDER BY id DESC LIMIT ?",  # noqa: S608  (constant columns)
                (max(0, min(limit, 1000)),),
            ).fetchall()
        return tuple(_record(row) for row in rows)

    def take_folders(self) -> frozenset[str]:
        """The folders, by name, in which the takes of done jobs lie."""
        with _errors_mapped():
            rows = self._db.execute("SELECT folder FROM jobs WHERE state = 'done'").fetchall()
        return frozenset(row[0] for row in rows)

    def knows(self, job_id: str) -> bool:
        try:
            self._one("id", job_id)
        except UnknownJob:
            return False
        return True

    def _change(self, column: str, value: int, job_id: str) -> None:
        with _errors_mapped():
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute(f"UPDATE jobs SET {column} = ? WHERE id = ?", (value, int(job_id)))  # noqa: S608

    def _latest_render(self, job_hash: str, state: JobState) -> str | None:
        with _errors_mapped():
            row = self._db.execute(
                "SELECT id FROM jobs WHERE kind = 'render' AND hash = ? AND state = ?"
                " ORDER BY id DESC LIMIT 1",
                (job_hash, state),
            ).fetchone()
        return None if row is None else str(row[0])

    def _one(self, columns: str, job_id: str) -> tuple[Any, ...]:
        number = int(job_id) if _NUMBER.fullmatch(job_id) else 0  # ids count from 1
        with _errors_mapped():
            row = self._db.execute(
                f"SELECT {columns} FROM jobs WHERE id = ?",  # noqa: S608  (constant columns)
                (number,),
            ).fetchone()
        if row is None:
            raise UnknownJob(f"the engine keeps no job {job_id[:40]!r}; `pickup engine jobs` lists them")
        return tuple(row)


def _open(path: Path) -> sqlite3.Connection:
    """The database, made or set aside and made anew where it is of another layout or damaged."""
    try:
        return _connect(path)
    except sqlite3.OperationalError:
        raise  # no room, or no right to write: another file would fare no better
    except sqlite3.DatabaseError as error:
        aside = path.with_suffix(".set_aside")
        log.error("job_list_set_aside", reason=str(error), kept_as=aside.name)
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
        db.executescript(_TABLES)
        db.execute(f"PRAGMA user_version = {LAYOUT}")
    except sqlite3.Error:
        db.close()
        raise
    path.chmod(0o600)
    return db


def _record(row: tuple[Any, ...]) -> JobRecord:
    job_id, kind, job_hash, state, submitted, started, ended, attempts, cached, fault, *rest = row
    priority, paused, client, device = rest
    return JobRecord(
        id=str(job_id),
        kind=kind,
        hash=job_hash,
        state=state,
        submitted=submitted,
        started=started,
        ended=ended,
        attempts=attempts,
        cached=bool(cached),
        fault=None if fault is None else _faults.decode(fault),
        priority=priority,
        paused=bool(paused),
        client=client,
        device=device,
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
