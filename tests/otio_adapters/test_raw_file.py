"""Project files as trees: what is told of them, and what every edit may change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.raw_file import raw_features, raw_tree
from otio_adapters.raw_tree import Node, vanished

XMEML = (
    '<xmeml version="5"><sequence><media><video><track><clipitem id="c1"><name>a</name><start>{start}</start>'
    "<file id='f1'><pathurl>{path}</pathurl><duration>{length}</duration></file>"
    "<filter><effect><name>Blur</name><parameter><parameterid>amount</parameterid><value>{amount}</value>"
    "</parameter></effect></filter></clipitem></track></video></media></sequence></xmeml>"
)
USUAL = {"start": "10", "path": "file:///a/b.mov", "length": "500", "amount": "0.5"}


def tree(folder: Path, name: str, text: str) -> Node:
    (folder / name).write_text(text, "utf-8")
    found = raw_tree(folder / name)
    assert found is not None
    return found


def xmeml(folder: Path, **changed: str) -> Node:
    return tree(folder, "cut.xml", XMEML.format(**{**USUAL, **changed}))


def otio(folder: Path, clip: dict[str, object]) -> Node:
    track = {"OTIO_SCHEMA": "Track.1", "name": "V1", "children": [{"OTIO_SCHEMA": "Clip.2", **clip}]}
    stack = {"OTIO_SCHEMA": "Stack.1", "children": [track]}
    return tree(folder, "cut.otio", json.dumps({"OTIO_SCHEMA": "Timeline.1", "tracks": stack}))


@pytest.mark.parametrize("changed", [{"start": "15"}, {"path": "b.mov"}])
def test_times_and_folders_are_what_an_edit_may_change(tmp_path: Path, changed: dict[str, str]) -> None:
    assert vanished(xmeml(tmp_path), xmeml(tmp_path, **changed)) == ()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"path": "file:///a/c.mov"}, "pathurl: text 'b.mov'"),
        ({"length": "499"}, "duration: text '500'"),
        ({"amount": "0.4"}, "value: text '0.5'"),
    ],
)
def test_all_else_is_told(tmp_path: Path, changed: dict[str, str], told: str) -> None:
    (found,) = vanished(xmeml(tmp_path), xmeml(tmp_path, **changed))
    assert str(found).endswith(told)


def test_effects_of_xml_are_counted_by_name(tmp_path: Path) -> None:
    assert raw_features(xmeml(tmp_path)) == {"effects": {"Blur": 1}}


def test_numbers_of_json_are_the_same_however_written(tmp_path: Path) -> None:
    assert vanished(otio(tmp_path, {"metadata": {"n": 1}}), otio(tmp_path, {"metadata": {"n": 1.0}})) == ()


def test_the_one_reference_of_an_old_clip_is_the_first_of_a_new_one(tmp_path: Path) -> None:
    media = {"OTIO_SCHEMA": "ExternalReference.1", "target_url": "a.mov"}
    new = {"media_references": {"DEFAULT_MEDIA": media}}
    assert vanished(otio(tmp_path, {"media_reference": media}), otio(tmp_path, new)) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"OTIO_SCHEMA": "Filler.1", "name": "x"}, {"OTIO_SCHEMA": "Gap.1", "name": "x"}),
        (
            {"OTIO_SCHEMA": "Marker.1", "name": "m", "range": {"OTIO_SCHEMA": "TimeRange.1"}},
            {"OTIO_SCHEMA": "Marker.2", "name": "m", "marked_range": {"OTIO_SCHEMA": "TimeRange.1"}},
        ),
        ({"OTIO_SCHEMA": "Gap.1", "OTIO_REF_ID": "me"}, {"OTIO_SCHEMA": "Gap.1"}),  # which nothing refers to
    ],
)
def test_what_old_files_call_otherwise_is_the_same(tmp_path: Path, old: object, new: object) -> None:
    before, after = (otio(tmp_path, {"metadata": {"here": one}}) for one in (old, new))
    assert vanished(before, after) == vanished(after, before) == ()


def test_unknown_metadata_is_told_by_its_path(tmp_path: Path) -> None:
    before = otio(tmp_path, {"name": "a", "metadata": {"Studio": {"Shot": "s010"}}})
    (found,) = vanished(before, otio(tmp_path, {"name": "a", "metadata": {"Studio": {}}}))
    assert str(found) == "Timeline/Stack/Track 'V1'/Clip 'a'/metadata/Studio"


def test_notes_of_an_edit_list_belong_to_their_event(tmp_path: Path) -> None:
    times = "00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00"
    events = f"001 AX V C {times}\n{{}}\n002 BX V C {times}\n{{}}"
    before = tree(tmp_path, "cut.edl", events.format("* ONE", "* TWO"))
    (found, *_) = vanished(before, tree(tmp_path, "cut.edl", events.format("* TWO", "* ONE")))
    assert str(found).startswith("list/event 'AX V'/line")


def test_an_event_of_an_edit_list_is_known_by_its_whole_reel_and_its_channels(tmp_path: Path) -> None:
    times = "00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00"
    before = tree(tmp_path, "cut.edl", f"001 TAPE ONE A2/V D 012 {times}\n* A NOTE")
    (found,) = vanished(before, tree(tmp_path, "cut.edl", f"001 TAPE ONE A2/V D 012 {times}"))
    assert str(found) == "list/event 'TAPE ONE A2/V'/line"


def test_an_edit_list_with_marks_of_utf_16_has_a_tree(tmp_path: Path) -> None:
    (tmp_path / "cut.edl").write_text(
        "001 AX V C 00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00\n* ÜBER", "utf-16"
    )
    found = raw_tree(tmp_path / "cut.edl")
    assert found is not None
    assert [dict(node.own).get("") for node in found.walk()][-1] == "* ÜBER"


def test_a_binary_format_has_no_tree(tmp_path: Path) -> None:
    assert raw_tree(tmp_path / "cut.aaf") is None


def test_json_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cut.otio").write_text("{")
    with pytest.raises(UnreadableTimeline, match="is not JSON"):
        raw_tree(tmp_path / "cut.otio")
