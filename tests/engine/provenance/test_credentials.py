"""What a signed take says of itself, and what signing leaves as it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import msgspec
import pytest
from grey_film import make_film
from signed_take import NOW, rendered, signed_take

from engine.errors import MissingModel
from engine.media.encode import read_content
from engine.protocol import Add, Dub, EditPlan, Keep, Ratio, Render, Retime, Signer, Speech, Take
from engine.provenance import certificate, credentials
from engine.provenance.credentials import ranges_of, signed, source_type
from engine.provenance.manifest import Trust
from engine.provenance.signing import TAKE_LABEL, Claim, write_signed
from engine.provenance.telling import in_words
from engine.provenance.verify import verify


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Take:
    return signed_take(tmp_path_factory.mktemp("signed"))


def claims(take: Take) -> dict[str, object]:
    manifest = Trust(b"").read_film(Path(take.path))
    assert manifest is not None
    return manifest.made


def test_what_is_seen_and_heard_stays_the_same(tmp_path: Path) -> None:
    job, before = rendered(tmp_path)
    after = signed(before, job, tmp_path / "keys", NOW)
    assert read_content(Path(after.path)).sha256 == after.content_sha256 == before.content_sha256


def test_sha256_is_of_the_signed_file(take: Take) -> None:
    assert hashlib.sha256(Path(take.path).read_bytes()).hexdigest() == take.sha256


def test_the_sidecar_lies_beside_and_nothing_else_is_left(take: Take) -> None:
    names = sorted(path.name for path in Path(take.path).parent.iterdir())
    assert (take.provenance, names) == (str(Path(take.path).with_suffix(".c2pa")), ["take.c2pa", "take.mov"])


def test_the_ranges_are_told_in_frames(take: Take) -> None:
    assert claims(take)["ranges"] == [
        {"first": 0, "last": 10, "made": "kept", "source": {"first": 0, "last": 10}},
        {"first": 10, "last": 20, "made": "kept", "source": {"first": 16, "last": 26}},
    ]


def test_who_rendered_it_is_told(take: Take) -> None:
    told = claims(take)
    wanted = {
        "renderer": "draft",
        "renderer_version": take.renderer_version,
        "checkpoint_sha256": "",
        "seed": 0,
        "lip_sync": "source",
        "content_sha256": take.content_sha256,
    }
    assert {name: told[name] for name in wanted} == wanted


def test_the_source_is_an_ingredient_with_its_fingerprint(tmp_path: Path) -> None:
    job, take = rendered(tmp_path)
    done = signed(take, job, tmp_path / "keys", NOW)
    manifest = Trust(b"").read_film(Path(done.path))
    assert manifest is not None
    assert manifest.ingredients == ("interview.mov",)
    assert manifest.made["source"] == {"name": "interview.mov", "fingerprint": job.footage.fingerprint}


def test_no_path_and_no_folders_name_is_in_it(take: Take) -> None:
    content = Path(take.path).read_bytes() + Path(take.provenance).read_bytes()
    folder = Path(take.path).parent.parent
    assert not [part for part in folder.parts[1:] if part.encode() in content]


def test_a_take_of_a_signed_source_carries_the_sources_credentials_along(tmp_path: Path) -> None:
    first = signed_take(tmp_path / "first")
    job, take = rendered(tmp_path / "second")
    footage = msgspec.structs.replace(job.footage, media=first.path)
    done = signed(take, msgspec.structs.replace(job, footage=footage), tmp_path / "keys", NOW)
    assert first.content_sha256.encode() in Path(done.provenance).read_bytes()


def test_without_the_library_a_take_is_made_unsigned_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, take = rendered(tmp_path)

    def missing() -> None:
        raise MissingModel("c2pa is not installed: pip install 'pickup-editor[provenance]'")

    monkeypatch.setattr(certificate, "require_extra", missing)
    done = signed(take, job, tmp_path / "keys", NOW)
    assert (done.sha256, done.provenance) == (take.sha256, "")
    assert done.warnings == (
        "the take is not signed: c2pa is not installed: pip install 'pickup-editor[provenance]'",
    )


def test_a_certificate_that_is_damaged_costs_the_signature_and_not_the_take(tmp_path: Path) -> None:
    certificate.make(tmp_path / "keys", NOW)
    certificate.certificate_path(tmp_path / "keys").write_bytes(b"")
    job, take = rendered(tmp_path)
    done = signed(take, job, tmp_path / "keys", NOW)
    assert "not signed" in done.warnings[0]
    assert read_content(Path(done.path)).sha256 == take.content_sha256


def test_signing_that_fails_half_way_leaves_the_take_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, take = rendered(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(credentials, "read_content", full)
    done = signed(take, job, tmp_path / "keys", NOW)
    assert hashlib.sha256(Path(done.path).read_bytes()).hexdigest() == take.sha256 == done.sha256
    assert [path.name for path in Path(take.path).parent.iterdir()] == ["take.mov"]


def test_the_draft_of_a_large_film_lies_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = make_film(tmp_path / "film.mov", frames=2)
    with film.open("ab") as file:
        file.write((20 << 20).to_bytes(4, "big") + b"free" + bytes((20 << 20) - 8))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "gone"))
    claim = Claim(
        title="film.mov", label=TAKE_LABEL, actions=({"action": "c2pa.created"},), ours={}, ingredients=()
    )
    write_signed(film, tmp_path / "signed.mov", claim, certificate.make(tmp_path / "keys", NOW))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.mov", "keys", "signed.mov"]


LINE = Speech(path="/line.wav", fingerprint="f", start=0, end=100)


def made(checkpoint: str = "", *, scratch: bool | None = None, dub: bool = False) -> str:
    """What a take is called: with weights, with a line of a machine or a recorded one."""
    spans: tuple[Keep | Add, ...] = (Keep(start=0, end=5),)
    speech = () if scratch is None else (msgspec.structs.replace(LINE, scratch=scratch),)
    if speech and not dub:
        spans = (*spans, Add(frames=5, speech=0))
    job = Render(
        footage=None,  # type: ignore[arg-type]  # nobody looks
        plan=EditPlan(rate=Ratio(num=25), spans=spans),
        bridge=0,
        speech=speech,
        dub=Dub() if dub else None,
    )
    return source_type(msgspec.structs.replace(_TAKE, checkpoint=checkpoint), job)


_TAKE = Take(
    path="",
    frames=5,
    rate=Ratio(num=25),
    source_range=(0, 5),
    timecode=0,
    drop_frame=False,
    width=2,
    height=2,
    channels=0,
    sha256="",
    content_sha256="",
    renderer="draft",
    renderer_version="1",
    seed=0,
    lip_sync="source",
)


def test_what_a_model_rendered_is_a_composite_with_trained_media() -> None:
    assert made("abc") == "compositeWithTrainedAlgorithmicMedia"


def test_a_draft_without_new_words_is_a_composite_of_what_was_captured() -> None:
    assert made() == "compositeCapture"


@pytest.mark.parametrize("dub", [False, True])
def test_a_machines_voice_makes_it_partly_synthetic(dub: bool) -> None:
    assert made(scratch=True, dub=dub) == "compositeSynthetic"


@pytest.mark.parametrize("dub", [False, True])
def test_of_a_line_that_was_handed_in_nothing_is_claimed(dub: bool) -> None:
    assert made(scratch=False, dub=dub) == "composite"


def test_whose_consent_new_words_have_is_told_by_the_ids_of_records(tmp_path: Path) -> None:
    job, take = rendered(tmp_path)
    says = msgspec.structs.replace(job, speech=(LINE,), dub=Dub(), speakers=("Anna Lee",))
    allowed = msgspec.structs.replace(take, consent=("c-0123456789abcdef",))
    done = signed(allowed, says, tmp_path / "keys", NOW)
    told = claims(done)
    assert (told["consent"], told["marked"], told["identity"]) == (["c-0123456789abcdef"], False, "unchecked")
    assert b"Anna" not in Path(done.path).read_bytes()
    assert "consent   c-0123456789abcdef; identity: unchecked" in in_words(verify(Path(done.path), b""))


def test_that_there_is_none_and_the_picture_is_marked_is_told(tmp_path: Path) -> None:
    job, take = rendered(tmp_path)
    says = msgspec.structs.replace(job, speech=(LINE,), dub=Dub())
    done = signed(msgspec.structs.replace(take, marked=True), says, tmp_path / "keys", NOW)
    assert (claims(done)["consent"], claims(done)["marked"]) == ([], True)
    assert "consent   NONE on record" in in_words(verify(Path(done.path), b""))


def test_without_new_words_nothing_is_said_of_consent(take: Take) -> None:
    assert not {"consent", "marked", "identity"} & claims(take).keys()


def test_each_kind_of_span_is_told() -> None:
    plan = EditPlan(
        rate=Ratio(num=25),
        spans=(
            Keep(start=2, end=4, resync=True),
            Retime(start=4, end=8, frames=3),
            Add(frames=7, speech=0),
        ),
    )
    assert ranges_of(plan) == [
        {"first": 0, "last": 2, "made": "re-rendered", "source": {"first": 2, "last": 4}},
        {"first": 2, "last": 5, "made": "retimed", "source": {"first": 4, "last": 8}},
        {"first": 5, "last": 12, "made": "added"},
    ]


def test_all_that_is_told_is_plain_json(take: Take) -> None:
    """C2PA's library gives a list of small numbers back as one of bytes."""
    assert "=" not in json.dumps(claims(take)["ranges"])


def test_a_take_says_who_signed_it(tmp_path: Path) -> None:
    take = signed_take(tmp_path)
    own = certificate.load(tmp_path / "keys", NOW)
    assert take.signer == Signer(name=own.subject, certificate=own.sha256, test=True)
