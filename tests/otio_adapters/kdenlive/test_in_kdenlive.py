"""An edited project in Kdenlive itself: opened, saved by it and read again, nothing has moved.

The picture of its window stays in test_out/.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import av
import pytest
from kdenlive_project import older_project
from kdenlive_screen import KDENLIVE, kdenlive_with, keep, until
from melt_player import draw
from timelines import Cut, Source, timeline

from otio_adapters.compare import compare
from otio_adapters.media_linker import MediaFacts, note_facts
from otio_adapters.placement import Lay, Placement, Ripple
from otio_adapters.read import read
from otio_adapters.takes import find_clip, place_takes
from otio_adapters.write import write

TOOLS = (KDENLIVE[0], "Xvfb", "dbus-daemon", "dbus-send")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
R = Fraction(25)

pytestmark = [
    pytest.mark.nle,
    pytest.mark.timeout(600),
    pytest.mark.skipif(bool(MISSING), reason=f"needs Kdenlive and a screen for it: {', '.join(MISSING)}"),
]


def version() -> tuple[int, ...]:
    command = [*KDENLIVE, "--version"]
    seen = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run(command, env=seen, capture_output=True, text=True, check=False, timeout=120)
    found = re.search(r"(\d+)\.(\d+)", run.stdout)
    return tuple(map(int, found.groups())) if found else (0, 0)


def edited_project(folder: Path, lay: Lay, *, older: bool) -> Path:
    """Three clips with sound, in the middle of the second or above it a take that is ten frames longer."""
    film, take = draw(folder / "film.mov", R, 300), draw(folder / "take_v001.mov", R, 60, 50)
    cuts = [Cut(name=f"clip {i}", media=film, start=80 * i, frames=75) for i in range(3)]
    made = timeline(cuts, Source(frames=300), R, marker=160)
    for clip in made.find_clips():
        facts = MediaFacts(rate=R, start=0, frames=300, width=64, height=48, channels=2)
        note_facts(clip.media_reference, facts)
    path = folder / "cut.kdenlive"
    write(made, path)
    if older:
        older_project(path)
    made = read(path)
    placement = Placement(
        start=90,
        length=40,
        media=take,
        name="take_v001",
        facts=MediaFacts(rate=R, start=0, frames=60, width=64, height=48, channels=2),
        source_range=(4, 50),
        ripples=(Ripple(at=110, added=10),),
    )
    report = place_takes(made, find_clip(made, "clip 1"), [placement], lay=lay)
    write(report.timeline, folder / "edited.kdenlive", origin=path)
    return folder / "edited.kdenlive"


def check(project: Path, home: Path, picture: str) -> None:
    before = read(project)
    saved = project.stat().st_mtime_ns
    with kdenlive_with(project, home) as screen:
        until(
            lambda: screen.call("/kdenlive/MainWindow_1", "org.freedesktop.DBus.Introspectable.Introspect"),
            180,
        )
        until(screen.is_full, 180)
        keep(screen.settled(90), picture)
        screen.call("/kdenlive/MainWindow_1/actions/file_save", "org.qtproject.Qt.QAction.trigger")
        until(lambda: project.stat().st_mtime_ns != saved, 60)
        keep(screen.settled(20), picture.replace(".png", "_saved.png"))
    compare(before, read(project), R, project.parent)


LAYS = pytest.mark.parametrize("lay", ["replace", "above"])


@LAYS
def test_kdenlive_before_sequences_opens_an_edited_project_as_it_was_written(
    tmp_path: Path, lay: Lay
) -> None:
    if version() >= (23, 4):
        pytest.skip("this Kdenlive saves projects of sequences")
    check(edited_project(tmp_path, lay, older=True), tmp_path / "home", f"kdenlive_1.04_{lay}.png")


@LAYS
def test_kdenlive_with_sequences_renders_an_edited_project_to_its_length(tmp_path: Path, lay: Lay) -> None:
    """It has dialogs of its own before it shows a window; to render it needs none."""
    if version() < (23, 4):
        pytest.skip("this Kdenlive is older than projects of sequences; needs 23.04 or later")
    project, out = edited_project(tmp_path, lay, older=False), tmp_path / "out.mp4"
    home = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "SDL_AUDIODRIVER": "dummy"}
    seen = {**os.environ, **home, "QT_QPA_PLATFORM": "offscreen"}
    command = ["dbus-run-session", "--", *KDENLIVE, "--render", str(project), str(out)]
    subprocess.run(command, env=seen, capture_output=True, check=True, timeout=400)
    with av.open(str(out)) as file:
        assert sum(1 for _ in file.decode(video=0)) == 235
    with av.open(str(out)) as file:
        assert sum(frame.samples for frame in file.decode(audio=0)) / 48_000 == pytest.approx(9.4, abs=0.05)
