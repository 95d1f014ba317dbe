"""Edits on the command line, in the order they were written."""

from __future__ import annotations

import pytest

from bridge.edit_arguments import take_edits
from bridge.edits import Insert, Remove, Replace, RetimeTo
from bridge.errors import UsageError


def test_edits_keep_their_order_among_different_options() -> None:
    edits, _ = take_edits(
        ["--replace", "a", "b", "--insert", "c", "d", "--remove", "e", "--replace", "f", "g"]
    )
    assert edits == (
        Replace(old="a", text="b"),
        Insert(text="c", after="d"),
        Remove(phrase="e"),
        Replace(old="f", text="g"),
    )


def test_other_arguments_are_left_for_the_parser() -> None:
    _, rest = take_edits(["cut.otio", "--clip", "A", "--remove", "um", "-o", "out.otio"])
    assert rest == ["cut.otio", "--clip", "A", "-o", "out.otio"]


def test_a_value_may_be_joined_by_an_equals_sign() -> None:
    assert take_edits(["--remove=extra hard"])[0] == (Remove(phrase="extra hard"),)


def test_an_edit_without_all_its_values_is_refused() -> None:
    with pytest.raises(UsageError, match="--insert needs 2 values"):
        take_edits(["--insert", "really"])


def test_a_retime_takes_frames() -> None:
    assert take_edits(["--retime", "10:20", "15"])[0] == (RetimeTo(range="10:20", frames=15),)


@pytest.mark.parametrize("frames", ["0", "-3", "1.5", "many"])
def test_a_retime_to_no_number_of_frames_is_refused(frames: str) -> None:
    with pytest.raises(UsageError, match="no number of frames"):
        take_edits(["--retime", "10:20", frames])
