"""What the soak kills, and how long an engine takes to be there again: `kill -9`, no chance to tidy up."""

from __future__ import annotations

import random
import subprocess
import time
from collections import Counter
from collections.abc import Callable

import psutil

from engine import launcher
from engine.connection import read_connection
from engine.errors import EngineUnavailable
from engine.lock import is_locked
from engine.paths import EnginePaths

EVERY = {"engine": 15.0, "worker": 6.0, "client": 5.0}  # ours: seconds between two kills, on average

Start = Callable[[int], subprocess.Popen[bytes]]


class Killer:
    """Kills what is due. `start` starts the clients' process of a number, again after each of its deaths."""

    def __init__(self, paths: EnginePaths, victims: tuple[str, ...], processes: int, start: Start) -> None:
        self._paths = paths
        self._start = start
        self._random = random.Random(processes)  # noqa: S311  (no secrets)
        self._due = {victim: self._next(victim) for victim in victims}
        self._down_since: float | None = None
        self.clients = [start(number) for number in range(processes)]
        self.kills: Counter[str] = Counter()
        self.recoveries: list[float] = []  # seconds from the engine's death to its successor's first answer

    def turn(self) -> None:
        for victim, moment in self._due.items():
            if time.monotonic() >= moment:
                self._due[victim] = self._next(victim)
                self.kills[victim] += self._killed(victim)
        self._notice_recovery()

    def _next(self, victim: str) -> float:
        return time.monotonic() + self._random.expovariate(1 / EVERY[victim])

    def _killed(self, victim: str) -> bool:
        match victim:
            case "client":
                return self._kill_client()
            case "engine":
                return self._kill_engine()
            case _:
                return self._kill_worker()

    def _kill_client(self) -> bool:
        number = self._random.randrange(len(self.clients))
        self.clients[number].kill()
        self.clients[number].wait()
        self.clients[number] = self._start(number)
        return True

    def _kill_engine(self) -> bool:
        daemon = daemon_of(self._paths)
        if daemon is None or not _kill(daemon):
            return False
        self._down_since = time.monotonic()
        return True

    def _kill_worker(self) -> bool:
        daemon = daemon_of(self._paths)
        try:
            workers = [] if daemon is None else daemon.children()
        except psutil.NoSuchProcess:
            return False
        return bool(workers) and _kill(self._random.choice(workers))

    def _notice_recovery(self) -> None:
        """The clients start the dead one's successor; here it is only looked for."""
        if self._down_since is None or (client := launcher.connect(self._paths)) is None:
            return
        try:
            with client:
                client.hello()
        except EngineUnavailable:
            return
        self.recoveries.append(time.monotonic() - self._down_since)
        self._down_since = None


def daemon_of(paths: EnginePaths) -> psutil.Process | None:
    """The engine's process, where one lives."""
    connection = read_connection(paths.connection)
    if connection is None or not is_locked(paths.lock):
        return None
    try:
        return psutil.Process(connection.pid)
    except psutil.NoSuchProcess:
        return None


def _kill(process: psutil.Process) -> bool:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return False
    return True
