"""What is read as it stands: told by the text of the file, and never where an object would tell otherwise."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from generated_timelines import timelines
from hypothesis import given, settings

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.exact_times import make_exact
from otio_adapters.native.plain import is_known, is_plain
from otio_adapters.native.rates import made_exact
from otio_adapters.opentime import time_range
from otio_adapters.read import read

R = Fraction(25)


def made() -> otio.schema.Timeline:
    reference = otio.schema.ExternalReference("/media/a.mov", time_range(90_000, 500, R))
    clip = otio.schema.Clip("a", reference, time_range(90_010, 40, R))
    clip.metadata["pickup"] = {"link": 7, "media": {"frames": 500}}
    clip.markers.append(otio.schema.Marker("blink", time_range(90_020, 1, R)))
    timeline = otio.schema.Timeline("cut", global_start_time=otio.opentime.RationalTime(90_000, 25))
    timeline.tracks.append(otio.schema.Track("V1", kind="Video", children=[clip]))
    return timeline


def told(text: str) -> bool:
    spelled, exact = made_exact(text.encode())
    return exact and is_plain(
        spelled, otio.adapters.read_from_string(spelled, "otio_json"), known=is_known(spelled)
    )


def text_of(timeline: otio.schema.Timeline) -> str:
    return str(timeline.to_json_string(indent=-1))


def test_whole_rates_times_that_there_can_be_and_dictionaries_are_plain() -> None:
    assert told(text_of(made()))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"rate":25.0', '"rate":-25.0'),
        ('"rate":25.0', '"rate":0.0'),
        ('"rate":25.0', '"rate":25.0,"rate":29.97'),
        ('"rate":25.0', '"r\\u0061te":29.97'),
        ('"value":40.0', '"value":-40.0'),
        ('"value":40.0', '"value":-40.0,"value":40.0'),
        ('"value":40.0', '"value":1234567890123.0'),
        ('"value":40.0', '"value":4e200'),
        ('"value":40.0', '"value":4.0e200'),
        ('"value":40.0', '"\\u0076alue":-40.0'),
        ('"pickup":{', '"pickup":7,"pickup":{'),
        ('"pickup":{', '"pickup":[],"other":{'),
        ('"pickup":{', '"Resolve_OTIO":"","pickup":{'),
        ('"pickup":{', '"PremierePro_OTIO":null,"pickup":{'),
        ('"pickup":{', '"pickup":{"OTIO_SCHEMA":"MissingReference.1",'),
        ('"link":7', '"link":7,"OTIO_SCHEMA":"MissingReference.1"'),
        ('"media":{', '"media":{"OTIO_SCHEMA":"MissingReference.1",'),
        ('"media":{', '"media":7,"other":{'),
        ('"media":{', '"media":7,"media":{'),
        ('"name":"V1"', '"name":"V1","OTIO_REF_ID":"Track-1","id":"Track-1","x":{"OTIO_SCHEMA":"Gap.1"}'),
    ],
)
def test_what_has_to_be_made_exact_or_refused_is_not_plain(old: str, new: str) -> None:
    text = text_of(made())
    assert old in text
    assert not told(text.replace(old, new))


def test_what_another_program_calls_media_is_its_own_business() -> None:
    timeline = made()
    timeline.tracks[0][0].metadata["studio"] = {"media": 7, "pickup": [1]}
    assert told(text_of(timeline))


def test_the_media_of_an_old_clip_is_looked_into_too() -> None:
    document = json.loads(text_of(made()))
    clip = document["tracks"]["children"][0]["children"][0]
    clip["OTIO_SCHEMA"] = "Clip.1"
    clip["media_reference"] = clip.pop("media_references")["DEFAULT_MEDIA"]
    assert told(json.dumps(document, separators=(",", ":")))
    clip["media_reference"]["metadata"] = {"pickup": 7}
    assert not told(json.dumps(document, separators=(",", ":")))


def test_a_clip_that_does_not_say_how_long_it_plays_is_not_plain() -> None:
    endless = made()
    endless.tracks[0].append(otio.schema.Clip("b", otio.schema.ExternalReference("/media/b.mov")))
    assert not told(text_of(endless))


@settings(max_examples=30, deadline=None)
@given(timelines())
def test_of_what_is_plain_making_it_exact_changes_nothing(
    pair: tuple[otio.schema.Timeline, Fraction],
) -> None:
    text = text_of(pair[0])
    if told(text):
        make_exact(pair[0], Path("cut.otio"))
        assert text_of(pair[0]) == text


@pytest.mark.parametrize("space", ["pickup", "Resolve_OTIO", "PremierePro_OTIO"])
@pytest.mark.parametrize("holder", ["timeline", "track", "clip", "reference"])
def test_an_object_of_otio_in_place_of_a_dictionary_is_refused(
    tmp_path: Path, holder: str, space: str
) -> None:
    timeline = made()
    track = timeline.tracks[0]
    holders = {
        "timeline": timeline,
        "track": track,
        "clip": track[0],
        "reference": track[0].media_reference,
    }
    holders[holder].metadata[space] = otio.schema.MissingReference()
    path = tmp_path / "cut.otio"
    path.write_text(text_of(timeline))
    with pytest.raises(UnreadableTimeline, match=f"has no dictionary under {space}"):
        read(path)
