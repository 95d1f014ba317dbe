"""The panel beside a file that others save, and beside a program: a script in a thread, the real bridge."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from bridge_client import SmallClient, greeted
from consents import keep_consent
from pytestqt.qtbot import QtBot
from timelines import Cut, Source, timeline
from tiny import RATE, make_media, words_of

from bridge import transcript
from engine import launcher
from engine.paths import HOME_VARIABLE, EnginePaths
from nle_panels.apply.places import places_for
from nle_panels.apply.placing import Placing
from nle_panels.banner import Banner
from nle_panels.desk import Desk
from nle_panels.document import striking
from nle_panels.document.document import Caret, Selection
from nle_panels.document.tokens import Spoken
from nle_panels.engine_link import EngineLink
from nle_panels.errors import HostRefused
from nle_panels.hosting import Hosting
from nle_panels.hosts.bridge_server import BridgeServer
from nle_panels.hosts.kdenlive import Kdenlive
from nle_panels.hosts.remote import RemoteHost
from nle_panels.look.palette import DARK
from nle_panels.session import Session
from nle_panels.work import Chosen
from otio_adapters.read import read
from otio_adapters.write import write

PATIENCE = 30_000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = keep_consent(tmp_path_factory.mktemp("home"))
    yield home
    launcher.stop(EnginePaths.under(home))


@pytest.fixture
def cut(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    media = make_media(tmp_path / "clip.mov")
    transcript.remember(words_of(media))
    piece = Cut(name="A", media=media, start=0, frames=100)
    write(timeline([piece], Source(frames=100), Fraction(RATE)), tmp_path / "cut.otio")
    return tmp_path / "cut.otio"


class Beside:
    """A hosting with its session, and all that they have told."""

    def __init__(self, hosting: Hosting, session: Session, banner: Banner, qtbot: QtBot) -> None:
        self.hosting, self.session, self.banner, self.qtbot = hosting, session, banner, qtbot
        self.troubles: list[Exception] = []
        session.failed.connect(self.troubles.append)

    def open(self, path: Path) -> None:
        with self.qtbot.waitSignal(self.session.words_changed, timeout=PATIENCE):
            self.hosting.open(Chosen(timeline=path))

    def strike(self, text: str) -> None:
        document = self.session.document
        for t, token in enumerate(document.paragraphs[0].tokens):
            if isinstance(token, Spoken) and token.text == text:
                start = Caret(paragraph=0, token=t, offset=0)
                at = Selection(anchor=start, caret=Caret(paragraph=0, token=t, offset=len(text)))
        self.session.do("strike", at.caret, lambda: striking.strike(document, at))
        self.until(lambda: self.session.ready is not None and bool(self.session.takes.playing()))

    def until(self, holds: Any) -> None:
        self.qtbot.waitUntil(holds, timeout=PATIENCE)

    def save_outside(self, path: Path) -> None:
        """The same cut with another name, as an editing program saves it."""
        saved = json.loads(path.read_text())
        saved["name"] = f"{saved['name']} once more"
        path.write_text(json.dumps(saved))

    def choose(self, name: str) -> None:
        (button,) = [button for button in self.banner._buttons if button.text() == name]
        button.click()


@pytest.fixture
def beside(home: Path, cut: Path, qtbot: QtBot, tmp_path: Path) -> Iterator[Beside]:
    paths = EnginePaths.under(home)
    desk, link, banner = Desk(paths), EngineLink(paths), Banner(DARK)
    desk.start()
    link.start()
    session = Session(desk, link, tmp_path / "panel")
    beside = Beside(Hosting("standalone", session, desk, banner), session, banner, qtbot)
    yield beside
    qtbot.waitUntil(lambda: not desk.busy, timeout=PATIENCE)
    beside.hosting.close()
    session.close()
    link.close()
    desk.close()
    banner.deleteLater()


def test_a_file_named_from_where_the_panel_was_started_is_that_file(
    beside: Beside, cut: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(cut.parent)
    beside.open(Path("cut.otio"))
    assert beside.session.opened.chosen.timeline == cut
    beside.strike("three")
    with beside.qtbot.waitSignal(beside.session.applying.placed, timeout=PATIENCE) as placed:
        beside.session.applying.apply(Placing(out=None))
    assert placed.args[1].next_step.startswith("Open cut.otio again")


def test_a_save_outside_is_read_at_once_while_nothing_is_edited(beside: Beside, cut: Path) -> None:
    beside.open(cut)
    before = beside.session.opened.content
    with beside.qtbot.waitSignal(beside.session.clip_opened, timeout=PATIENCE):
        beside.save_outside(cut)
    assert beside.session.opened.content != before
    assert beside.troubles == []


def test_with_edits_a_save_outside_is_a_choice_and_the_edits_come_along(beside: Beside, cut: Path) -> None:
    beside.open(cut)
    beside.strike("three")
    edited = beside.session.document
    beside.save_outside(cut)
    beside.until(lambda: "cut.otio was changed outside" in beside.banner.text)
    assert beside.session.document is edited
    with beside.qtbot.waitSignal(beside.session.words_changed, timeout=PATIENCE):
        beside.choose("Read it again")
    assert beside.session.document == edited
    assert beside.troubles == []


def test_steps_that_could_be_redone_are_not_let_go_without_asking(beside: Beside, cut: Path) -> None:
    beside.open(cut)
    beside.strike("three")
    beside.session.undo()
    beside.until(lambda: beside.session.ready is None)
    beside.save_outside(cut)
    beside.until(lambda: "cut.otio was changed outside" in beside.banner.text)
    assert beside.session.history.redo_label == "strike"


def test_who_keeps_working_is_told_what_comes_before_applying(beside: Beside, cut: Path) -> None:
    beside.open(cut)
    beside.strike("three")
    edited = beside.session.document
    beside.save_outside(cut)
    beside.until(lambda: "was changed outside" in beside.banner.text)
    beside.choose("Keep working")
    assert "Before you apply, read it again" in beside.banner.text
    assert beside.session.document is edited


def test_what_the_panel_writes_itself_is_no_change_outside(beside: Beside, cut: Path) -> None:
    beside.open(cut)
    beside.strike("three")
    before = cut.read_bytes()
    with beside.qtbot.waitSignal(beside.session.applying.placed, timeout=PATIENCE):
        beside.session.applying.apply(Placing(out=None))
    assert beside.session.applying.outdated
    with beside.qtbot.assertNotEmitted(beside.session.clip_opened, wait=2_500):
        pass
    assert not beside.banner.isVisibleTo(None)
    with beside.qtbot.waitSignal(beside.session.applying.taken_back, timeout=PATIENCE):
        beside.session.applying.undo()
    assert cut.read_bytes() == before
    assert not beside.session.applying.outdated


def test_after_an_edit_in_place_the_timeline_is_read_again_at_the_first_piece_of_the_clip(
    beside: Beside, cut: Path
) -> None:
    with beside.qtbot.waitSignal(beside.session.words_changed, timeout=PATIENCE):
        beside.hosting.open(Chosen(timeline=cut, clip="A"))
    beside.strike("three")
    with beside.qtbot.waitSignal(beside.session.applying.placed, timeout=PATIENCE):
        beside.session.applying.apply(Placing(out=None))
    with beside.qtbot.waitSignal(beside.session.clip_opened, timeout=PATIENCE):
        beside.hosting.take()
    assert beside.session.opened.name == "A#1"
    assert not beside.session.applying.outdated


def test_a_host_that_would_refuse_is_asked_before_anything_is_written(beside: Beside, cut: Path) -> None:
    class Unsaved(Kdenlive):
        def check(self) -> None:
            raise HostRefused("save it there")

    beside.open(cut)
    beside.strike("three")
    project = cut.with_suffix(".kdenlive")
    project.touch()
    beside.hosting.use(Unsaved(project))
    before = cut.read_bytes()
    with beside.qtbot.waitSignal(beside.session.failed, timeout=PATIENCE) as told:
        beside.session.applying.apply(Placing(out=None))
    assert str(told.args[0]) == "save it there"
    assert cut.read_bytes() == before


def test_a_new_file_comes_first_and_in_kdenlive_the_project_itself(beside: Beside, cut: Path) -> None:
    beside.open(cut)
    session = beside.session
    new, own = cut.with_name("cut_pickup001.otio"), None
    assert [place.out for place in places_for(session.opened, session.applying.host)] == [new, own]
    project = cut.with_suffix(".kdenlive")
    project.touch()
    beside.hosting.use(Kdenlive(project))
    assert [place.out for place in places_for(session.opened, session.applying.host)] == [own, new]


def test_a_file_of_no_timeline_is_a_line_in_the_banner(beside: Beside, tmp_path: Path) -> None:
    beside.hosting.open(Chosen(timeline=tmp_path / "song.mp3"))
    assert "song.mp3" in beside.banner.text


# ---- a program


class Script(threading.Thread):
    """A program's script that has one timeline open. `refuses`: it cannot place anything."""

    def __init__(self, file: Path, cut: Path, *, refuses: bool = False) -> None:
        super().__init__(daemon=True)
        self._file, self._cut, self._open, self._refuses = file, cut, cut, refuses
        self.asked: list[str] = []
        self.version = 1
        self.transcript: Path | None = None
        self.client: SmallClient | None = None

    @property
    def shown(self) -> Path:
        """The timeline that is open."""
        return self._open

    @property
    def state(self) -> dict[str, Any]:
        return {"sequence": "1", "name": "interview", "version": str(self.version), "clip": "A"}

    def tell(self) -> None:
        assert self.client is not None
        self.client.send({"type": "changed", "state": self.state})

    def run(self) -> None:
        self.client = greeted(self._file, ways=["timeline"])
        with contextlib.suppress(EOFError):
            while "closed" not in (question := self.client.receive()):
                if answer := self._answer(question):
                    self.client.send({"id": question["id"], **answer})

    def _answer(self, question: dict[str, Any]) -> dict[str, Any] | None:
        if question["type"] in {"welcome", "notice", "bye"}:
            return None
        if question["type"] == "ping":
            return {"type": "pong"}
        self.asked.append(question["type"])
        if question["type"] == "export":
            shown = Path(question["folder"]) / "interview.otio"
            write(read(self._open), shown, origin=self._open)
            told = str(self.transcript or "")
            return {"type": "exported", "timeline": str(shown), "state": self.state, "transcript": told}
        if self._refuses:
            return {"type": "failed", "name": "changed", "message": "the track is locked"}
        self.version += 1
        if question["type"] == "undo":
            self._open = self._cut
            return {"type": "undone"}
        self._open = Path(question["timeline"])
        name = "interview (Pickup)"
        return {"type": "placed", "way": "timeline", "sequence": "2", "name": name, "receipt": "r"}


