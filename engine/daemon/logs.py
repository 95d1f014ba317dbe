"""The engine's log: one JSON object a line, what happened and its values, in a file that is turned over.

    {"at": "2026-11-26T03:41:33.402156Z", "level": "info", "event": "job_done", "job": "12", "seconds": 3.2}

It names no media and no words: jobs go by their id, faults by their class. The rest is in each job's own log.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import structlog
from structlog.typing import EventDict

from engine import private_files

LARGEST = 2_000_000  # ours: bytes of a log before it is turned over; a day of a busy studio
KEPT = 3  # ours: how many older ones are kept, engine.log.1 the latest


def write_to(path: Path) -> None:
    """From here on this process's `structlog` writes there, at INFO and above."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.format_exc_info,
            _in_order,
            structlog.processors.JSONRenderer(serializer=_encoded),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(file=TurnedOver(path)),  # type: ignore[arg-type]
    )


def heard_by(hear: Callable[[EventDict], None]) -> None:
    """From here on `hear` gets what each line says, too."""

    def passed_on(_logger: Any, _method: str, event: EventDict) -> EventDict:
        hear(event)
        return event

    config = structlog.get_config()
    structlog.configure(**{**config, "processors": [passed_on, *config["processors"]]})


class TurnedOver:
    """A file that is appended to, and begun anew when it is full, the old one kept beside it.

    It is copied and cut to nothing rather than renamed: workers, and libraries that print, have it open too,
    and go on at the end of the same file. (Windows would not rename a file that is open, either.)
    """

    def __init__(self, path: Path, largest: int = LARGEST, kept: int = KEPT) -> None:
        self._path = path
        self._largest = largest
        self._kept = kept
        self._file = private_files.append_private(path)

    def write(self, line: bytes) -> int:
        """A disk without room loses lines of the log, and no job."""
        with contextlib.suppress(OSError):
            os.write(self._file.fileno(), line)
            if os.fstat(self._file.fileno()).st_size > self._largest:
                self._turn_over()
        return len(line)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        self._file.close()

    def _turn_over(self) -> None:
        for number in range(self._kept - 1, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                _older(self._path, number).replace(_older(self._path, number + 1))
        with self._path.open("rb") as full, private_files.append_private(_older(self._path, 1)) as old:
            shutil.copyfileobj(full, old)
        os.ftruncate(self._file.fileno(), 0)


def line_of(event: str, **values: Any) -> bytes:
    """One line, for a log of its own: a job's."""
    return (
        _encoded({"at": datetime.now(UTC).isoformat().replace("+00:00", "Z"), "event": event, **values})
        + b"\n"
    )


def _older(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")


def _in_order(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """When, how bad and what first: a log is read by people too."""
    return {"at": event.pop("at"), "level": event.pop("level"), "event": event.pop("event"), **event}


def _encoded(event: dict[str, Any], **_: Any) -> bytes:
    return msgspec.json.encode(event, enc_hook=str)
