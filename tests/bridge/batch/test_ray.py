"""A batch on a real Ray on this machine: workers die, GPUs are few, and no record is Ray's own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import batch_material
import psutil
import pytest
from batch_material import manifest, outputs, pickup, rows, states
from consents import keep_consent
from engine_process import until

pytest.importorskip("ray", reason="the extra `cluster` is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROWS = 6


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return batch_material.material(tmp_path_factory.mktemp("material"), ROWS)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield keep_consent(tmp_path / "home")
    pickup(tmp_path / "home", "engine", "stop")
    for process in psutil.process_iter(["cmdline"]):  # the engines of Ray's workers
        words = process.info["cmdline"] or []
        if "engine.daemon" in words and any(str(tmp_path) in word for word in words):
            process.kill()


def batch(home: Path, path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return pickup(home, "batch", path, "--json", "--executor", "ray", *words)


def with_resources(home: Path, path: Path, **resources: int) -> subprocess.CompletedProcess[str]:
    """On a cluster that is said to have these, whatever this machine has."""
    words = ["pickup", "batch", str(path), "--json", "--executor", "ray"]
    program = (
        f"import sys, ray; ray.init(log_to_driver=False, include_dashboard=False, **{resources!r});"
        f" sys.argv = {words}; from bridge.cli import main; main()"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PICKUP_HOME": str(home), "RAY_worker_niceness": "0"},
    )


def workers(home: Path) -> list[psutil.Process]:
    """Processes of Ray's that do rows, of this test's batch alone."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if any("ray::_done" in word for word in process.info["cmdline"] or []):
            try:
                ours = process.environ().get("PICKUP_HOME") == str(home)
            except psutil.Error:
                continue
            if ours:
                found.append(process)
    return found


@contextmanager
def meanwhile(work: Callable[[], None]) -> Iterator[threading.Event]:
    """`work` again and again, in a thread; set when it is to end."""
    ended = threading.Event()

    def again() -> None:
        while not ended.wait(0.1):
            work()

    thread = threading.Thread(target=again)
    thread.start()
    try:
        yield ended
    finally:
        ended.set()
        thread.join()


def done(folder: Path) -> int:
    record = folder / "batch.batch" / "record" / "rows"
    return sum(b'"state":"done"' in path.read_bytes() for path in record.glob("*"))


def test_a_worker_that_is_killed_costs_no_row(home: Path, material: Path, tmp_path: Path) -> None:
    path = manifest(tmp_path, material, *rows(material, ROWS))
    killed: list[int] = []

    def kill_one() -> None:
        if done(tmp_path) and not killed:
            for process in workers(home)[:1]:
                process.kill()
                killed.append(process.pid)

    with meanwhile(kill_one):
        told = batch(home, path, "--workers", "2")
    assert len(killed) == 1
    assert told.returncode == 0, told.stderr
    assert set(states(told)) <= {"done", "as before"}
    assert outputs(tmp_path) == [f"sh{n}/v001.otio" for n in range(ROWS)]
    takes = sorted(path.name for path in tmp_path.glob("*/takes/*.mov"))
    assert takes == [f"sh{n}_v001.mov" for n in range(ROWS)]


def test_a_row_whose_workers_die_each_time_is_named(home: Path, material: Path, tmp_path: Path) -> None:
    path = manifest(tmp_path, material, *rows(material, 1))
    killed = set()

    def kill_all() -> None:
        for process in workers(home):
            process.kill()
            killed.add(process.pid)

    with meanwhile(kill_all):
        told = batch(home, path)
    (row,) = json.loads(told.stdout)["rows"]
    assert (told.returncode, row["state"], row["line"]) == (5, "failed", 1)
    assert "Ray has given the row up" in row["error"]
    assert len(killed) == 4  # three times more than once


