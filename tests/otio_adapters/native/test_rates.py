"""Rates are made exact in the text of a file, as they would be in OTIO's objects."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from generated_timelines import timelines
from hypothesis import given, settings
from hypothesis import strategies as st

from otio_adapters.exact_times import make_exact
from otio_adapters.native.rates import made_exact, spellings
from otio_adapters.opentime import time_range

SHORT = {24000 / 1001: b"23.976", 30000 / 1001: b"29.97", 60000 / 1001: b"59.940"}


def text_of(timeline: otio.schema.Timeline) -> bytes:
    return bytes(timeline.to_json_string(indent=-1).encode())


def spelled(rate: str, others: str = "") -> bytes:
    """A timeline of a clip whose times have the rate; `others`: what is in its metadata."""
    timeline = otio.schema.Timeline("cut")
    clip = otio.schema.Clip("a", source_range=time_range(0, 40, Fraction(25)))
    timeline.tracks.append(otio.schema.Track("V1", children=[clip]))
    text = text_of(timeline).replace(b'"rate":25.0', b'"rate":%b' % rate.encode())
    return text.replace(b'"metadata":{}', b'"metadata":{%b}' % others.encode(), 1)


@pytest.mark.parametrize("rate", ["25.0", "25", "48000.0", "23.976023976023978"])
def test_an_exact_rate_stays_as_it_is_spelled(rate: str) -> None:
    assert made_exact(spelled(rate)) == (spelled(rate), True)


@pytest.mark.parametrize(
    ("rate", "exact"),
    [
        ("23.976", "23.976023976023978"),
        ("23.98", "23.976023976023978"),
        ("29.97", "29.97002997002997"),
        ("59.940", "59.94005994005994"),
        ("24.0000001", "24.0"),
    ],
)
def test_a_rate_in_short_becomes_the_exact_one(rate: str, exact: str) -> None:
    assert made_exact(spelled(rate)) == (spelled(exact), True)


@pytest.mark.parametrize("rate", ["0.0", "-25.0", "1e300"])
def test_what_is_no_rate_is_left_to_be_refused(rate: str) -> None:
    assert made_exact(spelled(rate)) == (spelled(rate), False)


def test_a_number_of_a_program_that_is_no_time_stays() -> None:
    assert made_exact(spelled("29.97", '"rate":29.97'))[0] == spelled("29.97002997002997", '"rate":29.97')


def test_of_two_rates_of_one_time_the_first_is_the_one_that_otio_takes() -> None:
    assert made_exact(spelled('29.97,"rate":25.0')) == (spelled('29.97002997002997,"rate":25.0'), True)
    assert not made_exact(spelled('25.0,"rate":29.97'))[1]


def test_a_rate_that_is_in_no_time_is_not_taken_for_one_of_those_that_became_it() -> None:
    text = spelled(
        "29.97", '"rate":29.97,"time":{"OTIO_SCHEMA":"RationalTime.1","rate":29.97002997002997,"value":0.0}'
    )
    assert not made_exact(text.replace(b'"rate":29.97,"value":40.0', b'"rate":25.0,"value":40.0'))[1]


def test_a_rate_that_otio_reads_a_bit_off_is_not_said_to_be_exact() -> None:
    assert made_exact(spelled("10.989010989010989")) == (spelled("10.989010989010989"), False)


def test_a_file_of_rates_without_end_is_not_looked_through_for_each_of_them() -> None:
    many = ",".join(f'"{number}":{{"rate":{number}.5}}' for number in range(1, 40))
    assert made_exact(spelled("29.97", many)) == (spelled("29.97", many), False)
    assert spellings(spelled("29.97", many.replace(".5", ".0000001"))) == {}


@settings(max_examples=30, deadline=None)
@given(timelines(), st.booleans())
def test_the_text_becomes_that_of_objects_made_exact(
    pair: tuple[otio.schema.Timeline, Fraction], in_short: bool
) -> None:
    text = text_of(pair[0])
    for exact, short in SHORT.items() if in_short else ():
        text = text.replace(b'"rate":%b,' % repr(exact).encode(), b'"rate":%b,' % short)
    objects = otio.adapters.read_from_string(text, "otio_json")
    make_exact(objects, Path("cut.otio"))
    found, exact_all = made_exact(text)
    assert exact_all
    assert text_of(otio.adapters.read_from_string(found, "otio_json")) == text_of(objects)