@pytest.fixture
def refuses() -> bool:
    return False


@pytest.fixture
def script(beside: Beside, cut: Path, tmp_path: Path, refuses: bool) -> Iterator[Script]:
    """The program is there, and the panel beside it has taken its timeline."""
    file = tmp_path / "hosts" / "resolve.json"
    host = RemoteHost("resolve", BridgeServer("resolve", file), tmp_path / "exports")
    beside.hosting.name = "resolve"
    beside.hosting.beside(host)
    assert beside.banner.text == "Waiting for Resolve: start Pickup inside it."
    script = Script(file, cut, refuses=refuses)
    with beside.qtbot.waitSignal(beside.session.words_changed, timeout=PATIENCE):
        script.start()
    yield script
    beside.until(lambda: not beside.hosting._desk.busy)
    beside.hosting.close()
    script.join(10)


def test_the_programs_selected_clip_is_opened_when_it_comes(beside: Beside, script: Script) -> None:
    opened = beside.session.opened
    assert (opened.name, opened.chosen.program) == ("A", "Resolve: interview")
    assert beside.banner.isHidden()


def test_the_programs_own_transcript_is_taken_where_nobody_has_listened(
    beside: Beside, script: Script, tmp_path: Path
) -> None:
    said = {"text": "hello", "start": 0.5, "duration": 0.4, "confidence": 1, "eos": True, "tags": []}
    segment = {"start": 0, "duration": 1, "language": "en-us", "speaker": "a", "words": [said]}
    told = {"language": "en-us", "speakers": [{"id": "a", "name": "Anna"}], "segments": [segment]}
    segment["words"] = [{**said, "type": "word"}]
    script.transcript = tmp_path / "told.json"
    script.transcript.write_text(json.dumps(told))
    other = make_media(tmp_path / "other.mov", seconds=2)
    piece = Cut(name="A", media=other, start=0, frames=50)
    write(timeline([piece], Source(frames=50), Fraction(RATE)), script.shown)
    with beside.qtbot.waitSignal(beside.session.words_changed, timeout=PATIENCE) as heard:
        beside.hosting.take()
    assert [(word.text, word.speaker) for word in heard.args[0].words] == [("hello", "Anna")]


