"""A child process that reads files under a memory limit: one path a line in, one answer a line out.

Each file is read, its program told, one edit made, the result written, and read back. The answer is a JSON
list: what came of it, and the seconds of processor time that it took. Dies where memory runs out, for its
parent to see.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

from otio_adapters.application import application
from otio_adapters.errors import TimelineError
from otio_adapters.formats import format_of
from otio_adapters.read import read
from otio_adapters.trial_cut import trial_cut
from otio_adapters.write import write

MEMORY = 500 * 1024 * 1024
ENDLESS = 20  # seconds of processor time, after which the system ends the process
FOLDERS = {".otiod": ".otio", ".fcpxmld": ".fcpxml"}  # are only read, and written as what is in them


def answer(path: Path) -> str:
    """`carried`; or the stage and the error's name, where it is one of ours in one line; or `FAULT ...`."""
    stage = "read"
    try:
        application(path)  # as the check does even of what it cannot read
        timeline = read(path)
        stage = "edit"
        trial = trial_cut(timeline)
        stage = "write"
        out = path.with_name(f"out{_written(path)}")
        write(trial.report.timeline, out, origin=path)  # which reads back all but .otio, and compares
        stage = "read back"
        read(out)
    except TimelineError as error:
        name = type(error).__name__
        return f"{stage}: {name}" if "\n" not in str(error) else f"FAULT {name} of several lines: {error}"
    except Exception as error:  # noqa: BLE001  # what the test is after
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        where = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "?"
        return f"FAULT {type(error).__name__} at {where}: {str(error)[:200]}"
    return "carried"


def _written(path: Path) -> str:
    suffix = path.suffix.lower()
    return suffix if format_of(path).write is not None else FOLDERS.get(suffix, ".otio")


def spent() -> float:
    """The seconds of processor time of this process and of those that it started and that ended.

    Seconds on the clock would tell of the machine: beside a training a reader gets a hundredth of them.
    """
    return sum(os.times()[:4])


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.fsync = lambda _: None  # nothing here is to outlive the test, and disks are slow
    for line in sys.stdin:
        begun = spent()
        resource.setrlimit(resource.RLIMIT_CPU, (int(begun) + ENDLESS, resource.RLIM_INFINITY))
        said = answer(Path(line.rstrip("\n")))
        print(json.dumps([said, spent() - begun]), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
