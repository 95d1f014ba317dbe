"""Which jobs somebody waits for."""

from __future__ import annotations

import pytest

from engine.daemon.lane import lane_of
from engine.protocol import (
    Align,
    Analyse,
    EditPlan,
    Footage,
    Job,
    Keep,
    Proxy,
    Ratio,
    Render,
    Sleep,
    Speak,
    Transcribe,
)

FOOTAGE = Footage(media="a.mov", fingerprint="f", offset=Ratio(num=0), first=0, last=9)
PLAN = EditPlan(rate=Ratio(num=25), spans=(Keep(start=0, end=9),))


def render(renderer: str) -> Render:
    return Render(footage=FOOTAGE, plan=PLAN, bridge=2, renderer=renderer)


@pytest.mark.parametrize(
    "job",
    [
        Analyse(media="a.mov"),
        Speak(text="well"),
        Proxy(footage=FOOTAGE, rate=Ratio(num=25), start=0, end=9),
        render("draft"),
    ],
)
def test_what_an_editor_waits_for_is_quick(job: Job) -> None:
    assert lane_of(job) == "quick"


@pytest.mark.parametrize(
    "job",
    [render("demo"), render("edityourself"), Transcribe(media="a"), Align(media="a", script="b"), Sleep()],
)
def test_what_may_take_minutes_is_long(job: Job) -> None:
    assert lane_of(job) == "long"
