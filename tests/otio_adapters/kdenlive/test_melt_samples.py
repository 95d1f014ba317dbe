"""Real projects before and after an edit, in the real player: each picture is in its place.

Their media are not here: films of their length stand in for them.
"""

from __future__ import annotations

import os
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from kdenlive_project import rich_project
from lxml import etree
from melt_player import draw, pictures
from shared_media import SHARED, shared

from otio_adapters.clip_place import ClipPlace, clip_names, find_clip
from otio_adapters.errors import UnsupportedEdit
from otio_adapters.media_linker import MediaFacts
from otio_adapters.placement import Placement, Ripple
from otio_adapters.read import read
from otio_adapters.takes import place_takes
from otio_adapters.write import write

pytestmark = [
    pytest.mark.nle,
    pytest.mark.skipif(shutil.which("melt") is None, reason="needs melt, the player of MLT projects"),
]
SAMPLES = sorted(
    str(path.relative_to(SHARED)) for path in (SHARED / "timelines" / "kdenlive").glob("*.kdenlive")
)
CUT = 5  # frames
SEEN = 900  # no sample shows a later frame of any picture


def prop(element: Any, name: str) -> str:
    return next((one.text or "" for one in element.findall("property") if one.get("name") == name), "")


def with_media(project: Path, folder: Path) -> Path:
    """The project in small, in a folder where each film that it plays is there."""
    tree = etree.parse(project)
    root = tree.getroot()
    root.set("root", str(folder))
    profile = root.find("profile")
    profile.attrib.update({"width": "64", "height": "48"})
    rate = Fraction(int(profile.get("frame_rate_num")), int(profile.get("frame_rate_den")))
    for number, producer in enumerate(root.iter("producer", "chain")):
        media = folder / prop(producer, "resource").lstrip("/")
        if prop(producer, "mlt_service").startswith("avformat"):
            for one in producer.findall("property"):
                if one.get("name") == "resource":
                    one.text = str(media)
            if not media.exists():
                media.parent.mkdir(parents=True, exist_ok=True)
                # A container of any name: libavformat looks at what is in it.
                frames = min(int(prop(producer, "length")), SEEN)
                film = draw(folder / f"{number}.mov", rate, frames, 13 * number)
                film.rename(media)
    out = folder / "sample.kdenlive"
    tree.write(str(out), encoding="utf-8", xml_declaration=True)
    return out


def longest(project: Path) -> tuple[Any, ClipPlace]:
    timeline = read(project)
    names = clip_names(timeline)
    places = [find_clip(timeline, name) for name in names]
    if not places or max(place.frames for place in places) < 4 * CUT:
        pytest.skip("no clip of it is long enough")
    return timeline, max(places, key=lambda place: place.frames)


def check_removal(project: Path) -> None:
    """Five frames go from the middle of the longest clip: all others are as they were, and in order."""
    timeline, place = longest(project)
    at = place.start + place.frames // 2
    try:
        report = place_takes(timeline, place, (), trims=[Ripple(at=at, removed=CUT)])
    except UnsupportedEdit as reason:
        pytest.skip(str(reason))
    out = project.with_name("out.kdenlive")
    write(report.timeline, out, origin=project)
    before, after = pictures(project, report.duration_before), pictures(out)
    assert len(before) == report.duration_before
    assert len(after) == report.duration_after == len(before) - CUT
    assert_same(after, np.concatenate([before[:at], before[at + CUT :]]))


def check_take(project: Path) -> None:
    """A take five frames longer in the place of ten: the rest is as it was, and the take is seen."""
    timeline, place = longest(project)
    at = place.start + place.frames // 2 - 5
    take = Placement(
        start=at,
        length=10,
        media=draw(project.with_name("take 100%.mov"), place.rate, 30, 50),
        name="take",
        facts=MediaFacts(rate=place.rate, start=0, frames=30, width=64, height=48, channels=2),
        source_range=(4, 15),
        ripples=(Ripple(at=at + 5, added=CUT),),
    )
    try:
        report = place_takes(timeline, place, [take])
    except UnsupportedEdit as reason:
        pytest.skip(str(reason))
    out = project.with_name("out.kdenlive")
    write(report.timeline, out, origin=project)
    before, after = pictures(project, report.duration_before), pictures(out)
    assert len(after) == report.duration_after == len(before) + CUT
    assert_same(after[:at], before[:at])
    assert_same(after[at + 15 :], before[at + 10 :])
    assert np.abs(after[at : at + 10] - before[at : at + 10]).mean() > 4


def assert_same(found: np.ndarray, meant: np.ndarray) -> None:
    off = np.abs(found - meant).mean(axis=(1, 2, 3))
    assert off.max() < 0.5, f"frame {int(off.argmax())} is another picture: {off.max():.1f} grey levels off"


@pytest.fixture(autouse=True)
def _no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    if "DISPLAY" not in os.environ:
        monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


@pytest.mark.parametrize("check", [check_removal, check_take], ids=["removal", "take"])
@pytest.mark.parametrize("name", SAMPLES)
def test_a_real_project_plays_the_same_pictures_but_for_the_edit(
    name: str, check: Any, tmp_path: Path
) -> None:
    check(with_media(shared(name), tmp_path))


@pytest.mark.parametrize("check", [check_removal, check_take], ids=["removal", "take"])
def test_effects_and_automation_play_as_before_on_both_sides_of_the_edit(check: Any, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    check(with_media(rich_project(folder), folder))
