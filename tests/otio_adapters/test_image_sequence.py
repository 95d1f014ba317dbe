"""Image sequences by every name, and which of their frames are not there."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otio_adapters.image_sequence import ImageSequence, sequence_of, spelled
from otio_adapters.opentime import time_range

PLATE = ImageSequence(folder="plates/", prefix="shot.", suffix=".exr", padding=4, first=1000, last=1100)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("plates/shot.[1000-1100].exr", 1000, 1100),
        ("plates/shot.%04d.exr 1000-1100", 1000, 1100),
        ("plates/shot.%04d.exr", None, None),
        ("plates/shot.####.exr", None, None),
    ],
)
def test_a_sequence_is_known_by_each_spelling(name: str, first: int | None, last: int | None) -> None:
    found = spelled(name)
    assert found is not None
    assert (found.folder, found.file_name(7)) == ("plates/", "shot.0007.exr")
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize(
    "name", ["a.mov", "take #2.mov", "clip[1-2].mov", "100%.mov", "shot.1000.exr", "[1-2]", ""]
)
def test_one_file_is_no_sequence(name: str) -> None:
    assert spelled(name) is None


@given(st.text())
def test_any_name_is_a_sequence_or_none(name: str) -> None:
    assert spelled(name) is None or str(spelled(name))


@pytest.mark.parametrize("folder", ["C:\\plates\\", "/plates/", ""])
def test_the_folder_stays_as_it_is_written(folder: str) -> None:
    found = spelled(f"{folder}shot.[0001-0010].png")
    assert found is not None
    assert (found.folder, str(found)) == (folder, "shot.[0001-10].png")


@given(numbers=st.sets(st.integers(1000, 1100)), step=st.sampled_from([1, 2, 5]))
def test_holes_are_all_frames_that_have_no_file(numbers: set[int], step: int) -> None:
    plate = ImageSequence(
        folder="", prefix="shot.", suffix=".exr", padding=4, first=1000, last=1100, step=step
    )
    names = [plate.file_name(number) for number in numbers] + ["shot.exr", "shot.01000.exr", "shot.x.exr"]
    holes = {at for first, last in plate.holes(names) for at in range(first, last + 1, step)}
    assert holes == set(range(1000, 1101, step)) - numbers


def test_a_sequence_of_a_billion_frames_is_no_work() -> None:
    plate = ImageSequence(folder="", prefix="a.", suffix=".exr", first=0, last=999_999_999)
    assert plate.holes(["a.5.exr"]) == [(0, 4), (6, 999_999_999)]


@pytest.mark.parametrize(
    ("rate", "frames", "last"), [(24.0, 101, 1100), (0.0, 101, 1100), (48.0, 101, 1201), (24.0, 0, None)]
)
def test_otios_own_reference_says_its_frames_by_its_available_range(
    rate: float, frames: int, last: int | None
) -> None:
    """Files of toucan have a rate of 0."""
    reference = otio.schema.ImageSequenceReference(
        target_url_base="plates", name_prefix="shot.", name_suffix=".exr", start_frame=1000, rate=rate,
        frame_zero_padding=4, available_range=time_range(86_400, frames, Fraction(24)),
    )  # fmt: skip
    found = sequence_of(reference)
    assert (found.folder, found.file_name(1000), found.last) == ("plates/", "shot.1000.exr", last)
