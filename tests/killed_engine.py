"""An engine and a worker that are killed at one moment that a test names, once. Faults live here alone.

    python tests/killed_engine.py engine|worker POINT NUMBER MARK [arguments of the daemon]

POINT is `Owner.function:before` or `:after`; NUMBER, at which of its calls; MARK, a file that the first to be
killed leaves, so that nobody is killed twice. Its worker renders nothing: it writes a small take in the steps
that a render takes, and the job's id in `performed` beside MARK for each attempt.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine_loop import take_of

from engine.daemon import __main__, intake, reception, server, tasks, worker, worker_process
from engine.daemon.bench import Bench, Work
from engine.daemon.event_log import EventLog
from engine.daemon.foreman import Foreman
from engine.daemon.job_book import JobBook
from engine.daemon.job_store import JobStore
from engine.daemon.replies import Replies
from engine.daemon.tasks import OnProgress, Performed
from engine.daemon.worker_process import WorkerProcess
from engine.daemon.worker_wire import Assignment
from engine.protocol import Progress, Render

STEPS = 4
PAUSE = 0.002  # seconds that a step takes


class Steps:
    """What the worker does, as functions that can be wrapped."""

    @staticmethod
    def keep_latents(folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "latents").write_bytes(b"kept")

    @staticmethod
    def write_part(part: Path) -> None:
        part.parent.mkdir(parents=True)
        part.write_text(part.parent.name)

    @staticmethod
    def name_whole(part: Path, path: Path) -> None:
        part.replace(path)


ENGINE: dict[str, Any] = {
    owner.__name__: owner
    for owner in (Bench, EventLog, Foreman, JobBook, JobStore, Replies, Work, WorkerProcess)
} | {"server": server}
WORKER: dict[str, Any] = {"Steps": Steps, "worker": worker}


def arm(owners: dict[str, Any], point: str, number: int, mark: Path, victim: Callable[[], int]) -> None:
    """Has the function kill the victim, where it is one of these."""
    name, _, when = point.partition(":")
    owner_name, _, function = name.partition(".")
    if owner_name not in owners:
        return
    real, calls = getattr(owners[owner_name], function), 0

    @functools.wraps(real)
    def deadly(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if when == "before" and calls == number:
            _kill(victim(), mark)
        result = real(*arguments, **named)
        if when == "after" and calls == number:
            _kill(victim(), mark)
        return result

    static = isinstance(owners[owner_name], type) and owners[owner_name] is Steps
    setattr(owners[owner_name], function, staticmethod(deadly) if static else deadly)


def _kill(process: int, mark: Path) -> None:
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(process, signal.SIGKILL)
    time.sleep(5)  # for the signal to come, where it is another's process


def perform(assignment: Assignment, on_progress: OnProgress) -> Performed:
    """In the place of a render."""
    job = assignment.job
    assert isinstance(job, Render)
    with MARK.with_name("performed").open("a") as ledger:
        ledger.write(f"{assignment.id}\n")
    Steps.keep_latents(Path(assignment.unfinished))
    for step in range(STEPS + job.bridge):  # of a long one: many
        on_progress(Progress(phase="steps", done=step + 1, total=STEPS + job.bridge))
        time.sleep(PAUSE)
    part, path = assignment.workspace / "take.mov.part", assignment.workspace / "take.mov"
    Steps.write_part(part)
    Steps.name_whole(part, path)
    return Performed(result=take_of(job, path))


if __name__ == "__main__":
    ROLE, POINT, NUMBER, MARK = sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
    if ROLE == "engine":
        for room in (intake, reception, server):  # somebody may edit the engine while its tests run
            room.engine_version = lambda: "tested"  # type: ignore[attr-defined]
        arm(ENGINE, POINT, NUMBER, MARK, os.getpid)
        worker_process.COMMAND = (sys.executable, __file__, "worker", POINT, str(NUMBER), str(MARK))
        sys.argv[1:] = sys.argv[5:]
        sys.exit(__main__.main())
    else:
        # Of a power cut in the middle of a render the engine dies too; of a crash the worker alone.
        tasks.perform = perform
        arm(WORKER, POINT, NUMBER, MARK, os.getppid if NUMBER % 2 else os.getpid)
        worker.main()