def test_what_is_done_outlives_the_cluster_and_who_asked_it(
    home: Path, material: Path, tmp_path: Path
) -> None:
    path = manifest(tmp_path, material, *rows(material, ROWS))
    words = [sys.executable, "-m", "bridge.cli", "batch", str(path), "--executor", "ray", "--workers", "2"]
    quiet, there = subprocess.DEVNULL, {**os.environ, "PICKUP_HOME": str(home)}
    with subprocess.Popen(words, env=there, stdout=quiet, stderr=quiet) as process:
        try:
            until(lambda: done(tmp_path) > 1, 300)
        finally:
            process.send_signal(signal.SIGKILL)
    until(lambda: not workers(home), 60)
    before = done(tmp_path)
    here = pickup(home, "batch", path, "--resume", "--json")
    assert here.returncode == 0, here.stderr
    assert states(here).count("as before") >= before >= 2
    assert outputs(tmp_path) == [f"sh{n}/v001.otio" for n in range(ROWS)]
    assert len(list(tmp_path.glob("*/takes/*.mov"))) == ROWS


def test_a_row_that_is_there_twice_is_done_by_one_worker(home: Path, material: Path, tmp_path: Path) -> None:
    row = rows(material, 1)[0]
    told = batch(home, manifest(tmp_path, material, row, row), "--workers", "2")
    assert sorted(states(told)) == ["as before", "done"]
    assert outputs(tmp_path) == ["sh0/v001.otio"]


def test_more_workers_than_processors_end_all_the_same(home: Path, material: Path, tmp_path: Path) -> None:
    told = batch(home, manifest(tmp_path, material, *rows(material, ROWS)), "--workers", "64")
    assert states(told) == ["done"] * ROWS


def engines(home: Path) -> set[str]:
    return {path.name for path in (home / "state" / "ray").iterdir()}


def test_rows_that_want_a_model_share_the_gpus_there_are(home: Path, material: Path, tmp_path: Path) -> None:
    """There is none here and no model either: each is told so by the engine of the only GPU, one by one."""
    wanted = [{**row, "renderer": "edityourself"} for row in rows(material, 3)]
    path = manifest(tmp_path, material, *wanted, rows(material, 4)[3])
    told = json.loads(with_resources(home, path, num_cpus=4, num_gpus=1).stdout)["rows"]
    assert [row["state"] for row in told] == ["failed"] * 3 + ["done"]
    assert not any("GPU, and the Ray cluster" in row["error"] for row in told)
    assert engines(home) == {"gpu0", "0"}


def test_a_row_that_wants_a_gpu_where_there_is_none_is_named_and_the_others_are_done(
    home: Path, material: Path, tmp_path: Path
) -> None:
    first, second = rows(material, 2)
    path = manifest(tmp_path, material, {**first, "renderer": "edityourself"}, second)
    told = json.loads(with_resources(home, path, num_cpus=1, num_gpus=0).stdout)["rows"]
    assert [row["state"] for row in told] == ["failed", "done"]
    assert "the Ray cluster has none" in told[0]["error"]


def test_a_row_that_wants_more_gpus_than_a_machine_has_is_named(
    home: Path, material: Path, tmp_path: Path
) -> None:
    shared = {**rows(material, 1)[0], "renderer": "edityourself", "set": "ulysses=2"}
    (told,) = json.loads(
        with_resources(home, manifest(tmp_path, material, shared), num_cpus=1, num_gpus=1).stdout
    )["rows"]
    assert "wants 2 GPUs, and no machine of the Ray cluster has more than 1" in told["error"]


def test_without_ray_it_says_what_to_install(home: Path, material: Path, tmp_path: Path) -> None:
    path = manifest(tmp_path, material, *rows(material, 1))
    words = ["pickup", "batch", str(path), "--executor", "ray"]
    hidden = f"import sys; sys.modules['ray'] = None; sys.argv = {words}; from bridge.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, check=False)
    assert (done.returncode, "pip install 'pickup-editor[cluster]'" in done.stderr) == (3, True)
