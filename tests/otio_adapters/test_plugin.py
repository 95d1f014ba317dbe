"""Our formats in other programs of OpenTimelineIO, run as a user runs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from otio_adapters import plugin
from otio_adapters.formats import FORMATS
from otio_adapters.opentime import time_range

R = Fraction(25)
ADAPTERS = json.loads(plugin.MANIFEST.read_text("utf-8"))["adapters"]
OURS = {f".{suffix}": adapter["name"] for adapter in ADAPTERS for suffix in adapter["suffixes"]}


def cut(path: Path) -> Path:
    made = otio.schema.Timeline("cut")
    reference = otio.schema.ExternalReference("/media/a.mov", time_range(0, 500, R))
    shots = [otio.schema.Clip(f"shot {n}", reference.deepcopy(), time_range(40 * n, 30, R)) for n in range(3)]
    made.tracks.append(otio.schema.Track("V1", kind="Video", children=shots))
    path.write_text(made.to_json_string(), "utf-8")
    return path


def run(program: str, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    found = shutil.which(program, path=str(Path(sys.executable).parent))
    assert found is not None, f"{program} comes with opentimelineio"
    return subprocess.run(
        [found, *map(str, arguments)],
        capture_output=True, text=True, timeout=240, env={**os.environ, **environment}, check=False,
    )  # fmt: skip


def durations(timeline: otio.schema.Timeline) -> list[float]:
    return [clip.duration().value for clip in timeline.tracks[0] if isinstance(clip, otio.schema.Clip)]


def test_every_format_of_ours_has_an_adapter() -> None:
    ours = {one.suffix for one in FORMATS if not one.native and one.write is not None}
    assert ours <= OURS.keys()


@pytest.mark.parametrize("suffix", sorted(OURS))
def test_otioconvert_writes_and_reads_our_formats_by_their_suffix(tmp_path: Path, suffix: str) -> None:
    source, middle, back = cut(tmp_path / "cut.otio"), tmp_path / f"cut{suffix}", tmp_path / "back.otio"
    there = run("otioconvert", "-i", source, "-o", middle)
    assert (there.returncode, there.stderr) == (0, "")
    again = run("otioconvert", "-i", middle, "-o", back)
    assert (again.returncode, again.stderr) == (0, "")
    assert durations(otio.adapters.read_from_file(str(back))) == [30, 30, 30]


def test_otiotool_reads_a_format_of_ours(tmp_path: Path) -> None:
    source = cut(tmp_path / "cut.otio")
    assert run("otioconvert", "-i", source, "-o", tmp_path / "cut.kdenlive").returncode == 0
    listed = run("otiotool", "--input", tmp_path / "cut.kdenlive", "--list-clips")
    assert listed.returncode == 0
    assert "shot 1" in listed.stdout


def test_an_adapter_is_called_by_its_name(tmp_path: Path) -> None:
    source, out = cut(tmp_path / "cut.otio"), tmp_path / "cut.xml"
    assert run("otioconvert", "-i", source, "-o", out, "-O", "pickup_fcp7").returncode == 0
    assert "<xmeml" in out.read_text("utf-8")


def test_a_file_that_is_refused_is_otios_own_error_with_our_reason(tmp_path: Path) -> None:
    broken = tmp_path / "cut.kdenlive"
    broken.write_text("<mlt><tractor/></mlt>", "utf-8")
    refused = run("otioconvert", "-i", broken, "-o", tmp_path / "out.otio")
    assert refused.returncode != 0
    assert "OTIOError: " in refused.stderr.splitlines()[-1]
    assert "no profile" in refused.stderr.splitlines()[-1]


def test_what_is_no_timeline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(otio.exceptions.OTIOError, match="a Clip is no timeline"):
        otio.adapters.write_to_file(otio.schema.Clip(), str(tmp_path / "cut.kdenlive"), "pickup_kdenlive")


def test_a_stock_adapter_keeps_its_suffix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin, "STOCK", {"xml": "opentimelineio"})  # a package that is installed
    manifest = plugin.plugin_manifest()  # its adapters are gone when it is
    suffixes = {adapter.name: list(adapter.suffixes) for adapter in manifest.adapters}
    assert suffixes["pickup_fcp7"] == []
    assert suffixes["pickup_kdenlive"] == ["kdenlive"]


def test_the_manifest_can_be_put_first(tmp_path: Path) -> None:
    source, out = cut(tmp_path / "cut.otio"), tmp_path / "cut.kdenlive"
    told = run("otioconvert", "-i", source, "-o", out, OTIO_PLUGIN_MANIFEST_PATH=str(plugin.MANIFEST))
    assert (told.returncode, told.stderr) == (0, "")
    assert out.exists()


@pytest.mark.parametrize("adapter", sorted(OURS.values()))
def test_an_adapter_does_not_take_the_name_of_a_stock_one(adapter: str) -> None:
    assert adapter.startswith("pickup_")
