"""Runs an engine in this process: `python -m engine.daemon --help`."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path

from engine.daemon import logs
from engine.daemon.server import Server
from engine.lock import EngineLock
from engine.paths import EnginePaths

LOCK_TRIES = 10  # a client that looks whether an engine lives holds the lock for an instant
LOCK_PAUSE = 0.01  # seconds


def main() -> int:
    options = _options()
    paths = EnginePaths(state=options.state, cache=options.cache, keys=options.keys)
    lock = EngineLock(paths.lock)
    if not _taken(lock):
        print("another engine runs already", file=sys.stderr)
        return 0
    logs.write_to(paths.log)
    paths.connection.unlink(missing_ok=True)
    server = Server(paths, options.idle_minutes * 60 if options.idle_minutes > 0 else None)
    for name in ("SIGTERM", "SIGINT"):
        signal.signal(getattr(signal, name), lambda _number, _frame: server.stop())
    server.serve()
    lock.release()
    return 0


def _taken(lock: EngineLock) -> bool:
    for _ in range(LOCK_TRIES):
        if lock.take():
            return True
        time.sleep(LOCK_PAUSE)
    return False


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engine.daemon", description="The render engine.")
    parser.add_argument(
        "--idle-minutes",
        type=float,
        default=0.0,
        help="end by itself after so many minutes with nothing to do; 0: never (the default)",
    )
    usual = EnginePaths.default()
    parser.add_argument("--state", type=Path, default=usual.state)
    parser.add_argument("--cache", type=Path, default=usual.cache)
    parser.add_argument("--keys", type=Path, default=usual.keys)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
