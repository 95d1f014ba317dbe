"""Projects patched in place: what the edit does not touch stays, what names places follows its clips."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from lxml import etree
from timelines import Cut, Source, timeline

from otio_adapters.kdenlive.document import Document, clock, frames, get, put
from otio_adapters.kdenlive.shelf import file_marks
from otio_adapters.links import link_of
from otio_adapters.media_linker import MediaFacts
from otio_adapters.read import read
from otio_adapters.takes import Placement, Ripple, find_clip, place_takes
from otio_adapters.write import write

R = Fraction(25)


def project(folder: Path) -> Path:
    """Two clips of forty frames with linked sound, a guide, and what Kdenlive would have added since."""
    cuts = [Cut(name=f"clip {i}", media=Path("/media/a.mov"), start=50 * i, frames=40) for i in (1, 2)]
    path = folder / "cut.kdenlive"
    write(timeline(cuts, Source(frames=500), R, marker=70), path)
    tree = etree.parse(path)
    document = Document(tree, folder)
    put(document.bin, "kdenlive:documentnotes", "ask for the other angle")
    video = document.playlists(list(document.tracks())[1][1])[0]
    first, second = video.findall("entry")
    first.append(effect("grade"))
    second.append(effect("fadeout", 130, 139))
    second.append(effect("fadein", 100, 104))
    document.sequence.append(composition(50, 59))
    guides = json.loads(get(document.sequence, "kdenlive:sequenceproperties.guides"))
    guides[0] |= {"type": 6, "icon": "star"}
    put(document.sequence, "kdenlive:sequenceproperties.guides", json.dumps(guides))
    tree.write(str(path), encoding="utf-8", xml_declaration=True)
    return path


def effect(name: str, first: int | None = None, last: int | None = None) -> Any:
    """In the media's time, as Kdenlive keeps it."""
    element = etree.Element("filter", id=name)
    if first is not None and last is not None:
        element.set("in", clock(first, R))
        element.set("out", clock(last, R))
    return element


def composition(first: int, last: int) -> Any:
    element = etree.Element("transition", {"id": "wipe", "in": clock(first, R), "out": clock(last, R)})
    put(element, "b_track", "2")
    put(element, "kdenlive_id", "wipe")
    return element


def edited(path: Path, *ripples: Ripple) -> Document:
    """The project after frames [50, 60), in the second clip, have given way to a take."""
    made = read(path)
    take = Placement(
        start=50,
        length=10,
        media=Path("/takes/take_v001.mov"),
        name="take_v001",
        facts=MediaFacts(rate=R, start=0, frames=40),
        source_range=(4, 10 + sum(one.added - one.removed for one in ripples)),
        ripples=ripples,
    )
    out = path.with_name("out.kdenlive")
    write(place_takes(made, find_clip(made, "clip 2"), [take]).timeline, out, origin=path)
    return Document(etree.parse(out), path.parent)


def video(document: Document) -> list[Any]:
    return list(document.playlists(list(document.tracks())[1][1])[0].findall("entry"))


def test_notes_bin_and_profile_stay_as_they_are(tmp_path: Path) -> None:
    path = project(tmp_path)
    before, after = Document(etree.parse(path), tmp_path), edited(path)
    assert get(after.bin, "kdenlive:documentnotes") == "ask for the other angle"
    kept = [entry.get("producer") for entry in before.bin.findall("entry")]
    assert [entry.get("producer") for entry in after.bin.findall("entry")][: len(kept)] == kept
    assert dict(after.root.find("profile").attrib) == dict(before.root.find("profile").attrib)


def test_the_take_is_in_the_bin_once(tmp_path: Path) -> None:
    document = edited(project(tmp_path))
    named = [document.by_id(entry.get("producer")) for entry in document.bin.findall("entry")]
    assert [get(one, "resource") for one in named].count("/takes/take_v001.mov") == 1


def test_an_entry_that_was_not_cut_keeps_its_effects(tmp_path: Path) -> None:
    entries = video(edited(project(tmp_path)))
    assert [one.get("id") for one in entries[0].findall("filter")] == ["grade"]


def test_effects_in_media_time_act_on_the_piece_that_shows_that_time(tmp_path: Path) -> None:
    _, left, take, right = video(edited(project(tmp_path)))
    spans = {one.get("id"): one.get("in") for one in right.findall("filter")}
    assert spans["fadeout"] == clock(130, R)
    assert {one.get("id") for one in left.findall("filter")} == {"fadein", "fadeout"}
    assert take.findall("filter") == []


@pytest.mark.parametrize(
    ("ripples", "guide"),
    [((), 70), ((Ripple(at=52, removed=3),), 67), ((Ripple(at=52, added=5),), 75)],
)
def test_a_guide_follows_the_edit_and_keeps_its_category(
    tmp_path: Path, ripples: tuple[Ripple, ...], guide: int
) -> None:
    document = edited(project(tmp_path), *ripples)
    found = json.loads(get(document.sequence, "kdenlive:sequenceproperties.guides"))
    assert [(one["pos"], one["type"], one["icon"]) for one in found] == [(guide, 6, "star")]


