"""What takes are signed with: private, checked when it comes in, and refused by name."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from signed_take import DAY, DOCUMENTS, NOW, Issuer, key_pem, new_key, pem

from engine.errors import BadCertificate
from engine.provenance import certificate, self_made


def taken_in(folder: Path, chain: bytes, key: bytes) -> certificate.Certificate:
    (folder / "chain.pem").write_bytes(chain)
    (folder / "key.pem").write_bytes(key)
    return certificate.take_in(folder / "chain.pem", folder / "key.pem", folder / "keys", NOW)


def test_one_of_our_own_making_calls_itself_a_test(tmp_path: Path) -> None:
    made = certificate.make(tmp_path, NOW)
    assert made.test
    assert "TEST" in made.subject
    assert "TEST" in made.issuer


@pytest.mark.skipif(os.name == "nt", reason="Windows has access lists instead")
def test_the_key_is_for_this_user_alone(tmp_path: Path) -> None:
    certificate.make(tmp_path, NOW)
    path = certificate.certificate_path(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name == "nt", reason="Windows has access lists instead")
def test_a_key_that_others_may_read_signs_nothing(tmp_path: Path) -> None:
    certificate.make(tmp_path, NOW)
    certificate.certificate_path(tmp_path).chmod(0o644)
    with pytest.raises(BadCertificate, match="not private"):
        certificate.load_or_make(tmp_path, NOW)


def test_the_first_take_makes_one_and_the_next_uses_it(tmp_path: Path) -> None:
    first = certificate.load_or_make(tmp_path, NOW)
    assert certificate.load_or_make(tmp_path, NOW) == first


def test_of_many_who_make_the_first_one_at_once_all_sign_with_the_same(tmp_path: Path) -> None:
    many = 8
    start = threading.Barrier(many)

    def first(_: int) -> str:
        start.wait()
        return certificate.load_or_make(tmp_path / "keys", NOW).sha256

    with ThreadPoolExecutor(many) as pool:
        found = set(pool.map(first, range(many)))
    assert found == {certificate.load(tmp_path / "keys", NOW).sha256}


def test_a_test_certificate_is_never_put_over_one_that_came_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the studio's is taken in while a first take is signed."""
    studio, key = Issuer.new(), new_key()
    made = self_made.made_pem

    def slowly(*given: Any) -> bytes:
        taken_in(tmp_path, pem(studio.issue(key), studio.certificate), key_pem(key))
        return made(*given)

    monkeypatch.setattr(self_made, "made_pem", slowly)
    assert certificate.load_or_make(tmp_path / "keys", NOW).subject == "Signer of takes"
    assert certificate.load(tmp_path / "keys", NOW).subject == "Signer of takes"


def test_a_test_certificate_that_has_expired_is_made_anew(tmp_path: Path) -> None:
    first = certificate.make(tmp_path, NOW)
    later = first.expires + DAY
    assert certificate.load_or_make(tmp_path, later).expires > later


def test_the_issuer_of_one_that_was_replaced_stays_known(tmp_path: Path) -> None:
    certificate.make(tmp_path, NOW)
    before = certificate.known_issuers(tmp_path)
    certificate.make(tmp_path, NOW)
    assert before.strip() in certificate.known_issuers(tmp_path)


def test_a_studios_certificate_is_taken_in(tmp_path: Path) -> None:
    studio, key = Issuer.new(), new_key()
    found = taken_in(tmp_path, pem(studio.issue(key), studio.certificate), key_pem(key))
    assert (found.subject, found.issuer, found.test) == ("Signer of takes", "Studio Root", False)
    assert certificate.load(tmp_path / "keys", NOW) == found


