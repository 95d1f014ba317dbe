"""Certificates in PEM files, and the libraries of the extra that read and sign."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BadCertificate, MissingModel

if TYPE_CHECKING:
    from cryptography import x509

# ruff: noqa: PLC0415  # cryptography is of the extra

_LARGEST = 256 * 1024  # bytes of a PEM file


def lacking() -> tuple[str, ...]:
    """The libraries that sign and are not installed."""
    return tuple(name for name in ("c2pa", "cryptography") if find_spec(name) is None)


def require_extra() -> None:
    """Raises MissingModel where the libraries that sign are not installed."""
    for name in lacking():
        raise MissingModel(f"{name} is not installed: pip install 'pickup-editor[provenance]'")


def read_pem(path: Path) -> bytes:
    """Raises BadCertificate."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise BadCertificate(f"{path}: cannot be read: {error.strerror or error}") from error
    if len(content) > _LARGEST:
        raise BadCertificate(f"{path}: larger than any certificate: give a PEM file")
    return content


def certificates_in(pem: bytes, name: str) -> list[x509.Certificate]:
    """`name`: of the file, for errors. Raises BadCertificate, MissingModel."""
    require_extra()
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise BadCertificate(f"{name}: holds no certificate in PEM") from error


def read_issuers(path: Path) -> bytes:
    """PEM of certificates, whosever. Raises BadCertificate, MissingModel."""
    # Not as they stand in the file, where anything may stand beside them.
    certificates = certificates_in(read_pem(path), path.name)
    from cryptography.hazmat.primitives.serialization import Encoding

    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)
