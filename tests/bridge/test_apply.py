"""An edit in the project's own file or beside it, and its undo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from consents import keep_consent
from timelines import Cut, Source, timeline
from tiny import RATE, make_media, words_of

from bridge import project, rendering
from bridge.apply import Applied, apply, content_of, next_version, undo
from bridge.clip import open_clip
from bridge.edits import Reword
from bridge.errors import TimelineChanged, UnwritableOutput
from bridge.project import EditRequest
from bridge.revision import Change
from engine import launcher
from engine.client import EngineClient
from engine.paths import HOME_VARIABLE, EnginePaths
from otio_adapters import write as timelines
from otio_adapters.read import read
from otio_adapters.takes import duration
from otio_adapters.write import write

REMOVAL = (Reword(changes=(Change(start=4, stop=5),)),)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineClient]:
    with launcher.ensure_running(EnginePaths.under(keep_consent(tmp_path_factory.mktemp("home")))) as client:
        yield client
        client.shutdown()


@pytest.fixture(params=[".otio", ".kdenlive"])
def cut(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EditRequest:
    """An edit of a timeline into its own file."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "state"))
    media = make_media(tmp_path / "clip.mov")
    path = tmp_path / f"cut{request.param}"
    piece = Cut(name="A", media=media, start=0, frames=100)
    write(timeline([piece], Source(frames=100), Fraction(RATE)), path)
    return EditRequest(timeline=path, clip="A", edits=REMOVAL, out=path, transcript=words_of(media))


def applied(request: EditRequest, engine: EngineClient, *, opened: str = "") -> Applied:
    clip = open_clip(request.timeline, request.clip, engine, media_root=None)
    plan = project.plan_edits(request, clip, engine, quietly)
    records = [
        rendering.record_of(clip, job, engine.complete(job)) for job in project.jobs_of(request, clip, plan)
    ]
    return apply(request, clip, plan, records, quietly, opened=opened or content_of(request.timeline))


def quietly(*_: object) -> None:
    """No progress is shown."""


def frames_of(path: Path) -> int:
    return duration(read(path), Fraction(RATE))


def files_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def test_an_edit_in_place_replaces_the_file_and_its_undo_brings_every_byte_back(
    cut: EditRequest, engine: EngineClient
) -> None:
    before = cut.timeline.read_bytes()
    done = applied(cut, engine)
    assert frames_of(cut.timeline) == done.report.duration_after < done.report.duration_before
    assert files_of(cut.timeline.parent) == ["clip.mov", cut.timeline.name, "cut.pickup.json"]
    undo(done)
    assert cut.timeline.read_bytes() == before
    assert files_of(cut.timeline.parent) == ["clip.mov", cut.timeline.name]


def test_an_edit_beside_leaves_the_file_and_its_undo_takes_the_new_one_away(
    cut: EditRequest, engine: EngineClient
) -> None:
    before = cut.timeline.read_bytes()
    done = applied(replace(cut, out=next_version(cut.timeline)), engine)
    assert done.timeline.stem == "cut_pickup001"
    assert next_version(done.timeline).stem == "cut_pickup002"
    assert cut.timeline.read_bytes() == before
    undo(done)
    assert files_of(cut.timeline.parent) == ["clip.mov", cut.timeline.name]


def test_a_timeline_that_changed_since_it_was_opened_is_not_written(
    cut: EditRequest, engine: EngineClient
) -> None:
    with pytest.raises(TimelineChanged, match="changed by another program since it was opened"):
        applied(cut, engine, opened="0" * 64)
    assert files_of(cut.timeline.parent) == ["clip.mov", cut.timeline.name]


def test_an_undo_never_takes_back_what_another_program_saved(cut: EditRequest, engine: EngineClient) -> None:
    done = applied(cut, engine)
    saved = cut.timeline.read_bytes() + b"\n"
    cut.timeline.write_bytes(saved)
    with pytest.raises(TimelineChanged, match="as it was before, it is kept in"):
        undo(done)
    assert cut.timeline.read_bytes() == saved


def test_a_write_that_fails_leaves_the_project_as_it_was(
    cut: EditRequest, engine: EngineClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise UnwritableOutput("the disk is full")

    monkeypatch.setattr(timelines, "write", full)
    before = cut.timeline.read_bytes()
    with pytest.raises(UnwritableOutput, match="full"):
        applied(cut, engine)
    assert cut.timeline.read_bytes() == before
    assert files_of(cut.timeline.parent) == ["clip.mov", cut.timeline.name]
    assert not list((cut.timeline.parent / "takes").iterdir())
