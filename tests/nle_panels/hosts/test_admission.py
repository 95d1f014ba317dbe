"""How much a script may say, whatever the clock."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nle_panels.hosts.admission import Pace


@given(st.lists(st.integers(0, 5_000), max_size=60))
def test_no_window_of_time_has_more_messages_than_are_allowed(waits: list[int]) -> None:
    """Times in milliseconds."""
    pace, now, let_in = Pace(messages=5, seconds=10), 0, list[int]()
    for wait in waits:
        now += wait
        if pace.allows(now / 1000):
            let_in.append(now)
    assert all(later - earlier >= 10_000 for earlier, later in zip(let_in, let_in[5:], strict=False))


def test_who_keeps_the_pace_is_never_stopped() -> None:
    pace = Pace(messages=40, seconds=10)
    assert all(pace.allows(number / 4) for number in range(1000))
