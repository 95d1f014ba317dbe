"""Takes that a clip needs stay in the engine's cache, however little that may have."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from panel_desk import PanelDesk

from engine.protocol import Take


@pytest.fixture(scope="module", autouse=True)
def small_cache() -> Iterator[None]:
    """The engine's may have next to nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PICKUP_CACHE_GIB", "0.000001")
        yield


def strike(desk: PanelDesk, word: str) -> None:
    desk.select(word)
    desk.do("strike")
    desk.until_idle()
    desk.until_drafted()


def until_held(desk: PanelDesk, count: int) -> None:
    link = desk.panel.link
    desk.until(lambda: [len(jobs) for jobs in link._held.values()] == [count] and not link._holds)


def age(take: Take) -> None:
    """As if it had been given out an hour ago."""
    folder = Path(take.path).parent
    os.utime(folder, (folder.stat().st_mtime - 3600,) * 2)


def test_the_takes_of_an_edit_stay_and_go_when_it_is_undone(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    desk.until_idle()
    strike(desk, "two")
    strike(desk, "seven")
    kept, undone = (record.take for record in desk.session.takes.playing().values())
    until_held(desk, 2)
    desk.do("undo")
    desk.until_idle()
    until_held(desk, 1)
    strike(desk, "five")  # from now on the engine clears its cache with what is held in mind
    age(kept)
    age(undone)
    strike(desk, "six")
    desk.until(lambda: not Path(undone.path).exists())
    assert Path(kept.path).exists()
