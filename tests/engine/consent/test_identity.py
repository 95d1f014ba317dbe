"""Whether the face is that of the stills, as far as a tiny model of the real one's form can tell."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import cv2
import pytest
import tiny_recognition
from drawn_faces import installed_models, portrait, speaking
from msgspec.structs import replace
from tiny import RATE, make_media

from engine.consent import ledger, pictures
from engine.consent.giving import give
from engine.consent.identity import check, compared
from engine.consent.record import Consent, Record, Scope
from engine.daemon.tasks import perform
from engine.daemon.worker_wire import Assignment
from engine.errors import ConsentMissing
from engine.face.recognition import FaceReader, model_file
from engine.media.fingerprint import fingerprint
from engine.paths import EnginePaths
from engine.protocol import Add, EditPlan, Footage, Keep, Ratio, Render, Speech, Take

NOW = datetime.datetime(2026, 11, 26, tzinfo=datetime.UTC)
# Presenters that the tiny model takes for two people.
ANNA, BEN = 2, 4
RECORD = Record(
    person="Anna",
    likeness="Anna",
    given_by="Anna",
    scope=Scope(uses=("insert",)),
    begins=datetime.date(2026, 1, 1),
)
LINE = Speech(path="/line.wav", fingerprint="l", start=0, end=30)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    installed_models()
    return tiny_recognition.make(tmp_path_factory.mktemp("model") / "tiny.onnx")


@pytest.fixture(scope="module")
def reader(model: Path) -> FaceReader:
    return FaceReader(model)


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Render:
    """New words for Anna."""
    frames = [frame for _ in range(3) for frame in speaking(ANNA, "a m a").pictures]
    return asked(make_media(tmp_path_factory.mktemp("film") / "anna.mov", pictures=frames, seconds=1))


@pytest.fixture
def paths(tmp_path: Path) -> EnginePaths:
    return EnginePaths.under(tmp_path / "home")


def asked(media: Path) -> Render:
    footage = Footage(media=str(media), fingerprint=fingerprint(media), offset=Ratio(num=0), first=0, last=20)
    plan = EditPlan(rate=Ratio(num=RATE), spans=(Keep(start=0, end=16), Add(frames=8, speech=0)))
    return Render(footage=footage, plan=plan, bridge=4, speech=(LINE,))


def picture_of(seed: int, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{seed}.png"
    cv2.imwrite(str(path), cv2.cvtColor(portrait(seed), cv2.COLOR_RGB2BGR))
    return path


def record(paths: EnginePaths, person: str, *stills: Path) -> Consent:
    kept = tuple(pictures.keep_still(paths.consents, still) for still in stills)
    return give(paths, replace(RECORD, person=person, stills=kept), NOW)


def told(job: Render, paths: EnginePaths, reader: FaceReader, *records: Consent) -> str:
    return compared(job, records, paths.consents, reader).identity


def test_a_face_like_that_of_the_stills_matches(
    job: Render, paths: EnginePaths, reader: FaceReader, tmp_path: Path
) -> None:
    anna = record(paths, "Anna", picture_of(BEN, tmp_path), picture_of(ANNA, tmp_path))
    assert told(job, paths, reader, anna) == "matches"


def test_another_face_than_that_of_the_stills_differs(
    job: Render, paths: EnginePaths, reader: FaceReader, tmp_path: Path
) -> None:
    ben = record(paths, "Ben", picture_of(BEN, tmp_path))
    assert told(job, paths, reader, ben) == "differs"


def test_who_is_denied_is_denied_whatever_records_there_are(
    job: Render, paths: EnginePaths, reader: FaceReader, tmp_path: Path
) -> None:
    pictures.deny(paths.consents, picture_of(ANNA, tmp_path), "Anna")
    assert told(job, paths, reader, record(paths, "Anna", picture_of(ANNA, tmp_path))) == "denied"
    assert told(job, paths, reader) == "denied"


def test_who_looks_otherwise_than_those_who_are_denied_is_not(
    job: Render, paths: EnginePaths, reader: FaceReader, tmp_path: Path
) -> None:
    pictures.deny(paths.consents, picture_of(BEN, tmp_path), "Ben")
    assert told(job, paths, reader, record(paths, "Anna")) == "unchecked"


def test_without_a_still_of_each_speaker_nothing_is_known(
    job: Render, paths: EnginePaths, reader: FaceReader, tmp_path: Path
) -> None:
    anna, ben = record(paths, "Anna"), record(paths, "Ben", picture_of(BEN, tmp_path))
    assert (told(job, paths, reader, anna), told(job, paths, reader, anna, ben)) == ("unchecked", "unchecked")


def test_a_still_that_was_changed_is_none(
    job: Render, paths: EnginePaths, reader: FaceReader, tmp_path: Path
) -> None:
    ben = record(paths, "Ben", picture_of(BEN, tmp_path))
    (still,) = (paths.consents / "stills").iterdir()
    still.write_bytes(picture_of(ANNA, tmp_path).read_bytes())
    assert told(job, paths, reader, ben) == "unchecked"


def test_where_no_face_is_seen_nothing_is_known(
    paths: EnginePaths, reader: FaceReader, tmp_path: Path
) -> None:
    anna = record(paths, "Anna", picture_of(ANNA, tmp_path))
    assert told(asked(make_media(tmp_path / "bar.mov", seconds=1)), paths, reader, anna) == "unchecked"


def test_what_is_found_out_stands_on_the_ledger_and_another_face_is_refused(
    job: Render, paths: EnginePaths, model: Path, tmp_path: Path
) -> None:
    anna = record(paths, "Anna", picture_of(ANNA, tmp_path))
    ben = record(paths, "Ben", picture_of(BEN, tmp_path))
    assert check(replace(job, consent=(anna.id,)), paths.consents, model, "hash", NOW)
    with pytest.raises(ConsentMissing, match=f"anna.mov: the face is not that of the stills of {ben.id}"):
        check(replace(job, consent=(ben.id,)), paths.consents, model, "hash", NOW)
    found = ledger.audit(paths.consent_ledger)
    assert found.sound
    assert [(entry.kind, entry.identity, entry.record, entry.job) for entry in found.entries[2:]] == [
        ("checked", "matches", anna.id, "hash"),
        ("refused", "differs", ben.id, "hash"),
    ]


def test_a_worker_asks_before_it_renders_and_the_take_tells(
    job: Render, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faces = installed_models()
    paths = EnginePaths.under(tmp_path)
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path))
    shutil.copytree(faces.mesh.parent, tmp_path / "models" / "face")
    tiny_recognition.make(model_file())
    line = make_media(tmp_path / "line.mov", picture=False, seconds=1)
    said = (replace(LINE, path=str(line), fingerprint=fingerprint(line)),)

    def rendered(by: Consent, name: str) -> Take:
        given = Assignment(
            id=name,
            job=replace(job, speech=said, consent=(by.id,)),
            folder=str(paths.takes / "hash" / name),
            cache=str(paths.cache),
            unfinished=str(paths.unfinished / "hash"),
            log=str(tmp_path / "log"),
            keys=str(paths.keys),
        )
        take = perform(given, lambda _: None).result
        assert isinstance(take, Take)
        return take

    assert rendered(record(paths, "Anna", picture_of(ANNA, tmp_path)), "one").identity == "matches"
    with pytest.raises(ConsentMissing, match="the face is not that"):
        rendered(record(paths, "Ben", picture_of(BEN, tmp_path)), "two")
    assert not (paths.takes / "hash" / "two").exists()
    assert rendered(record(paths, "Anna"), "three").identity == "unchecked"
