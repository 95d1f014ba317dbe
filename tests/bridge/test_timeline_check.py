"""`pickup timeline check`: what an edit keeps of a project, and what the command says and ends with."""

from __future__ import annotations

import json
from pathlib import Path

import opentimelineio as otio
import pytest
from typer.testing import CliRunner
from xmeml_project import rich_xmeml

from bridge import timeline_check
from bridge.errors import UsageError
from bridge.timeline_check import check
from bridge.timeline_commands import timeline_app
from otio_adapters.errors import ReadBackMismatch
from otio_adapters.read import read
from otio_adapters.write import write

DATA = Path(__file__).parents[1] / "data" / "otio_adapters"
KEYS = [
    "file",
    "format",
    "application",
    "read",
    "clips",
    "tracks",
    "duration_before",
    "duration_after",
    "kept",
    "lost",
    "refused",
]


def answered(*arguments: str) -> tuple[int, dict[str, object], str]:
    """The command's exit code, its JSON and what it says beside."""
    done = CliRunner().invoke(timeline_app, ["check", *arguments, "--json"])
    return done.exit_code, json.loads(done.stdout), done.stderr


@pytest.mark.parametrize("suffix", [".kdenlive", ".xml", ".otio"])
def test_a_project_that_is_carried_through(suffix: str) -> None:
    code, answer, said = answered(str(DATA / f"revised{suffix}"))
    assert code == 0
    assert list(answer) == KEYS
    assert (answer["read"], answer["lost"], answer["refused"]) == (True, [], None)
    assert (answer["duration_before"], answer["duration_after"]) == (124, 119)
    assert "clips: 12" in answer["kept"]  # type: ignore[operator]
    assert said.startswith("cut 5 frames at frame")


