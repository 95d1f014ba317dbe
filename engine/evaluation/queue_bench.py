"""What a long queue costs, and what an engine costs that has nothing to do."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from statistics import median

import psutil

from engine import launcher
from engine.client import EngineClient
from engine.evaluation.ledger import Ledger
from engine.evaluation.measure import Measure
from engine.lock import is_locked
from engine.paths import EnginePaths
from engine.protocol import Sleep

JOBS = 10_000
TURNS = 10  # in which they are handed in, each after as many single inserts
IDLE = 30.0  # seconds
LONG = 60_000  # ticks of a job that keeps the others waiting


def idle(engine: EngineClient) -> Measure:
    """Of one core, of the daemon and its workers together, once they are warm."""
    daemon = psutil.Process(engine.status().pid)
    processes = [daemon, *daemon.children(recursive=True)]
    before = _spent(processes)
    time.sleep(IDLE)
    share = (_spent(processes) - before) / IDLE
    return Measure(name=f"idle for {IDLE:.0f} s, of one core", value=share * 100, unit="%", at_most=1)


def ten_thousand(engine: EngineClient, paths: EnginePaths) -> Iterator[Measure]:
    """Handed in, listed, and found again by the engine that comes after one that was killed."""
    engine.submit(Sleep(ticks=LONG))  # the others wait behind it
    yield from _handed_in(engine, paths)
    listing = [_listed(engine) for _ in range(5)]
    yield Measure(name="listing them", value=median(listing) * 1000, unit="ms", at_most=100)
    _kill(engine.status().pid, paths)
    begun = time.perf_counter()
    with launcher.ensure_running(paths) as successor:
        spent = time.perf_counter() - begun
        status = successor.status()
    kept = status.queued + len(status.running)
    yield Measure(name="restart with them queued", value=spent, unit="s", at_most=2)
    yield Measure(name="of them and the one that ran, kept", value=kept, unit="jobs", at_least=JOBS + 1)


def _handed_in(engine: EngineClient, paths: EnginePaths) -> Iterator[Measure]:
    ratios, rates = [], []
    with contextlib.closing(Ledger(paths.state / "queue_ledger.sqlite")) as ledger:
        for turn in range(TURNS):
            alone = sum(ledger.insert() for _ in range(JOBS // TURNS))
            jobs = [Sleep(note=f"{turn}.{number}") for number in range(JOBS // TURNS)]
            begun = time.perf_counter()
            engine.submit_all(jobs)
            together = time.perf_counter() - begun
            ratios.append(alone / together)
            rates.append(len(jobs) / together)
    yield Measure(name=f"{JOBS:,} jobs handed in", value=median(rates), unit="jobs/s")
    yield Measure(name="the same over single durable inserts", value=median(ratios), unit="x", at_least=3)


def _listed(engine: EngineClient) -> float:
    begun = time.perf_counter()
    found = engine.jobs(JOBS)
    assert len(found) == JOBS
    return time.perf_counter() - begun


def _kill(pid: int, paths: EnginePaths) -> None:
    os.kill(pid, signal.SIGKILL)
    while is_locked(paths.lock):
        time.sleep(0.01)


def _spent(processes: list[psutil.Process]) -> float:
    """Seconds on the processor."""
    times = [process.cpu_times() for process in processes]
    return sum(each.user + each.system for each in times)
