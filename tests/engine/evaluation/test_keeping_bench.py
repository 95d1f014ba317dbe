"""What keeping latents costs is measured, and held against a goal."""

from __future__ import annotations

import pytest

from engine.evaluation import keeping_bench


def test_what_keeping_takes_of_a_render_has_a_goal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping_bench, "SHAPE", (8, 20, 4, 6))
    monkeypatch.setattr(keeping_bench, "WIDTH", 16)
    kept, both, share, read = keeping_bench.measure(rounds=1)
    assert [measure.unit for measure in (kept, both, read)] == ["s", "s", "s"]
    assert (share.unit, share.at_most) == ("%", 1.0)
    assert share.value <= 0.5
