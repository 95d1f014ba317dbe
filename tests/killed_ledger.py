"""A process that writes a ledger until it is killed, or kills itself at one moment. It says what is written.

    python tests/killed_ledger.py LEDGER NAME [MOMENT NUMBER]

MOMENT: `fsync:before`, `fsync:after`, `write_private:before`, `write_private:after` or `half`, which leaves
half of what was to be written; NUMBER, at which of its calls. On stdout goes the job of each entry, once
`append` has returned.
"""

from __future__ import annotations

import contextlib
import datetime
import itertools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine import private_files
from engine.consent import ledger
from engine.consent.ledger import Entry

NOON = datetime.datetime(2026, 11, 26, 12, tzinfo=datetime.UTC)


def killed_at(moment: str, number: int, function: Callable[..., Any]) -> Callable[..., Any]:
    calls = itertools.count(1)

    def wrapped(*arguments: Any) -> Any:
        doomed = next(calls) == number
        if doomed and moment.endswith(":before"):
            os.kill(os.getpid(), signal.SIGKILL)
        if doomed and moment == "half":
            with contextlib.suppress(OSError):
                os.ftruncate(arguments[0], os.fstat(arguments[0]).st_size - 40)
            os.kill(os.getpid(), signal.SIGKILL)
        answer = function(*arguments)
        if doomed:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return wrapped


def main() -> None:
    path, name, *doom = sys.argv[1:]
    if doom:
        moment, number = doom[0], int(doom[1])
        if moment.startswith("write_private"):
            private_files.write_private = killed_at(moment, number, private_files.write_private)
        else:
            ledger.os.fsync = killed_at(moment, number, os.fsync)  # type: ignore[attr-defined]
    for count in itertools.count():
        job = f"{name}-{count}"
        ledger.append(Path(path), Entry(kind="used", at=NOON, job=job))
        print(job, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
