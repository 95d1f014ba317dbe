"""Trusted time stamps (RFC 3161): a studio may name an authority that says when a take was signed.

    <keys>/signing/time_authority.url           who is asked; without it no network is
    <keys>/signing/time_issuers/<sha256>.pem    issuers of all authorities that were ever named

What carries an authority's stamp stays valid when the certificate has expired. The authority gets a hash of
the signature, and nothing of the take.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

from engine import private_files
from engine.errors import BadCertificate
from engine.provenance.pem import read_issuers, read_pem

_LONGEST = 2000  # ours: characters of an address


def authority(keys: Path) -> str:
    """The address of the one that is asked; empty for none. Raises BadCertificate."""
    path = _address(keys)
    try:
        return _checked(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise BadCertificate(f"{path}: cannot be read: name the authority again") from error


def name_authority(keys: Path, url: str, issuer: Path) -> None:
    """Ask this one from now on. `issuer`: PEM, by which its stamps are known.

    Raises BadCertificate, MissingModel.
    """
    pem = read_issuers(issuer)
    place = _issuers(keys) / f"{hashlib.sha256(pem).hexdigest()[:32]}.pem"
    try:
        private_files.make_private_folder(keys)
        private_files.write_private(place, pem)
        private_files.write_private(_address(keys), _checked(url).encode())
    except OSError as error:
        raise BadCertificate(f"{keys}: cannot be written: {error.strerror or error}") from error


def ask_none(keys: Path) -> None:
    """Stamps that were given stay known. Raises BadCertificate."""
    try:
        _address(keys).unlink(missing_ok=True)
    except OSError as error:
        raise BadCertificate(f"{_address(keys)}: cannot be removed: {error.strerror or error}") from error


def known_time_issuers(keys: Path) -> bytes:
    """PEM of the issuers of all authorities that were named here."""
    return b"\n".join(read_pem(path) for path in sorted(_issuers(keys).glob("*.pem")))


def _checked(url: str) -> str:
    """Raises BadCertificate."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and parts.hostname and len(url) <= _LONGEST
        sound = sound and url.isascii() and url.isprintable() and " " not in url
        named = parts.username is not None or parts.password is not None
    except ValueError:
        sound = named = False
    if not sound:
        raise BadCertificate(f"{url[:100]!r} is no address of a time-stamp authority: write http(s)://...")
    if named:  # it would lie in a file and be told by the doctor
        raise BadCertificate("an authority's address must hold no name and no password")
    return url


def _address(keys: Path) -> Path:
    return keys / "signing" / "time_authority.url"


def _issuers(keys: Path) -> Path:
    return keys / "signing" / "time_issuers"
