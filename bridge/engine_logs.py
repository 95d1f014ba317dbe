"""What the engine of this machine and its workers have written down, line by line."""

from __future__ import annotations

import os
import re
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from bridge.errors import NoSuchLog
from engine.messages import ENDED
from engine.paths import EnginePaths

PAUSE = 0.2  # seconds between two looks for new lines
_ID = re.compile("[0-9]{1,18}")

Line = dict[str, Any]  # what a line of JSON says; of what was printed, {"text": "..."}


def read(job: str, *, last: int, follow: bool) -> Iterator[Line]:
    """The last lines, oldest first; with `follow` those that come too, until the job has ended.

    `job`: an id, or "" for the engine's own log. Raises `NoSuchLog`.
    """
    path = _path(job)
    with path.open("rb") as file:
        line: Line = {}
        raws = list(deque(file, maxlen=last + 1))
        if follow and raws and not raws[-1].endswith(b"\n"):
            file.seek(-len(raws.pop()), os.SEEK_CUR)  # it is still being written
        for raw in raws[-last:] if last else ():
            yield (line := parsed(raw))
        while follow and not (job and line.get("event") in ENDED):
            if raw := _next_whole(file, path):
                yield (line := parsed(raw))
            else:
                time.sleep(PAUSE)


def parsed(raw: bytes) -> Line:
    try:
        line = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, RecursionError):
        line = None
    return line if isinstance(line, dict) else {"text": raw.decode(errors="replace").rstrip("\n")}


def as_text(line: Line) -> str:
    """A line of values as a person reads it; local time, and what happened first."""
    if "text" in line:
        return str(line["text"])
    rest = {name: value for name, value in line.items() if name not in ("at", "level", "event", "exception")}
    values = " ".join(f"{name}={value}" for name, value in rest.items())
    trouble = line.get("level", "info").upper() + " " if line.get("level", "info") != "info" else ""
    told = f"{line.get('at', '')}  {trouble}{line.get('event', '')}  {values}".rstrip()
    return "\n".join(part for part in (told, line.get("exception", "")) if part)


def _path(job: str) -> Path:
    paths = EnginePaths.default()
    if job and not _ID.fullmatch(job):
        raise NoSuchLog(f"{job[:40]!r} is no job's id; `pickup engine jobs` lists them")
    path = paths.job_log(job) if job else paths.log
    if not path.exists():
        whose = f"job {job}, which no worker has begun here" if job else "an engine: none was started here"
        raise NoSuchLog(f"there is no log of {whose} ({path})")
    return path


def _next_whole(file: BinaryIO, path: Path) -> bytes:
    """The next line, once all of it is there; empty where it is not. The engine begins a full log anew."""
    here = file.tell()
    if path.stat().st_size < here:
        here = 0
    file.seek(here)
    raw = file.readline()
    if raw.endswith(b"\n"):
        return raw
    file.seek(here)
    return b""
