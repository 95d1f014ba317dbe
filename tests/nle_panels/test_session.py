"""The clip being edited, with a real engine: words in, takes out, the timeline and back."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from consents import keep_consent
from pytestqt.qtbot import QtBot
from timelines import Cut, Source, timeline
from tiny import RATE, make_media, words_of

from bridge import transcript
from bridge.apply import Applied
from bridge.rendering import Rendering
from engine import launcher
from engine.errors import JobCancelled, MissingModel
from engine.paths import HOME_VARIABLE, EnginePaths
from engine.protocol import Box, Diffusion
from nle_panels.apply.placing import Placing
from nle_panels.desk import Desk
from nle_panels.document import striking, writing
from nle_panels.document.document import Caret, Selection
from nle_panels.document.tokens import Spoken
from nle_panels.engine_link import EngineLink
from nle_panels.record.lines import as_wav
from nle_panels.renders import DRAFTS
from nle_panels.session import Session
from nle_panels.takes import pending
from nle_panels.work import Chosen
from otio_adapters.read import read
from otio_adapters.takes import duration
from otio_adapters.write import write

PATIENCE = 60_000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = keep_consent(tmp_path_factory.mktemp("home"))
    yield home
    launcher.stop(EnginePaths.under(home))


@pytest.fixture
def cut(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A timeline of one clip of a hundred frames, whose words are known."""
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    media = make_media(tmp_path / "clip.mov")
    transcript.remember(words_of(media))
    piece = Cut(name="A", media=media, start=0, frames=100)
    write(timeline([piece], Source(frames=100), Fraction(RATE)), tmp_path / "cut.otio")
    return tmp_path / "cut.otio"


class Editing:
    """A session with all that it has told."""

    def __init__(self, session: Session, qtbot: QtBot) -> None:
        self.session, self.qtbot = session, qtbot
        self.troubles: list[Exception] = []
        self.refusals: list[str] = []
        session.failed.connect(self.troubles.append)
        session.refused.connect(self.refusals.append)

    def open(self, path: Path) -> None:
        with self.qtbot.waitSignal(self.session.words_changed, timeout=PATIENCE):
            self.session.open(Chosen(timeline=path))

    def word(self, text: str) -> Selection:
        for p, paragraph in enumerate(self.session.document.paragraphs):
            for t, token in enumerate(paragraph.tokens):
                if isinstance(token, Spoken) and token.text == text:
                    first = Caret(paragraph=p, token=t, offset=0)
                    return Selection(anchor=first, caret=Caret(paragraph=p, token=t, offset=len(text)))
        raise AssertionError(f"{text} is not said")

    def strike(self, text: str) -> None:
        at = self.word(text)
        self.session.do("strike", at.caret, lambda: striking.strike(self.session.document, at))

    def insert(self, text: str, after: str) -> None:
        at = self.word(after).caret
        self.session.do("typing", at, lambda: writing.insert_text(self.session.document, at, text))

    def until_rendered(self) -> None:
        def rendered() -> bool:
            ready = self.session.ready
            return ready is not None and len(self.session.takes.playing()) == len(ready.jobs) > 0

        self.qtbot.waitUntil(rendered, timeout=PATIENCE)

    def apply(self, placing: Placing) -> Applied:
        with self.qtbot.waitSignal(self.session.applying.placed, timeout=PATIENCE) as placed:
            self.session.applying.apply(placing)
        return placed.args[0]


@pytest.fixture
def editing(home: Path, cut: Path, qtbot: QtBot, tmp_path: Path) -> Iterator[Editing]:
    paths = EnginePaths.under(home)
    desk, link = Desk(paths), EngineLink(paths)
    desk.start()
    link.start()
    session = Session(desk, link, tmp_path / "panel")
    editing = Editing(session, qtbot)
    yield editing
    assert editing.troubles == []
    qtbot.waitUntil(lambda: not desk.busy, timeout=PATIENCE)
    link.close()
    desk.close()


def frames_of(path: Path) -> int:
    return duration(read(path), Fraction(RATE))


