"""A night's batch, broken rows among the right ones, killed in the middle: all right ones are done once, the
others named, and on Ray it comes to the same. All of it takes minutes; a part of it is in the usual run.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import batch_material
import broken_rows
import numpy as np
import psutil
import pytest
from batch_material import outputs
from broken_rows import Broken
from consents import keep_consent
from engine_process import until

CLIPS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """A manifest in a folder of its own. `broken`: lines of rows that cannot be done, and what is told."""

    folder: Path
    home: Path
    rows: int
    broken: Mapping[int, str]
    environment: Mapping[str, str]

    @property
    def record(self) -> Path:
        return self.folder / "batch.batch" / "record" / "rows"

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                "bridge.cli",
                "batch",
                str(self.folder / "batch.jsonl"),
                "--json",
                "--yes",
                *words,
            ],
            env={**os.environ, "PICKUP_HOME": str(self.home), **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def done(self) -> int:
        """Rows of which the record says so."""
        return sum(b'"state":"done"' in path.read_bytes() for path in self.record.glob("*"))

    def run(self, *words: str) -> dict[int, dict[str, Any]]:
        """The report of each line."""
        with self.start(*words) as process:
            told, _ = process.communicate()
        return {row["line"]: row for row in json.loads(told)["rows"]}


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = batch_material.material(tmp_path_factory.mktemp("material"), CLIPS)
    broken_rows.material(folder)
    surround(folder / "surround.wav")
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    broken_rows.expired(keep_consent(tmp_path / "home"))
    yield tmp_path / "home"
    batch_material.pickup(tmp_path / "home", "engine", "stop")
    for process in psutil.process_iter(["cmdline"]):  # the engines of Ray's workers
        words = process.info["cmdline"] or []
        if "engine.daemon" in words and any(str(tmp_path) in word for word in words):
            process.kill()


def surround(path: Path) -> None:
    """A line of 1.6 s at 96 kHz on the centre of six channels."""
    at = np.arange(96_000 * 16 // 10) / 96_000
    samples = np.zeros((len(at), 6), "<i2")
    samples[:, 2] = np.sin(2 * np.pi * 300 * at) * 9000
    with wave.open(str(path), "wb") as file:
        file.setparams((6, 2, 96_000, 0, "NONE", "not compressed"))
        file.writeframes(samples.tobytes())


def night(
    folder: Path,
    home: Path,
    material: Path,
    good: int,
    wrong: list[Broken],
    environment: Mapping[str, str] | None = None,
) -> Night:
    """The rows in an order that is always the same, the broken ones anywhere among the others.

    The first and the last row want the same output, which is then the first's.
    """
    folder.mkdir()
    right = [
        {
            "clip": f"sh{n % CLIPS}",
            "speech": str(material / f"{n % CLIPS}.wav"),
            "seed": n,
            "output": "{clip}/{seed:03d}/v{version:03d}",
        }
        for n in range(good)
    ]
    right[1]["speech"] = str(material / "surround.wav")
    first = {**right.pop(), "output": "shared.otio"}
    rows: list[Broken] = [*((row, "") for row in right), *wrong]
    random.Random(8).shuffle(rows)
    rows = [(first, ""), *rows, ({**first, "seed": good}, "is another row's output")]
    batch_material.manifest(folder, material, *(row for row, _ in rows))
    broken = {line: told for line, (_, told) in enumerate(rows, start=1) if told}
    return Night(folder=folder, home=home, rows=len(rows), broken=broken, environment=environment or {})


def killed_and_resumed(work: Night, after: int) -> dict[int, dict[str, Any]]:
    """Killed once so many rows are done; what the same command says after that."""
    with work.start() as process:
        try:
            until(lambda: work.done() >= after, 600)
        finally:
            process.send_signal(signal.SIGKILL)
    assert work.done() < work.rows - len(work.broken)  # in the middle
    return work.run("--resume")


def check(work: Night, told: dict[int, dict[str, Any]]) -> None:
    """All right rows are done, each once; the others are named."""
    good = set(range(1, work.rows + 1)) - set(work.broken)
    assert set(told) == good | set(work.broken)
    wrong = {line: row["error"] for line, row in told.items() if row["state"] == "failed"}
    assert set(wrong) == set(work.broken), {line: wrong.get(line) for line in set(wrong) ^ set(work.broken)}
    assert {line: name for line, name in work.broken.items() if name not in wrong[line]} == {}, wrong
    assert not any("Traceback" in error for error in wrong.values())
    written = sorted(told[line]["output"] for line in good)
    assert outputs(work.folder) == sorted(str(Path(path).relative_to(work.folder)) for path in written)
    assert len(list(work.folder.rglob("*.mov"))) == len(good)


def rendered(work: Night) -> int:
    """Renders that the engine has really made."""
    words = ("engine", "jobs", "--kind", "render", "--limit", "1000", "--json")
    jobs = json.loads(batch_material.pickup(work.home, *words).stdout)["jobs"]
    return sum(job["state"] == "done" and not job["cached"] for job in jobs)


def contents(told: dict[int, dict[str, Any]]) -> dict[int, list[str]]:
    return {
        line: [take["content_sha256"] for take in row["edit"]["takes"]]
        for line, row in told.items()
        if row["edit"]
    }


def test_broken_rows_among_right_ones_killed_in_the_middle(
    home: Path, material: Path, tmp_path: Path
) -> None:
    work = night(tmp_path / "night", home, material, 9, broken_rows.broken(material))
    check(work, killed_and_resumed(work, 2))
    assert rendered(work) == 9


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_two_hundred_rows_killed_and_resumed_and_the_same_on_ray(
    home: Path, material: Path, tmp_path: Path
) -> None:
    pytest.importorskip("ray", reason="the extra `cluster` is not installed")
    wrong = broken_rows.broken(material)[:17] + broken_rows.in_the_cloud(material)
    with broken_rows.cloud() as environment:
        here = night(tmp_path / "here", home, material, 180, wrong, environment)
        told = killed_and_resumed(here, 60)
        check(here, told)
        assert rendered(here) == 180

        there = night(tmp_path / "there", home, material, 180, wrong, environment)
        killed = threading.Thread(target=kill_a_worker, args=(there, 60))
        killed.start()
        on_ray = there.run("--executor", "ray", "--workers", "2")
        killed.join(60)
        assert not killed.is_alive()
        check(there, on_ray)
    assert contents(on_ray) == contents(told)


def kill_a_worker(work: Night, after: int) -> None:
    """A process of Ray's that does rows, once so many are done."""
    while work.done() < after:
        time.sleep(0.2)
    for process in psutil.process_iter(["cmdline"]):
        if any("ray::_done" in word for word in process.info["cmdline"] or []):
            process.kill()
            return
    raise AssertionError("no worker of Ray's is at work")
