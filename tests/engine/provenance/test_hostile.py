"""Credentials by somebody else, who may sign what he likes: they are told as such, and do no harm."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
from grey_film import make_film
from signed_take import NOW, Issuer, pem, rendered, signed_take
from typer.testing import CliRunner

from engine.media.encode import read_content
from engine.paths import HOME_VARIABLE
from engine.provenance import certificate
from engine.provenance.commands import NOT_VOUCHED, verify_app
from engine.provenance.credentials import signed
from engine.provenance.pem import read_issuers
from engine.provenance.signing import SOURCE_TYPES, TAKE_LABEL, Claim, Ingredient, write_signed
from engine.provenance.telling import in_words
from engine.provenance.verify import Finding, verify

CREATED = {"action": "c2pa.created", "digitalSourceType": SOURCE_TYPES + "compositeCapture"}
SOUND: dict[str, Any] = {
    "content_sha256": "aa",
    "renderer": "draft",
    "renderer_version": "1",
    "checkpoint_sha256": "",
    "seed": 0,
    "lip_sync": "none",
    "ranges": [{"first": 0, "last": 4, "made": "kept", "source": {"first": 0, "last": 4}}],
}


def signed_film(folder: Path, ours: Any, *, title: str = "part.bin", label: str = TAKE_LABEL) -> Path:
    """A film whose signer says this of it."""
    folder.mkdir(parents=True, exist_ok=True)
    film = make_film(folder / "plain.mov", frames=4)
    parts = (Ingredient(id="part", path=Path(title), relationship="componentOf"),)
    claim = Claim(title=title, label=label, actions=(CREATED,), ours=ours, ingredients=parts)
    write_signed(film, folder / "signed.mov", claim, certificate.make(folder / "keys", NOW))
    film.unlink()
    return folder / "signed.mov"


def looked_at(film: Path) -> Finding:
    found = verify(film, b"")
    assert in_words(found)
    assert msgspec.json.encode(found)
    return found


def test_what_has_the_form_of_a_take_is_told_as_one(tmp_path: Path) -> None:
    found = looked_at(signed_film(tmp_path, SOUND))
    assert (found.verdict, found.kind, found.vouched) == ("valid", "take", False)


@pytest.mark.parametrize(
    "changed",
    [
        {"ranges": "all"},
        {"ranges": [1, "two", None]},
        {"ranges": [{"first": "0", "last": {}, "made": []}]},
        {"ranges": [{"first": 0, "last": 1, "made": "kept", "source": [1, 2]}]},
        {"content_sha256": {"a": 1}},
        {"checkpoint_sha256": 7},
        {"renderer": None},
        {"seed": "one"},
        {"seed": 2**70},
        {"watermark": ["5eed1234"]},
    ],
    ids=str,
)
def test_what_only_calls_itself_one_is_not_believed(tmp_path: Path, changed: dict[str, Any]) -> None:
    found = looked_at(signed_film(tmp_path, SOUND | changed))
    assert (found.verdict, found.kind, found.made) == ("valid", "", {})


def test_an_account_that_is_nested_deep_does_no_harm(tmp_path: Path) -> None:
    nest: dict[str, Any] = {}
    for _ in range(60):
        nest = {"in": nest}
    assert looked_at(signed_film(tmp_path, SOUND | {"nest": nest})).verdict == "valid"


def test_nothing_that_is_signed_moves_the_terminals_cursor(tmp_path: Path) -> None:
    ours = SOUND | {"renderer": "\x1b[2J\x1b[31mvalid\r\n", "lip_sync": "\x07\u202egnp.exe"}
    told = in_words(verify(signed_film(tmp_path, ours, title="a\x1b]0;owned\x07.bin"), b""))
    assert all(letter.isprintable() for line in told.splitlines() for letter in line)
    assert len(told.splitlines()) == 6


def test_a_line_that_is_very_long_is_cut(tmp_path: Path) -> None:
    ours = SOUND | {"renderer": "long " * 10_000}
    assert max(map(len, in_words(verify(signed_film(tmp_path, ours), b"")).splitlines())) <= 1000


# ---- sidecars of others


@pytest.fixture
def stripped(tmp_path: Path) -> Path:
    """A take's film in a folder of its own, before it was signed."""
    _, take = rendered(tmp_path / "first")
    (tmp_path / "far" / "away").mkdir(parents=True)
    return Path(shutil.copy(take.path, tmp_path / "far" / "away" / "film.mov"))


