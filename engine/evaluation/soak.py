"""The soak: fifty clients at work on one engine, while it, its workers and the clients are killed at random.

    python -m engine.evaluation.soak -o soak_out [--minutes 10] [--calm]

Nothing that was accepted may be lost, nothing done twice, no half file left. With `--calm` the engine itself
is left alive, and its memory may not grow. What has been found so far is in `soak.json`, all along.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import msgspec
import numpy as np
import psutil

from engine import launcher
from engine.evaluation.soak_check import Verdict, jobs_of, verdict
from engine.evaluation.soak_client import FRAMES
from engine.evaluation.soak_kills import Killer, daemon_of
from engine.media.encode import TakeFormat, write_take
from engine.media.picture import GREY, Picture, PictureFormat
from engine.messages import ENDED
from engine.paths import EnginePaths
from engine.protocol import Ratio, Sleep
from engine.version import engine_version
from engine.whole_file import write_whole

PROCESSES, THREADS = 10, 5  # fifty clients, five to a process, each with its own sockets
LOOK = 1.0  # seconds between two looks at the engine's memory
KEEP = 10.0  # seconds between two writings of what was found so far
FILL = 10_000  # ours: jobs done before memory is looked at
WARM_UP, WINDOW = 0.3, 0.1  # ours, of the time: what is not looked at yet, and what is seen as one
PATIENCE = 300.0  # seconds for what is queued at the end
FLAT = 0.05  # by how much the engine's memory may grow


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long, how many processes of clients, and whether the engine is left alive."""

    minutes: float
    calm: bool = False
    processes: int = PROCESSES


