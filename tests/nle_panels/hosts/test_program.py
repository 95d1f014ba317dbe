"""What Resolve says of playhead and marks, in frames from the timeline's first."""

from __future__ import annotations

from typing import Any

import pytest

from nle_panels.resolve_scripts.pickup_resolve.program import Program


class Asked:
    """Answers each of Resolve's methods with what it was given; those it was not given are None."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers

    def __getattr__(self, name: str) -> Any:
        return (lambda *_: self._answers[name]) if name in self._answers else None


def state(**timeline: Any) -> dict[str, Any]:
    answers = {
        "GetUniqueId": "1",
        "GetName": "cut",
        "GetStartFrame": 0,
        "GetCurrentTimecode": "",
        "GetSetting": "25.0",
        "GetCurrentVideoItem": None,
        "GetMarkInOut": {},
        **timeline,
    }
    project = Asked(GetCurrentTimeline=Asked(**answers))
    resolve: Any = Asked(GetProjectManager=Asked(GetCurrentProject=project))
    return Program(resolve).state()


@pytest.mark.parametrize(
    ("timecode", "rate", "first", "frame"),
    [
        ("01:00:00:00", "25.0", 90_000, 0),
        ("01:00:04:12", "25.0", 90_000, 112),
        ("01:00:00;00", "29.97 DF", 107_892, 0),
        ("01:01:00;02", "29.97 DF", 107_892, 1800),
        ("01:10:00;00", "59.94", 2 * 107_892, 2 * 17_982),
        ("01:00:00:00", "23.976", 86_400, 0),
    ],
)
def test_the_playhead_counts_from_the_first_frame(timecode: str, rate: str, first: int, frame: int) -> None:
    told = state(GetCurrentTimecode=timecode, GetSetting=rate, GetStartFrame=first)
    assert told["playhead"] == frame


@pytest.mark.parametrize(("timecode", "rate"), [("", "25"), ("noon", "25"), ("01:00:00:00", "")])
def test_a_playhead_that_cannot_be_known_is_not_guessed(timecode: str, rate: str) -> None:
    assert "playhead" not in state(GetCurrentTimecode=timecode, GetSetting=rate)


@pytest.mark.parametrize(
    ("marks", "first", "found"),
    [
        ({"video": {"in": 10, "out": 19}}, 90_000, [10, 20]),
        ({"video": {"in": 90_010, "out": 90_019}}, 90_000, [10, 20]),
        ({"video": {"in": 0, "out": 0}}, 0, [0, 1]),
        ({"video": {"in": 10}}, 0, None),
        ({"audio": {"in": 1, "out": 2}}, 0, None),
        (None, 0, None),
    ],
)
def test_the_out_point_is_the_frame_after_the_last(marks: Any, first: int, found: Any) -> None:
    assert state(GetMarkInOut=marks, GetStartFrame=first).get("range") == found


def test_a_resolve_without_marks_or_clip_has_none() -> None:
    assert state() == {"sequence": "1", "name": "cut"}