def test_nothing_is_written_beside_the_project(tmp_path: Path) -> None:
    project = tmp_path / "cut.xml"
    project.write_bytes((DATA / "revised.xml").read_bytes())
    check(project)
    assert list(tmp_path.iterdir()) == [project]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle that lies in a folder of its own, with all of its media in it."""
    timeline = read(DATA / "revised.otio")
    for clip in timeline.find_clips():
        clip.media_reference.target_url = str(DATA / "revised.xml")
    path = tmp_path / "project" / "cut.otioz"
    path.parent.mkdir()
    write(timeline, path)
    return path


@pytest.mark.parametrize("suffix", [".kdenlive", ".otio", ".otioz"])
def test_a_bundle_is_not_unpacked_beside_itself(bundle: Path, suffix: str) -> None:
    checked = check(bundle, to=suffix).checked
    assert checked.refused is None
    assert not any(one.startswith("media:") for one in checked.lost)
    assert list(bundle.parent.iterdir()) == [bundle]


def test_the_media_of_a_bundle_lies_beside_what_is_kept_of_it(bundle: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.otio"
    check(bundle, keep=kept)
    played = {clip.media_reference.target_url for clip in read(kept).find_clips()}
    assert played == {str(tmp_path / "cut_unpacked" / "media" / "revised.xml")}
    assert list(bundle.parent.iterdir()) == [bundle]


def test_what_is_written_can_be_kept(tmp_path: Path) -> None:
    kept = tmp_path / "kept.kdenlive"
    assert check(DATA / "revised.kdenlive", keep=kept).checked.lost == ()
    assert len(read(kept).find_clips()) == len(read(DATA / "revised.kdenlive").find_clips()) + 3


def test_a_marker_in_what_is_cut_is_no_loss(tmp_path: Path) -> None:
    made = read(DATA / "revised.otio")
    longest = max(made.find_clips(), key=lambda clip: clip.duration().value)
    span = longest.trimmed_range()
    for frame in (2, int(span.duration.value) // 2):
        at = span.start_time + otio.opentime.RationalTime(frame, span.duration.rate)
        longest.markers.append(otio.schema.Marker(f"at {frame}", otio.opentime.TimeRange(at)))
    otio.adapters.write_to_file(made, str(tmp_path / "cut.otio"))
    checked = check(tmp_path / "cut.otio").checked
    assert checked.lost == ()
    assert "clip markers: 1" in checked.kept


def test_a_clip_alone_that_becomes_a_timeline_loses_nothing_and_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "shot.otio"
    clip = read(DATA / "revised.otio").find_clips()[0]
    otio.adapters.write_to_file(clip.deepcopy(), str(path))
    code, answer, said = answered(str(path))
    assert (code, answer["lost"], answer["refused"]) == (0, [], None)
    assert "the file holds one clip alone; edited it is a timeline" in said


def test_another_format_tells_what_it_does_not_hold() -> None:
    code, answer, said = answered(str(DATA / "revised.otio"), "--to", "kdenlive")
    assert code == 1
    assert any("start timecode" in line for line in answer["lost"])  # type: ignore[attr-defined]
    assert "written as .kdenlive" in said


def test_a_file_that_cannot_be_read_ends_with_three(tmp_path: Path) -> None:
    (tmp_path / "cut.otio").write_text("{")
    code, answer, _ = answered(str(tmp_path / "cut.otio"))
    assert code == 3
    assert list(answer) == KEYS
    assert (answer["read"], answer["duration_before"]) == (False, None)
    assert "is not an OpenTimelineIO file" in str(answer["refused"])


def test_an_edit_that_is_refused_says_why_and_ends_well(tmp_path: Path) -> None:
    made = read(DATA / "revised.otio")
    for clip in made.find_clips():
        clip.effects.append(otio.schema.TimeEffect("hold"))
    otio.adapters.write_to_file(made, str(tmp_path / "cut.otio"))
    code, answer, _ = answered(str(tmp_path / "cut.otio"))
    assert code == 0
    assert (answer["read"], answer["duration_after"], answer["lost"]) == (True, None, [])
    assert "hold" in str(answer["refused"])


def test_a_writer_that_fails_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ReadBackMismatch("V1 read back as A1")

    monkeypatch.setattr(timeline_check, "write", fails)
    checked = check(DATA / "revised.otio").checked
    assert (checked.lost, checked.refused, checked.exit_code) == (("V1 read back as A1",), None, 1)


def test_what_a_writer_drops_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    real = timeline_check.write

    def forgetful(timeline: otio.schema.Timeline, path: Path, **how: Path) -> None:
        real(timeline, path, **how)
        text = path.read_text("utf-8")
        path.write_text(text.replace('"name": "after"', '"name": ""'), "utf-8")

    monkeypatch.setattr(timeline_check, "write", forgetful)
    marker, element = check(DATA / "revised.otio").checked.lost
    assert marker.startswith("timeline markers: the marker 'after' at 01:00:03;0")
    assert element.startswith("element Timeline/Stack")
    assert element.endswith("/Marker 'after'")


@pytest.mark.parametrize(
    ("to", "keep", "said"),
    [
        ("png", None, "png is not written"),
        ("xml", "kept.otio", "name two formats"),
        (None, "kept.png", "is not written"),
    ],
)
def test_formats_that_contradict_are_the_users_mistake(
    tmp_path: Path, to: str | None, keep: str | None, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        check(DATA / "revised.otio", to=to, keep=tmp_path / keep if keep else None)


def test_the_result_never_takes_the_place_of_the_project(tmp_path: Path) -> None:
    project = tmp_path / "cut.otio"
    project.write_bytes((DATA / "revised.otio").read_bytes())
    with pytest.raises(UsageError, match="is the timeline that is read"):
        check(project, keep=project)


def test_a_person_reads_lines() -> None:
    text = check(DATA / "revised.kdenlive").checked.as_text()
    assert text.splitlines()[-1] == "edit      124 -> 119 frames: nothing is lost"


def test_another_sequence_than_the_first_is_checked_by_its_name(tmp_path: Path) -> None:
    result = check(rich_xmeml(tmp_path), sequence="second")
    assert (result.checked.duration_before, result.checked.duration_after) == (40, 35)
    assert result.checked.lost == ()


def test_of_several_projects_of_which_none_is_the_one_the_first_is_tried(tmp_path: Path) -> None:
    shot = '<asset-clip ref="r2" name="shot" duration="4s"/>'
    cut = f'<sequence format="r1" duration="4s"><spine>{shot}</spine></sequence>'
    projects = "".join(f'<project name="{name}">{cut}</project>' for name in ("day", "night"))
    path = tmp_path / "cuts.fcpxml"
    path.write_text(
        '<fcpxml version="1.11"><resources><format id="r1" frameDuration="1/25s"/><asset id="r2" name="shot"'
        f' duration="4s" hasVideo="1" src="file:///m/a.mov"/></resources><event>{projects}</event></fcpxml>',
        "utf-8",
    )
    code, answer, said = answered(str(path))
    assert (code, answer["refused"], answer["lost"], answer["duration_after"]) == (0, None, [], 95)
    assert said.startswith(f"the first one is tried: {path} holds 2 projects, 'day', 'night'")
