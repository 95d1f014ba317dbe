"""Files that OTIO's parser dies of: refused before it gets them, by what is wrong and where."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import opentimelineio as otio
import pytest
from mutations import moved, mutated

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.guard import tight_json
from otio_adapters.native.dropped import check_none_dropped
from otio_adapters.native.plain import BRANCHES, LEAVES, is_known
from otio_adapters.read import read
from otio_adapters.ripple_bench import long_timeline
from otio_adapters.write import write

MEDIA = '{"OTIO_SCHEMA":"ExternalReference.1","target_url":"a.mov"}'
GAP = '{"OTIO_SCHEMA":"Gap.1"}'
TIME = '{"OTIO_SCHEMA":"RationalTime.1","rate":24,"value":1}'
TWICE = "is there twice, with an object in it"
DEADLY = {
    f'"media_references":null,"media_references":{{"D":{MEDIA}}}': f"'media_references' {TWICE}",
    f'"media_references":{{"D":null,"D":{MEDIA}}}': f"'D' {TWICE}",
    f'"effects":[],"effects":[{GAP}]': f"'effects' {TWICE}",
    f'"e\\u0066fects":[],"effects":[{GAP}]': f"'effects' {TWICE}",
    f'"metadata":{{"x":[7],"x":[{{"y":{GAP}}}]}}': f"'x' {TWICE}",
    f'"OTIO_SCHEMA":{GAP}': f"'OTIO_SCHEMA' {TWICE}",
    f'"source_range":{{"OTIO_SCHEMA":"RationalTime.1","rate":24,"value":1,"x":{GAP}}}': "RationalTime.1 with",
    f'"x":{{"OTIO_SCHEMA":"TimeRange.1","start_time":{TIME},"duration":{TIME},"x":{GAP}}}': (
        "TimeRange.1 with"
    ),
    f'"x":{{"OTIO_SCHEMA":"TimeTransform.1","offset":{TIME},"rate":1.0,"scale":1.0,"x":{GAP}}}': (
        "TimeTransform.1 with"
    ),
    f'"x":{{"OTIO_SCHEMA":"V2d.1","x":1.0,"y":1.0,"z":{GAP}}}': "V2d.1 with",
    f'"x":{{"OTIO_SCHEMA":"SerializableObjectRef.1","id":"q","z":{GAP}}}': "SerializableObjectRef.1 with",
    f'"x":{{"OTIO_SCHEMA":"Clip.1","media_references":{{"D":{MEDIA}}}}}': "Clip.1 with",
    f'"x":{{"OTIO_SCHEMA":"Clip.0x2","media_references":{{"D":{MEDIA}}}}}': "Clip.0x2 with",
    f'"x":{{"OTIO_SCHEMA":"Clip.1","active_media_reference_key":{MEDIA}}}': "Clip.1 with",
    f'"x":{{"OTIO_SCHEMA":"Clip.1","media_reference":[{MEDIA}]}}': "Clip.1 with",
    f'"x":{{"OTIO_SCHEMA":"Marker.1","marked_range":{GAP}}}': "Marker.1 with",
    '"x":{"OTIO_SCHEMA":"UnknownSchema.1"}': "UnknownSchema.1, a schema that no file may have",
}
CHILD = """
import sys
from pathlib import Path
import opentimelineio as otio
from otio_adapters.errors import TimelineError
from otio_adapters.read import read
try:
    read(Path(sys.argv[1]))
except TimelineError as error:
    print(f"{type(error).__name__} {error}", flush=True)
