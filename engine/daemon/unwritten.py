"""What became of jobs while the disk was too full to write it down: it is tried again until it is written."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from engine.errors import EngineError

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

PAUSE = 1.0  # seconds between two tries


class Unwritten:
    """In the loop's thread, on its clock."""

    def __init__(self) -> None:
        self.next_try: float | None = None
        """When something is to be tried again; None where nothing is."""
        self._writes: list[Callable[[], object]] = []

    def write(self, what: Callable[[], object], now: float) -> None:
        """Now, or when it can be; meanwhile the job stays what it was."""
        self._writes.append(what)
        if self.next_try is None:
            self._try(now)

    def wait(self, error: EngineError, now: float) -> None:
        """Something else could not be written, and is tried again when this is."""
        log.warning("job_list_not_written", reason=type(error).__name__)
        self.next_try = now + PAUSE

    def is_clear(self, now: float) -> bool:
        """Whether all is written; tries, where it is time to."""
        if self.next_try is not None and now >= self.next_try:
            self._try(now)
        return self.next_try is None

    def _try(self, now: float) -> None:
        self.next_try = None
        while self._writes:
            try:
                self._writes[0]()
            except EngineError as error:
                self.wait(error, now)
                return
            del self._writes[0]
