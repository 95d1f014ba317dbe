"""`python -m engine.evaluation.batch_bench`: what a batch costs beside its renders, and what Ray gains.

planning     a dry run of 1,000 rows over 20 timelines and 20 media
overhead     a batch of drafts at 1080p: its whole time over the sum of what its renders took in the engine
workers      drafts at 540p on Ray: rows a second of two workers over one, each on a processor of its own

The command is measured from outside, start and report included. Ray's two runs take turns, and each is told:
what else the machine does slows both. `chrt -r 1` before the command keeps other programs out. Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
import wave
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from rich.console import Console

from engine.evaluation.editing_bench import ffmpeg, footage, pickup, see_faces, timeline_of
from engine.evaluation.measure import Measure

TIMELINES, ROWS = 20, 1000
RENDERS = 16  # rows of the batch whose overhead is told
FRAMES = 150  # of their clips
SHARES = 12  # rows of each of Ray's runs
TURNS = 2
LONGER = "+0.4"


def measure(folder: Path) -> Iterator[Measure]:
    """All of it; `folder` keeps the footage for the next run."""
    yield from planning(folder)
    yield from overhead(folder)
    if find_spec("ray"):
        yield from workers(folder)


def planning(folder: Path) -> Iterator[Measure]:
    """Cold: no file was ever looked at, and no engine runs. Warm: the same again."""
    work = _emptied(folder / "planning")
    small = footage(folder, "640x360")
    for number in range(TIMELINES):
        media = work / f"{number}.mp4"
        shutil.copy(small, media)
        with media.open("ab") as file:  # another file to the engine, which knows them by their content
            file.write(b"\0\0\0\x0cfree" + number.to_bytes(4))
        clips = [f"c{n}" for n in range(ROWS // TIMELINES)]
        (work / f"{number}.otio").write_text(timeline_of(media, FRAMES, clips))
        _tone(work / f"{number}.wav", 5.0 + 0.01 * number)
    rows = [
        {"timeline": f"{n % TIMELINES}.otio", "clip": f"c{n // TIMELINES}", "speech": f"{n % TIMELINES}.wav"}
        for n in range(ROWS)
    ]
    manifest = _manifest(work, rows)
    for name in ("cold", "warm"):
        began = time.perf_counter()
        told = pickup(work / "home", "batch", manifest, "--dry-run")
        taken = time.perf_counter() - began
        assert all(row["state"] == "planned" for row in told["rows"])
        yield Measure(name=f"planning {ROWS:,} rows, {name}", value=taken, unit="s", at_most=10)
    pickup(work / "home", "engine", "stop")


def overhead(folder: Path) -> Iterator[Measure]:
    work = _emptied(folder / "overhead")
    see_faces(work / "home")
    _tone(work / "line.wav", 5.0)
    (work / "cut.otio").write_text(timeline_of(footage(folder, "1920x1080"), FRAMES))
    pickup(work / "home", "engine", "start")
    rows = [_row(seed=n, output=f"{n}") for n in range(RENDERS)]
    began = time.perf_counter()
    pickup(work / "home", "batch", _manifest(work, rows))
    taken = time.perf_counter() - began
    jobs = pickup(work / "home", "engine", "jobs", "--kind", "render", "--limit", str(RENDERS))["jobs"]
    renders = sum(job["ended"] - job["started"] for job in jobs) / 1000
    yield Measure(
        name="a batch over the sum of its renders",
        value=taken / renders,
        unit="x",
        at_most=1.05,
        note=f"{taken:.1f} s for {RENDERS} renders of {renders:.1f} s",
    )
    pickup(work / "home", "engine", "stop")


def workers(folder: Path) -> Iterator[Measure]:
    """Rows a second, from when all workers have done their first row: Ray's own start is left out."""
    work = _emptied(folder / "workers")
    _tone(work / "line.wav", 5.0)
    (work / "cut.otio").write_text(timeline_of(footage(folder, "960x540"), FRAMES))
    turns = [[_rows_a_second(work, count, turn) for count in (1, 2)] for turn in range(TURNS)]
    for number, (one, two) in enumerate(turns, start=1):
        yield Measure(
            name=f"two Ray workers over one, turn {number}",
            value=two / one,
            unit="x",
            note=f"{one:.3f} and {two:.3f} rows a second",
        )
    ratio = median(two / one for one, two in turns)
    yield Measure(name="two Ray workers over one", value=ratio, unit="x", at_least=1.5)


def _rows_a_second(work: Path, count: int, turn: int) -> float:
    """Of so many workers with so many processors, from the record: when each row was done."""
    here = work / f"{turn}_{count}"
    see_faces(here / "home")
    rows = [
        _row(
            seed=100 * turn + n, timeline=str(work / "cut.otio"), speech=str(work / "line.wav"), output=f"{n}"
        )
        for n in range(SHARES)
    ]
    manifest = _manifest(here, rows)
    command = [sys.executable, "-m", "bridge.cli", "batch", str(manifest), "--executor", "ray"]
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(processors)[:count])  # of this program and all that it starts
    try:
        subprocess.run(
            [*command, "--workers", str(count)],
            env={**os.environ, "PICKUP_HOME": str(here / "home"), "OMP_NUM_THREADS": "1"},
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    finally:
        os.sched_setaffinity(0, processors)
    record = manifest.with_suffix(".batch") / "record" / "rows"
    done = sorted(path.stat().st_mtime for path in record.iterdir())
    return (len(done) - count) / (done[-1] - done[count - 1])


def _row(**columns: Any) -> dict[str, Any]:
    return {"timeline": "cut.otio", "clip": "clip", "speech": "line.wav", "retime": LONGER, **columns}


def _manifest(folder: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    path = folder / "batch.jsonl"
    usual = {"output": "{clip}/v{version:03d}"}
    path.write_text("".join(json.dumps({**usual, **row}) + "\n" for row in rows))
    return path


def _tone(path: Path, seconds: float) -> None:
    at = np.arange(round(seconds * 48_000)) / 48_000
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", "not compressed"))
        file.writeframes((np.sin(2 * np.pi * 300 * at) * 9000).astype("<i2").tobytes())


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--out", type=Path, default=Path("bench_out"))
    parser.add_argument("--only", choices=("planning", "overhead", "workers"))
    arguments = parser.parse_args()
    folder = arguments.out.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    ffmpeg()
    rooms = {"planning": planning, "overhead": overhead, "workers": workers}
    found = rooms[arguments.only](folder) if arguments.only else measure(folder)
    console = Console(width=110)
    for one in found:
        verdict = f" ({one.goal}{'' if one.holds else ': MISSED'})" if one.goal else ""
        console.print(f"{one.name}: {one.value:.3g} {one.unit}{verdict} {one.note}".rstrip())


if __name__ == "__main__":
    main()
