"""What a person and a script are told of a film: as it was signed, changed, stripped or unknown."""

from __future__ import annotations

import datetime
import random
import shutil
import subprocess
import time
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from grey_film import make_film
from signed_take import DAY, DOCUMENTS, NOW, Issuer, key_pem, new_key, pem, rendered, signed_take
from typer.testing import CliRunner

from engine.errors import MissingMedia
from engine.paths import HOME_VARIABLE
from engine.protocol import Take
from engine.provenance import certificate
from engine.provenance.commands import NOT_VOUCHED, STRIPPED, TAMPERED, UNKNOWN, certificate_app, verify_app
from engine.provenance.credentials import signed
from engine.provenance.seal import SEAL_BYTES
from engine.provenance.telling import in_words
from engine.provenance.verify import Finding, verify

ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def take(home: Path) -> Take:
    return signed_take(home)


@pytest.fixture(scope="module")
def issuers(home: Path, take: Take) -> bytes:
    return certificate.known_issuers(home / "keys")


def alone(take: Take, folder: Path) -> Path:
    """The take's film, far from its sidecar."""
    (folder / "far" / "away").mkdir(parents=True)
    return Path(shutil.copy(take.path, folder / "far" / "away" / "film.mov"))


def remuxed(film: Path, to: Path) -> Path:
    """The same streams in another container."""
    command = ("ffmpeg", "-v", "error", "-i", str(film), "-map", "0:v", "-map", "0:a", "-c", "copy", str(to))
    subprocess.run(command, check=True)
    return to


def test_a_signed_take_is_valid(take: Take, issuers: bytes) -> None:
    found = verify(Path(take.path), issuers)
    assert (found.verdict, found.certificate, found.kind) == ("valid", "test", "take")


def test_it_is_valid_without_its_sidecar_and_under_any_name(
    take: Take, issuers: bytes, tmp_path: Path
) -> None:
    film = alone(take, tmp_path)
    assert verify(film.rename(film.with_name("renamed.bin")), issuers).verdict == "valid"


def test_a_person_is_told_what_was_made(take: Take, issuers: bytes) -> None:
    told = in_words(verify(Path(take.path), issuers))
    assert "valid: not changed since it was signed" in told
    assert "TEST certificate" in told
    assert "frames    10 to 20: kept of the clip's 16 to 26" in told


def test_by_a_certificate_that_is_not_known_here_anybody_may_have_signed(take: Take) -> None:
    found = verify(Path(take.path), b"")
    assert (found.verdict, found.certificate, found.vouched) == ("valid", "unknown", False)


@pytest.mark.parametrize(
    "key",
    [new_key(), rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate()],
    ids=["p256", "rsa", "ed25519"],
)
def test_a_studios_certificate_is_told_from_a_test(
    tmp_path: Path, key: CertificateIssuerPrivateKeyTypes
) -> None:
    studio = Issuer.new()
    (tmp_path / "chain.pem").write_bytes(pem(studio.issue(key, use=DOCUMENTS), studio.certificate))
    (tmp_path / "key.pem").write_bytes(key_pem(key))
    certificate.take_in(tmp_path / "chain.pem", tmp_path / "key.pem", tmp_path / "keys", NOW)
    found = verify(Path(signed_take(tmp_path).path), certificate.known_issuers(tmp_path / "keys"))
    assert (found.verdict, found.certificate) == ("valid", "studio")
    assert found.signer == "Signer of takes, A Studio"


def test_what_was_signed_before_the_certificate_was_replaced_stays_valid(tmp_path: Path) -> None:
    take = signed_take(tmp_path)
    certificate.make(tmp_path / "keys", NOW + DAY)
    found = verify(Path(take.path), certificate.known_issuers(tmp_path / "keys"))
    assert (found.verdict, found.certificate) == ("valid", "test")


