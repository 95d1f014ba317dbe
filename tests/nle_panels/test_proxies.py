"""Reels that are wanted, made by a real engine: the newest, and none that was scrubbed away from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tiny import RATE, make_media

from engine import launcher
from engine.media.probe import probe
from engine.paths import EnginePaths
from engine.protocol import Footage, Ratio
from nle_panels.desk import Desk
from nle_panels.engine_link import EngineLink
from nle_panels.player.playlist import CLIP, Place
from nle_panels.player.reels import Reels
from nle_panels.proxies import WANTED, Proxies

PIECES = 12
LONG = 100  # seconds of film


@pytest.fixture
def link(tmp_path: Path, qapp: object) -> Iterator[EngineLink]:
    paths = EnginePaths.under(tmp_path / "home")
    link = EngineLink(paths)
    link.start()
    yield link
    link.close()
    launcher.stop(paths)


@pytest.fixture
def proxies(link: EngineLink, tmp_path: Path) -> Proxies:
    media = make_media(tmp_path / "long.mov", seconds=LONG)
    footage = Footage(
        media=str(media), fingerprint=probe(media).fingerprint, offset=Ratio(num=0), first=0, last=LONG * RATE
    )
    proxies = Proxies(Desk(), link)
    proxies.set_source(CLIP, footage, Ratio(num=RATE))
    return proxies


def test_what_was_scrubbed_away_from_is_not_made_and_the_newest_are(proxies: Proxies, qtbot: QtBot) -> None:
    made: list[int] = []
    dropped: list[int] = []
    proxies.made.connect(lambda _source, start, _reel: made.append(start))
    proxies.dropped.connect(lambda _source, start: dropped.append(start))
    starts = [number * 200 for number in range(PIECES)]
    for start in starts:
        proxies.want(CLIP, start, start + 200)
    qtbot.waitUntil(lambda: len(made) + len(dropped) == PIECES, timeout=60_000)
    assert set(starts[-WANTED:]) <= set(made)
    assert len(dropped) >= PIECES - WANTED - 2  # one or two may have begun
    assert not set(made) & set(dropped)


def test_what_was_dropped_is_wanted_anew_when_it_is_seen_again(qapp: object) -> None:
    reels, wanted = Reels(), []
    reels.wanted.connect(lambda _source, start, _end: wanted.append(start))
    reels.set_source(CLIP, range(1000))
    for _ in range(2):
        reels.image(Place(source=CLIP, frame=3))
    assert wanted == [0]
    reels.drop_wish(CLIP, 0)
    reels.image(Place(source=CLIP, frame=3))
    assert wanted == [0, 0]
