"""How long a job still takes."""

from __future__ import annotations

from engine.daemon.pace import LOOKED_BACK, Pace
from engine.protocol import Progress


def told(pace: Pace, done: int, now: float, total: int = 100) -> float | None:
    return pace.told(Progress(phase="p", done=done, total=total), now).seconds_left


def test_nothing_is_said_before_the_rate_is_known() -> None:
    pace = Pace()
    assert told(pace, 0, 0.0) is None
    assert told(pace, 10, 1.9) is None


def test_what_is_left_is_reckoned_by_the_rate() -> None:
    pace = Pace()
    told(pace, 0, 0.0)
    assert told(pace, 10, 5.0) == 45.0
    assert told(pace, 20, 10.0) == 40.0


def test_a_slow_beginning_is_forgotten() -> None:
    pace = Pace()
    told(pace, 0, 0.0)
    for done in range(1, 60):  # one a second, after a hundred seconds
        left = told(pace, done, 100.0 + done)
    assert left == 41.0
    assert LOOKED_BACK < 50


def test_the_same_step_told_again_counts_down() -> None:
    pace = Pace()
    told(pace, 0, 0.0)
    told(pace, 10, 10.0)
    assert told(pace, 10, 15.0) == 85.0
    assert told(pace, 10, 200.0) == 0.0


def test_a_phase_of_another_length_is_reckoned_by_itself() -> None:
    pace = Pace()
    told(pace, 0, 0.0)
    told(pace, 50, 10.0)
    assert told(pace, 51, 10.1, total=60) is None
    assert told(pace, 0, 10.2, total=60) is None


def test_what_is_done_takes_no_time() -> None:
    pace = Pace()
    told(pace, 0, 0.0)
    assert told(pace, 100, 10.0) == 0.0


def test_a_job_of_no_steps_says_nothing() -> None:
    assert told(Pace(), 0, 9.0, total=0) is None
