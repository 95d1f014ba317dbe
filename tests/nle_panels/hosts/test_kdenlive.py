"""Kdenlive's project on the disk; and, marked `nle`, Kdenlive itself, whose pictures stay in test_out/."""

from __future__ import annotations

import shutil
import sys
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from kdenlive_project import older_project
from pytestqt.qtbot import QtBot
from take_reports import take_report
from timelines import Cut, Source, timeline

from bridge.report import EditReport
from engine.protocol import Ratio
from nle_panels.errors import HostRefused
from nle_panels.hosts.host import PlacedInHost
from nle_panels.hosts.kdenlive import Kdenlive
from nle_panels.hosts.kdenlive_bus import KdenliveBus, Window
from otio_adapters.compare import compare
from otio_adapters.media_linker import MediaFacts, note_facts
from otio_adapters.placement import Placement, Ripple
from otio_adapters.read import read
from otio_adapters.takes import clip_names, find_clip, place_takes
from otio_adapters.write import write

R = Fraction(25)
TOOLS = ("kdenlive", "Xvfb", "dbus-daemon", "dbus-send", "melt")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]


class Elsewhere(KdenliveBus):
    """A bus on which Kdenlive has what a test says it has."""

    def __init__(self, *windows: Window) -> None:
        self._windows = windows

    def windows(self) -> tuple[Window, ...]:
        return self._windows


def window(title: str, *, modified: bool = False) -> Window:
    return Window(service="org.kde.kdenlive-1", title=title, modified=modified)


def project(folder: Path, film: Path) -> Path:
    made = timeline(
        [Cut(name=f"clip {i}", media=film, start=80 * i, frames=75) for i in range(3)], Source(frames=300), R
    )
    for clip in made.find_clips():
        facts = MediaFacts(rate=R, start=0, frames=300, width=64, height=48, channels=2)
        note_facts(clip.media_reference, facts)
    path = folder / "cut.kdenlive"
    write(made, path)
    older_project(path)
    return path


def edited(path: Path, take: Path) -> EditReport:
    """Forty frames of the second clip give way to fifty of the take."""
    made = read(path)
    placement = Placement(
        start=90,
        length=40,
        media=take,
        name=take.stem,
        facts=MediaFacts(rate=R, start=0, frames=60, width=64, height=48, channels=2),
        source_range=(4, 50),
        ripples=(Ripple(at=110, added=10),),
    )
    report = place_takes(made, find_clip(made, clip_names(made)[1]), [placement])
    out = path.with_name("cut_v2.kdenlive")
    write(report.timeline, out, origin=path)
    told = take_report(take, R, 60, (4, 50))
    return EditReport(
        timeline=str(out),
        takes=(told,),
        edits=(),
        duration_before=report.duration_before,
        duration_after=report.duration_after,
        rate=Ratio.of(R),
    )


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    return project(tmp_path, tmp_path / "film.mov")


def in_place(cut: Path, take: Path) -> EditReport:
    """As the bridge does it: the edited project is in the place of the old one."""
    done = edited(cut, take)
    Path(done.timeline).replace(cut)
    return msgspec.structs.replace(done, timeline=str(cut))


def test_an_edited_project_has_to_be_opened(cut: Path, tmp_path: Path, qtbot: QtBot) -> None:
    host = Kdenlive(cut, bus=Elsewhere())
    placed = host.place(in_place(cut, tmp_path / "take_v001.mov"), cut)
    assert (placed.way, placed.next_step) == ("project", "Open cut.kdenlive in Kdenlive.")
    host.close()


def test_what_is_open_in_kdenlive_has_to_be_reverted(cut: Path, tmp_path: Path, qtbot: QtBot) -> None:
    host = Kdenlive(cut, bus=Elsewhere(window("cut / HD 1080p 25 fps")))
    placed = host.place(in_place(cut, tmp_path / "take_v001.mov"), cut)
    assert placed.next_step == "In Kdenlive choose File > Revert, and do not save before."
    host.close()


