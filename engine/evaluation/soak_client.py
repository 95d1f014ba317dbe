"""Some of the soak's clients: threads that hand jobs in, and write down at once what the engine tells them.

python -m engine.evaluation.soak_client HOME LEDGER --until 1795398744 --seed 3 --threads 5 --film FILM
"""

from __future__ import annotations

import argparse
import os
import random
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec

from engine import launcher
from engine.client import EngineClient
from engine.errors import EngineError, EngineUnavailable, JobCancelled, WireError
from engine.media.fingerprint import fingerprint
from engine.messages import JobRecord
from engine.paths import EnginePaths
from engine.protocol import EditPlan, Footage, Job, Keep, Ratio, Render, Sleep

FRAMES = 40  # of the film
TAKES = 12  # different renders, over and over: most are known, or joined
PAUSE = 0.05  # seconds before an engine is looked for again


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine told of a job, and when, in milliseconds since 1970; "cancelling" was asked of it."""

    at: int
    what: str  # "accepted", "cancelling", "done", "cancelled", "failed"
    job: str
    hash: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Lines in a file, each written whole: what stands there was told before the client was killed."""

    handle: int

    def write(self, what: str, job: JobRecord, fault: str = "") -> None:
        told = Told(at=time.time_ns() // 1_000_000, what=what, job=job.id, hash=job.hash, fault=fault)
        os.write(self.handle, msgspec.json.encode(told) + b"\n")


class Client:
    """One thread's: hands jobs in until `until`, seconds since 1970."""

    def __init__(self, home: Path, ledger: Ledger, footage: Footage, seed: str) -> None:
        self._paths = EnginePaths.under(home)
        self._ledger = ledger
        self._footage = footage
        self._random = random.Random(seed)  # noqa: S311  (no secrets)
        self._name = seed
        self._count = 0

    def work(self, until: float) -> None:
        while time.time() < until:
            try:
                with launcher.ensure_running(self._paths) as engine:
                    while time.time() < until:
                        self._turn(engine)
            except (EngineUnavailable, WireError):
                time.sleep(PAUSE)  # it was killed: somebody starts the next one

    def _turn(self, engine: EngineClient) -> None:
        job, chance = self._job(), self._random.random()
        record = engine.submit(job, priority=self._random.randint(-2, 2)).job
        self._ledger.write("accepted", record)
        if chance < 0.05:
            self._ledger.write("cancelling", record)
            engine.cancel(record.id)
        elif chance < 0.1:
            engine.pause(record.id)
            engine.resume(record.id)
        try:
            self._ledger.write("done", engine.wait(record.id).job)
        except JobCancelled:
            self._ledger.write("cancelled", record)
        except (EngineUnavailable, WireError):
            raise
        except EngineError as error:
            self._ledger.write("failed", record, type(error).__name__)

    def _job(self) -> Job:
        """No sleep is another's: which one was done is told by its name."""
        if self._random.random() < 0.1:
            plan = EditPlan(rate=Ratio(num=25), spans=(Keep(start=0, end=8), Keep(start=16, end=24)))
            return Render(footage=self._footage, plan=plan, bridge=3, seed=self._random.randrange(TAKES))
        self._count += 1
        return Sleep(ticks=self._random.choice((0, 0, 0, 1, 3)), note=f"{self._name}.{self._count}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--until", type=float, required=True)
    parser.add_argument("--seed", required=True)
    parser.add_argument("--threads", type=int, default=5)
    parser.add_argument("--film", type=Path, required=True)
    given = parser.parse_args()
    ledger = Ledger(os.open(given.ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    footage = Footage(
        media=str(given.film),
        fingerprint=fingerprint(given.film),
        offset=Ratio(num=0),
        first=0,
        last=FRAMES,
    )
    clients = [
        Client(given.home, ledger, footage, f"{given.seed}.{thread}") for thread in range(given.threads)
    ]
    threads = [threading.Thread(target=client.work, args=(given.until,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
