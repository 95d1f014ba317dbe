"""Renders that are waited for, over the panel's closing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.errors import BridgeError
from engine.protocol import EditPlan, Footage, Keep, Ratio, Render
from nle_panels.takes.pending import Pending, load, save

JOB = Render(
    footage=Footage(media="/a/clip.mov", fingerprint="f", offset=Ratio(num=0), first=0, last=100),
    plan=EditPlan(rate=Ratio(num=25), spans=(Keep(start=0, end=10), Keep(start=15, end=25))),
    bridge=5,
)


def test_what_is_waited_for_is_kept_whole(tmp_path: Path) -> None:
    waiting = (Pending(key="shot", job=JOB),)
    save(waiting, tmp_path / "f.pending.json")
    assert load(tmp_path / "f.pending.json") == waiting
    assert load(tmp_path / "none.json") == ()


def test_a_file_that_is_no_list_of_renders_is_said(tmp_path: Path) -> None:
    (tmp_path / "f.pending.json").write_text('[{"key": 1}]')
    with pytest.raises(BridgeError, match="not the panel's list of renders"):
        load(tmp_path / "f.pending.json")
