"""Where takes go, through the command and the real engine: what the timeline then shows is the take.

What was written is looked at by others' eyes: OTIO's own search for the uppermost clip, and MLT's player.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import opentimelineio as otio
import pytest
from consents import keep_consent
from kdenlive_project import older_project
from lxml import etree
from melt_player import STEP, draw, grey, played
from timelines import Cut, Source, timeline

from otio_adapters.media_linker import MediaFacts, note_facts
from otio_adapters.write import write

RATE = Fraction(25)
RETIME = ("--retime", "30:50", "26")  # twenty frames of clip A, which is the first on the timeline
BRIDGE = 5  # frames before and after them that the take replaces too, to lead over to them
REPLACED = range(30 - BRIDGE, 50 + BRIDGE)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = keep_consent(tmp_path_factory.mktemp("home"))
    yield folder
    run(folder, "engine", "stop")


def run(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PICKUP_HOME": str(home)}
    command = [sys.executable, "-m", "bridge.cli", *map(str, arguments), "--json"]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutting:
    """A film in two clips, 80 frames and 20, as a project of the format."""

    home: Path
    path: Path

    @property
    def out(self) -> Path:
        return self.path.with_stem("out")

    def edit(self, place: str, *more: str) -> dict[str, Any]:
        done = self.command(place, *more)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    def command(self, place: str, *more: str) -> subprocess.CompletedProcess[str]:
        edit = ("edit", self.path, "--clip", "A", "-o", self.out, *RETIME)
        return run(self.home, *edit, "--place", place, "--renderer", "draft", *more)


def film_cut(folder: Path, name: str = "cut") -> otio.schema.Timeline:
    media = draw(folder / "film.mov", RATE, 100)
    cuts = [
        Cut(name=n, media=media, start=at, frames=frames) for n, at, frames in (("A", 0, 80), ("B", 80, 20))
    ]
    made = timeline(cuts, Source(frames=100), RATE)
    made.name = name
    for clip in made.find_clips():  # so that a project is as large as the film
        note_facts(
            clip.media_reference,
            MediaFacts(rate=RATE, start=0, frames=100, width=64, height=48, channels=2),
        )
    return made


def cutting(home: Path, folder: Path, suffix: str) -> Cutting:
    path = folder / f"cut{suffix}"
    write(film_cut(folder), path)
    return Cutting(home=home, path=path)


def greys(path: Path) -> list[float]:
    with av.open(str(path)) as file:
        return [
            float(f.reformat(format="yuv420p").to_ndarray()[8:40, 8:56].mean()) for f in file.decode(video=0)
        ]


def take_greys(report: dict[str, Any]) -> list[float]:
    """What the take shows, without its handles."""
    (take,) = report["takes"]
    first, frames = take["source_range"]
    return greys(Path(take["path"]))[first : first + frames]


def uppermost(path: Path, frame: int) -> tuple[str, int]:
    """(media file, its frame) that OTIO finds on top at a frame; what is disabled is seen through."""
    made = otio.adapters.read_from_file(str(path), "otio_json")
    stack = otio.schema.Stack(children=[track.deepcopy() for track in made.video_tracks()])
    at = otio.opentime.RationalTime(frame, float(RATE))
    clip = otio.algorithms.top_clip_at_time(stack, at)
    media = clip.media_reference
    time = stack.transformed_time(at, clip) - media.available_range.start_time
    return media.target_url, int(time.value)


def shown(report: dict[str, Any]) -> list[float]:
    """The grey at each frame of an .otio timeline, by OTIO."""
    path = Path(report["timeline"])
    films: dict[str, list[float]] = {}
    found = []
    for frame in range(report["duration_after"]):
        media, number = uppermost(path, frame)
        films.setdefault(media, greys(Path(media)))
        found.append(films[media][number])
    return found


def assert_shows_the_take(found: list[float], report: dict[str, Any]) -> None:
    """The take over the edited frames, the source's own before and after."""
    before, after = range(REPLACED.start), range(REPLACED.stop, 100)
    meant = [*map(grey, before), *take_greys(report), *map(grey, after)]
    assert len(found) == len(meant) == report["duration_after"] == 106
    off = [abs(a - b) for a, b in zip(found, meant, strict=True)]
    assert max(off) < 0.75 * STEP, f"frame {off.index(max(off))} is not the one that is meant"