class Soaked(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. `recoveries` in seconds; `memory`: the engine's, in bytes, second by second."""

    date: str
    machine: str
    engine: str
    minutes: float
    clients: int
    calm: bool
    kills: dict[str, int]
    recoveries: tuple[float, ...]
    memory: tuple[int, ...]
    verdict: Verdict | None = None

    @property
    def growth(self) -> float:
        """Of memory, from the warm-up's end to the end; true of an engine that lived all along."""
        window, warm = max(1, int(len(self.memory) * WINDOW)), int(len(self.memory) * WARM_UP)
        return median(self.memory[-window:]) / median(self.memory[warm : warm + window]) - 1

    @property
    def holds(self) -> bool:
        found = self.verdict
        return found is not None and not found.troubles and not (self.calm and self.growth > FLAT)


def soak(folder: Path, plan: Plan) -> Soaked:
    """Runs it in `folder`, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    paths = EnginePaths.under(folder / "home")
    film = _drawn(folder / "film.mov")
    if plan.calm:
        _fill(paths)
    until = time.time() + plan.minutes * 60
    victims = ("worker", "client") if plan.calm else ("engine", "worker", "client")
    killer = Killer(paths, victims, plan.processes, lambda number: _client(folder, film, number, until))
    memory: list[int] = []
    looked = kept = time.time()
    while (now := time.time()) < until:
        killer.turn()
        if now - looked >= LOOK:
            looked = now
            memory += _memory(paths)
        if now - kept >= KEEP:
            kept = now
            _keep(folder, _soaked(plan, killer, memory))
        time.sleep(0.01)
    _let_go(killer.clients)
    _let_end(paths)
    found = verdict(paths, sorted(folder.glob("*.ledger")))
    return _keep(folder, _soaked(plan, killer, memory, found))


def in_words(soaked: Soaked) -> str:
    """A table for the documentation."""
    found = soaked.verdict
    if found is None:
        return "broken off\n"
    ended = ", ".join(f"{number:,} {state}" for state, number in sorted(found.states.items()))
    killed = ", ".join(f"{number} of {victim}s" for victim, number in soaked.kills.items())
    rows = [
        ("jobs accepted", ended, ""),
        ("kills", killed, ""),
        ("lost, or ended otherwise than told", str(len(found.lost)), "0"),
        ("done again after they were done", str(len(found.twice)), "0"),
        ("half files and folders left", str(len(found.halves)), "0"),
    ]
    if soaked.calm:
        size = f"{median(soaked.memory) / 1e6:.1f} MB, {soaked.growth:+.1%}"
        rows.append(("the engine's memory, and its growth after the warm-up", size, f"<= {FLAT:.0%}"))
    if soaked.recoveries:
        spent = f"median {median(soaked.recoveries):.2f} s, most {max(soaked.recoveries):.2f} s"
        rows.append(("from an engine's death to its successor's first answer", spent, ""))
    how = f"{soaked.clients} clients, {soaked.minutes:g} min"
    head = f"{soaked.date}, {soaked.machine}, engine {soaked.engine}; {how}."
    lines = [f"| {name} | {value} | {goal} |" for name, value, goal in rows]
    return "\n".join([head, "", "| | | goal |", "|---|---|---|", *lines, ""])


# ---- inside


def _client(folder: Path, film: Path, number: int, until: float) -> subprocess.Popen[bytes]:
    life = f"{number}.{time.time_ns()}"  # no two lives hand in jobs of the same name
    given = [str(folder / "home"), str(folder / f"{number}.ledger"), "--film", str(film)]
    more = ["--until", str(until), "--seed", life, "--threads", str(THREADS)]
    return subprocess.Popen([sys.executable, "-m", "engine.evaluation.soak_client", *given, *more])


def _drawn(path: Path) -> Path:
    """A small grey film, each frame a little brighter."""
    rate, height, width = Ratio(num=25), 48, 64
    form = TakeFormat(
        picture=PictureFormat(width=width, height=height, primaries=1, transfer=1, matrix=1),
        rate=rate.exact,
        frames=FRAMES,
        channels=0,
    )
    chroma = np.full((height, width // 2), GREY, np.uint16)
    lumas = (np.full((height, width), 64 + 20 * number, np.uint16) for number in range(FRAMES))
    write_take(path, form, (Picture(y=luma, u=chroma, v=chroma) for luma in lumas), None)
    return path


def _memory(paths: EnginePaths) -> list[int]:
    daemon = daemon_of(paths)
    try:
        return [] if daemon is None else [daemon.memory_info().rss]
    except psutil.NoSuchProcess:
        return []


def _fill(paths: EnginePaths) -> None:
    """An engine that has been up for long: what it keeps of late jobs, and SQLite of pages, is full."""
    with launcher.ensure_running(paths) as engine:
        jobs = [Sleep(note=f"fill.{number}") for number in range(FILL)]
        engine.wait(engine.submit_all(jobs)[-1].job.id)


def _let_go(clients: list[subprocess.Popen[bytes]]) -> None:
    for client in clients:
        try:
            client.wait(60)
        except subprocess.TimeoutExpired:
            client.kill()
            client.wait()


def _let_end(paths: EnginePaths) -> None:
    """Every job is done that still waits, those of killed clients too; and a new engine has tidied up."""
    deadline = time.monotonic() + PATIENCE
    while (open_jobs := _open_jobs(paths)) and time.monotonic() < deadline:
        with launcher.ensure_running(paths) as engine:
            for job in open_jobs:
                engine.resume(job)
            time.sleep(1)
    launcher.stop(paths)
    launcher.ensure_running(paths).close()
    launcher.stop(paths)


def _open_jobs(paths: EnginePaths) -> list[str]:
    return [job.id for job in jobs_of(paths.jobs) if job.state not in ENDED]


def _soaked(plan: Plan, killer: Killer, memory: list[int], found: Verdict | None = None) -> Soaked:
    return Soaked(
        date=datetime.now(UTC).strftime("%Y-%m-%d"),
        machine=f"{sys.platform}, {os.cpu_count()} cores",
        engine=engine_version(),
        minutes=plan.minutes,
        clients=plan.processes * THREADS,
        calm=plan.calm,
        kills=dict(killer.kills),
        recoveries=tuple(killer.recoveries),
        memory=tuple(memory),
        verdict=found,
    )


def _keep(folder: Path, soaked: Soaked) -> Soaked:
    write_whole(folder / "soak.json", msgspec.json.format(msgspec.json.encode(soaked), indent=1) + b"\n")
    return soaked


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--out", type=Path, default=Path("soak_out"), help="emptied first")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--calm", action="store_true", help="leave the engine alive, for its memory's sake")
    given = parser.parse_args()
    soaked = soak(given.out.absolute(), Plan(minutes=given.minutes, calm=given.calm))
    sys.stdout.write(in_words(soaked))
    for trouble in soaked.verdict.troubles if soaked.verdict else ():
        sys.stderr.write(f"{trouble}\n")
    return 0 if soaked.holds else 1


if __name__ == "__main__":
    sys.exit(main())
