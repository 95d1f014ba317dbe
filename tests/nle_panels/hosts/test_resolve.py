"""Resolve's script as it is installed, in a Python of its own, between a fake Resolve and the real bridge."""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from take_reports import take_report
from timelines import Cut, Source, timeline

from bridge.report import EditReport
from bridge.splice import Splice
from engine.paths import EnginePaths
from engine.protocol import Ratio
from nle_panels.errors import HostGone, HostRefused
from nle_panels.hosts.bridge_server import BridgeServer
from nle_panels.hosts.host import HostSequence, PlacedInHost
from nle_panels.hosts.install import Installer
from nle_panels.hosts.meeting import connection_file
from nle_panels.hosts.packages import System, plan_for, resolve_scripts
from nle_panels.hosts.remote import RemoteHost
from otio_adapters.media_linker import MediaFacts
from otio_adapters.opentime import timeline_rate
from otio_adapters.read import read
from otio_adapters.takes import Placement, Ripple, find_clip, place_takes
from otio_adapters.write import write

R = Fraction(25)
HOUR = 90_000
FAKE = Path(__file__).parents[2] / "fake_resolve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A project of three clips that starts at one hour, open in the fake Resolve; the script is running."""

    folder: Path
    host: RemoteHost
    script: subprocess.Popen[str]

    def project(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "resolve" / "project.json").read_text()))

    def take(self, name: str, frames: int) -> Path:
        path = self.folder / f"{name}.mov"
        path.write_text(json.dumps({"timecode": HOUR, "frames": frames}))
        return path

    def edit(
        self, sequence: HostSequence, start: int, length: int, frames: int, *ripples: Ripple, clip: str
    ) -> EditReport:
        """As the bridge makes one: a take with four frames of handle on either side."""
        path = self.take("take_v001", frames + 8)
        made = read(sequence.timeline)
        placement = Placement(
            start=start,
            length=length,
            media=path,
            name=path.stem,
            facts=MediaFacts(rate=R, start=HOUR, frames=frames + 8, channels=2),
            source_range=(4, frames),
            ripples=ripples,
        )
        report = place_takes(made, find_clip(made, clip), [placement])
        out = self.folder / "out.otio"
        write(report.timeline, out, origin=sequence.timeline)
        assert report.splice is not None
        return EditReport(
            timeline=str(out),
            takes=(take_report(path, R, frames + 8, (4, frames)),),
            edits=(),
            duration_before=report.duration_before,
            duration_after=report.duration_after,
            rate=Ratio.of(R),
            splice=Splice.of(report.splice, clip),
        )

    def whole_clip(self, sequence: HostSequence) -> EditReport:
        return self.edit(sequence, 40, 40, 40, clip="clip 2")

    def inside(self, sequence: HostSequence) -> EditReport:
        """Ten frames of the second clip give way to sixteen."""
        return self.edit(sequence, 50, 10, 16, Ripple(at=55, added=6), clip="clip 2")


def project(folder: Path, traps: list[str]) -> None:
    media = folder / "interview.mov"
    media.write_text(json.dumps({"timecode": HOUR, "frames": 500}))
    names = ["clip"] * 3 if "twins" in traps else ["clip 1", "clip 2", "clip 3"]
    cuts = [
        Cut(name=name, media=media, start=60 * number, frames=40)
        for number, name in enumerate(names, start=1)
    ]
    made = timeline(cuts, Source(frames=500, timecode=HOUR), R, start=HOUR)
    made.name = "interview cut"
    made.metadata["Resolve_OTIO"] = {"Resolve OTIO Meta Version": "1.0"}
    home = folder / "resolve"
    home.mkdir()
    made.to_json_file(str(home / "timeline 1.otio"))
    called = ["interview cut", *(["interview cut (Pickup)"] if "taken name" in traps else [])]
    said = [
        {"id": f"timeline {number}", "name": name, "file": str(home / "timeline 1.otio")}
        for number, name in enumerate(called, start=1)
    ]
    (home / "project.json").write_text(
        json.dumps({"timelines": said, "current": "timeline 1", "traps": traps})
    )


@pytest.fixture
def traps(request: pytest.FixtureRequest) -> list[str]:
    return list(getattr(request, "param", []))


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(
        platform="linux",
        home=tmp_path / "home",
        environment={},
        paths=EnginePaths.under(tmp_path / "pickup"),
        python=sys.executable,
    )