@pytest.mark.parametrize("place", ["replace", "above", "reference"])
def test_an_otio_timeline_shows_the_take(home: Path, tmp_path: Path, place: str) -> None:
    report = cutting(home, tmp_path, ".otio").edit(place)
    assert_shows_the_take(shown(report), report)


def test_a_take_laid_above_leaves_its_clip_as_long_as_it_was(home: Path, tmp_path: Path) -> None:
    report = cutting(home, tmp_path, ".otio").edit("above")
    below, above, *_ = otio.adapters.read_from_file(report["timeline"], "otio_json").video_tracks()
    source = [clip for clip in below.find_clips() if clip.name == "A"]
    assert sum(int(clip.source_range.duration.value) for clip in source) == 80
    assert [clip.range_in_parent().start_time.value for clip in above.find_clips()] == [REPLACED.start]


def test_a_take_that_is_a_reference_has_the_source_one_key_away(home: Path, tmp_path: Path) -> None:
    report = cutting(home, tmp_path, ".otio").edit("reference")
    made = otio.adapters.read_from_file(report["timeline"], "otio_json")
    (clip,) = (one for one in made.video_tracks()[0].find_clips() if len(one.media_references()) > 1)
    assert clip.active_media_reference_key == Path(report["takes"][0]["path"]).stem
    clip.active_media_reference_key = otio.schema.Clip.DEFAULT_MEDIA_KEY
    assert Path(clip.media_reference.target_url).name == "film.mov"


PROJECTS = pytest.mark.parametrize("old", [False, True], ids=["1.1", "1.04"])


@pytest.mark.nle
@pytest.mark.skipif(shutil.which("melt") is None, reason="needs melt, the player of MLT projects")
@PROJECTS
@pytest.mark.parametrize("place", ["replace", "above"])
def test_a_kdenlive_project_plays_the_take(home: Path, tmp_path: Path, place: str, *, old: bool) -> None:
    cut = cutting(home, tmp_path, ".kdenlive")
    if old:
        older_project(cut.path)
    report = cut.edit(place)
    found, sound = played(cut.out)
    assert_shows_the_take(found, report)
    assert abs(len(sound) / 2 - report["duration_after"] * 1920) <= 1920


def test_the_take_is_in_the_project_where_the_report_says(home: Path, tmp_path: Path) -> None:
    """The entry that plays the take begins after a blank up to the edit."""
    report = cutting(home, tmp_path, ".kdenlive").edit("above")
    root = etree.parse(report["timeline"]).getroot()
    path = report["takes"][0]["path"]
    names = {
        one.get("id")
        for one in root
        for said in one.iterfind("property[@name='resource']")
        if said.text == path
    }
    laid = [
        one
        for one in root.iterfind("playlist")
        if any(e.get("producer") in names for e in one.iterfind("entry"))
    ]
    found = [one for one in laid if one.get("id") != "main_bin"]
    assert [one.find("blank").get("length") for one in found] == ["00:00:01.000"] * 2  # picture and sound


@pytest.mark.parametrize("suffix", [".kdenlive", ".xml", ".fcpxml"])
def test_a_second_reference_is_refused_before_anything_is_rendered(
    home: Path, tmp_path: Path, suffix: str
) -> None:
    cut = cutting(home, tmp_path, suffix)
    done = cut.command("reference")
    assert done.returncode == 3
    assert f"{suffix} keeps one media reference a clip" in done.stderr
    assert not cut.out.exists()
    assert not (tmp_path / "takes").exists()


def test_the_sequence_that_is_named_is_edited(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.otio"
    whole = otio.schema.SerializableCollection(
        "bin", [film_cut(tmp_path, name) for name in ("first", "second")]
    )
    otio.adapters.write_to_file(whole, str(path))
    cut = Cutting(home=home, path=path)
    refused = cut.command("replace")
    assert refused.returncode == 3
    assert "'first', 'second'; say which with --sequence NAME" in refused.stderr
    cut.edit("replace", "--sequence", "second")
    first, second = otio.adapters.read_from_file(str(cut.out), "otio_json")
    assert [int(one.duration().value) for one in (first, second)] == [100, 106]
