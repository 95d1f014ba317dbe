"""The OpenJD bundle of a batch, run by the real `openjd`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import batch_material
import pytest
from batch_material import manifest, outputs, pickup, rows

OPENJD = Path(sys.executable).with_name("openjd")
pytestmark = pytest.mark.skipif(not OPENJD.exists(), reason="openjd-cli is not installed")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    pickup(tmp_path / "home", "engine", "stop")


@pytest.fixture
def bundle(home: Path, tmp_path: Path) -> Path:
    material = tmp_path / "material"
    material.mkdir()
    batch_material.material(material, 3)
    path = manifest(tmp_path, material, *rows(material, 3))
    done = pickup(home, "batch", path, "--executor", "openjd", "--bundle", tmp_path / "bundle", "--json")
    assert done.returncode == 0, done.stderr
    return tmp_path / "bundle"


def openjd(home: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """With the `pickup` of this environment first on the path."""
    path = os.pathsep.join([str(OPENJD.parent), os.environ["PATH"]])
    return subprocess.run(
        [str(OPENJD), *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PICKUP_HOME": str(home), "PATH": path},
    )


def test_the_template_is_valid(home: Path, bundle: Path) -> None:
    done = openjd(home, "check", bundle / "template.json")
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_row_is_a_task_and_consecutive_lines_are_a_range(bundle: Path) -> None:
    template = json.loads((bundle / "template.json").read_text())
    (line,) = template["steps"][0]["parameterSpace"]["taskParameterDefinitions"]
    assert line == {"name": "Line", "type": "INT", "range": "1-3"}


def test_the_assets_are_all_that_the_rows_read_and_where_they_write(bundle: Path, tmp_path: Path) -> None:
    told = json.loads((bundle / "asset_references.json").read_text())["assetReferences"]
    names = [Path(path).name for path in told["inputs"]["filenames"]]
    assert sorted(names) == ["0.wav", "1.wav", "2.wav", "batch.jsonl", "clip.mov", "cut.otio"]
    assert [str(tmp_path / f"sh{n}") for n in range(3)] == told["outputs"]["directories"][:3]


def test_the_runner_does_every_row_and_the_report(home: Path, bundle: Path, tmp_path: Path) -> None:
    assert shutil.which("pickup", path=str(OPENJD.parent))
    values = json.loads((bundle / "parameter_values.json").read_text())["parameterValues"]
    given = (word for one in values for word in ("--job-param", f"{one['name']}={one['value']}"))
    done = openjd(home, "run", bundle / "template.json", *given)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert outputs(tmp_path) == ["material/cut.otio", *(f"sh{n}/v001.otio" for n in range(3))]
    report = json.loads((tmp_path / "batch.batch" / "report.json").read_text())
    assert [row["state"] for row in report["rows"]] == ["as before"] * 3


def test_a_broken_row_is_found_out_before_the_farm_does(home: Path, tmp_path: Path) -> None:
    path = manifest(tmp_path, tmp_path, {"clip": "A", "seed": "x"})
    done = pickup(home, "batch", path, "--executor", "openjd", "--bundle", tmp_path / "bundle")
    assert (done.returncode, "1 rows make no sense, the first: line 1, seed" in done.stderr) == (3, True)
    assert not (tmp_path / "bundle").exists()