def test_of_two_sidecars_that_fit_the_one_of_a_known_signer_is_told(stripped: Path, tmp_path: Path) -> None:
    """A forged one is easily made, and given a name that comes first."""
    forged = SOUND | {"content_sha256": read_content(stripped).sha256, "renderer": "none at all"}
    signed_film(tmp_path / "forger", forged)
    own, take = rendered(tmp_path / "second")
    done = signed(take, own, tmp_path / "keys", NOW)
    shutil.copy(done.provenance, stripped.with_name("z.c2pa"))
    store = write_signed(
        stripped,
        tmp_path / "forged.mov",
        Claim(title="", label=TAKE_LABEL, actions=(CREATED,), ours=forged, ingredients=()),
        certificate.make(tmp_path / "forger" / "keys", NOW),
    ).store
    stripped.with_name("a.c2pa").write_bytes(store)
    found = verify(stripped, certificate.known_issuers(tmp_path / "keys"))
    assert (found.verdict, found.certificate, found.made["renderer"]) == ("stripped", "test", "draft")
    assert verify(stripped, b"").verdict == "stripped"


def test_a_sidecar_of_another_program_says_nothing_of_pictures(stripped: Path, tmp_path: Path) -> None:
    """Its credentials are of the file's bytes: that the pictures are others is nothing that it says."""
    other = signed_film(tmp_path / "other", {"anything": 1}, label="com.example.note")
    taken = write_signed(
        other,
        tmp_path / "other" / "again.mov",
        Claim(title="", label="com.example", actions=(CREATED,), ours={}, ingredients=()),
        certificate.make(tmp_path / "other" / "keys", NOW),
    )
    stripped.with_suffix(".c2pa").write_bytes(taken.store)
    assert verify(stripped, b"").verdict == "unknown"


def test_a_sidecar_that_may_not_be_read_is_passed_over(stripped: Path) -> None:
    locked = stripped.with_name("locked.c2pa")
    locked.write_bytes(b"credentials")
    locked.chmod(0)
    assert verify(stripped, b"").verdict == "unknown"


def test_a_sidecar_whose_bits_are_flipped_tells_the_same_or_nothing(stripped: Path, tmp_path: Path) -> None:
    job, take = rendered(tmp_path / "second")
    done = signed(take, job, tmp_path / "keys", NOW)
    issuers = certificate.known_issuers(tmp_path / "keys")
    beside = Path(shutil.copy(done.provenance, stripped.with_name("a_v001.c2pa")))
    content, sound = beside.read_bytes(), verify(stripped, issuers)
    assert sound.verdict == "stripped"
    for place in range(0, len(content), 37):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        beside.write_bytes(changed)
        found = verify(stripped, issuers)
        assert found == sound or found.verdict == "unknown", place


# ---- certificates of others


def test_a_pem_file_with_letters_of_any_kind_around_its_certificates_is_read(tmp_path: Path) -> None:
    known = pem(Issuer.new().certificate)
    (tmp_path / "issuer.pem").write_bytes("Zürich\n".encode("latin-1") + known)
    assert read_issuers(tmp_path / "issuer.pem") == known


def test_such_a_file_is_trusted_by_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take = signed_take(tmp_path)
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "elsewhere"))
    issuer = tmp_path / "issuer.pem"
    issuer.write_bytes(b"\xff\xfe" + certificate.known_issuers(tmp_path / "keys"))
    assert CliRunner().invoke(verify_app, [take.path]).exit_code == NOT_VOUCHED
    assert CliRunner().invoke(verify_app, [take.path, "--trust", str(issuer)]).exit_code == 0