@pytest.fixture
def installed(system: System, tmp_path: Path, traps: list[str]) -> Iterator[Path]:
    """The script in Resolve's folder; taken out again it leaves nothing."""
    project(tmp_path, traps)
    installer = Installer("resolve", system.folder)
    installer.install(plan_for("resolve", system))
    yield resolve_scripts(system) / "pickup_panel.py"
    installer.undo()
    assert not (system.folder / "resolve").exists()
    assert not system.home.exists()


def started(script: Path, tmp_path: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "FAKE_RESOLVE": str(tmp_path / "resolve"), "PYTHONPATH": str(FAKE)}
    return subprocess.Popen([sys.executable, str(script)], env=environment, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, system: System, installed: Path) -> Iterator[Desk]:
    server = BridgeServer("resolve", connection_file("resolve", system.paths))
    with qtbot.waitSignal(server.met, timeout=60_000):
        script = started(installed, tmp_path)
    yield Desk(folder=tmp_path, host=RemoteHost("resolve", server, tmp_path / "work"), script=script)
    server.close()
    script.communicate(timeout=20)
    assert script.returncode in {0, -signal.SIGKILL}  # the second where a test killed it


def test_the_sequence_is_what_resolve_has_open(desk: Desk) -> None:
    sequence = desk.host.sequence()
    assert (sequence.name, sequence.clip, sequence.playhead) == ("interview cut", "clip 1", 7)
    assert sequence.range == (10, 20)
    exported = read(sequence.timeline)
    assert [clip.name for clip in exported.video_tracks()[0]] == ["clip 1", "clip 2", "clip 3"]
    assert desk.host.sequence().version == sequence.version


def test_a_take_of_a_whole_clip_at_its_length_is_another_take_of_it(desk: Desk) -> None:
    sequence = desk.host.sequence()
    done = desk.whole_clip(sequence)
    placed = desk.host.place(done, sequence.timeline)
    assert (placed.way, placed.sequence, placed.warnings) == ("takes", "interview cut", ())
    assert desk.project()["bins"]["Pickup takes"] == [str(desk.folder / "take_v001.mov")]
    assert desk.project()["folder"] == "Master"
    now = desk.host.sequence()
    assert media_of(now) == ["interview.mov", "take_v001.mov", "interview.mov"]
    desk.host.undo(placed)
    assert desk.host.sequence().version == sequence.version


def media_of(sequence: HostSequence) -> list[str]:
    exported = read(sequence.timeline)
    return [Path(clip.media_reference.target_url).name for clip in exported.video_tracks()[0]]


@pytest.mark.parametrize("traps", [["no takes"], ["deaf takes"], ["longer takes"]], indirect=True)
def test_takes_that_resolve_does_not_do_are_taken_back_and_a_timeline_is_made(desk: Desk) -> None:
    sequence = desk.host.sequence()
    placed = desk.host.place(desk.whole_clip(sequence), sequence.timeline)
    assert (placed.way, placed.sequence) == ("timeline", "interview cut (Pickup)")
    desk.host.undo(placed)
    assert desk.host.sequence().version == sequence.version


def placed_inside(desk: Desk) -> tuple[HostSequence, PlacedInHost]:
    sequence = desk.host.sequence()
    return sequence, desk.host.place(desk.inside(sequence), sequence.timeline)


def test_an_edit_inside_a_clip_is_a_new_timeline_and_undo_deletes_it(desk: Desk) -> None:
    sequence, placed = placed_inside(desk)
    assert (placed.way, placed.sequence) == ("timeline", "interview cut (Pickup)")
    names = [one["name"] for one in desk.project()["timelines"]]
    assert (names, desk.project()["current"]) == (
        ["interview cut", "interview cut (Pickup)"],
        "timeline 2",
    )
    found = read(desk.host.sequence().timeline)
    assert timeline_rate(found) == R
    assert len(list(found.video_tracks()[0])) == 5
    desk.host.undo(placed)
    assert [one["name"] for one in desk.project()["timelines"]] == ["interview cut"]
    assert desk.host.sequence().version == sequence.version


@pytest.mark.parametrize("traps", [["taken name"]], indirect=True)
def test_a_name_that_is_taken_is_not_imported_under(desk: Desk) -> None:
    _, placed = placed_inside(desk)
    assert placed.sequence == "interview cut (Pickup) 2"


@pytest.mark.parametrize("traps", [["drops sound"], ["renames"]], indirect=True)
def test_an_import_that_came_out_otherwise_is_deleted_and_said(desk: Desk) -> None:
    sequence = desk.host.sequence()
    with pytest.raises(HostRefused, match=r"is as it was.*imported out\.otio otherwise"):
        desk.host.place(desk.inside(sequence), sequence.timeline)
    assert [one["name"] for one in desk.project()["timelines"]] == ["interview cut"]
    assert desk.host.sequence().version == sequence.version