def test_a_struck_word_is_planned_drafted_and_placed(editing: Editing, cut: Path) -> None:
    editing.open(cut)
    editing.strike("three")
    editing.until_rendered()
    change = editing.session.ready.plan.change
    assert change < 0
    done = editing.apply(Placing(out=cut.with_name("out.otio")))
    assert done.report.duration_after == done.report.duration_before + change == frames_of(done.timeline)
    (record,) = editing.session.takes.playing().values()
    assert record.take.renderer == "draft"


def test_an_apply_in_place_is_undone_to_the_byte_and_the_words_stay(editing: Editing, cut: Path) -> None:
    before = cut.read_bytes()
    editing.open(cut)
    editing.insert(" brand new", "two")
    editing.until_rendered()
    editing.apply(Placing(out=None))
    assert frames_of(cut) > 100
    with editing.qtbot.waitSignal(editing.session.applying.taken_back, timeout=PATIENCE):
        editing.session.applying.undo()
    assert cut.read_bytes() == before
    assert editing.session.ready is not None


def test_undo_of_the_only_edit_leaves_nothing_to_apply(editing: Editing, cut: Path) -> None:
    editing.open(cut)
    editing.strike("three")
    editing.until_rendered()
    with editing.qtbot.waitSignal(editing.session.ready_changed, timeout=PATIENCE) as told:
        editing.session.undo()
    assert told.args == [None]
    editing.session.applying.apply(Placing(out=None))
    assert editing.refusals == ["Nothing is edited yet."]


def test_takes_are_there_again_when_the_edit_is_redone(editing: Editing, cut: Path) -> None:
    editing.open(cut)
    editing.strike("three")
    editing.until_rendered()
    editing.session.undo()
    editing.session.redo()
    with editing.qtbot.waitSignal(editing.session.ready_changed, timeout=PATIENCE):
        pass
    assert len(editing.session.takes.playing()) == 1


def test_another_seed_is_another_version_and_the_first_can_be_chosen_again(
    editing: Editing, cut: Path
) -> None:
    editing.open(cut)
    editing.strike("three")
    editing.until_rendered()
    (key,) = editing.session.ready.keys
    editing.session.takes.reroll(key)
    editing.qtbot.waitUntil(lambda: len(editing.session.takes.book.of(key).versions) == 2, timeout=PATIENCE)
    assert [version.record.job.seed for version in editing.session.takes.book.of(key).versions] == [0, 1]
    assert editing.session.takes.book.of(key).chosen == 2
    editing.session.takes.choose(key, 1)
    assert editing.session.takes.book.of(key).chosen == 1


def test_what_applying_would_change_is_told_before_anything_is_written(editing: Editing, cut: Path) -> None:
    editing.open(cut)
    editing.strike("three")
    editing.until_rendered()
    before = sorted(path.name for path in cut.parent.iterdir())
    with editing.qtbot.waitSignal(editing.session.applying.prospected, timeout=PATIENCE) as told:
        editing.session.applying.ask_prospect(Placing(out=None))
    found = told.args[0].difference
    assert found.after - found.before == editing.session.ready.plan.change
    assert [track.track for track in found.tracks] == ["V1", "A1"]
    assert sorted(path.name for path in cut.parent.iterdir()) == before


def test_takes_are_known_again_in_the_next_session(editing: Editing, cut: Path) -> None:
    editing.open(cut)
    editing.strike("three")
    editing.until_rendered()
    book = editing.session.takes.book
    editing.open(cut)
    assert editing.session.takes.book == book


def test_words_whose_mouth_is_rendered_anew_stay_as_long_as_they_are(editing: Editing, cut: Path) -> None:
    editing.open(cut)
    at = editing.word("three")
    editing.session.do("anew", at.caret, lambda: striking.render_anew(editing.session.document, at))
    editing.qtbot.waitUntil(lambda: editing.session.ready is not None, timeout=PATIENCE)
    ready = editing.session.ready
    assert [edit.kind for edit in ready.plan.edits] == ["rerender"]
    assert ready.plan.change == 0
    start, end = ready.plan.edits[0].frames
    assert (start, end) == (25, 35)


