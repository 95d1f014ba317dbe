"""Signatures stamped with the time by an authority that a studio names: nobody is asked by itself."""

from __future__ import annotations

import datetime
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from signed_take import NOW, Issuer, key_pem, new_key, pem, rendered, signed_take
from time_authority import TimeAuthority, time_authority
from typer.testing import CliRunner

from engine.errors import BadCertificate
from engine.paths import HOME_VARIABLE
from engine.protocol import Take
from engine.provenance import certificate
from engine.provenance.commands import certificate_app, verify_app
from engine.provenance.credentials import signed
from engine.provenance.timestamps import ask_none, authority, known_time_issuers, name_authority
from engine.provenance.verify import Finding, verify


@pytest.fixture
def stamping(tmp_path: Path) -> Iterator[TimeAuthority]:
    with time_authority(tmp_path / "authority") as there:
        yield there


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def look(take: Take, keys: Path, *, knows_time: bool = True) -> Finding:
    time_issuers = known_time_issuers(keys) if knows_time else b""
    return verify(Path(take.path), certificate.known_issuers(keys), time_issuers)


def test_a_stamped_take_says_when_it_was_signed(stamping: TimeAuthority, keys: Path, tmp_path: Path) -> None:
    name_authority(keys, stamping.url, stamping.issuer)
    before = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    take = signed_take(tmp_path)
    found = look(take, keys)
    assert (take.warnings, found.verdict, found.certificate) == ((), "valid", "test")
    assert before <= datetime.datetime.fromisoformat(found.signed_at) <= datetime.datetime.now(datetime.UTC)


def test_nobody_is_asked_who_is_not_named(stamping: TimeAuthority, keys: Path, tmp_path: Path) -> None:
    name_authority(keys, stamping.url, stamping.issuer)
    ask_none(keys)
    take = signed_take(tmp_path)
    assert stamping.asked == []
    assert look(take, keys).signed_at == ""


def test_the_authority_is_told_a_hash_and_nothing_else(
    stamping: TimeAuthority, keys: Path, tmp_path: Path
) -> None:
    name_authority(keys, stamping.url, stamping.issuer)
    signed_take(tmp_path)
    assert [len(request) < 100 for request in stamping.asked] == [True]


def test_what_was_stamped_stays_valid_when_the_certificate_has_expired(
    stamping: TimeAuthority, keys: Path, tmp_path: Path
) -> None:
    name_authority(keys, stamping.url, stamping.issuer)
    job, take = rendered(tmp_path)
    now = datetime.datetime.now(datetime.UTC)
    studio, key, ends = Issuer.new(), new_key(), now + datetime.timedelta(seconds=4)
    (tmp_path / "chain.pem").write_bytes(pem(studio.issue(key, until=ends), studio.certificate))
    (tmp_path / "key.pem").write_bytes(key_pem(key))
    certificate.take_in(tmp_path / "chain.pem", tmp_path / "key.pem", keys, now)
    done = signed(take, job, keys, now)
    assert done.warnings == ()
    time.sleep(max(0.0, (ends - datetime.datetime.now(datetime.UTC)).total_seconds() + 1))
    assert look(done, keys).certificate == "studio"
    assert look(done, keys, knows_time=False).certificate == "expired"


@pytest.mark.parametrize("answer", [b"", b"not a stamp", bytes(500)])
def test_an_authority_that_talks_nonsense_costs_the_stamp_and_not_the_signature(
    keys: Path, tmp_path: Path, answer: bytes
) -> None:
    with time_authority(tmp_path / "authority", answer=answer) as there:
        name_authority(keys, there.url, there.issuer)
        take = signed_take(tmp_path)
    assert look(take, keys).verdict == "valid"
    (warning,) = take.warnings
    assert warning.startswith(f"{there.url} gave no time stamp: ")


def test_so_does_one_that_is_not_there(keys: Path, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
    issuer = tmp_path / "issuer.pem"
    issuer.write_bytes(pem(Issuer.new().certificate))
    name_authority(keys, url, issuer)
    take = signed_take(tmp_path)
    assert look(take, keys).verdict == "valid"
    assert take.warnings[0].startswith(f"{url} gave no time stamp: ")


def test_who_may_say_the_time_may_not_vouch_for_a_take(
    stamping: TimeAuthority, keys: Path, tmp_path: Path
) -> None:
    name_authority(keys, stamping.url, stamping.issuer)
    key, elsewhere = new_key(), tmp_path / "elsewhere"
    forged = stamping.root.issue(key, issuer="Time Root")
    elsewhere.mkdir()
    (tmp_path / "chain.pem").write_bytes(pem(forged, stamping.root.certificate))
    (tmp_path / "key.pem").write_bytes(key_pem(key))
    certificate.take_in(tmp_path / "chain.pem", tmp_path / "key.pem", elsewhere / "keys", NOW)
    found = look(signed_take(elsewhere), keys)
    assert (found.verdict, found.certificate, found.vouched) == ("valid", "unknown", False)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "stamps.example",
        "ftp://stamps.example/",
        "file:///etc/passwd",
        "http://",
        "http://[x/",
        "http://a b/",
    ],
)
def test_what_is_no_address_is_refused(keys: Path, tmp_path: Path, url: str) -> None:
    issuer = tmp_path / "issuer.pem"
    issuer.write_bytes(pem(Issuer.new().certificate))
    with pytest.raises(BadCertificate, match="no address of a time-stamp authority"):
        name_authority(keys, url, issuer)
    assert authority(keys) == ""


def test_an_address_with_a_password_is_refused_and_not_repeated(keys: Path, tmp_path: Path) -> None:
    issuer = tmp_path / "issuer.pem"
    issuer.write_bytes(pem(Issuer.new().certificate))
    with pytest.raises(BadCertificate, match="must hold no name and no password") as refused:
        name_authority(keys, "https://me:secret@stamps.example/", issuer)
    assert "secret" not in str(refused.value)


def test_an_issuer_that_is_no_certificate_is_refused(keys: Path, tmp_path: Path) -> None:
    (tmp_path / "issuer.pem").write_text("nothing")
    with pytest.raises(BadCertificate, match="holds no certificate"):
        name_authority(keys, "https://stamps.example/", tmp_path / "issuer.pem")


def test_it_is_named_shown_and_forgotten_by_commands(
    stamping: TimeAuthority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    run = CliRunner().invoke
    assert run(certificate_app, ["timestamps", stamping.url]).exit_code == 2  # and its issuer?
    assert run(certificate_app, ["timestamps", stamping.url, "--issuer", str(stamping.issuer)]).exit_code == 0
    run(certificate_app, ["make"])
    assert f"time stamps: {stamping.url}" in run(certificate_app, ["show"]).stdout
    take = signed_take(tmp_path)
    assert "as a time-stamp authority says that is known here" in run(verify_app, [take.path]).stdout
    assert run(certificate_app, ["timestamps", "none"]).stdout == "time stamps: asked of nobody\n"
    assert "time stamps" not in run(certificate_app, ["show"]).stdout


def test_an_authority_of_another_machine_is_made_known_to_verify(
    stamping: TimeAuthority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_authority(tmp_path / "keys", stamping.url, stamping.issuer)
    take = signed_take(tmp_path)
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "another"))
    told = [
        CliRunner().invoke(verify_app, [take.path, *more]).stdout
        for more in ((), ("--trust-time", str(stamping.issuer)))
    ]
    assert ["time-stamp authority" in text for text in told] == [False, True]
