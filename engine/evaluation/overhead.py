"""What the engine itself costs: from handing in a job that does nothing to having its result."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from pathlib import Path
from statistics import median

from engine import launcher
from engine.client import EngineClient
from engine.evaluation.measure import Measure
from engine.paths import EnginePaths
from engine.protocol import Sleep

ROUNDS = 200
WARM_UP = 20


def measure(rounds: int = ROUNDS) -> tuple[Measure, ...]:
    """Overhead in durable SQLite inserts, timed by turns in the same run, on the same disk."""
    # Not in the system's temporary folder: where that is kept in memory a durable insert costs nothing.
    with tempfile.TemporaryDirectory(prefix="pickup_bench_", dir=Path.cwd()) as folder:
        paths = EnginePaths.under(Path(folder))
        cold = time.perf_counter()
        with launcher.ensure_running(paths) as engine:
            cold = time.perf_counter() - cold
            try:
                return (*_overhead(engine, Path(folder), rounds), *_start_up(paths, cold))
            finally:
                launcher.stop(paths)


def _overhead(engine: EngineClient, folder: Path, rounds: int) -> tuple[Measure, ...]:
    jobs, inserts = [], []
    ledger = _Ledger(folder / "ledger.sqlite")
    for _ in range(WARM_UP + rounds):
        begun = time.perf_counter()
        ledger.insert()
        inserted = time.perf_counter()
        engine.run(Sleep())
        jobs.append(time.perf_counter() - inserted)
        inserts.append(inserted - begun)
    ledger.close()
    job, insert = median(jobs[WARM_UP:]), median(inserts[WARM_UP:])
    return (
        Measure(name="one durable SQLite insert", value=insert * 1000, unit="ms"),
        Measure(name="engine overhead, submit to done", value=job * 1000, unit="ms"),
        Measure(name="engine overhead in durable inserts", value=job / insert, unit="x", at_most=4),
    )


def _start_up(paths: EnginePaths, cold: float) -> tuple[Measure, ...]:
    begun = time.perf_counter()
    launcher.ensure_running(paths).close()
    warm = time.perf_counter() - begun
    return (
        Measure(name="engine start", value=cold * 1000, unit="ms"),
        Measure(name="connecting to a running engine", value=warm * 1000, unit="ms", at_most=200),
    )


class _Ledger:
    """The yardstick: one row of a job's size, committed so that the power may go off."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("CREATE TABLE jobs (id INTEGER PRIMARY KEY, job BLOB)")

    def insert(self) -> None:
        self._db.execute("INSERT INTO jobs (job) VALUES (?)", (os.urandom(300),))

    def close(self) -> None:
        self._db.close()
