"""Thousands of damaged project files: each is carried through an edit, or refused in one line, and soon."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz import KINDS, Kind, run

IN_ALL = 20_000
SLOW = {".aaf": 500}  # for each of them a process is begun, which takes a second
OTHERS = -(-(IN_ALL - sum(SLOW.values())) // (len(KINDS) - len(SLOW)))


def faults(kind: Kind, count: int, folder: Path) -> list[str]:
    results = list(run(kind, range(count), folder))
    if not results:
        pytest.skip(f"needs a sample: no {kind.name} lies beside the checkout, and none is written")
    return [one.fault for one in results if one.fault]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_damaged_file_is_carried_or_refused_in_time(kind: Kind, tmp_path: Path) -> None:
    assert faults(kind, 12 if kind.name in SLOW else 40, tmp_path) == []


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_twenty_thousand_damaged_files_are_carried_or_refused_in_time(kind: Kind, tmp_path: Path) -> None:
    assert faults(kind, SLOW.get(kind.name, OTHERS), tmp_path) == []
