"""OTIO written without an edit is the file that was read: ids, unknown schemas, spellings and all."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from shared_media import SHARED, shared

from bridge.timeline_check import check
from otio_adapters.errors import UnreadableTimeline
from otio_adapters.native.writer import native_json
from otio_adapters.read import read
from otio_adapters.write import write

SAMPLES = sorted(str(path.relative_to(SHARED)) for path in (SHARED / "timelines" / "otio").glob("*.otio"))


def rational(value: float, rate: float = 25.0) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": value}


def document(rate: float = 25.0, **clip: Any) -> dict[str, Any]:
    """A timeline of one clip, as another program's JSON."""
    shown = {"OTIO_SCHEMA": "TimeRange.1", "start_time": rational(0, rate), "duration": rational(50, rate)}
    shot = {"OTIO_SCHEMA": "Clip.1", "name": "shot", "metadata": {}, "source_range": shown, **clip}
    track = {"OTIO_SCHEMA": "Track.1", "kind": "Video", "children": [shot]}
    stack = {"OTIO_SCHEMA": "Stack.1", "children": [track]}
    return {"OTIO_SCHEMA": "Timeline.1", "name": "cut", "tracks": stack}


def carried(folder: Path, made: Any) -> Any:
    """The JSON as it comes out of reading and writing."""
    source, out = folder / "cut.otio", folder / "out.otio"
    source.write_text(json.dumps(made), "utf-8")
    write(read(source), out, origin=source)
    return json.loads(out.read_text("utf-8"))


def differences(before: Any, after: Any, where: str = "") -> list[str]:
    """What the second lacks or has otherwise, but for what OTIO's own upgrades of old schemas do."""
    if isinstance(before, dict) and isinstance(after, dict):
        if before.get("OTIO_SCHEMA") == "Clip.1":
            media = before.get("media_reference") or {"OTIO_SCHEMA": "MissingReference.1"}
            before = {k: v for k, v in before.items() if k != "media_reference"}
            before.update(OTIO_SCHEMA="Clip.2", media_references={"DEFAULT_MEDIA": media})
        lost = [f"{where}.{key} is lost" for key in before if key not in after]
        return lost + [
            one
            for key in before
            if key in after
            for one in differences(before[key], after[key], f"{where}.{key}")
        ]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [one for at, (a, b) in pairs for one in differences(a, b, f"{where}[{at}]")]
    if isinstance(before, float) and isinstance(after, int | float):
        return [] if math.isclose(before, after, rel_tol=1e-15) else [f"{where}: {before} became {after}"]
    same = before == after or (before is None and after == "")
    return [] if same else [f"{where}: {before!r} became {after!r}"]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_written_without_an_edit_loses_nothing(name: str) -> None:
    source = shared(name)
    before = json.loads(source.read_text("utf-8-sig"))
    found = differences(before, json.loads(native_json(read(source), source, source).content))
    # One of the samples spells 24000/1001 in two ways; such a rate is written exactly.
    exact = f"became {24000 / 1001}"
    assert [one for one in found if not ("Marker.3" in one or ".color" in one or one.endswith(exact))] == []


def test_unknown_schemas_unknown_fields_and_integers_come_through(tmp_path: Path) -> None:
    metadata = {
        "studio": {"OTIO_SCHEMA": "Wobble.7", "depth": {"id": 2**63 - 1, "on": True, "none": None}},
        "zebra": [1, 2.5, "x", {"b": 1, "a": 2}],
        "gain": -0.1,
    }
    made = document(metadata=metadata, colour_of_day="mauve")
    shot = carried(tmp_path, made)["tracks"]["children"][0]["children"][0]
    assert (shot["metadata"], shot["colour_of_day"]) == (metadata, "mauve")
    assert isinstance(shot["metadata"]["zebra"][0], int)


@pytest.mark.parametrize("spelling", [23.976, 23.98, 29.97, 59.94, 23.976024627685547])
def test_a_rate_is_written_as_the_file_spells_it(tmp_path: Path, spelling: float) -> None:
    """A program that compares rates finds those that it wrote."""
    assert differences(document(spelling), carried(tmp_path, document(spelling))) == []


def test_a_rate_spelled_in_two_ways_is_written_exactly(tmp_path: Path) -> None:
    made = document(23.976, media_reference={"OTIO_SCHEMA": "ExternalReference.1", "target_url": "a.mov"})
    made["global_start_time"] = rational(86_400, 23.98)
    after = carried(tmp_path, made)
    assert after["global_start_time"]["rate"] == 24000 / 1001
    assert after["tracks"]["children"][0]["children"][0]["source_range"]["duration"]["rate"] == 24000 / 1001


