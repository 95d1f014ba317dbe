"""Files of several sequences: one is asked for by name, edited and written back among the others."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from kdenlive_project import R, two_sequences
from lxml import etree
from one_edit import TAKE, Edit, take_of
from shared_media import shared
from timelines import Cut, Source, timeline
from xmeml_project import rich_xmeml

from otio_adapters.clip_place import find_clip
from otio_adapters.errors import UnreadableTimeline, UnwritableOutput
from otio_adapters.kdenlive.document import Document
from otio_adapters.read import read
from otio_adapters.sequences import choose, index_of, names_of
from otio_adapters.takes import place_takes
from otio_adapters.translation import losses_between
from otio_adapters.write import write


def cut(name: str) -> otio.schema.Timeline:
    cuts = [Cut(name=f"clip {i}", media=Path("/media/a.mov"), start=50 * i, frames=40) for i in (1, 2, 3)]
    made = timeline(cuts, Source(frames=500), R, marker=100)
    made.name = name
    return made


def two_projects(folder: Path) -> Path:
    path = folder / "cut.fcpxml"
    write(cut("first"), path)
    tree = etree.parse(path)
    first = next(tree.iter("project"))
    second = copy.deepcopy(first)
    second.set("name", "second")
    first.addnext(second)
    tree.write(str(path), encoding="utf-8", xml_declaration=True)
    return path


def two_timelines(folder: Path) -> Path:
    path = folder / "cut.otio"
    inside = [cut("first"), otio.schema.Clip("loose"), cut("second")]
    whole = otio.schema.SerializableCollection("bin", inside)
    otio.adapters.write_to_file(whole, str(path))
    return path


def two_in_xmeml(folder: Path) -> Path:
    path = rich_xmeml(folder)
    path.write_text(path.read_text("utf-8").replace(">other<", ">clip 1<"), "utf-8")
    return path


def xmeml_others(path: Path) -> Any:
    (second,) = (one for one in etree.parse(path).iter("sequence") if one.get("id") == "second")
    root = second.getroottree().getroot()
    second.getparent().remove(second)
    return spaceless(root)


def project_others(path: Path) -> Any:
    return spaceless(next(etree.parse(path).iter("project")))


def kdenlive_others(path: Path) -> Any:
    document = Document(etree.parse(path), path.parent)
    tracks = [element for _, track in document.tracks() for element in (*document.playlists(track), track)]
    return [spaceless(one) for one in (document.black(), *tracks, document.open, document.wrapper)]


def timeline_others(path: Path) -> Any:
    whole = json.loads(path.read_text("utf-8"))
    return whole["children"][:2], [key for key in whole if key != "children"]


def spaceless(element: Any) -> bytes:
    copied = etree.fromstring(etree.tostring(element), etree.XMLParser(remove_blank_text=True))
    return bytes(etree.tostring(copied, method="c14n"))


Make = Callable[[Path], Path]
FILES: dict[str, tuple[Make, Callable[[Path], Any]]] = {
    ".xml": (two_in_xmeml, xmeml_others),
    ".fcpxml": (two_projects, project_others),
    ".kdenlive": (two_sequences, kdenlive_others),
    ".otio": (two_timelines, timeline_others),
}
FORMATS = pytest.mark.parametrize("suffix", FILES)


def edited(path: Path, name: str) -> Path:
    """The file with a take in the first clip of the sequence."""
    found = read(path, name)
    place = find_clip(found, "clip 1")
    placed = place_takes(found, place, [take_of(Edit(start=17, take=True), place.rate)])
    out = path.with_stem("out")
    write(placed.timeline, out, origin=path)
    return out


def media(found: otio.schema.Timeline) -> list[str]:
    return [Path(clip.media_reference.target_url).name for clip in found.video_tracks()[0].find_clips()]


@FORMATS
def test_the_sequence_of_a_name_is_read(suffix: str, tmp_path: Path) -> None:
    path = FILES[suffix][0](tmp_path)
    found = read(path, "second")
    assert (found.name, names_of(found), index_of(found)) == ("second", ("first", "second"), 1)


@FORMATS
def test_a_sequence_can_be_asked_for_by_its_number(suffix: str, tmp_path: Path) -> None:
    path = FILES[suffix][0](tmp_path)
    assert [read(path, number).name for number in ("#1", "#2")] == ["first", "second"]


@FORMATS
def test_a_name_that_is_not_there_is_one_line_with_those_that_are(suffix: str, tmp_path: Path) -> None:
    path = FILES[suffix][0](tmp_path)
    with pytest.raises(UnreadableTimeline, match=r"has no sequence 'third'; it has 'first', 'second'$"):
        read(path, "third")


@FORMATS
def test_an_edit_goes_into_its_sequence_and_leaves_the_others_as_they_were(
    suffix: str, tmp_path: Path
) -> None:
    make, others = FILES[suffix]
    path = make(tmp_path)
    out = edited(path, "second")
    assert Path(TAKE).name in media(read(out, "second"))
    assert Path(TAKE).name not in media(read(out, "first"))
    assert others(out) == others(path)


@FORMATS
def test_the_other_sequences_are_losses_of_another_format(suffix: str, tmp_path: Path) -> None:
    path = FILES[suffix][0](tmp_path)
    said = losses_between(read(path, "second"), path, tmp_path / "out.edl")
    assert "1 more sequences of the file: 'first'" in said


@pytest.mark.parametrize("suffix", [".fcpxml", ".otio"])
def test_a_file_that_says_of_none_that_it_is_the_one_asks_which(suffix: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableTimeline, match="'first', 'second'; say which with --sequence NAME"):
        read(FILES[suffix][0](tmp_path))


@pytest.mark.parametrize("suffix", [".kdenlive", ".xml"])
def test_a_file_that_says_which_one_is_open_is_read_at_that(suffix: str, tmp_path: Path) -> None:
    assert read(FILES[suffix][0](tmp_path)).name == "first"


@pytest.mark.parametrize("suffix", [".fcpxml", ".kdenlive", ".xml"])
def test_a_sequence_without_a_track_of_its_own_never_takes_the_place_of_all(
    suffix: str, tmp_path: Path
) -> None:
    path = FILES[suffix][0](tmp_path)
    found = read(path, "second")
    del found.tracks[0]
    with pytest.raises(UnwritableOutput, match="no longer one of the 2 sequences of cut"):
        write(found, tmp_path / f"out{suffix}", origin=path)


def test_a_timeline_taken_out_of_a_collection_is_a_whole_file(tmp_path: Path) -> None:
    path, alone = two_timelines(tmp_path), tmp_path / "alone.fcpxml"
    write(read(path, "second"), alone)
    again = tmp_path / "again.otio"
    write(read(alone), again)
    assert names_of(read(again)) == ()


def test_two_sequences_of_one_name_are_told_apart_by_number() -> None:
    with pytest.raises(UnreadableTimeline, match="2 sequences called 'cut': say which, #1 or #3"):
        choose("cut", ("cut", "other", "cut"), Path("x.xml"))


def test_a_name_goes_before_a_number_and_an_id() -> None:
    assert choose("#1", ("a", "#1"), Path("x.xml"), ("#1", "b")) == 1


def test_a_list_has_no_sequences(tmp_path: Path) -> None:
    write(cut("first"), tmp_path / "cut.edl")
    with pytest.raises(UnreadableTimeline, match=r"no sequence of a \.edl file can be asked for by its name"):
        read(tmp_path / "cut.edl", "first")


def test_the_only_sequence_of_a_file_has_its_name_too(tmp_path: Path) -> None:
    write(cut("first"), tmp_path / "cut.otio")
    assert read(tmp_path / "cut.otio", "first").name == "first"
    with pytest.raises(UnreadableTimeline, match="has no sequence 'second'; it has 'first'"):
        read(tmp_path / "cut.otio", "second")


@pytest.mark.parametrize(
    ("name", "sequences"),
    [
        ("kdenlive/kdenlive-test-suite__alpha.kdenlive", 2),
        ("fcpxml/otio-fcpx-xml-adapter__fcpx_event.fcpxml", 2),
    ],
)
def test_all_sequences_of_a_real_project_are_read(name: str, sequences: int) -> None:
    path = shared(f"timelines/{name}")
    found = [read(path, f"#{number + 1}") for number in range(sequences)]
    assert [one.name for one in found] == list(names_of(found[0]))
    assert any(one.find_clips() for one in found)


def test_a_sequence_of_an_aaf_is_read_by_name(tmp_path: Path) -> None:
    aaf2 = pytest.importorskip("aaf2", reason="needs the extra: pip install 'pickup-editor[aaf]'")
    path = tmp_path / "cut.aaf"
    shutil.copy(shared("timelines/aaf/otio-aaf-adapter__simple.aaf"), path)
    with aaf2.open(str(path), "rw") as file:
        twin = next(file.content.toplevel()).copy()
        twin.mob_id, twin.name = aaf2.mobid.MobID.new(), "second"
        file.content.mobs.append(twin)
    found = read(path, "second")
    assert (found.name, names_of(found)[1:], index_of(found)) == ("second", ("second",), 1)
    assert found.find_clips()
    with pytest.raises(UnreadableTimeline, match="the file has no sequence 'third'; it has "):
        read(path, "third")
