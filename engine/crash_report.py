"""What a user can send when the engine has gone wrong: no footage, no keys, no names, no words, no paths.

Logs go through `redaction`; of all else what goes in is chosen by name.
"""

from __future__ import annotations

import io
import platform
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec

from engine.messages import EngineStatus, JobRecord
from engine.paths import EnginePaths
from engine.redaction import TAKEN_OUT, redacted
from engine.version import engine_version

LARGEST_LOG = 2_000_000  # ours: bytes of a log's end that go in
LOOKED_THROUGH = 2000  # ours: logs of the latest jobs, for those that went wrong
MOST_LOGS = 50  # ours: of those

PACKAGES = ("pyzmq", "msgspec", "av", "numpy", "opencv-python-headless", "torch", "diffusers", "transformers")

README = f"""What this file is: how a Pickup engine stood when something went wrong, for those who mend it.

machine.json     the system, and the versions of Pickup, Python and the libraries
status.json      what the engine's processes did; absent where none ran
jobs.json        the latest jobs: what kind, when, how they ended. No script, no media
engine.log       what the engine wrote down
job_logs/        what was written down of jobs that failed: the places in the code

There is no footage in it, no sound, no take, no key, no path and no word of a script, prompt or transcript.
Where a line held more than times, numbers and the engine's own names, "{TAKEN_OUT}" stands for it.
"""


def zipped(parts: dict[str, bytes]) -> bytes:
    """The zip of the files, by name."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return whole.getvalue()


def parts_of(
    paths: EnginePaths, status: EngineStatus | None, jobs: tuple[JobRecord, ...]
) -> dict[str, bytes]:
    """What is sent, by name. Without `status` and `jobs` where no engine answers: its logs are there."""
    return dict(_parts(paths, status, jobs))


def _parts(
    paths: EnginePaths, status: EngineStatus | None, jobs: tuple[JobRecord, ...]
) -> Iterator[tuple[str, bytes]]:
    yield "README.txt", README.encode()
    yield "machine.json", _pretty(_machine())
    if status is not None:
        yield "status.json", _pretty(status)
    yield "jobs.json", _pretty([_told(job) for job in jobs])
    for log in sorted(paths.state.glob("engine.log*")):
        yield log.name, redacted(_end(log, LARGEST_LOG))
    for log in _of_trouble(paths.job_logs):
        yield f"job_logs/{log.name}", redacted(_end(log, LARGEST_LOG))


def _pretty(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1)


def _machine() -> dict[str, str]:
    found = {
        "engine": engine_version(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": platform.machine(),
    }
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


# Not its hash, which names its media, nor its client, who is a person.
_OF_JOBS = (
    "id",
    "kind",
    "state",
    "submitted",
    "started",
    "ended",
    "attempts",
    "cached",
    "priority",
    "device",
)


def _told(job: JobRecord) -> dict[str, Any]:
    return {name: getattr(job, name) for name in _OF_JOBS} | {"fault": job.fault.name if job.fault else None}


def _of_trouble(job_logs: Path) -> list[Path]:
    """The latest logs of jobs that did not end well."""
    logs = sorted(job_logs.glob("*.log"), key=lambda log: int(log.stem), reverse=True)[:LOOKED_THROUGH]
    return [log for log in logs if _went_wrong(log)][:MOST_LOGS]


def _went_wrong(log: Path) -> bool:
    tail = _end(log, 4000)
    return b'"event":"failed"' in tail or b"Traceback" in tail or b"Fatal Python error" in tail


def _end(log: Path, size: int) -> bytes:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - size))
        return file.read()
