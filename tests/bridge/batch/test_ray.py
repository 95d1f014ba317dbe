"""The same batch on a real Ray of several workers, one of them killed in the middle."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import batch_material
import psutil
import pytest
from batch_material import contents, manifest, outputs, pickup, rows, states

pytest.importorskip("ray", reason="the extra `cluster` is not installed")
pytestmark = pytest.mark.slow

ROWS = 6


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return batch_material.material(tmp_path_factory.mktemp("material"), ROWS)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    pickup(tmp_path / "home", "engine", "stop")
    for process in psutil.process_iter(["cmdline"]):  # the engines of Ray's workers
        words = process.info["cmdline"] or []
        if "engine.daemon" in words and any(str(tmp_path) in word for word in words):
            process.kill()


def batch(home: Path, path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return pickup(home, "batch", path, "--json", *words)


def test_on_ray_the_takes_are_the_same(home: Path, material: Path, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    local = batch(home, manifest(here, material, *rows(material, ROWS)))
    cluster = batch(
        home, manifest(there, material, *rows(material, ROWS)), "--executor", "ray", "--workers", "2"
    )
    assert (cluster.returncode, states(cluster)) == (0, ["done"] * ROWS), cluster.stderr
    assert contents(cluster) == contents(local)


def test_a_worker_that_is_killed_costs_no_row(home: Path, material: Path, tmp_path: Path) -> None:
    path = manifest(tmp_path, material, *rows(material, ROWS))
    killed = threading.Event()

    def kill_one() -> None:
        """A process of Ray's that does rows, as soon as a first one is done."""
        while not any((tmp_path / "batch.batch" / "record" / "rows").glob("*")):
            time.sleep(0.1)
        for process in psutil.process_iter(["cmdline"]):
            if any("ray::_Worker" in word for word in process.info["cmdline"] or []):
                process.kill()
                killed.set()
                return

    killer = threading.Thread(target=kill_one)
    killer.start()
    done = batch(home, path, "--executor", "ray", "--workers", "2")
    killer.join(60)
    assert killed.is_set()
    assert done.returncode == 0, done.stderr
    assert set(states(done)) <= {"done", "as before"}
    assert outputs(tmp_path) == [f"sh{n}/v001.otio" for n in range(ROWS)]
    takes = sorted(path.name for path in tmp_path.rglob("*.mov"))
    assert takes == [f"sh{n}_v001.mov" for n in range(ROWS)]


def test_without_ray_it_says_what_to_install(home: Path, material: Path, tmp_path: Path) -> None:
    path = manifest(tmp_path, material, *rows(material, 1))
    words = ["pickup", "batch", str(path), "--executor", "ray"]
    hidden = f"import sys; sys.modules['ray'] = None; sys.argv = {words}; from bridge.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, check=False)
    assert (done.returncode, "pip install 'pickup-editor[cluster]'" in done.stderr) == (3, True)
