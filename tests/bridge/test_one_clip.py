"""Media without a timeline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from consents import keep_consent
from tiny import make_media

from bridge.one_clip import one_clip
from engine import launcher
from engine.client import EngineClient
from engine.errors import NoSuchStream
from engine.paths import EnginePaths
from otio_adapters.read import read


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineClient]:
    paths = EnginePaths.under(keep_consent(tmp_path_factory.mktemp("home")))
    with launcher.ensure_running(paths) as client:
        yield client
    launcher.stop(paths)


def test_all_of_the_media_is_one_clip_of_a_timeline_beside_it(engine: EngineClient, tmp_path: Path) -> None:
    media = make_media(tmp_path / "interview.mov")
    path = one_clip(media, engine)
    assert path == tmp_path / "interview.otio"
    made = read(path)
    assert [(track.kind, len(track)) for track in made.tracks] == [("Video", 1), ("Audio", 1)]
    assert [clip.trimmed_range().duration.value for clip in made.find_clips()] == [100, 100]


def test_a_timeline_that_is_there_is_left_alone(engine: EngineClient, tmp_path: Path) -> None:
    media = make_media(tmp_path / "interview.mov")
    (tmp_path / "interview.otio").write_text("mine")
    assert one_clip(media, engine).name == "interview_001.otio"
    assert (tmp_path / "interview.otio").read_text() == "mine"


def test_sound_alone_is_refused(engine: EngineClient, tmp_path: Path) -> None:
    with pytest.raises(NoSuchStream, match="has no picture"):
        one_clip(make_media(tmp_path / "song.mov", picture=False), engine)
