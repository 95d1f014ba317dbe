"""A take that a real draft render made of a small film, unsigned and signed; certificates of studios."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat as Form
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from grey_film import make_film

from engine.media.fingerprint import fingerprint
from engine.protocol import EditPlan, Footage, Keep, Ratio, Render, Take
from engine.provenance.credentials import signed
from engine.render.renderer import render

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)
DOCUMENTS = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")


def removal(folder: Path, name: str = "interview.mov") -> Render:
    """Frames 10 to 16 of a film of 30 taken out."""
    folder.mkdir(parents=True, exist_ok=True)
    media = make_film(folder / name)
    return Render(
        footage=Footage(
            media=str(media), fingerprint=fingerprint(media), offset=Ratio(num=0), first=0, last=30
        ),
        plan=EditPlan(rate=Ratio(num=25), spans=(Keep(start=0, end=10), Keep(start=16, end=26))),
        bridge=3,
    )


def rendered(folder: Path) -> tuple[Render, Take]:
    """Not signed yet."""
    job = removal(folder / "media")
    (folder / "takes").mkdir()
    return job, render(job, folder / "takes", lambda _: None)


def signed_take(folder: Path) -> Take:
    """With a test certificate, made under `folder`."""
    job, take = rendered(folder)
    return signed(take, job, folder / "keys", NOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """A studio's certificate authority."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def new(cls, name: str = "Studio Root", *, until: datetime.datetime = NOW + DAY) -> Issuer:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(name, name, key, until)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_usage(issues=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        return cls(key=key, certificate=certificate)

    def issue(
        self,
        key: CertificateIssuerPrivateKeyTypes,
        *,
        use: x509.ObjectIdentifier = ExtendedKeyUsageOID.EMAIL_PROTECTION,
        signs: bool = True,
        until: datetime.datetime = NOW + DAY,
        critical: bool = False,
        issuer: str = "Studio Root",
    ) -> x509.Certificate:
        identifier = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        return (
            _builder("Signer of takes", issuer, key, until)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=signs), critical=True)
            .add_extension(x509.ExtendedKeyUsage([use]), critical=critical)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def key_pem(key: CertificateIssuerPrivateKeyTypes, password: bytes | None = None) -> bytes:
    locked = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, Form.PKCS8, locked)


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _builder(
    name: str, issuer: str, key: CertificateIssuerPrivateKeyTypes, until: datetime.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 3 * DAY)
        .not_valid_after(until)
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "A Studio"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, issues: bool = False, signs: bool = True) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs and not issues,
        key_cert_sign=issues,
        crl_sign=issues,
        content_commitment=False,
        key_encipherment=not signs,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
