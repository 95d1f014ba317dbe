"""The main job in its parts, as the panel takes them: plan, render, place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from consents import keep_consent
from msgspec.structs import replace as replaced
from timelines import Cut, Source, timeline
from tiny import RATE, make_media, words_of

from bridge import project, rendering
from bridge.clip import open_clip
from bridge.edit_plan import ShortenPause
from bridge.edits import Reword
from bridge.project import EditRequest
from bridge.revision import Change
from engine import launcher
from engine.client import EngineClient
from engine.paths import EnginePaths
from engine.protocol import Transcript
from otio_adapters.read import read
from otio_adapters.write import write

EDITS = (
    Reword(changes=(Change(start=4, stop=5), Change(start=6, stop=6, words=("brand", "new")))),
    ShortenPause(after=0, kept=0),
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineClient]:
    paths = EnginePaths.under(keep_consent(tmp_path_factory.mktemp("home")))
    with launcher.ensure_running(paths) as client:
        yield client
        client.shutdown()


@pytest.fixture
def request_(tmp_path: Path) -> EditRequest:
    media = make_media(tmp_path / "clip.mov")
    cut = Cut(name="A", media=media, start=0, frames=100)
    write(timeline([cut], Source(frames=100), Fraction(RATE)), tmp_path / "cut.otio")
    return EditRequest(
        timeline=tmp_path / "cut.otio",
        clip="A",
        edits=EDITS,
        out=tmp_path / "out.otio",
        transcript=words_of(media),
    )


def quietly(*_: object) -> None:
    """No progress is shown."""


def test_planned_rendered_and_placed_in_parts_it_is_the_edit(
    engine: EngineClient, request_: EditRequest
) -> None:
    clip = open_clip(request_.timeline, "A", engine, media_root=None)
    plan = project.plan_edits(request_, clip, engine, quietly)
    jobs = project.jobs_of(request_, clip, plan)
    records = [rendering.record_of(clip, job, engine.complete(job)) for job in jobs]
    report = project.place(request_, clip, plan, records, quietly)
    assert report.duration_after - report.duration_before == plan.change
    whole = project.edit(replace(request_, out=request_.out.with_name("whole.otio")), engine, quietly)
    assert whole.edits == report.edits
    assert [take.content_sha256 for take in whole.takes] == [take.content_sha256 for take in report.takes]
    assert read(request_.out).is_equivalent_to(read(request_.out.with_name("whole.otio")))


def test_pauses_and_changes_of_a_transcript_editor_are_told_in_words(
    engine: EngineClient, request_: EditRequest
) -> None:
    clip = open_clip(request_.timeline, "A", engine, media_root=None)
    plan = project.plan_edits(request_, clip, engine, quietly)
    assert [str(line) for line in plan.edits] == [
        'remove    "five" at 2.00 s',
        'insert    "brand new" at 2.90 s',
        'pause     after "one" at 0.40 s: 0.00 s stay',
    ]


def test_that_a_clip_alone_becomes_a_timeline_is_said_with_the_edit(
    engine: EngineClient, request_: EditRequest
) -> None:
    clip = read(request_.timeline).tracks[0][0].deepcopy()
    otio.adapters.write_to_file(clip, str(request_.timeline))
    report = project.edit(request_, engine, quietly)
    assert "the file holds one clip alone; edited it is a timeline" in report.warnings
    assert isinstance(otio.adapters.read_from_file(str(request_.out)), otio.schema.Timeline)


def test_what_says_new_words_tells_who_speaks_in_which_language_for_what(
    engine: EngineClient, request_: EditRequest
) -> None:
    assert isinstance(request_.transcript, Transcript)
    words = tuple(replaced(word, speaker="Anna") for word in request_.transcript.words)
    heard = replaced(request_.transcript, words=words, language="de")
    clip = open_clip(request_.timeline, "A", engine, media_root=None)

    def told(request: EditRequest) -> list[tuple[tuple[str, ...], str, str]]:
        plan = project.plan_edits(request, clip, engine, quietly)
        jobs = project.jobs_of(request, clip, plan)
        return [(job.speakers, job.language, job.project) for job in jobs]

    asked = replace(request_, transcript=heard, project="Night Train")
    removal, insertion = told(asked)
    assert removal == ((), "", "")
    assert insertion == (("Anna",), "de", "Night Train")
    assert told(replace(asked, speakers=("Ben",)))[1] == (("Ben",), "de", "Night Train")


def test_planning_alone_writes_nothing_of_the_users(engine: EngineClient, request_: EditRequest) -> None:
    before = sorted(request_.timeline.parent.iterdir())
    clip = open_clip(request_.timeline, "A", engine, media_root=None)
    project.plan_edits(request_, clip, engine, quietly)
    assert sorted(request_.timeline.parent.iterdir()) == before
