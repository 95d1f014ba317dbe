from __future__ import annotations

from pathlib import Path

import pytest

from otio_adapters.ripple_bench import GOAL, SHORT, growth, whole_way

pytestmark = pytest.mark.bench


def test_a_clip_of_a_long_timeline_takes_no_longer_to_ripple_than_one_of_a_short() -> None:
    found = growth((1_000, 8_000))
    assert found["8000"] < 1.5 * found["1000"]


def test_an_edit_with_its_read_back_takes_a_small_multiple_of_reading_and_writing(tmp_path: Path) -> None:
    """It is about 1.1, whatever else runs on the machine."""
    assert whole_way(tmp_path, 5)["processor"] < GOAL


def test_rates_that_are_spelled_in_short_take_little_more(tmp_path: Path) -> None:
    """It is about 1.35, and was 3 where OTIO's objects were asked for every rate."""
    assert whole_way(tmp_path, 5, SHORT)["processor"] < 1.6