def test_a_composition_moves_with_the_clip_it_lies_on(tmp_path: Path) -> None:
    path = project(tmp_path)
    tree = etree.parse(path)
    for element in tree.iter("transition"):
        if element.get("id") == "wipe":
            element.set("in", clock(70, R))
            element.set("out", clock(75, R))
    tree.write(str(path), encoding="utf-8", xml_declaration=True)
    document = edited(path, Ripple(at=52, removed=4))
    wipe = next(one for one in document.sequence.findall("transition") if one.get("id") == "wipe")
    assert (frames(wipe.get("in"), R), frames(wipe.get("out"), R)) == (66, 71)


def test_each_piece_is_grouped_with_its_sound(tmp_path: Path) -> None:
    document = edited(project(tmp_path), Ripple(at=52, removed=2))
    groups = json.loads(get(document.sequence, "kdenlive:sequenceproperties.groups"))
    leaves = [sorted(leaf["data"] for leaf in group["children"]) for group in groups]
    assert sorted(leaves) == [[f"0:{at}", f"1:{at}"] for at in (0, 40, 50, 58)]


def test_links_come_back_from_the_groups(tmp_path: Path) -> None:
    edited(project(tmp_path))
    made = read(tmp_path / "out.kdenlive")
    picture, sound = ([link_of(item) for item in track] for track in made.tracks)
    assert picture == sound
    assert len(set(picture)) == 4


def test_a_group_of_the_editors_own_takes_in_all_pieces(tmp_path: Path) -> None:
    path = project(tmp_path)
    tree = etree.parse(path)
    document = Document(tree, tmp_path)
    leaves = [{"data": f"1:{at}", "leaf": "clip", "type": "Leaf"} for at in (0, 40)]
    text = json.dumps([{"children": leaves, "type": "Normal"}])
    put(document.sequence, "kdenlive:sequenceproperties.groups", text)
    tree.write(str(path), encoding="utf-8", xml_declaration=True)
    after = edited(path)
    groups = json.loads(get(after.sequence, "kdenlive:sequenceproperties.groups"))
    assert [leaf["data"] for leaf in groups[0]["children"]] == ["1:0", "1:40", "1:50", "1:60"]


def test_a_disabled_track_and_a_locked_one_are_read_as_such(tmp_path: Path) -> None:
    path = project(tmp_path)
    tree = etree.parse(path)
    places = list(Document(tree, tmp_path).tracks())
    places[0][0].set("hide", "both")
    put(places[1][1], "kdenlive:locked_track", "1")
    tree.write(str(path), encoding="utf-8", xml_declaration=True)
    made = read(path)
    assert [track.enabled for track in made.tracks] == [True, False]
    assert made.tracks[0].metadata["pickup"]["locked"]


def test_a_project_of_other_tracks_is_not_patched(tmp_path: Path) -> None:
    """A track more than the project has: the timeline is then written anew, whole."""
    path = project(tmp_path)
    made = read(path)
    made.tracks.append(otio.schema.Track("A2", kind="Audio"))
    out = tmp_path / "out.kdenlive"
    write(made, out, origin=path)
    assert len(read(out).tracks) == 3


def test_the_take_lies_in_a_folder_of_its_own_with_a_number_of_its_own(tmp_path: Path) -> None:
    path = project(tmp_path)
    tree = etree.parse(path)
    document = Document(tree, tmp_path)
    put(document.bin, "kdenlive:folder.-1.40", "day 1")
    tree.write(str(path), encoding="utf-8", xml_declaration=True)
    after = edited(path)
    folders = {
        found.get("name").rpartition(".")[2]: found.text
        for found in after.bin.findall("property")
        if found.get("name").startswith("kdenlive:folder.-1.")
    }
    assert folders == {"2": "Sequences", "40": "day 1", "41": "Pickup"}
    takes = [one for one in after.root if get(one, "resource") == "/takes/take_v001.mov"]
    assert {get(one, "kdenlive:id") for one in takes} == {"42"}
    assert {get(one, "kdenlive:folderid") for one in takes} == {"41"}
    assert len({get(one, "kdenlive:control_uuid") for one in takes}) == 1


def test_takes_of_a_later_edit_lie_in_the_same_folder(tmp_path: Path) -> None:
    edited(project(tmp_path))
    made = read(tmp_path / "out.kdenlive")
    take = Placement(
        start=5,
        length=6,
        media=Path("/takes/take_v002.mov"),
        name="take_v002",
        facts=MediaFacts(rate=R, start=0, frames=40),
        source_range=(4, 6),
    )
    again = tmp_path / "again.kdenlive"
    report = place_takes(made, find_clip(made, "clip 1"), [take])
    write(report.timeline, again, origin=tmp_path / "out.kdenlive")
    properties = Document(etree.parse(again), tmp_path).bin.findall("property")
    assert [one.text for one in properties].count("Pickup") == 1


