"""The benchmark of batches measures what it says, on little."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny import make_media

from engine.evaluation import batch_bench


def test_a_dry_run_of_few_rows_is_timed_cold_and_warm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_bench, "TIMELINES", 2)
    monkeypatch.setattr(batch_bench, "ROWS", 4)
    monkeypatch.setattr(batch_bench, "footage", lambda folder, _: make_media(folder / "f.mov", seconds=7))
    cold, warm = batch_bench.planning(tmp_path)
    assert (cold.name, warm.name) == ("planning 4 rows, cold", "planning 4 rows, warm")
    assert warm.value > 0
    assert cold.at_most == warm.at_most == 10