def test_takes_go_into_the_program_and_lie_beside_the_media(
    beside: Beside, script: Script, tmp_path: Path
) -> None:
    beside.strike("three")
    (place,) = places_for(beside.session.opened, beside.session.applying.host)
    beside.session.failed.connect(lambda error: pytest.fail(str(error)))
    with beside.qtbot.waitSignal(beside.session.applying.placed, timeout=PATIENCE) as placed:
        beside.session.applying.apply(Placing(out=place.out))
    applied, in_host = placed.args
    assert in_host.sequence == "interview (Pickup)"
    assert [Path(take.path).parent for take in applied.report.takes] == [tmp_path / "Pickup" / "takes"]
    assert beside.session.applying.outdated
    with beside.qtbot.waitSignal(beside.session.applying.taken_back, timeout=PATIENCE):
        beside.session.applying.undo()
    assert not applied.timeline.exists()
    assert script.asked.count("undo") == 1


@pytest.mark.parametrize("refuses", [True])
def test_what_a_program_refuses_leaves_no_file(beside: Beside, script: Script, tmp_path: Path) -> None:
    beside.strike("three")
    (place,) = places_for(beside.session.opened, beside.session.applying.host)
    with beside.qtbot.waitSignal(beside.session.failed, timeout=PATIENCE) as told:
        beside.session.applying.apply(Placing(out=place.out))
    assert "the track is locked" in str(told.args[0])
    assert list((tmp_path / "Pickup").glob("*.*")) == []


def test_a_change_in_the_program_is_taken_at_once_while_nothing_is_edited(
    beside: Beside, script: Script
) -> None:
    script.version = 7
    with beside.qtbot.waitSignal(beside.session.clip_opened, timeout=PATIENCE):
        script.tell()
    assert script.asked == ["export", "export"]


def test_with_edits_a_change_in_the_program_is_a_choice(beside: Beside, script: Script) -> None:
    beside.strike("three")
    script.version = 7
    script.tell()
    beside.until(lambda: "Resolve was changed outside" in beside.banner.text)
    assert script.asked == ["export"]


def test_a_program_that_goes_is_told_of_and_the_edits_stay(beside: Beside, script: Script) -> None:
    beside.strike("three")
    edited = beside.session.document
    script.client.socket.shutdown(socket.SHUT_RDWR)
    beside.until(lambda: beside.banner.text == "Resolve has gone; your edits are kept.")
    assert beside.session.document is edited