def test_a_proxied_clip_is_known_by_its_original_and_stays_proxied(tmp_path: Path) -> None:
    path = project(tmp_path)
    tree = etree.parse(path)
    for chain in tree.iter("chain"):
        put(chain, "kdenlive:originalurl", get(chain, "resource"))
        put(chain, "kdenlive:proxy", "proxy/abc.mkv")
        put(chain, "resource", "proxy/abc.mkv")
    tree.write(str(path), encoding="utf-8", xml_declaration=True)
    assert read(path).tracks[0][0].media_reference.target_url == "/media/a.mov"
    after = edited(path)
    played = [get(after.by_id(entry.get("producer")), "resource") for entry in video(after)]
    assert played == ["proxy/abc.mkv", "proxy/abc.mkv", "/takes/take_v001.mov", "proxy/abc.mkv"]


def test_rendered_previews_of_the_old_timeline_are_marked_stale(tmp_path: Path) -> None:
    path = project(tmp_path)
    tree = etree.parse(path)
    document = Document(tree, tmp_path)
    put(document.sequence, "kdenlive:sequenceproperties.previewchunks", "0,25")
    tree.write(str(path), encoding="utf-8", xml_declaration=True)
    sequence = edited(path).sequence
    assert get(sequence, "kdenlive:sequenceproperties.previewchunks") == ""
    assert get(sequence, "kdenlive:sequenceproperties.dirtypreviewchunks") == "0,25"


def test_groups_in_groups_keep_their_shape_and_compositions_move_in_them(tmp_path: Path) -> None:
    path = project(tmp_path)
    tree = etree.parse(path)
    document = Document(tree, tmp_path)
    pairs = [{"children": [leaf(f"{track}:{at}") for track in (0, 1)], "type": "AVSplit"} for at in (0, 40)]
    over = {"data": "1:70", "leaf": "composition", "type": "Leaf"}
    text = json.dumps([{"children": [*pairs, over], "type": "Normal"}])
    put(document.sequence, "kdenlive:sequenceproperties.groups", text)
    tree.write(str(path), encoding="utf-8", xml_declaration=True)
    after = edited(path, Ripple(at=52, removed=2))
    (group,) = json.loads(get(after.sequence, "kdenlive:sequenceproperties.groups"))
    assert [one["type"] for one in group["children"]] == ["AVSplit"] * 4 + ["Leaf"]
    assert group["children"][-1]["data"] == "1:68"
    places = [[one["data"] for one in pair["children"]] for pair in group["children"][:-1]]
    assert places == [[f"0:{at}", f"1:{at}"] for at in (0, 40, 50, 58)]


def leaf(place: str) -> dict[str, str]:
    return {"data": place, "leaf": "clip", "type": "Leaf"}


def test_a_composition_whose_clip_is_cut_out_goes(tmp_path: Path) -> None:
    path = project(tmp_path)  # its composition lies on frames 50 to 59
    made = read(path)
    report = place_takes(made, find_clip(made, "clip 2"), (), trims=[Ripple(at=45, removed=20)])
    write(report.timeline, tmp_path / "out.kdenlive", origin=path)
    sequence = Document(etree.parse(tmp_path / "out.kdenlive"), tmp_path).sequence
    assert "wipe" not in [one.get("id") for one in sequence.findall("transition")]


def test_a_file_that_is_here_is_marked_so_that_kdenlive_finds_it_again(tmp_path: Path) -> None:
    """The sum is of the first and the last million bytes."""
    media = tmp_path / "take.mov"
    media.write_bytes(b"a" * 1_000_000 + b"b" * 500_000 + b"c" * 1_000_000)
    meant = hashlib.md5(b"a" * 1_000_000 + b"c" * 1_000_000, usedforsecurity=False).hexdigest()
    assert file_marks(media) == {"kdenlive:file_size": "2500000", "kdenlive:file_hash": meant}
    assert file_marks(tmp_path / "gone.mov") == {}


@pytest.mark.parametrize(("folder", "root"), [("same", ""), ("other", "project")])
def test_the_base_of_relative_paths_changes_only_where_the_project_moves(
    tmp_path: Path, folder: str, root: str
) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "other").mkdir()
    path = project(tmp_path / "project")
    path.write_text(path.read_text("utf-8").replace(f'root="{(tmp_path / "project").as_posix()}"', 'root=""'))
    out = tmp_path / ("project" if folder == "same" else "other") / "out.kdenlive"
    write(read(path), out, origin=path)
    meant = (tmp_path / root).resolve().as_posix() if root else ""
    assert etree.parse(out).getroot().get("root") == meant