def test_an_import_that_says_nothing_is_noticed(desk: Desk) -> None:
    sequence = desk.host.sequence()
    done = desk.inside(sequence)
    (desk.folder / "interview.mov").unlink()
    with pytest.raises(HostRefused, match=r"did not import out\.otio and does not say why"):
        desk.host.place(done, sequence.timeline)


def test_a_timeline_that_has_changed_meanwhile_is_left_alone(desk: Desk) -> None:
    old = desk.host.sequence()
    done = desk.whole_clip(old)
    desk.host.place(done, old.timeline)
    with pytest.raises(HostRefused, match="is not as it was"):
        desk.host.place(done, old.timeline)


@pytest.mark.parametrize("traps", [["twins"]], indirect=True)
def test_of_clips_with_one_name_the_one_under_the_playhead_is_meant(desk: Desk) -> None:
    assert desk.host.sequence().clip == "clip#1"


@pytest.mark.parametrize("traps", [["dead export"]], indirect=True)
def test_an_export_that_fails_is_said(desk: Desk) -> None:
    with pytest.raises(HostRefused, match="did not export interview cut"):
        desk.host.sequence()


def test_undo_of_a_timeline_that_is_gone_is_said(desk: Desk) -> None:
    _, placed = placed_inside(desk)
    desk.host.undo(placed)
    with pytest.raises(HostRefused, match="not in the project any more"):
        desk.host.undo(placed)


def test_the_script_tells_of_what_is_under_the_playhead(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desk.host.server.changed, timeout=20_000) as told:
        pass
    assert (told.args[0].clip, told.args[0].clip_start) == ("clip 1", 0)


def test_a_script_that_dies_is_gone(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desk.host.server.lost):
        desk.script.kill()
    with pytest.raises(HostGone, match="resolve is not connected"):
        desk.host.sequence()


PANEL = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from nle_panels.hosts.bridge_server import BridgeServer
app = QCoreApplication([])
server = BridgeServer("resolve", Path(sys.argv[1]))
server.met.connect(app.quit)
app.exec()
server.close()
"""


def test_the_script_starts_the_panel_where_none_runs(installed: Path, system: System, tmp_path: Path) -> None:
    """One that goes as soon as it is met."""
    settings = system.folder / "resolve" / "settings.json"
    original = settings.read_text()
    said = json.loads(original)
    said["panel"] = [sys.executable, "-c", PANEL, said["connection"]]
    settings.write_text(json.dumps(said))
    told, _ = started(installed, tmp_path).communicate(timeout=90)
    settings.write_text(original)
    assert told.splitlines() == ["Pickup: the panel is connected", "Pickup: the panel was closed"]


def test_a_panel_that_does_not_start_is_said(installed: Path, system: System, tmp_path: Path) -> None:
    settings = system.folder / "resolve" / "settings.json"
    original = settings.read_text()
    settings.write_text(json.dumps({**json.loads(original), "panel": [sys.executable, "-c", "exit(3)"]}))
    told, _ = started(installed, tmp_path).communicate(timeout=90)
    settings.write_text(original)
    assert told.startswith("Pickup: the panel did not start: run `")


def test_the_script_needs_nothing_but_the_standard_library() -> None:
    folder = Path(__file__).parents[3] / "nle_panels" / "resolve_scripts"
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(), feature_version=(3, 8))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            roots = {name.split(".")[0] for name in names} - {"fusionscript"}
            assert roots <= {*sys.stdlib_module_names, ""}, path


def test_the_fake_is_called_as_the_stubs_of_the_real_one_are() -> None:
    stubs = metadata.files("fusionscript-stubs") or ()
    (stub,) = [file.locate() for file in stubs if file.name == "fusionscript.pyi"]
    known = {node.name: node for node in classes(Path(stub))}
    for ours in (node for node in classes(FAKE / "DaVinciResolveScript.py") if node.name in known):
        theirs = [(method.name, arguments(method)) for method in methods(known[ours.name])]
        for method in methods(ours):
            assert (method.name, arguments(method)) in theirs, ours.name


def classes(path: Path) -> list[ast.ClassDef]:
    return [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]


def methods(of: ast.ClassDef) -> list[ast.FunctionDef]:
    return [node for node in of.body if isinstance(node, ast.FunctionDef) and node.name[0].isupper()]


def arguments(method: ast.FunctionDef) -> list[str]:
    return [argument.arg for argument in method.args.args]