@pytest.mark.parametrize("schema", ["SerializableCollection.1", "SerializeableCollection.1"])
def test_a_timeline_in_a_collection_is_written_back_into_it(tmp_path: Path, schema: str) -> None:
    """The second is what OTIO called it in its first years."""
    loose = {"OTIO_SCHEMA": "Clip.1", "name": "in the bin"}
    made = {"OTIO_SCHEMA": schema, "name": "bin", "children": [loose, document()]}
    after = carried(tmp_path, made)
    assert differences({**made, "OTIO_SCHEMA": "SerializableCollection.1"}, after) == []


def test_a_collection_that_says_last_what_it_is_is_written_back_too(tmp_path: Path) -> None:
    made = {"children": [document()], "OTIO_SCHEMA": "SerializableCollection.1"}
    assert carried(tmp_path, made)["OTIO_SCHEMA"] == "SerializableCollection.1"


def test_a_collection_of_two_timelines_is_refused_with_their_number(tmp_path: Path) -> None:
    made = {"OTIO_SCHEMA": "SerializableCollection.1", "children": [document(), document()]}
    with pytest.raises(UnreadableTimeline, match="collection with 2 timelines"):
        carried(tmp_path, made)


def test_a_file_of_a_newer_otio_comes_out_as_one_of_this(tmp_path: Path) -> None:
    made = document(enabled=False)
    made["tracks"]["children"][0]["children"][0]["OTIO_SCHEMA"] = "Clip.4"
    made["tracks"]["children"][0]["children"][0]["media_references"] = {}
    made["tracks"]["children"][0]["children"][0]["active_media_reference_key"] = "DEFAULT_MEDIA"
    with pytest.raises(UnreadableTimeline):
        carried(tmp_path, {**made, "tracks": {**made["tracks"], "OTIO_SCHEMA": "Stack.2", "tempo": 3}})
    shot = carried(tmp_path, made)["tracks"]["children"][0]["children"][0]
    assert (shot["OTIO_SCHEMA"], shot["enabled"]) == ("Clip.2", False)


@pytest.mark.parametrize(
    ("clip", "reason"),
    [
        ({"metadata": {"id": 2**64}}, "whole numbers of 64 bits"),
        (
            {"effects": [{"OTIO_SCHEMA": "LinearTimeWarp.1", "time_scalar": math.nan}]},
            "'time_scalar' of Linear",
        ),
        (
            {"effects": [{"OTIO_SCHEMA": "LinearTimeWarp.1", "time_scalar": math.inf}]},
            "'time_scalar' of Linear",
        ),
        ({"metadata": {"pickup": 5}}, "no dictionary under pickup"),
        ({"metadata": {"Resolve_OTIO": "x"}}, "no dictionary under Resolve_OTIO"),
        ({"enabled": "yes"}, "expected type b under key 'enabled'"),
    ],
)
def test_what_cannot_be_kept_or_edited_is_refused_by_name(
    tmp_path: Path, clip: dict[str, Any], reason: str
) -> None:
    with pytest.raises(UnreadableTimeline, match=reason) as refused:
        carried(tmp_path, document(**clip))
    assert "\n" not in str(refused.value)


def test_an_object_that_holds_itself_is_refused(tmp_path: Path) -> None:
    """OTIO reads it, and can neither copy nor write it."""
    made = document(
        OTIO_REF_ID="me", metadata={"self": {"OTIO_SCHEMA": "SerializableObjectRef.1", "id": "me"}}
    )
    with pytest.raises(UnreadableTimeline, match="cycle"):
        carried(tmp_path, made)


def test_the_line_of_a_newer_schema_is_said(tmp_path: Path) -> None:
    source = tmp_path / "cut.otio"
    source.write_text(
        '{"OTIO_SCHEMA": "Timeline.1",\n "tracks":\n {"OTIO_SCHEMA": "Stack.9", "tempo": 1}}', "utf-8"
    )
    with pytest.raises(UnreadableTimeline, match=r"line 3, has Stack\.9 .*'tempo'"):
        read(source)


def test_long_digits_in_a_name_are_no_number(tmp_path: Path) -> None:
    assert (
        carried(tmp_path, document(name="1" * 30))["tracks"]["children"][0]["children"][0]["name"] == "1" * 30
    )
    assert otio.__version__.startswith("0.18")


def test_infinity_may_be_spelled_as_rapidjson_takes_it(tmp_path: Path) -> None:
    path = tmp_path / "cut.otio"
    made = json.dumps(document(metadata={"a": 1.5, "said": 'an "Inf" of it'})).replace("1.5", "-Inf")
    path.write_text(made, "utf-8")
    answer = check(path, keep=tmp_path / "out.otio").checked
    assert (answer.refused, answer.lost) == (None, ())
    back = read(tmp_path / "out.otio")
    metadata = back.tracks[0][0].metadata
    assert (metadata["a"], metadata["said"]) == (-math.inf, 'an "Inf" of it')
