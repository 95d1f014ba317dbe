"""The engine, as a person or a script asks after it."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from engine import launcher
from engine.messages import EngineStatus, JobRecord
from engine.paths import EnginePaths


class EngineView(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an engine runs. Asking never starts one."""

    running: bool
    status: EngineStatus | None = None


class JobsView(msgspec.Struct, frozen=True, kw_only=True):
    """The engine's jobs, newest first."""

    jobs: tuple[JobRecord, ...]


def status() -> EngineView:
    client = launcher.connect(EnginePaths.default())
    if client is None:
        return EngineView(running=False)
    with client:
        return EngineView(running=True, status=client.status())


def status_text(view: EngineView) -> str:
    if view.status is None:
        return "no engine is running; `pickup edit` starts one by itself"
    work = f"{len(view.status.running)} running, {view.status.queued} queued"
    return f"engine {view.status.engine_version}, process {view.status.pid}: {work}"


def jobs_text(view: JobsView) -> str:
    return "\n".join(_line(job) for job in view.jobs) or "no jobs"


def _line(job: JobRecord) -> str:
    when = datetime.fromtimestamp(job.submitted / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    told = f"{job.progress.done}/{job.progress.total}" if job.progress and job.state == "running" else ""
    fault = job.fault.message if job.fault else ""
    return f"{job.id}  {when}  {job.kind:<10} {job.state:<9} {told}{fault}".rstrip()
