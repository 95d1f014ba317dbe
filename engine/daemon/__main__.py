"""Runs an engine in this process: `python -m engine.daemon --help`."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import structlog

from engine.admission import clients
from engine.connection import Address
from engine.daemon import logs
from engine.daemon.devices import AUTO, devices_of
from engine.daemon.own_folders import refuse_links
from engine.daemon.own_memory import LARGEST, MemoryWatch
from engine.daemon.server import Server
from engine.daemon.settings import SILENCE, Settings
from engine.errors import EngineError, NotAdmitted
from engine.lock import EngineLock
from engine.media_roots import confine
from engine.paths import EnginePaths

CACHE_VARIABLE = "PICKUP_CACHE_GIB"
GIB = 2**30
LOCK_TRIES = 10  # a client that looks whether an engine lives holds the lock for an instant
LOCK_PAUSE = 0.01  # seconds
FILES = 16_384  # ours: open at a time
NOT_STARTED = 4  # as the command says it of an engine that does not answer
SWOLLEN = 1  # so that a service is started again


def main() -> int:
    options = _options()
    paths = EnginePaths(state=options.state, cache=options.cache, keys=options.keys)
    lock = EngineLock(paths.lock)
    if not _taken(lock):
        print("another engine runs already", file=sys.stderr)
        return 0
    logs.write_to(paths.log)
    paths.connection.unlink(missing_ok=True)
    try:
        refuse_links(paths)
        paths.cache.mkdir(parents=True, exist_ok=True)
        confine((*options.media_root, paths.cache) if options.media_root else ())
        listen = _listen(options, paths)
        settings = Settings(
            idle=options.idle_minutes * 60 if options.idle_minutes > 0 else None,
            silence=options.silence,
            devices=devices_of(options.devices),
            metrics=options.metrics,
            cache=None if options.cache_limit is None else int(options.cache_limit * GIB),
        )
        server = Server(paths, settings, listen)
    except EngineError as error:
        print(f"the engine does not start: {error}", file=sys.stderr)
        return NOT_STARTED
    _open_many_files()
    _stop_on_signals(server)
    watch = MemoryWatch(int(options.memory_limit * GIB), server.stop)
    try:
        server.serve()
    except Exception:
        structlog.get_logger().exception("engine_failed")
        raise
    lock.release()
    return SWOLLEN if watch.swollen else 0


def _open_many_files() -> None:
    """Each connection is a file, a stranger's too; most systems allow 1,024 unless asked for more."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415  (not there on Windows)

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
        with contextlib.suppress(OSError, ValueError):  # a system that allows less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _stop_on_signals(server: Server) -> None:
    """Python runs a signal's handler when its main thread gets to it, which may wait in libzmq for long.

    The system may give a signal to any thread; a byte in a socket is heard whichever it was.
    """
    heard, bell = socket.socketpair()
    bell.setblocking(False)
    signal.set_wakeup_fd(bell.fileno())
    for name in ("SIGTERM", "SIGINT"):
        signal.signal(getattr(signal, name), lambda _number, _frame: None)

    def listen() -> None:
        with heard, bell:
            while heard.recv(1):
                server.stop()

    threading.Thread(target=listen, daemon=True).start()


def _taken(lock: EngineLock) -> bool:
    for _ in range(LOCK_TRIES):
        if lock.take():
            return True
        time.sleep(LOCK_PAUSE)
    return False


def _listen(options: argparse.Namespace, paths: EnginePaths) -> Address | None:
    """Where it was asked to listen. Raises NotAdmitted where that would serve nobody, or read anything."""
    address: Address | None = options.listen
    if address is None:
        return None
    if not clients(paths):
        raise NotAdmitted("--listen is for others, and none is allowed: `pickup engine allow NAME` one first")
    if not options.media_root:
        raise NotAdmitted("--listen needs --media-root DIR: what others may have the engine read")
    print(
        f"the engine listens on {address.host}, ports {address.ports.requests} to {address.ports.heartbeat}."
        f" Whoever shows an allowed key may use it, and read through it: {_listed(options.media_root)}",
        file=sys.stderr,
    )
    return address


def _listed(folders: list[Path]) -> str:
    return ", ".join(map(str, folders))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engine.daemon", description="The render engine.")
    parser.add_argument(
        "--idle-minutes",
        type=float,
        default=0.0,
        help="end by itself after so many minutes with nothing to do; 0: never (the default)",
    )
    parser.add_argument(
        "--listen",
        type=Address.of,
        metavar="HOST:PORT",
        help="on this address, four ports from PORT on, for clients that were allowed; else loopback alone",
    )
    parser.add_argument(
        "--media-root",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="read media under this folder alone; may be given often. Else all that the user may read",
    )
    parser.add_argument(
        "--devices",
        default=AUTO,
        help="what does long jobs, each one at a time: cuda:0,cuda:1 or cpu,cpu; auto: all GPUs, or the CPU",
    )
    parser.add_argument(
        "--silence",
        type=float,
        default=SILENCE,
        metavar="SECONDS",
        help="a worker that is not heard for so long in the middle of a job is ended",
    )
    parser.add_argument(
        "--memory-limit",
        type=float,
        default=LARGEST / GIB,
        metavar="GIB",
        help="end when the engine itself, without its workers, takes more memory; its jobs are kept",
    )
    parser.add_argument(
        "--metrics",
        type=int,
        metavar="PORT",
        help="figures for Prometheus on this port of 127.0.0.1; 0: any that is free",
    )
    parser.add_argument(
        "--cache-limit",
        type=float,
        default=os.environ.get(CACHE_VARIABLE),
        metavar="GIB",
        help="how much of the disk takes, reels and findings may have: what was used longest ago goes first;"
        f" else {CACHE_VARIABLE}, else a fifth of the disk and at most 200",
    )
    usual = EnginePaths.default()
    parser.add_argument("--state", type=Path, default=usual.state)
    parser.add_argument("--cache", type=Path, default=usual.cache)
    parser.add_argument("--keys", type=Path, default=usual.keys)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
