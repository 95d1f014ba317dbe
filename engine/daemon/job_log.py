"""What a worker's process prints while it has a job goes to the job's log; what native code prints, too."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from engine import private_files

_STDOUT, _STDERR = 1, 2


@contextlib.contextmanager
def printed_to(path: Path) -> Iterator[None]:
    """Where the file cannot be opened, for want of room, prints go where they went before."""
    kept = os.dup(_STDERR)
    try:
        with contextlib.suppress(OSError):
            private_files.make_private_folder(path.parent)
            with private_files.append_private(path) as log:
                _print_to(log.fileno())
        yield
    finally:
        _print_to(kept)
        os.close(kept)


def print_traceback(error: Exception) -> None:
    os.write(_STDERR, "".join(traceback.format_exception(error)).encode(errors="replace"))


def _print_to(handle: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    for number in (_STDOUT, _STDERR):
        os.dup2(handle, number)
