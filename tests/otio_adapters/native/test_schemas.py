"""JSON of a newer OTIO, and numbers that OTIO 0.18 would change: made readable, or refused by name."""

from __future__ import annotations

import json
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.native.schemas import check_numbers, known_versions, older, schema_of

NAMES = st.sampled_from(sorted(known_versions()))
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | FLOATS | st.text()
DOCUMENTS = st.recursive(
    LEAVES,
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4)
    ),
    max_leaves=10,
)


def written(item: otio.core.SerializableObject) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(item.to_json_string())
    return found


@settings(max_examples=40, deadline=None)
@given(document=DOCUMENTS)
def test_json_without_newer_schemas_is_not_changed(document: Any) -> None:
    assert older(document) == document


@settings(max_examples=40, deadline=None)
@given(document=DOCUMENTS, name=NAMES, later=st.integers(1, 5))
def test_no_schema_is_left_later_than_known_and_nothing_else_changes(
    document: Any, name: str, later: int
) -> None:
    known = f"{name}.{known_versions()[name]}"
    wrapped = {"child": {"OTIO_SCHEMA": f"{name}.{known_versions()[name] + later}"}, "beside": document}
    assert older(wrapped) == {"child": {"OTIO_SCHEMA": known}, "beside": document}


@pytest.mark.parametrize("make", [otio.schema.Clip, otio.schema.Gap, otio.schema.Track, otio.schema.Timeline])
def test_a_later_version_with_the_fields_of_the_known_one_reads_as_that(make: Any) -> None:
    item = written(make(name="x"))
    name, version = schema_of(item)
    assert older({**item, "OTIO_SCHEMA": f"{name}.{version + 1}"}) == item


def test_a_later_version_with_a_field_more_is_refused_by_the_names_of_both() -> None:
    with pytest.raises(UnreadableTimeline, match=r"Clip\.3 of a newer OpenTimelineIO has 'spin'"):
        older({"children": [{"OTIO_SCHEMA": "Clip.3", "name": "a", "spin": 1}]})


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ({"name": "Pink"}, "PINK"),
        ({"name": "PINK"}, "PINK"),
        ({"name": "Brand teal"}, "Brand teal"),
        ({}, ""),
    ],
)
def test_a_markers_colour_becomes_its_name_and_its_numbers_are_kept(colour: Any, name: str) -> None:
    colour = {"r": 1.0, "g": 0.0, "b": 1.0, "a": 1.0, **colour}
    newer = {"OTIO_SCHEMA": "Color.1", **colour}
    marker = older({"OTIO_SCHEMA": "Marker.3", "color": newer, "metadata": {"a": 1}})
    assert marker == {
        "OTIO_SCHEMA": "Marker.2",
        "color": name,
        "metadata": {"a": 1, "otio_marker_color": colour},
    }


def test_a_marker_without_a_colour_gets_otios_own() -> None:
    assert older({"OTIO_SCHEMA": "Marker.3", "color": None}) == {"OTIO_SCHEMA": "Marker.2"}


@pytest.mark.parametrize("label", ["Wobble.7", "Clip", "Clip.x", "Clip.99999999999999", 7, None])
def test_what_is_no_schema_of_otio_is_left_alone(label: Any) -> None:
    assert older({"OTIO_SCHEMA": label, "spin": 1}) == {"OTIO_SCHEMA": label, "spin": 1}


@settings(max_examples=40, deadline=None)
@given(document=DOCUMENTS)
def test_numbers_that_otio_keeps_pass(document: Any) -> None:
    check_numbers(document)


@pytest.mark.parametrize("number", [2**63, 2**64, -(2**63) - 1])
def test_a_whole_number_past_64_bits_is_refused_even_in_metadata(number: int) -> None:
    """OTIO 0.18.1 reads 2**63 as 0, and says nothing."""
    with pytest.raises(UnreadableTimeline, match=rf"'id' of the file.* is {number}"):
        check_numbers({"metadata": {"id": number}})


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_time_that_is_no_number_is_refused_and_metadata_may_hold_one(number: float) -> None:
    check_numbers({"OTIO_SCHEMA": "Clip.2", "metadata": {"gain": [number]}})
    with pytest.raises(UnreadableTimeline, match=r"'value' of RationalTime\.1"):
        check_numbers({"start_time": {"OTIO_SCHEMA": "RationalTime.1", "value": number}})