@pytest.mark.parametrize(
    "key",
    [rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate()],
    ids=["rsa", "ed25519"],
)
def test_other_keys_will_do_too(tmp_path: Path, key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> None:
    studio = Issuer.new()
    leaf = studio.issue(key, use=DOCUMENTS)
    assert taken_in(tmp_path, pem(leaf, studio.certificate), key_pem(key)).subject == "Signer of takes"


def test_an_expired_one_is_refused_with_its_date(tmp_path: Path) -> None:
    studio, key = Issuer.new(), new_key()
    leaf = studio.issue(key, until=NOW - DAY)
    with pytest.raises(BadCertificate, match=f"'Signer of takes' expired on {NOW - DAY:%Y-%m-%d}"):
        taken_in(tmp_path, pem(leaf, studio.certificate), key_pem(key))


def test_an_expired_issuer_is_refused_too(tmp_path: Path) -> None:
    studio, key = Issuer.new(until=NOW - DAY), new_key()
    with pytest.raises(BadCertificate, match="'Studio Root' expired"):
        taken_in(tmp_path, pem(studio.issue(key), studio.certificate), key_pem(key))


def test_the_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    studio = Issuer.new()
    with pytest.raises(BadCertificate, match=r"key\.pem: the key is not that of 'Signer of takes'"):
        taken_in(tmp_path, pem(studio.issue(new_key()), studio.certificate), key_pem(new_key()))


def test_a_certificate_for_another_use_is_refused(tmp_path: Path) -> None:
    studio, key = Issuer.new(), new_key()
    leaf = studio.issue(key, use=ExtendedKeyUsageOID.SERVER_AUTH)
    with pytest.raises(BadCertificate, match="is for serverAuth, and C2PA wants"):
        taken_in(tmp_path, pem(leaf, studio.certificate), key_pem(key))


def test_a_certificate_that_may_not_sign_is_refused(tmp_path: Path) -> None:
    studio, key = Issuer.new(), new_key()
    with pytest.raises(BadCertificate, match="not for digital signatures"):
        taken_in(tmp_path, pem(studio.issue(key, signs=False), studio.certificate), key_pem(key))


def test_an_issuers_own_certificate_is_refused(tmp_path: Path) -> None:
    studio = Issuer.new()
    with pytest.raises(BadCertificate, match="issues certificates"):
        taken_in(tmp_path, pem(studio.certificate), key_pem(studio.key))


def test_a_chain_that_does_not_hang_together_is_refused(tmp_path: Path) -> None:
    studio, other, key = Issuer.new(), Issuer.new(), new_key()
    with pytest.raises(BadCertificate, match="was not issued by 'Studio Root'"):
        taken_in(tmp_path, pem(studio.issue(key), other.certificate), key_pem(key))


def test_a_key_with_a_password_is_refused_with_the_way_out(tmp_path: Path) -> None:
    studio, key = Issuer.new(), new_key()
    with pytest.raises(BadCertificate, match="openssl pkey"):
        taken_in(tmp_path, pem(studio.issue(key), studio.certificate), key_pem(key, b"secret"))


def test_a_key_that_c2pa_cannot_use_is_refused(tmp_path: Path) -> None:
    studio, key = Issuer.new(), dsa.generate_private_key(2048)
    with pytest.raises(BadCertificate, match="C2PA signs with P-256"):
        taken_in(tmp_path, pem(studio.issue(key), studio.certificate), key_pem(key))


@pytest.mark.parametrize(
    ("chain", "told"),
    [(b"", "no certificate in PEM"), (b"x" * 300_000, "larger than"), (b"\0\xff", "no certificate")],
)
def test_what_is_no_certificate_is_refused(tmp_path: Path, chain: bytes, told: str) -> None:
    with pytest.raises(BadCertificate, match=told):
        taken_in(tmp_path, chain, key_pem(new_key()))


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    studio, key = Issuer.new(), new_key()
    with pytest.raises(BadCertificate, match=r"key\.pem: holds no private key"):
        taken_in(tmp_path, pem(studio.issue(key), studio.certificate), b"nothing")


def test_a_refused_certificate_leaves_the_one_before(tmp_path: Path) -> None:
    before = certificate.make(tmp_path / "keys", NOW)
    with pytest.raises(BadCertificate):
        taken_in(tmp_path, b"", b"")
    assert certificate.load(tmp_path / "keys", NOW) == before