def test_a_certificate_that_expired_since_is_no_tampering(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = datetime.timedelta(seconds=4)
    monkeypatch.setattr(certificate, "LIFE", soon)
    job, take = rendered(tmp_path)
    now = datetime.datetime.now(datetime.UTC)
    done = signed(take, job, tmp_path / "keys", now)
    assert done.warnings == ()
    time.sleep(max(0.0, (now + 2 * soon - datetime.datetime.now(datetime.UTC)).total_seconds()))
    found = verify(Path(done.path), certificate.known_issuers(tmp_path / "keys"))
    assert (found.verdict, found.certificate, found.vouched) == ("valid", "expired", False)


def test_one_flipped_bit_anywhere_is_found(take: Take, issuers: bytes, tmp_path: Path) -> None:
    """In the first boxes, the credentials, the pictures, the sound, the index, the seal."""
    film = alone(take, tmp_path)
    content = film.read_bytes()
    whole = range(len(content))
    places = {*whole[:80], *whole[-SEAL_BYTES:], *random.Random(8).sample(whole, 120), *whole[80:6000:41]}
    passed = []
    for place in sorted(places):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        film.write_bytes(changed)
        if verify(film, issuers).verdict != "tampered":
            passed.append(place)
    assert passed == []


def test_a_flipped_bit_is_found_with_the_sidecar_beside_too(
    take: Take, issuers: bytes, tmp_path: Path
) -> None:
    film = alone(take, tmp_path)
    shutil.copy(take.provenance, film.with_suffix(".c2pa"))
    content = film.read_bytes()
    for place in range(0, len(content), len(content) // 40):
        changed = bytearray(content)
        changed[place] ^= 0x10
        film.write_bytes(changed)
        assert verify(film, issuers).verdict == "tampered", place


@pytest.mark.parametrize("cut", [1, SEAL_BYTES, 1000])
def test_a_take_that_was_cut_short_is_tampered_with(
    take: Take, issuers: bytes, tmp_path: Path, cut: int
) -> None:
    film = alone(take, tmp_path)
    film.write_bytes(film.read_bytes()[:-cut])
    assert verify(film, issuers).verdict == "tampered"


def test_a_take_that_something_was_added_to_is_tampered_with(
    take: Take, issuers: bytes, tmp_path: Path
) -> None:
    film = alone(take, tmp_path)
    film.write_bytes(film.read_bytes() + b"\0\0\0\x08free")
    assert verify(film, issuers).verdict == "tampered"


@ffmpeg
@pytest.mark.parametrize("name", ["copy.mov", "copy.mkv"])
def test_a_remuxed_take_is_recognised_by_a_sidecar_of_any_name(
    take: Take, issuers: bytes, tmp_path: Path, name: str
) -> None:
    shutil.copy(take.provenance, tmp_path / "a_v001.c2pa")
    found = verify(remuxed(Path(take.path), tmp_path / name), issuers)
    assert (found.verdict, found.sidecar) == ("stripped", str(tmp_path / "a_v001.c2pa"))
    assert found.made["content_sha256"] == take.content_sha256


@ffmpeg
def test_a_sidecar_in_the_folder_of_takes_beside_will_do(take: Take, issuers: bytes, tmp_path: Path) -> None:
    (tmp_path / "takes").mkdir()
    shutil.copy(take.provenance, tmp_path / "takes" / "a_v001.c2pa")
    assert verify(remuxed(Path(take.path), tmp_path / "copy.mov"), issuers).verdict == "stripped"


@ffmpeg
def test_a_sidecar_with_a_flipped_bit_recognises_nothing(take: Take, issuers: bytes, tmp_path: Path) -> None:
    content = bytearray(Path(take.provenance).read_bytes())
    content[content.index(take.content_sha256.encode()) + 3] ^= 1
    (tmp_path / "a_v001.c2pa").write_bytes(content)
    assert verify(remuxed(Path(take.path), tmp_path / "copy.mov"), issuers).verdict == "unknown"


@ffmpeg
def test_a_stripped_take_without_a_sidecar_is_unknown(take: Take, issuers: bytes, tmp_path: Path) -> None:
    assert verify(remuxed(Path(take.path), tmp_path / "copy.mov"), issuers).verdict == "unknown"


def test_another_film_beside_a_takes_sidecar_is_no_take(take: Take, issuers: bytes, tmp_path: Path) -> None:
    film = make_film(tmp_path / "a_v001.mov", frames=4)
    shutil.copy(take.provenance, tmp_path / "a_v001.c2pa")
    found = verify(film, issuers)
    assert (found.verdict, found.reasons) == ("tampered", ("a_v001.c2pa is of other pictures or sound",))


def test_a_film_that_was_never_signed_is_unknown(issuers: bytes, tmp_path: Path) -> None:
    assert verify(make_film(tmp_path / "film.mov", frames=4), issuers).verdict == "unknown"


@pytest.mark.parametrize("content", [b"", b"\0" * 40, b"not a film"])
def test_what_is_no_film_is_unknown(issuers: bytes, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "film.mov").write_bytes(content)
    (tmp_path / "film.c2pa").write_bytes(content)
    assert verify(tmp_path / "film.mov", issuers).verdict == "unknown"


def test_a_film_that_is_not_there_is_named(issuers: bytes, tmp_path: Path) -> None:
    with pytest.raises(MissingMedia, match=r"gone\.mov"):
        verify(tmp_path / "gone.mov", issuers)


# ---- the commands


def test_a_script_is_told_by_the_exit_code_and_one_object(
    home: Path, take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    run = CliRunner().invoke(verify_app, [take.path, "--json"])
    assert run.exit_code == 0
    assert msgspec.json.decode(run.stdout, type=Finding).verdict == "valid"
    film = alone(take, tmp_path)
    film.write_bytes(film.read_bytes() + b"\0")
    plain = make_film(tmp_path / "plain.mov", frames=2)
    codes = [CliRunner().invoke(verify_app, [str(path)]).exit_code for path in (film, plain)]
    assert codes == [TAMPERED, UNKNOWN]


def test_an_issuer_that_is_given_is_known(
    home: Path, take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "elsewhere"))
    assert CliRunner().invoke(verify_app, [take.path]).exit_code == NOT_VOUCHED
    issuer = next((home / "keys" / "signing" / "known").glob("*.pem"))
    assert CliRunner().invoke(verify_app, [take.path, "--trust", str(issuer)]).exit_code == 0


@ffmpeg
def test_a_stripped_one_has_a_code_of_its_own(
    home: Path, take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    shutil.copy(take.provenance, tmp_path)
    copy = remuxed(Path(take.path), tmp_path / "copy.mov")
    assert CliRunner().invoke(verify_app, [str(copy)]).exit_code == STRIPPED


def test_the_certificate_is_shown_as_the_test_that_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    assert CliRunner().invoke(certificate_app, ["make"]).exit_code == 0
    shown = CliRunner().invoke(certificate_app, ["show"])
    assert (shown.exit_code, "TEST certificate" in shown.stdout) == (0, True)