def test_a_draft_of_a_new_mouth_alone_is_refused_and_not_begun(editing: Editing, cut: Path) -> None:
    editing.open(cut)
    at = editing.word("three")
    editing.session.do("anew", at.caret, lambda: striking.render_anew(editing.session.document, at))
    editing.qtbot.waitUntil(lambda: editing.session.ready is not None, timeout=PATIENCE)
    assert editing.session.takes.renders._now == {}
    editing.session.takes.render()
    assert editing.session.takes.renders._now == {}
    assert editing.refusals == ["The draft makes no mouth anew: choose another renderer for that."]


def test_words_are_rendered_anew_beside_a_struck_one(editing: Editing, cut: Path) -> None:
    editing.open(cut)
    whole = Selection(anchor=editing.word("two").anchor, caret=editing.word("four").caret)
    editing.session.do("anew", whole.caret, lambda: striking.render_anew(editing.session.document, whole))
    editing.strike("three")
    editing.until_rendered()
    assert [edit.kind for edit in editing.session.ready.plan.edits] == ["remove", "rerender", "rerender"]
    (job,) = editing.session.ready.jobs
    assert [span.resync for span in job.plan.spans].count(True) == 2
    (record,) = editing.session.takes.playing().values()
    assert not any(span.resync for span in record.job.plan.spans)


def test_the_next_take_is_made_as_is_chosen_now(editing: Editing, cut: Path) -> None:
    editing.open(cut)
    editing.strike("three")
    editing.until_rendered()
    (key,) = editing.session.ready.keys
    box = Box(x=0, y=0, width=32, height=32)
    editing.session.takes.set_rendering(Rendering(seed=7, region=box))
    for count in (2, 3):
        editing.session.takes.reroll(key)
        editing.qtbot.waitUntil(
            lambda count=count: len(editing.session.takes.book.of(key).versions) == count, timeout=PATIENCE
        )
    jobs = [version.record.job for version in editing.session.takes.book.of(key).versions]
    assert [(job.seed, job.region == box) for job in jobs] == [(0, False), (7, True), (8, True)]


def test_with_other_settings_the_next_take_needs_no_other_seed(editing: Editing, cut: Path) -> None:
    editing.open(cut)
    editing.strike("three")
    editing.until_rendered()
    (key,) = editing.session.ready.keys
    editing.session.takes.set_rendering(Rendering(diffusion=Diffusion(offload=True)))
    with editing.qtbot.waitSignal(editing.session.takes.renders.submitted, timeout=PATIENCE) as submitted:
        editing.session.takes.reroll(key)
    _, job = submitted.args
    assert (job.seed, job.diffusion.offload) == (0, True)


def test_a_recording_says_the_new_words_and_is_known_the_next_time(
    editing: Editing, cut: Path, tmp_path: Path
) -> None:
    voice = tmp_path / "voice.wav"
    tone = array("h", [12_000, -12_000] * 24_000)
    voice.write_bytes(as_wav(bytes(24_000) + tone.tobytes() + bytes(24_000)))
    editing.open(cut)
    editing.insert(" brand new", "two")
    editing.until_rendered()
    assert editing.session.lines == ("brand new",)
    editing.session.set_voice("brand new", voice)
    editing.qtbot.waitUntil(lambda: editing.session.ready.plan.lines[0].path == str(voice), timeout=PATIENCE)
    editing.until_rendered()
    editing.open(cut)
    assert editing.session.voices == {"brand new": voice}
    with editing.qtbot.waitSignal(editing.session.ready_changed, timeout=PATIENCE):
        editing.session.set_voice("brand new", None)
    editing.until_rendered()
    assert editing.session.ready.plan.lines[0].scratch


def test_what_a_renderer_lacks_here_is_told_with_its_name(editing: Editing, cut: Path) -> None:
    editing.open(cut)
    editing.strike("three")
    editing.until_rendered()
    editing.session.takes.set_rendering(Rendering(renderer="edityourself"))
    told: list[str] = []
    editing.session.takes.renders.unusable.connect(lambda *what: told.extend(what))
    editing.session.takes.render()
    ticket = max(editing.session.takes.renders._now)
    editing.session.takes.renders._link.ended.emit(ticket, MissingModel("the weights are not here"))
    assert told == ["edityourself", "the weights are not here"]
    assert [str(trouble) for trouble in editing.troubles] == ["the weights are not here"]
    editing.troubles.clear()


