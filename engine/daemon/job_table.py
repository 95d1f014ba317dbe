"""The job list's file: how it is laid out, opened, set aside, and what a row of it is.

SQLite in WAL mode. A list of another layout or protocol is set aside, not migrated: it holds nothing that
cannot be redone.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import structlog

from engine.errors import DiskFull, RenderFailed
from engine.messages import Fault, JobRecord
from engine.protocol import PROTOCOL_VERSION, Result

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

LAYOUT = PROTOCOL_VERSION * 100 + 1

# `state` is "queued" until the job has ended; `running` is for an engine that was killed to be told of.
# `changed`: the number of the event that last told of the job.
_CACHED_KIB = 256

_TABLES = """
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    hash TEXT NOT NULL,
    job BLOB NOT NULL,
    state TEXT NOT NULL,
    submitted INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    client TEXT NOT NULL,
    weights TEXT NOT NULL,
    gpus INTEGER NOT NULL,
    paused INTEGER NOT NULL DEFAULT 0,
    running INTEGER NOT NULL DEFAULT 0,
    deaths INTEGER NOT NULL DEFAULT 0,
    started INTEGER,
    ended INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    cached INTEGER NOT NULL DEFAULT 0,
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
CREATE INDEX IF NOT EXISTS unfinished_jobs ON jobs (hash) WHERE state = 'queued';
CREATE INDEX IF NOT EXISTS renders_by_hash ON jobs (hash) WHERE kind = 'render' AND state = 'done';
CREATE INDEX IF NOT EXISTS changes ON jobs (changed);
"""

RECORD = (
    "id, kind, hash, state, submitted, started, ended, attempts, cached, fault,"
    " priority, paused, client, device"
)

_faults = msgspec.msgpack.Decoder(Fault)
_results: msgspec.msgpack.Decoder[Result] = msgspec.msgpack.Decoder(Result)


def opened(path: Path) -> sqlite3.Connection:
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
        # SQLite's usual 2 MB of pages fill up over some ten thousand jobs, and an engine's memory grows by
        # them. Jobs are looked up by their number: a few pages are as fast.
        db.execute(f"PRAGMA cache_size = -{_CACHED_KIB}")
        db.executescript(_TABLES)
        db.execute(f"PRAGMA user_version = {LAYOUT}")
    except sqlite3.Error:
        db.close()
        raise
    path.chmod(0o600)
    return db


def record_of(row: tuple[Any, ...]) -> JobRecord:
    """The columns of `RECORD`."""
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


def result_of(body: bytes | None) -> Result | None:
    """None too for a result of an engine that wrote it otherwise: the job is then done again."""
    try:
        return None if body is None else _results.decode(body)
    except msgspec.MsgspecError:
        return None


@contextlib.contextmanager
def errors_mapped() -> Iterator[None]:
    """Raises DiskFull and RenderFailed for what SQLite raises."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise DiskFull(
                "the disk with the engine's job list is full: make room and submit again"
            ) from error
        raise RenderFailed(f"the engine's job list cannot be written or read: {error}") from error