def test_an_edit_beside_the_project_is_opened_as_another_one(cut: Path, tmp_path: Path, qtbot: QtBot) -> None:
    host = Kdenlive(cut, bus=Elsewhere(window("cut / HD 1080p 25 fps")))
    placed = host.place(edited(cut, tmp_path / "take_v001.mov"), cut)
    assert placed.way == "file"
    assert placed.next_step == "Open cut_v2.kdenlive in your editing program; cut.kdenlive is as it was."
    host.close()


def test_unsaved_changes_in_kdenlive_are_never_lost(cut: Path, tmp_path: Path, qtbot: QtBot) -> None:
    bus = Elsewhere(window("other / HD"), window("cut / HD 1080p 25 fps", modified=True))
    host = Kdenlive(cut, bus=bus)
    with pytest.raises(HostRefused, match="not saved: save it there"):
        host.check()
    with pytest.raises(HostRefused, match="not saved: save it there"):
        host.undo(PlacedInHost(way="project", sequence="cut.kdenlive"))
    host.close()


def test_unsaved_changes_of_another_project_are_no_matter(cut: Path, tmp_path: Path, qtbot: QtBot) -> None:
    bus = Elsewhere(window("cut 2 / HD", modified=True), window("uncut / HD", modified=True))
    host = Kdenlive(cut, bus=bus)
    host.check()
    host.close()


def test_takes_for_a_bin_need_a_kdenlive(cut: Path, tmp_path: Path, qtbot: QtBot) -> None:
    host = Kdenlive(cut, bus=Elsewhere())
    with pytest.raises(HostRefused, match="not open in Kdenlive"):
        host.add_to_bin(edited(cut, tmp_path / "take_v001.mov"))
    host.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there may be a session's bus at no address")
def test_without_a_bus_there_is_no_window(qtbot: QtBot) -> None:
    assert KdenliveBus("unix:path=/nowhere").windows() == ()


@pytest.mark.nle
@pytest.mark.timeout(900)
@pytest.mark.skipif(bool(MISSING), reason=f"needs Kdenlive and a screen for it: {', '.join(MISSING)}")
def test_kdenlive_gets_takes_into_its_bin_and_shows_the_edited_project(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, qtbot: QtBot
) -> None:
    from kdenlive_screen import kdenlive_with, keep, until
    from melt_player import draw

    home = tmp_path_factory.mktemp("k")  # short: the path of a socket has at most 107 bytes
    cut = project(tmp_path, draw(tmp_path / "film.mov", R, 300))
    take = draw(tmp_path / "take_v001.mov", R, 60, 50)
    save = "/kdenlive/MainWindow_1/actions/file_save", "org.qtproject.Qt.QAction.trigger"
    with kdenlive_with(cut, home / "1") as screen:
        bus = KdenliveBus(screen.bus)
        host = Kdenlive(cut, bus=bus)
        until(lambda: host._window() is not None, 120)
        screen.settled(60)
        host.add_to_bin(edited(cut, take))
        until(lambda: bus.windows()[0].modified, 60)
        keep(screen.settled(20), "kdenlive_bin.png")
        with pytest.raises(HostRefused, match="changes in Kdenlive that are not saved"):
            host.check()
        screen.call(*save)
        until(lambda: not bus.windows()[0].modified, 60)
        assert take.name in cut.read_text()
        host.check()
        assert "File > Revert" in host.place(in_place(cut, take), cut).next_step
        host.close()
    meant = read(cut)
    with kdenlive_with(cut, home / "2") as screen:
        host = Kdenlive(cut, bus=KdenliveBus(screen.bus))
        until(lambda: host._window() is not None, 120)
        keep(screen.settled(60), "kdenlive_placed.png")
        saved = cut.stat().st_mtime_ns
        screen.call(*save)
        until(lambda: cut.stat().st_mtime_ns != saved, 60)
        host.close()
    compare(meant, read(cut), R, cut.parent)
