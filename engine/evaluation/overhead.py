"""What the engine itself costs: from handing in a job that does nothing to having its result."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles

from engine import launcher
from engine.client import EngineClient
from engine.evaluation import queue_bench
from engine.evaluation.ledger import Ledger
from engine.evaluation.measure import Measure
from engine.paths import EnginePaths
from engine.protocol import Sleep

ROUNDS = 1000
WARM_UP = 50
# The goals: so many durable inserts, timed in the same run, and 5 ms besides.
MEDIAN_INSERTS, P99_INSERTS, BESIDES = 3, 10, 0.005


def measure(rounds: int = ROUNDS) -> Iterator[Measure]:
    """By turns with durable SQLite inserts and with a Jupyter kernel, in the same run, on the same disk."""
    # Not in the system's temporary folder: where that is kept in memory a durable insert costs nothing.
    with tempfile.TemporaryDirectory(prefix="pickup_bench_", dir=Path.cwd()) as folder:
        paths = EnginePaths.under(Path(folder))
        cold = time.perf_counter()
        with launcher.ensure_running(paths) as engine:
            cold = time.perf_counter() - cold
            try:
                yield from _overhead(engine, Path(folder), rounds)
                yield from _start_up(paths, cold)
                yield queue_bench.idle(engine)
                yield from queue_bench.ten_thousand(engine, paths)
            finally:
                launcher.stop(paths)


def _overhead(engine: EngineClient, folder: Path, rounds: int) -> Iterator[Measure]:
    jobs, inserts, kernels = [], [], []
    with contextlib.closing(Ledger(folder / "ledger.sqlite")) as ledger, _kernel() as round_trip:
        for _ in range(WARM_UP + rounds):
            inserts.append(ledger.insert())
            jobs.append(_seconds(lambda: engine.run(Sleep())))
            if round_trip:
                kernels.append(_seconds(round_trip))
    job, insert = median(jobs[WARM_UP:]), median(inserts[WARM_UP:])
    worst = quantiles(jobs[WARM_UP:], n=100)[-1]
    yield Measure(name="one durable SQLite insert, median", value=insert * 1000, unit="ms")
    yield _within("submit to done, median", job, MEDIAN_INSERTS * insert + BESIDES)
    yield _within("submit to done, 99th percentile", worst, P99_INSERTS * insert + BESIDES)
    yield Measure(name="submit to done in durable inserts", value=job / insert, unit="x", at_most=4)
    if kernels:
        kernel = median(kernels[WARM_UP:])
        yield Measure(name="a Jupyter kernel's round trip, not durable", value=kernel * 1000, unit="ms")
        yield Measure(name="submit to done over that", value=job / kernel, unit="x")


def _start_up(paths: EnginePaths, cold: float) -> Iterator[Measure]:
    warm = _seconds(lambda: launcher.ensure_running(paths).close())
    yield Measure(name="engine start", value=cold * 1000, unit="ms")
    yield Measure(name="connecting to a running engine", value=warm * 1000, unit="ms", at_most=200)


def _within(name: str, seconds: float, goal: float) -> Measure:
    return Measure(name=name, value=seconds * 1000, unit="ms", at_most=round(goal * 1000, 2))


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@contextlib.contextmanager
def _kernel() -> Iterator[Callable[[], object] | None]:
    """Has a Python kernel execute `pass`; None, and the reason on stderr, where there is no Jupyter here."""
    try:
        from jupyter_client.kernelspec import NoSuchKernel  # noqa: PLC0415
        from jupyter_client.manager import start_new_kernel  # noqa: PLC0415

        manager, client = start_new_kernel(kernel_name="python3", stderr=subprocess.DEVNULL)
    except (ImportError, NoSuchKernel) as error:
        sys.stderr.write(f"not compared with Jupyter ({error}): pip install 'pickup-editor[bench]'\n")
        yield None
        return
    try:
        yield lambda: client.execute("pass", silent=True, reply=True, timeout=10)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
