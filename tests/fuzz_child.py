"""A child process that reads files under a memory limit: one path a line in, one answer a line out.

Each file is read, one edit made, and the result written. The answer is a JSON list: what came of it, and the
seconds of processor time that it took. Dies where memory runs out, which is for its parent to see.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

from otio_adapters.errors import TimelineError
from otio_adapters.formats import format_of
from otio_adapters.read import read
from otio_adapters.trial_cut import trial_cut
from otio_adapters.write import write

MEMORY = 500 * 1024 * 1024


def answer(path: Path) -> str:
    try:
        trial = trial_cut(read(path))
        written = format_of(path).write is not None
        write(trial.report.timeline, path.with_name(f"out{path.suffix if written else '.otio'}"), origin=path)
    except TimelineError as error:
        return (
            "refused" if "\n" not in str(error) else f"FAULT {type(error).__name__} of several lines: {error}"
        )
    except Exception as error:  # noqa: BLE001  # what the test is after
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        where = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "?"
        return f"FAULT {type(error).__name__} at {where}: {str(error)[:200]}"
    return "written"


def spent() -> float:
    """The seconds of processor time of this process and of those that it started and that ended."""
    return sum(os.times()[:4])


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.fsync = lambda _: None  # nothing here is to outlive the test, and disks are slow
    for line in sys.stdin:
        begun = spent()
        said = answer(Path(line.rstrip("\n")))
        print(json.dumps([said, spent() - begun]), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
