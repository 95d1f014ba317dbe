"""The engine, as a person or a script asks after it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bridge import console
from bridge.console import lasting, left_in_words
from bridge.errors import UsageError
from bridge.files import write_whole
from engine import crash_report, launcher
from engine.client import EngineClient
from engine.errors import EngineError
from engine.messages import DeviceStatus, EngineStatus, JobRecord, ShutdownAnswer, ShutdownHow, WorkerStatus
from engine.paths import EnginePaths

STATES = ("queued", "paused", "running", "done", "failed", "cancelled")
REPORTED = 1000  # the latest jobs, in a report
LOOKED_THROUGH = 10_000  # the latest jobs, of which those that are wanted are told


class EngineView(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an engine runs, and for how long. Asking never starts one."""

    running: bool
    uptime_seconds: int | None = None
    status: EngineStatus | None = None


class StopView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the wish to stop it. `unfinished`: jobs that wait for its next start, or kept it."""

    stopped: bool
    running: bool = False
    unfinished: int = 0


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs are asked for; empty: whatever it is. "paused" ones are not among the "queued"."""

    state: str = ""
    kind: str = ""
    client: str = ""

    def __post_init__(self) -> None:
        if self.state not in ("", *STATES):
            raise UsageError(f"--state {self.state}: write one of {', '.join(STATES)}")

    def takes(self, job: JobRecord) -> bool:
        return (
            self.state in ("", state_of(job))
            and self.kind in ("", job.kind)
            and self.client in ("", job.client)
        )


class JobsView(msgspec.Struct, frozen=True, kw_only=True):
    """The engine's jobs, newest first."""

    jobs: tuple[JobRecord, ...]


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """A report, and the names of the files in it."""

    path: str
    holds: tuple[str, ...]


# ---- asking


def status() -> EngineView:
    client = launcher.connect(EnginePaths.default())
    if client is None:
        return EngineView(running=False)
    with client:
        found = client.status()
    return EngineView(running=True, uptime_seconds=int(time.time() - found.started / 1000), status=found)


def jobs(engine: EngineClient, wanted: Wanted, limit: int) -> JobsView:
    latest = engine.jobs(LOOKED_THROUGH if wanted != Wanted() else limit)
    return JobsView(jobs=tuple(job for job in latest if wanted.takes(job))[:limit])


def stop(how: ShutdownHow) -> StopView:
    """Returns when the engine has ended, or when it says that it goes on."""
    answer = _shut_down(how)
    if answer is None:
        return StopView(stopped=False)
    if answer.stopping:
        launcher.wait_for_end(EnginePaths.default(), math.inf if how == "drained" else launcher.STOP_PATIENCE)
    return StopView(stopped=answer.stopping, running=not answer.stopping, unfinished=answer.unfinished)


def drain() -> StopView:
    """Returns at once; the engine ends later."""
    answer = _shut_down("drained")
    return StopView(stopped=False, running=answer is not None, unfinished=answer.unfinished if answer else 0)


def report(out: Path) -> Reported:
    """Writes the zip that a user may send. Needs no engine, and starts none. Raises `UnwritableOutput`."""
    found: EngineStatus | None = None
    latest: tuple[JobRecord, ...] = ()
    try:
        if client := launcher.connect(EnginePaths.default()):
            with client:
                found, latest = client.status(), client.jobs(REPORTED)
    except EngineError as error:
        console.say(f"warning: {error}; the report is of its logs alone")
    parts = crash_report.parts_of(EnginePaths.default(), found, latest)
    write_whole(out, crash_report.zipped(parts))
    return Reported(path=str(out), holds=tuple(parts))


def _shut_down(how: ShutdownHow) -> ShutdownAnswer | None:
    """None where no engine runs."""
    client = launcher.connect(EnginePaths.default())
    if client is None:
        return None
    with client:
        return client.shutdown(how)


def state_of(job: JobRecord) -> str:
    return "paused" if job.paused and job.state == "queued" else job.state


# ---- telling


def status_text(view: EngineView) -> str:
    if view.status is None:
        return "no engine is running; `pickup edit` starts one by itself"
    return "\n".join(_status_lines(view.status, view.uptime_seconds or 0))


def report_text(view: Reported) -> str:
    held = "\n".join(f"  {name}" for name in view.holds)
    return f"{view.path} holds no footage, words, paths or keys; look at it before you send it:\n{held}"


def drain_text(view: StopView) -> str:
    if not view.running:
        return "no engine was running"
    return f"the engine accepts no more jobs, and ends when those that run have; {view.unfinished} unfinished"


def stop_text(view: StopView) -> str:
    if view.running:
        return f"the engine goes on: {view.unfinished} job(s) are not finished"
    return "the engine has stopped" if view.stopped else "no engine was running"


def jobs_text(view: JobsView) -> str:
    return "\n".join(job_text(job) for job in view.jobs) or "no jobs"


def job_text(job: JobRecord) -> str:
    when = datetime.fromtimestamp(job.submitted / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    told = " ".join(part for part in _parts(job) if part)
    return f"{job.id}  {when}  {job.kind:<10} {state_of(job):<9} {told}".rstrip()


def _parts(job: JobRecord) -> Iterator[str]:
    yield f"priority {job.priority}" if job.priority else ""
    if job.progress and job.state == "running":
        yield f"{job.progress.phase} {job.progress.done}/{job.progress.total}"
        yield left_in_words(job.progress)
    if job.started is not None and job.ended is not None:
        yield f"in {lasting((job.ended - job.started) / 1000)}"
    yield f"on {job.device}" if job.device else ""
    yield job.fault.message if job.fault else ""


def _status_lines(status: EngineStatus, uptime: int) -> Iterator[str]:
    yield f"engine {status.engine_version}, process {status.pid}, up for {lasting(uptime)}"
    waiting = f"{status.queued} queued" + (f", {status.paused} of them paused" if status.paused else "")
    yield f"  jobs    {len(status.running)} running, {waiting}"
    if status.draining:
        yield "  ends when what runs has ended, and accepts nothing"
    for worker in status.workers:
        yield f"  worker  {_worker(worker)}"
    for device in status.devices:
        yield f"  device  {_device(device)}"
    if status.cache_limit:
        yield f"  cache   {_gigabytes(status.cache_bytes)} of {_gigabytes(status.cache_limit)} GB"


def _worker(worker: WorkerStatus) -> str:
    does = f"job {worker.job}" if worker.job else "free"
    warm = f", keeps model {worker.model} warm" if worker.model else ""
    return f"{worker.lane:<5} on {worker.device}, process {worker.pid}: {does}{warm}"


def _device(device: DeviceStatus) -> str:
    free = f"{_gigabytes(device.memory_free)} of {_gigabytes(device.memory_total)} GB free"
    return f"{device.name} ({device.kind}): {free}"


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f}"
