"""What takes are signed with: a studio's certificate and key, or one of our own making, called a test.

    <keys>/signing/certificate.pem    mode 0600: the private key, then the chain, the signer's own first
    <keys>/signing/known/<sha256>.pem the issuers of all that were ever here: what they signed stays known

A certificate of our own making proves that a file was not changed since this machine signed it, and no more:
anybody can make one. Its issuer's key is thrown away, so nothing else is ever signed in that name.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from engine import private_files
from engine.errors import BadCertificate
from engine.provenance import timestamps
from engine.provenance.pem import certificates_in, read_pem, require_extra

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

# ruff: noqa: PLC0415  # cryptography is of the extra, and commands that sign nothing do without

TEST_NAME = "Pickup TEST certificate, which names nobody"
LIFE = datetime.timedelta(days=3650)  # ours: no time stamp is taken, so a take is valid as long as this
_BEFORE = datetime.timedelta(days=1)  # of clocks that differ

# What C2PA lets a signer's certificate be for.
USES = frozenset({"1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.62558.2.1"})
_USES_TOLD = "document signing, e-mail protection or C2PA claim signing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """`chain` and `key` are PEM; `algorithm` as C2PA names it. `expires` is in UTC.

    `sha256`: of the signer's own. `time_authority`: the address of who stamps what it signs with the time;
    empty for nobody.
    """

    chain: bytes
    key: bytes
    algorithm: str
    subject: str
    issuer: str
    expires: datetime.datetime
    test: bool
    sha256: str
    time_authority: str = ""


def certificate_path(keys: Path) -> Path:
    return keys / "signing" / "certificate.pem"


def make(keys: Path, now: datetime.datetime) -> Certificate:
    """A new test certificate in the place of what is there. Raises BadCertificate, MissingModel."""
    _keep(keys, _made(now), now)
    return load(keys, now)


def load_or_make(keys: Path, now: datetime.datetime) -> Certificate:
    """The one that takes are signed with; a test one is made where there is none, or a test one expired.

    Of several engines that make the first one at once all have that which was there first, or the studio's.
    Raises BadCertificate, MissingModel.
    """
    path = certificate_path(keys)
    if not path.exists() and not path.is_symlink():
        _keep(keys, _made(now), now, write=private_files.write_private_once)
        return load(keys, now)
    found = _parsed(_private(path), str(path))
    if found.test and found.expires <= now:
        return make(keys, now)
    return load(keys, now)


def load(keys: Path, now: datetime.datetime) -> Certificate:
    """The one that is here, checked. Raises BadCertificate, MissingModel."""
    path = certificate_path(keys)
    found = _checked(_private(path), str(path), now)
    return replace(found, time_authority=timestamps.authority(keys))


def take_in(chain: Path, key: Path, keys: Path, now: datetime.datetime) -> Certificate:
    """A studio's certificate, with its chain (the signer's first), and its private key, both PEM.

    Takes are signed with it from now on. Raises BadCertificate, MissingModel.
    """
    pem = read_pem(key) + b"\n" + read_pem(chain)
    found = _checked(pem, chain.name, now, key_name=key.name)
    _keep(keys, pem, now)
    return found


def known_issuers(keys: Path) -> bytes:
    """PEM of the issuers of all certificates that were made or taken in here."""
    return b"\n".join(read_pem(path) for path in sorted((keys / "signing" / "known").glob("*.pem")))


def _made(now: datetime.datetime) -> bytes:
    require_extra()
    from engine.provenance.self_made import made_pem

    return made_pem(TEST_NAME, now - _BEFORE, now + LIFE)


def _keep(
    keys: Path,
    pem: bytes,
    now: datetime.datetime,
    write: Callable[[Path, bytes], object] = private_files.write_private,
) -> None:
    import hashlib

    from cryptography.hazmat.primitives.serialization import Encoding

    issuer = certificates_in(_checked(pem, "the certificate", now).chain, "the certificate")[-1]
    root = issuer.public_bytes(Encoding.PEM)
    try:
        private_files.make_private_folder(keys)
        # The issuer first: what is signed is never by somebody unknown.
        known = keys / "signing" / "known" / f"{hashlib.sha256(root).hexdigest()[:32]}.pem"
        private_files.write_private(known, root)
        write(certificate_path(keys), pem)
    except OSError as error:
        raise BadCertificate(f"{keys}: cannot be written: {error.strerror or error}") from error


def _private(path: Path) -> bytes:
    """The file that holds the key, where nobody else can read it."""
    try:
        loose = private_files.looseness(path)
    except OSError as error:
        raise BadCertificate(
            f"there is no signing certificate at {path}: `pickup certificate make`, or `import` the studio's"
        ) from error
    if loose:
        raise BadCertificate(f"the signing key is not private: {loose}")
    return read_pem(path)


def _checked(pem: bytes, name: str, now: datetime.datetime, key_name: str = "") -> Certificate:
    """What the PEM holds, fit to sign takes now."""
    found = _parsed(pem, name, key_name)
    certificates = certificates_in(found.chain, name)
    for one in certificates:
        _refuse_dates(one, name, now)
    for one, above in pairwise(certificates):
        try:
            one.verify_directly_issued_by(above)
        except Exception as error:  # of several kinds, with no common name
            raise BadCertificate(
                f"{name}: {_name(one.subject)!r} was not issued by {_name(above.subject)!r}, which comes"
                " next: put the chain in order, the signer's own certificate first"
            ) from error
    _refuse_uses(certificates[0], name)
    return found


def _parsed(pem: bytes, name: str, key_name: str = "") -> Certificate:
    from cryptography.hazmat.primitives import hashes, serialization

    certificates = certificates_in(pem, name)
    key = _key(pem, key_name or name)
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if key.public_key().public_bytes(*form) != certificates[0].public_key().public_bytes(*form):
        raise BadCertificate(
            f"{key_name or name}: the key is not that of {_name(certificates[0].subject)!r}, which is the"
            f" first certificate in {name}"
        )
    return Certificate(
        chain=b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates),
        key=key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        algorithm=_algorithm(key, key_name or name),
        subject=_name(certificates[0].subject),
        issuer=_name(certificates[-1].subject),
        expires=certificates[0].not_valid_after_utc,
        sha256=certificates[0].fingerprint(hashes.SHA256()).hex(),
        test=_organisation(certificates[0].issuer) == TEST_NAME,
    )


def _key(pem: bytes, name: str) -> PrivateKeyTypes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    # Certificates may stand in the same file, and the loader takes the first block only.
    at = pem.find(b"-----BEGIN", 0)
    while at >= 0 and b"PRIVATE KEY" not in pem[at : pem.find(b"\n", at)]:
        at = pem.find(b"-----BEGIN", at + 1)
    try:
        return load_pem_private_key(pem[at:] if at >= 0 else b"", None)
    except TypeError as error:
        raise BadCertificate(
            f"{name}: the key has a password: take it off with `openssl pkey -in {name} -out plain.pem`"
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadCertificate(f"{name}: holds no private key in PEM") from error


def _algorithm(key: PrivateKeyTypes, name: str) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    curves = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in curves:
        return curves[key.curve.name]
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        return "ps256"
    raise BadCertificate(f"{name}: C2PA signs with P-256, P-384, P-521, Ed25519 or RSA of 2048 bits and more")


def _refuse_dates(one: x509.Certificate, name: str, now: datetime.datetime) -> None:
    if now >= one.not_valid_after_utc:
        raise BadCertificate(
            f"{name}: {_name(one.subject)!r} expired on {one.not_valid_after_utc:%Y-%m-%d}: import a new one"
        )
    if now < one.not_valid_before_utc:
        raise BadCertificate(
            f"{name}: {_name(one.subject)!r} is not valid before {one.not_valid_before_utc:%Y-%m-%d}"
        )


def _refuse_uses(leaf: x509.Certificate, name: str) -> None:
    from cryptography import x509

    told = _name(leaf.subject)
    for one in leaf.extensions:
        if isinstance(one.value, x509.BasicConstraints) and one.value.ca:
            raise BadCertificate(f"{name}: {told!r} issues certificates: the signer's own must come first")
        if isinstance(one.value, x509.KeyUsage) and not one.value.digital_signature:
            raise BadCertificate(f"{name}: {told!r} is not for digital signatures (its key usage)")
    try:
        uses = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        uses = x509.ExtendedKeyUsage([])
    if not {use.dotted_string for use in uses} & USES:
        found = ", ".join(use._name for use in uses) or "nothing"
        raise BadCertificate(f"{name}: {told!r} is for {found}, and C2PA wants one for {_USES_TOLD}")


def _organisation(name: x509.Name) -> str:
    from cryptography.x509.oid import NameOID

    return "".join(str(part.value) for part in name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME))


def _name(name: x509.Name) -> str:
    from cryptography.x509.oid import NameOID

    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()
