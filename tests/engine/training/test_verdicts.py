"""The filter's decisions, one criterion at a time, and the table of them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.protocol import Ratio
from engine.training.inspection import FaceFigures, Facts, SyncFigures, face_figures
from engine.training.verdicts import CRITERIA, Judged, Limits, as_text, judge, table

GOOD = Facts(
    seconds=36.0,
    frames=900,
    width=1280,
    height=720,
    rate=Ratio(num=25),
    kilobits=2500.0,
    sound=True,
    faces=FaceFigures(looked=180, found=180, gap=0.0),
    sync=SyncFigures(confidence=6.0, offset=0.02),
)

AMISS: list[tuple[str, dict[str, Any]]] = [
    ("decodable", {"problem": "is cut short"}),
    ("sound", {"sound": False}),
    ("constant rate", {"unevenness": 0.11}),
    ("frame rate", {"rate": Ratio(num=23)}),
    ("frame rate", {"rate": Ratio(num=61)}),
    ("frames", {"frames": 120}),
    ("bit rate", {"kilobits": 1999.9}),
    ("scene cuts", {"cuts": (70,)}),
    ("face", {"faces": FaceFigures(looked=100, found=94, gap=0.2)}),
    ("face", {"faces": FaceFigures(looked=1000, found=990, gap=1.2)}),
    ("face", {"faces": FaceFigures(looked=0, found=0, gap=0.0)}),
    ("sync confidence", {"sync": SyncFigures(confidence=2.99, offset=0.0)}),
    ("sync confidence", {"sync": SyncFigures(confidence=float("nan"), offset=0.0)}),
    ("sync offset", {"sync": SyncFigures(confidence=6.0, offset=-0.08)}),
    ("sync offset", {"sync": SyncFigures(confidence=6.0, offset=float("nan"))}),
]

MET: list[dict[str, Any]] = [
    {},
    {"frames": 121, "kilobits": 2000.0, "unevenness": 0.1},
    {"rate": Ratio(num=24000, den=1001)},
    {"rate": Ratio(num=60)},
    {"faces": None, "sync": None},
    {"sync": SyncFigures(confidence=3.0, offset=0.04)},
]


def facts(**changes: Any) -> Facts:
    return msgspec.structs.replace(GOOD, **changes)


@pytest.mark.parametrize(("criterion", "changes"), AMISS)
def test_what_misses_one_criterion_is_rejected_for_it(criterion: str, changes: dict[str, Any]) -> None:
    verdict = judge(facts(**changes), Limits())
    assert (verdict.criterion, verdict.kept, bool(verdict.reason)) == (criterion, False, True)


@pytest.mark.parametrize("changes", MET)
def test_what_meets_every_limit_exactly_is_kept(changes: dict[str, Any]) -> None:
    assert judge(facts(**changes), Limits()).kept


@given(st.lists(st.sampled_from(AMISS), min_size=1))
def test_of_several_criteria_the_first_is_the_reason(missed: list[tuple[str, dict[str, Any]]]) -> None:
    changes: dict[str, Any] = {}
    for _, change in missed:
        changes |= change
    verdict = judge(facts(**changes), Limits())
    names = [criterion for criterion, change in AMISS if changes | change == changes]
    assert verdict.criterion == min(names, key=CRITERIA.index)


def test_other_limits_give_another_verdict() -> None:
    assert judge(facts(kilobits=300.0), Limits(kilobits=250.0)).kept
    assert judge(facts(sound=False), Limits(sound=False)).kept


def judged(name: str, **changes: Any) -> Judged:
    measured = facts(**changes)
    return Judged(file=name, fingerprint=name, facts=measured, verdict=judge(measured, Limits()))


FILES = (judged("a"), judged("b", cuts=(8, 90), seconds=72.0), judged("c", kilobits=100.0))


def test_each_row_counts_what_its_criterion_took_from_what_was_left() -> None:
    rows = {row.criterion: row for row in table(FILES, Limits())}
    assert (rows["found"].files_left, rows["found"].hours_left) == (3, 0.04)
    assert (rows["bit rate"].files, rows["bit rate"].hours, rows["bit rate"].files_left) == (1, 0.01, 2)
    assert (rows["scene cuts"].files, rows["scene cuts"].hours, rows["scene cuts"].hours_left) == (
        1,
        0.02,
        0.01,
    )
    assert tuple(rows) == ("found", *CRITERIA)


@given(st.lists(st.sampled_from(AMISS)))
def test_rejected_and_left_add_up_to_found(missed: list[tuple[str, dict[str, Any]]]) -> None:
    files = [judged(str(number), **changes) for number, (_, changes) in enumerate(missed)]
    found, *rows = table(files, Limits())
    assert found.files_left == rows[-1].files_left + sum(row.files for row in rows)
    assert rows[-1].files_left == 0


def test_a_criterion_that_was_not_applied_says_so_and_why() -> None:
    text = as_text(table(FILES, Limits(), {"sync confidence": "no SyncNet given"}))
    line = next(line for line in text.splitlines() if line.startswith("sync confidence"))
    assert line.split("  ")[1].strip() == "not applied: no SyncNet given"


def test_the_columns_of_the_text_are_aligned() -> None:
    lines = as_text(table(FILES, Limits())).splitlines()
    assert {len(line) for line in lines} == {len(lines[0])}


def test_the_longest_stretch_without_a_face_is_told_in_seconds() -> None:
    seen = face_figures([True, False, False, False, True, False], Ratio(num=1, den=5).exact)
    assert (seen.looked, seen.found, seen.gap) == (6, 2, 0.6)
