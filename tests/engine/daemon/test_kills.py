"""Kill -9 at every moment of a job's life: nothing acknowledged is lost, nothing done is done twice."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_process import until
from msgspec.structs import replace

from engine.client import EngineClient
from engine.connection import read_connection
from engine.errors import EngineUnavailable
from engine.keys import load_key
from engine.lock import is_locked
from engine.messages import ENDED
from engine.paths import EnginePaths
from engine.protocol import EditPlan, Footage, Keep, Ratio, Render, Take

SCRIPT = Path(__file__).parents[2] / "killed_engine.py"
NOWHERE = "nowhere:before"
WHEN = ("before", "after")
# Every function at which a job's state changes, on the disk, in memory or for somebody who listens.
MOMENTS = (
    "JobStore.add_all",
    "EventLog.changed",
    "Replies.give",
    "JobStore.begin",
    "WorkerProcess.assign",
    "Steps.keep_latents",
    "JobBook.progress",
    "Steps.write_part",
    "Steps.name_whole",
    "worker.perform",
    "JobBook.end",
    "JobStore.end",
    "Replies.tell",
    "Work.forget",
    "Foreman.pause",
    "JobStore.put_back",
    "Bench.dismiss",
    "Work.discard",
    "JobBook.resume",
    "JobStore.set_priority",
    "Foreman.cancel",
    "JobBook.fail",
    "WorkerProcess.end",
    "JobStore.count_deaths",
    "server.sweep",
    "server.write_connection",
)
LONG = 30_000  # steps: a minute, and nobody waits for it
REST = 4  # after so many kills an engine is left in peace until it has done all that waits
RENDER = Render(
    footage=Footage(media="/a.mov", fingerprint="f", offset=Ratio(num=0), first=0, last=99),
    plan=EditPlan(rate=Ratio(num=25), spans=(Keep(start=0, end=10), Keep(start=20, end=30))),
    bridge=4,
)


class Studio:
    """Engines one after the other in one home, what they have acknowledged, and what was ever done."""

    def __init__(self, home: Path) -> None:
        self.paths = EnginePaths.under(home)
        self.paths.state.mkdir()
        self.acknowledged: dict[str, Render] = {}
        self.cancelled: set[str] = set()
        self.performed_when_done: dict[str, int] = {}
        self.kills = 0
        self.missed: list[str] = []  # moments that did not come
        self._home = home
        self._ledger = home / "performed"
        self._ledger.touch()
        self._lives = 0
        self._seeds = itertools.count()

    def live_until_killed(self, point: str, number: int) -> None:
        """An engine that is killed at that moment, or at the end: somebody hands in, pauses and cancels."""
        self._lives += 1
        mark = self._home / f"mark_{self._lives}"
        process = self._start(point, number, mark)
        with contextlib.suppress(EngineUnavailable), self._client(process) as engine:
            self._tidy(engine)
            self._work(engine)
        self._end(process)
        self.kills += mark.exists()
        if not mark.exists():
            self.missed.append(f"{point}, {number}")
        self.note_what_is_done()

    def live_in_peace(self) -> None:
        """An engine that does all that waits."""
        process = self._start(NOWHERE, 1, self._home / "mark")
        with self._client(process) as engine:
            self._tidy(engine)
            for job_id in self.acknowledged:
                if engine.job(job_id).paused:
                    engine.resume(job_id)
            for job_id in self.acknowledged.keys() - self.cancelled:
                engine.wait(job_id)
        self._end(process)
        self.note_what_is_done()

    def note_what_is_done(self) -> None:
        """While no engine runs: what stands on the disk as done, and how often it was done until then."""
        performed = Counter(self._ledger.read_text().split())
        with sqlite3.connect(self.paths.jobs) as jobs:
            done = [str(row[0]) for row in jobs.execute("SELECT id FROM jobs WHERE state = 'done'")]
        jobs.close()
        for job_id in done:
            self.performed_when_done.setdefault(job_id, performed[job_id])
        assert {job_id: performed[job_id] for job_id in self.performed_when_done} == self.performed_when_done

    def everything_is_as_it_was_promised(self) -> None:
        process = self._start(NOWHERE, 1, self._home / "mark")
        with self._client(process) as engine:
            for job_id, job in self.acknowledged.items():
                record = engine.job(job_id)
                if job_id in self.cancelled:
                    assert record.state == "cancelled"
                    continue
                assert record.state == "done", record.fault
                again = engine.complete(job)
                assert again.job.id == job_id
                assert again.job.cached
                assert isinstance(again.result, Take)
                assert Path(again.result.path).is_file()
        self._end(process)
        self.nothing_is_left_over()

    def nothing_is_left_over(self) -> None:
        """Files of done jobs, whole, and no others."""
        folders = list(self.paths.takes.glob("*/*"))
        assert Counter(folder.name.partition(".")[0] for folder in folders) == Counter(
            self.performed_when_done.keys()
        )
        assert {path.name for folder in folders for path in folder.iterdir()} == {"take.mov"}
        assert list(self.paths.unfinished.glob("*")) == []

    # ---- inside

    def _tidy(self, engine: EngineClient) -> None:
        """Cancels what nobody wants: what was to be cancelled, and what was kept and not acknowledged."""
        for record in engine.jobs(limit=10_000):
            known = record.id in self.acknowledged
            if record.state not in ENDED and (record.id in self.cancelled or not known):
                assert engine.cancel(record.id).state == "cancelled"

    def _work(self, engine: EngineClient) -> None:
        engine.wait(self._handed_in(engine))
        paused = self._handed_in(engine)
        engine.pause(paused)
        engine.reprioritise(paused, 5)
        engine.resume(paused)
        long = self._handed_in(engine, steps=LONG)
        engine.wait(paused)
        until(lambda: engine.job(long).progress is not None)
        engine.cancel(long)
        doing = self._handed_in(engine, steps=100)
        until(lambda: engine.job(doing).progress is not None or engine.job(doing).state in ENDED)
        engine.pause(doing)
        engine.resume(doing)
        engine.wait(doing)

    def _handed_in(self, engine: EngineClient, *, steps: int = 4) -> str:
        job = replace(RENDER, seed=next(self._seeds), bridge=steps)
        job_id = engine.submit(job).job.id
        self.acknowledged[job_id] = job
        if steps == LONG:
            self.cancelled.add(job_id)  # nobody waits for it: whoever comes next cancels it
        return job_id

    def _start(self, point: str, number: int, mark: Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(SCRIPT), "engine", point, str(number), str(mark)]
        with (self._home / "said.log").open("ab") as said:
            return subprocess.Popen(
                [*command, *self.paths.as_arguments()], stdout=said, stderr=said, start_new_session=True
            )

    def _client(self, process: subprocess.Popen[bytes]) -> EngineClient:
        """Raises EngineUnavailable where it is killed before it answers."""

        def answers() -> bool:
            connection = read_connection(self.paths.connection)
            return process.poll() is not None or (connection is not None and connection.pid == process.pid)

        until(answers, patience=30)
        connection = read_connection(self.paths.connection)
        if process.poll() is not None or connection is None:
            raise EngineUnavailable("it was killed before it answered")
        return EngineClient(connection, load_key(self.paths.client_key))

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            self.kills += 1
            process.kill()
        process.wait()
        until(lambda: not is_locked(self.paths.lock))


def moments() -> Iterator[tuple[str, int]]:
    """Each moment at its first call, in turns before it and after it; then each at its second, and so on."""
    for turn in itertools.count():
        for place, moment in enumerate(MOMENTS):
            yield f"{moment}:{WHEN[(place + turn) % 2]}", 1 + turn // 2


def killed(home: Path, lives: int) -> Studio:
    studio = Studio(home)
    for life, (point, number) in enumerate(itertools.islice(moments(), lives), 1):
        studio.live_until_killed(point, number)
        if life % REST == 0:
            studio.live_in_peace()
    studio.live_in_peace()
    studio.everything_is_as_it_was_promised()
    return studio


@pytest.mark.timeout(900)
def test_nothing_is_lost_or_done_twice_whatever_is_killed_at_whatever_moment(tmp_path: Path) -> None:
    studio = killed(tmp_path, len(MOMENTS))
    assert studio.missed == []
    assert studio.kills >= 30


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_nothing_is_lost_or_done_twice_however_often_something_is_killed(tmp_path: Path) -> None:
    assert killed(tmp_path, 4 * len(MOMENTS) * len(WHEN)).kills >= 200
