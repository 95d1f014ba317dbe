"""The OpenJD bundle of a batch, run by the real `openjd`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import batch_material
import pytest
from batch_material import manifest, outputs, pickup, rows
from consents import keep_consent

OPENJD = Path(sys.executable).with_name("openjd")
pytestmark = pytest.mark.skipif(not OPENJD.exists(), reason="openjd-cli is not installed")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield keep_consent(tmp_path / "home")
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


def assets(bundle: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((bundle / "asset_references.json").read_text())["assetReferences"]
    return told


def test_the_assets_are_all_that_the_rows_read_and_where_they_write(bundle: Path, tmp_path: Path) -> None:
    names = [Path(path).name for path in assets(bundle)["inputs"]["filenames"]]
    assert sorted(names) == ["0.wav", "1.wav", "2.wav", "batch.jsonl", "clip.mov", "cut.otio"]
    folders = ["batch.batch", "batch.batch/record", *(f"sh{n}" for n in range(3))]
    assert assets(bundle)["outputs"]["directories"] == [str(tmp_path / name) for name in folders]


def test_files_that_settings_name_are_assets_too(home: Path, tmp_path: Path) -> None:
    material = tmp_path / "material"
    material.mkdir()
    batch_material.material(material, 2)
    files = ("line.txt", "cut.srt", "matte.mov", "voice.onnx", "voice.onnx.json")
    for name in files:
        (tmp_path / name).write_text("x")
    (tmp_path / "weights").mkdir()
    said = {"clip": "sh0", "script": "line.txt", "voice": f"piper:{tmp_path / 'voice.onnx'}"}
    row = {
        **rows(material, 1)[0],
        "captions": "cut.srt",
        "region": "matte.mov",
        "model": str(tmp_path / "weights"),
    }
    path = manifest(tmp_path, material, said, row)
    pickup(home, "batch", path, "--executor", "openjd", "--bundle", tmp_path / "bundle")
    inputs = assets(tmp_path / "bundle")["inputs"]
    assert {str(tmp_path / name) for name in files} <= set(inputs["filenames"])
    assert inputs["directories"] == [str(tmp_path / "weights")]


def test_versions_in_a_folders_name_share_the_folder_above(home: Path, tmp_path: Path) -> None:
    material = tmp_path / "material"
    material.mkdir()
    batch_material.material(material, 1)
    path = manifest(tmp_path, material, {**rows(material, 1)[0], "output": "{clip}/v{version}/cut"})
    pickup(home, "batch", path, "--executor", "openjd", "--bundle", tmp_path / "bundle")
    assert str(tmp_path / "sh0") in assets(tmp_path / "bundle")["outputs"]["directories"]


HOSTILE = "a {{Param.Pickup}} $(touch x)& 'b' \"c\" ü\u2028\n\x07{%d%}"  # a semicolon divides files


def test_names_that_a_template_a_shell_or_a_person_would_misread_are_carried(
    home: Path, tmp_path: Path
) -> None:
    """In folders, files, clips and media, and in the manifest's own name."""
    folder = tmp_path / HOSTILE
    folder.mkdir()
    batch_material.material(folder, 1)
    speech = folder / f"{HOSTILE}.wav"
    (folder / "0.wav").rename(speech)
    path = manifest(folder, folder, {"clip": "sh0", "speech": str(speech), "output": "sh0"})
    path = path.rename(folder / f"{HOSTILE}.jsonl")
    bundle = tmp_path / "bundle"
    written = pickup(home, "batch", path, "--executor", "openjd", "--bundle", bundle)
    assert written.returncode == 0, written.stderr
    assert openjd(home, "check", bundle / "template.json").returncode == 0
    assert str(speech) in assets(bundle)["inputs"]["filenames"]
    done = run(home, bundle)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert (folder / "sh0.otio").exists()
    assert not list(tmp_path.rglob("x"))


def run(home: Path, bundle: Path) -> subprocess.CompletedProcess[str]:
    """The job, with the bundle's own values, as the runner takes them from a file."""
    values = json.loads((bundle / "parameter_values.json").read_text())["parameterValues"]
    given = bundle / "given.json"
    given.write_text(json.dumps({one["name"]: one["value"] for one in values}), encoding="utf-8")
    return openjd(home, "run", bundle / "template.json", "--job-param", f"file://{given}")


def test_a_row_that_fails_stops_neither_the_others_nor_the_report(home: Path, tmp_path: Path) -> None:
    material = tmp_path / "material"
    material.mkdir()
    batch_material.material(material, 2)
    batch_material.tone(material / "long.wav", 500)
    first, second = rows(material, 2)
    path = manifest(tmp_path, material, {**first, "speech": str(material / "long.wav")}, second)
    pickup(home, "batch", path, "--executor", "openjd", "--bundle", tmp_path / "bundle")
    done = run(home, tmp_path / "bundle")
    report = json.loads((tmp_path / "batch.batch" / "report.json").read_text())
    assert [row["state"] for row in report["rows"]] == ["failed", "as before"]
    assert done.returncode != 0  # the report's step says that not all is done
    assert outputs(tmp_path) == ["material/cut.otio", "sh1/v001.otio"]


def test_the_runner_does_every_row_and_the_report(home: Path, bundle: Path, tmp_path: Path) -> None:
    assert shutil.which("pickup", path=str(OPENJD.parent))
    done = run(home, bundle)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert outputs(tmp_path) == ["material/cut.otio", *(f"sh{n}/v001.otio" for n in range(3))]
    report = json.loads((tmp_path / "batch.batch" / "report.json").read_text())
    assert [row["state"] for row in report["rows"]] == ["as before"] * 3


def test_a_broken_row_is_found_out_before_the_farm_does(home: Path, tmp_path: Path) -> None:
    path = manifest(tmp_path, tmp_path, {"clip": "A", "seed": "x"})
    done = pickup(home, "batch", path, "--executor", "openjd", "--bundle", tmp_path / "bundle")
    assert (done.returncode, "1 rows make no sense, the first: line 1, seed" in done.stderr) == (3, True)
    assert not (tmp_path / "bundle").exists()
