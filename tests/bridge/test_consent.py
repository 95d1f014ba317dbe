"""Consent is asked for first: before the first of several shots is rendered, and before a voice is paid."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from batch_material import tone
from msgspec.structs import replace as replaced
from timelines import Cut, Source, timeline
from tiny import RATE, WORDS, make_media, words_of

from bridge import consent, dub, project
from bridge.clip import open_clip
from bridge.dub import DubRequest
from bridge.edits import Edit, Insert, Remove
from bridge.project import EditRequest
from bridge.rendering import Rendering
from bridge.voices.booth import Booth
from bridge.voices.voice import VoiceLine
from engine import launcher
from engine.client import EngineClient
from engine.consent import ledger
from engine.consent.giving import give
from engine.consent.record import Record, Scope
from engine.errors import ConsentMissing
from engine.media.probe import probe
from engine.paths import EnginePaths
from engine.protocol import Footage, Keep, Ratio, Transcript
from otio_adapters.write import write

NOW = datetime.datetime.now(datetime.UTC)
DEMO = Rendering(renderer="demo")
INSERTS: tuple[Edit, ...] = (
    Insert(text="new", after=WORDS[0]),
    Remove(phrase=WORDS[3]),
    Insert(text="newer", after=WORDS[6]),
)


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> EnginePaths:
    return EnginePaths.under(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def engine(paths: EnginePaths) -> Iterator[EngineClient]:
    with launcher.ensure_running(paths) as client:
        yield client
        client.shutdown()
        for process in launcher._started:  # else Python warns of a process that nobody waited for
            process.wait(10)


@pytest.fixture
def anna(paths: EnginePaths, film: Path) -> Iterator[None]:
    """Her consent, for this test."""
    person = {"person": "Anna", "likeness": "Anna", "given_by": "Anna"}
    scope = Scope(uses=("insert", "dub"), media=(probe(film).fingerprint,))
    given = give(paths, Record(**person, scope=scope, begins=datetime.date(2000, 1, 1)), NOW)
    yield
    # The same film is every test's, and a record is never deleted: only its file is.
    (paths.consents / f"{given.id}.json").unlink()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_media(tmp_path_factory.mktemp("film") / "clip.mov")


@dataclass
class Paid:
    """A voice whose price is a unit for each letter, and what it was asked for."""

    recording: Path
    identity: str = "paid"
    unit: str = "letters"
    asked: list[str] = field(default_factory=list)

    def price(self, line: VoiceLine) -> int:
        self.asked.append(f"price of {line.text}")
        return len(line.text)

    def say(self, line: VoiceLine, out: Path) -> None:
        self.asked.append(line.text)
        shutil.copyfile(self.recording, out)


@pytest.fixture
def voice(tmp_path: Path) -> Paid:
    tone(tmp_path / "said.wav", 60)
    return Paid(recording=tmp_path / "said.wav")


def booth(voice: Paid, folder: Path) -> Booth:
    return Booth(voice=voice, folder=folder / "said", agree=lambda price, _: voice.asked.append(str(price)))


@pytest.fixture
def asked(film: Path, tmp_path: Path) -> EditRequest:
    """Two insertions and a removal between them, far apart; Anna says the first half, Ben the rest."""
    cut = Cut(name="A", media=film, start=0, frames=100)
    write(timeline([cut], Source(frames=100), Fraction(RATE)), tmp_path / "cut.otio")
    tone(tmp_path / "line.wav", 60)
    return EditRequest(
        timeline=tmp_path / "cut.otio",
        clip="A",
        edits=INSERTS,
        out=tmp_path / "out.otio",
        transcript=said_by(film, "Anna", "Ben"),
        speech=(tmp_path / "line.wav",) * 2,
        rendering=DEMO,
    )


def said_by(film: Path, first: str, second: str) -> Transcript:
    heard = words_of(film)
    words = [replaced(word, speaker=first if word.start < 2 else second) for word in heard.words]
    return replaced(heard, words=tuple(words))


def quietly(*_: object) -> None:
    """No progress is shown."""


def renders(engine: EngineClient) -> list[str]:
    return [record.hash for record in engine.jobs(1000) if record.kind == "render"]


def refused_by(paths: EnginePaths) -> list[str]:
    return [entry.person for entry in ledger.audit(paths.consent_ledger).entries if entry.kind == "refused"]


# ---------------------------------------------------------------------------------------- rendered


@pytest.mark.usefixtures("anna")
def test_no_shot_is_rendered_where_a_later_one_is_refused(
    engine: EngineClient, paths: EnginePaths, asked: EditRequest
) -> None:
    before, noted = renders(engine), len(refused_by(paths))
    with pytest.raises(
        ConsentMissing, match=r"^1 of 3 may not be made, and nothing was: frames 8\d to "
    ) as no:
        project.edit(asked, engine, quietly)
    assert "'Ben' in clip.mov" in str(no.value)
    assert (renders(engine), asked.out.exists()) == (before, False)
    assert refused_by(paths)[noted:] == ["Ben"]


def test_all_shots_that_are_refused_are_named_at_once(engine: EngineClient, asked: EditRequest) -> None:
    with pytest.raises(ConsentMissing) as both:
        project.edit(asked, engine, quietly)
    told = str(both.value)
    assert told.startswith("2 of 3 may not be made, and nothing was: frames ")
    assert told.index("'Anna'") < told.index("'Ben'")
    assert "\n" not in told


def test_shots_that_are_refused_for_one_reason_are_told_together(
    engine: EngineClient, asked: EditRequest
) -> None:
    with pytest.raises(ConsentMissing, match=r"nothing was: frames \d+ to \d+, frames 8\d to \d+: ") as both:
        project.edit(replace(asked, speakers=("Carl",)), engine, quietly)
    assert str(both.value).count("'Carl'") == 1


def test_one_shot_is_refused_in_its_own_words(engine: EngineClient, asked: EditRequest) -> None:
    with pytest.raises(ConsentMissing, match=r"^nobody has consented to new words by 'Anna' in clip\.mov"):
        project.edit(replace(asked, edits=INSERTS[:1], speech=asked.speech[:1]), engine, quietly)


def test_removals_are_rendered_whoever_has_not_consented(engine: EngineClient, asked: EditRequest) -> None:
    request = replace(asked, edits=INSERTS[1:2], speech=(), rendering=Rendering())
    assert len(project.edit(request, engine, quietly).takes) == 1


@pytest.mark.usefixtures("anna")
def test_drafts_without_consent_are_rendered_and_marked(engine: EngineClient, asked: EditRequest) -> None:
    report = project.edit(replace(asked, rendering=Rendering()), engine, quietly)
    assert [take.marked for take in report.takes] == [False, False, True]
    (why,) = (warning for warning in report.warnings if warning.startswith("marked: "))
    assert why.startswith("marked: nobody has consented to new words by 'Ben' in clip.mov")


@pytest.mark.usefixtures("anna")
def test_no_clip_of_a_scene_is_dubbed_where_another_is_refused(
    engine: EngineClient, film: Path, tmp_path: Path
) -> None:
    before = renders(engine)
    with pytest.raises(ConsentMissing, match=r"^1 of 2 .*: clip 'B': nobody has consented .* 'Ben'"):
        dub.dub(scene(film, tmp_path), engine, quietly)
    assert renders(engine) == before


def scene(film: Path, folder: Path, **given: Any) -> DubRequest:
    cuts = [Cut(name=name, media=film, start=0, frames=100) for name in "AB"]
    write(timeline(cuts, Source(frames=100), Fraction(RATE)), folder / "cut.otio")
    tone(folder / "line.wav", 390)
    usual = {"speech": (folder / "line.wav",) * 2, "speakers": ("Anna", "Ben"), "rendering": DEMO}
    return DubRequest(
        timeline=folder / "cut.otio", clips=("A", "B"), out=folder / "out.otio", **{**usual, **given}
    )


def test_any_number_of_renders_of_any_length_is_asked_about(engine: EngineClient) -> None:
    """More than one question may hold, and more than one message."""
    footage = Footage(media="/a.mov", fingerprint="f", offset=Ratio(num=0), first=0, last=9)
    line = consent.unsaid(footage, renderer="draft", speakers=("Zoe",), language="", project="")
    spans = (*line.plan.spans, *(Keep(start=n, end=n + 1) for n in range(3000)))
    long = replaced(line, plan=replaced(line.plan, spans=spans))
    leaves = consent.ask(engine, [("", long)] * 120 + [("", line)] * 130, note=False)
    assert [leave.marked for leave in leaves] == [True] * 250


# ---------------------------------------------------------------------------------------- said and paid for


@pytest.mark.usefixtures("anna")
def test_no_voice_is_asked_where_a_line_may_not_be_said(
    engine: EngineClient, asked: EditRequest, voice: Paid, tmp_path: Path
) -> None:
    request = replace(asked, speech=(), booth=booth(voice, tmp_path))
    with pytest.raises(ConsentMissing, match=r"^1 of 2 .*was: \"newer\": .*'Ben'"):
        project.edit(request, engine, quietly)
    assert voice.asked == []


def test_no_voice_is_asked_for_a_dub_that_may_not_be(
    engine: EngineClient, paths: EnginePaths, film: Path, voice: Paid, tmp_path: Path
) -> None:
    request = scene(film, tmp_path, speech=(), script="Guten Tag", booth=booth(voice, tmp_path))
    with pytest.raises(ConsentMissing, match=r"^2 of 2 .*: clip 'A': .*; clip 'B': "):
        dub.dub(request, engine, quietly)
    assert voice.asked == []
    assert ledger.audit(paths.consent_ledger).entries[-1].frames == ()  # nobody knows them yet


@pytest.mark.usefixtures("anna")
def test_what_may_be_said_is_priced_and_said(
    engine: EngineClient, asked: EditRequest, voice: Paid, tmp_path: Path
) -> None:
    request = replace(asked, edits=INSERTS[:1], speech=(), booth=booth(voice, tmp_path))
    clip = open_clip(request.timeline, "A", engine, media_root=None)
    project.plan_edits(request, clip, engine, quietly)
    assert voice.asked == ["price of new", "3", "new"]