def test_a_render_that_came_back_while_no_panel_was_open_is_a_take(editing: Editing, cut: Path) -> None:
    editing.open(cut)
    editing.strike("three")
    editing.until_rendered()
    session = editing.session
    (key,), (job,) = session.ready.keys, session.ready.jobs
    waiting = pending.Pending(key=key, job=msgspec.structs.replace(job, seed=9))
    pending.save([waiting], session.files.pending_file)
    editing.open(cut)
    editing.qtbot.waitUntil(lambda: len(session.takes.book.of(key).versions) == 2, timeout=PATIENCE)
    assert session.takes.book.of(key).versions[-1].record.job.seed == 9
    editing.qtbot.waitUntil(lambda: pending.load(session.files.pending_file) == (), timeout=PATIENCE)


def test_a_render_that_goes_on_is_on_the_disk_and_a_cancelled_one_is_not(editing: Editing, cut: Path) -> None:
    editing.open(cut)
    editing.strike("three")
    editing.until_rendered()
    session, link = editing.session, editing.session.takes.renders._link
    link.close()  # nobody answers
    session.takes.set_rendering(Rendering(renderer="edityourself"))
    session.takes.render()
    path = session.files.pending_file
    editing.qtbot.waitUntil(lambda: len(pending.load(path)) == 1, timeout=PATIENCE)
    link.ended.emit(max(session.takes.renders._now), JobCancelled("cancelled"))
    editing.qtbot.waitUntil(lambda: pending.load(path) == (), timeout=PATIENCE)


def test_of_many_drafts_a_few_are_with_the_engine_and_those_of_the_latest_edit_come_first(
    editing: Editing, cut: Path
) -> None:
    editing.open(cut)
    session, renders, handed_in = editing.session, editing.session.takes.renders, list[str]()
    renders.submitted.connect(lambda ticket, _: handed_in.append(renders._now[ticket][0]))
    editing.strike("two")
    editing.qtbot.waitUntil(lambda: session.ready is not None, timeout=PATIENCE)
    ready = session.ready
    (job,) = ready.jobs
    many = {
        f"shot {n}": msgspec.structs.replace(job, diffusion=msgspec.structs.replace(job.diffusion, steps=n))
        for n in range(2, 12)
    }
    handed_in.clear()
    renders.draft(replace(ready, keys=(*many,), jobs=(*many.values(),)), many)
    assert len(handed_in) <= DRAFTS
    waiting = [key for key in many if key not in handed_in]
    renders.draft(
        replace(ready, keys=(*waiting, "new"), jobs=(*(many[key] for key in waiting), job)), [*waiting, "new"]
    )
    editing.qtbot.waitUntil(lambda: len(handed_in) == len(many) + 1, timeout=PATIENCE)
    assert handed_in.index("new") <= DRAFTS
    assert set(handed_in) == {*many, "new"}


def test_a_render_of_another_clip_is_no_take_of_this_one(editing: Editing, cut: Path, tmp_path: Path) -> None:
    editing.open(cut)
    editing.strike("three")
    editing.until_rendered()
    session = editing.session
    (key,), (job,) = session.ready.keys, session.ready.jobs
    footage = msgspec.structs.replace(job.footage, fingerprint="of another file")
    session.takes.renders._now[999] = key, msgspec.structs.replace(job, footage=footage)
    before = session.takes.book
    session.takes.renders._link.ended.emit(999, MissingModel("of another clip"))
    assert session.takes.book is before
    assert editing.troubles == []


def test_what_was_kept_of_other_words_is_set_aside_and_told_so(editing: Editing, cut: Path) -> None:
    editing.open(cut)
    editing.strike("three")
    editing.until_rendered()
    said = words_of(cut.with_name("clip.mov"))
    transcript.remember(msgspec.structs.replace(said, words=said.words[:5]))
    editing.open(cut)
    (trouble,) = editing.troubles
    assert "is of other words" in str(trouble)
    assert editing.word("three")
    editing.troubles.clear()