otio.adapters.read_from_file(sys.argv[1])
"""


def text_of(keys: str) -> str:
    clip = f'{{"OTIO_SCHEMA":"Clip.2","name":"a",{keys}}}'
    track = f'{{"OTIO_SCHEMA":"Track.1","children":[{GAP},{clip}]}}'
    return f'{{"OTIO_SCHEMA":"Timeline.1","tracks":{{"OTIO_SCHEMA":"Stack.1","children":[{track}]}}}}'


@pytest.mark.parametrize(("keys", "fault"), DEADLY.items())
def test_what_otio_dies_of_is_refused_by_name_and_place(keys: str, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "cut.otio"
    path.write_text(text_of(keys), "utf-8")
    # What malloc gives back is overwritten at once, or an object that is gone might look like one.
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(path)],
        env={"MALLOC_PERTURB_": "165", "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.fullmatch(
        rf"UnreadableTimeline {re.escape(str(path))}, tracks\.children\[0\]\.children\[1\][^ ]*: "
        rf"{re.escape(fault)}.*\n",
        child.stdout,
    )
    assert child.returncode in {-11, -6, -7, 255}, child.stderr


@pytest.mark.parametrize("rest", ["", "} x", "}\0"])
def test_what_is_no_whole_json_is_refused_before_otio_reads_its_start(rest: str, tmp_path: Path) -> None:
    path = tmp_path / "cut.otio"
    path.write_text(text_of(f'"x":7,"x":{GAP}')[:-1] + rest, "utf-8")
    with pytest.raises(UnreadableTimeline, match=r"is not an OpenTimelineIO file: .*line 1"):
        read(path)


@pytest.mark.parametrize("keys", DEADLY)
def test_nothing_deadly_is_known(keys: str) -> None:
    tight = tight_json(text_of(keys).encode())
    assert tight is not None
    assert not is_known(tight)


def test_an_old_clip_and_an_old_marker_as_otio_wrote_them_are_read() -> None:
    shown = f'{{"OTIO_SCHEMA":"TimeRange.1","start_time":{TIME},"duration":{TIME}}}'
    marker = f'{{"OTIO_SCHEMA":"Marker.1","range":{shown}}}'
    text = text_of(
        f'"x":{{"OTIO_SCHEMA":"Clip.1","media_reference":{MEDIA},"source_range":null,"markers":[{marker}]}}'
    )
    check_none_dropped(text, Path("cut.otio"))


def test_a_key_that_is_there_twice_with_no_object_in_it_is_no_harm() -> None:
    check_none_dropped(text_of(f'"name":"b","source_range":null,"source_range":{TIME}'), Path("cut.otio"))


def whole() -> bytes:
    """With an effect and markers, so that every list of objects holds some."""
    timeline = long_timeline(clips=8, tracks=2)
    clip = timeline.tracks[0][1]
    clip.effects.append(otio.schema.LinearTimeWarp("slow", time_scalar=0.5))
    clip.markers.append(otio.schema.Marker("blink"))
    timeline.tracks.markers.append(otio.schema.Marker("start"))
    return bytes(timeline.to_json_string().encode())


def test_what_otio_writes_is_known() -> None:
    tight = tight_json(whole())
    assert tight is not None
    assert is_known(tight)


def test_the_labels_that_are_known_are_those_that_otio_writes() -> None:
    latest = otio.core.type_version_map()
    names = [label.rpartition(".") for label in (*get_args(LEAVES), *get_args(BRANCHES))]
    assert {name: int(version) for name, _, version in names}.items() <= latest.items()


@pytest.mark.parametrize("key", ["children", "effects", "markers"])
def test_a_list_that_is_empty_before_it_is_full_is_not_known(key: str) -> None:
    tight = tight_json(re.sub(rf'("{key}": \[\s*\{{)'.encode(), rf'"{key}": [], \1'.encode(), whole()))
    assert tight is not None
    assert not is_known(tight)


def test_nothing_that_is_known_has_what_otio_dies_of() -> None:
    known = 0
    for seed in range(600):
        chance = random.Random(seed)
        content = moved(whole(), chance)
        tight = tight_json(content if chance.random() < 0.5 else mutated(content, str(seed)))
        if tight is not None and is_known(tight):
            known += 1
            check_none_dropped(tight, Path("cut.otio"))
    assert known


def test_a_collection_that_turned_deadly_is_not_read_to_be_written_over(tmp_path: Path) -> None:
    path = tmp_path / "reels.otio"
    timeline = json.loads(whole())
    path.write_text(json.dumps({"OTIO_SCHEMA": "SerializableCollection.1", "children": [timeline]}))
    found = read(path)
    path.write_text(f'{{"OTIO_SCHEMA":"SerializableCollection.1","children":[],"children":[{GAP}]}}')
    with pytest.raises(UnreadableTimeline, match="'children' is there twice"):
        write(found, tmp_path / "out.otio", origin=path)
