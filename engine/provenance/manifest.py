"""Credentials read: out of a film or a sidecar, and checked against the certificates that are known.

Anybody can write credentials. What they say is looked at as what it should be, and left out where it is not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import msgspec

from engine import media_roots
from engine.errors import EngineError
from engine.provenance import sidecar
from engine.provenance.certificate import TEST_NAME, USES
from engine.provenance.signing import EXPORT_LABEL, TAKE_LABEL

# ruff: noqa: PLC0415  # c2pa is of an extra

Kind = Literal["test", "studio", "unknown", "expired", ""]

_OVER = frozenset({"signingCredential.expired", "claimSignature.outsideValidity"})
# What says nothing of the file, only of who signed it.
OF_THE_SIGNER = _OVER | {"signingCredential.untrusted"}


class _Stretch(msgspec.Struct, frozen=True):
    first: int
    last: int


class _Range(msgspec.Struct, frozen=True):
    first: int
    last: int
    made: str
    source: _Stretch | None = None


class _TakeTold(msgspec.Struct, frozen=True):
    """What is relied on of what `credentials` says of a take."""

    content_sha256: str
    renderer: str
    renderer_version: str
    checkpoint_sha256: str
    seed: int
    lip_sync: str
    ranges: tuple[_Range, ...]
    checkpoint_licence: str = ""
    checkpoint_revision: str = ""
    watermark: str = ""
    consent: tuple[str, ...] = ()
    marked: bool = False
    identity: str = ""


class _ExportTold(msgspec.Struct, frozen=True):
    """And of an export."""

    content_sha256: str


_OURS = {TAKE_LABEL: _TakeTold, EXPORT_LABEL: _ExportTold}


@dataclass(frozen=True, slots=True)
class Trust:
    """Reads credentials, with issuers in mind; `time_issuers`: of those who say when one signed. PEM."""

    issuers: bytes
    time_issuers: bytes = b""

    def read_film(self, film: Path) -> Manifest | None:
        """None where it has none that can be read."""
        return self._read(_media_type(film), film)

    def read_sidecar(self, path: Path) -> Manifest | None:
        """The same of a sidecar, which fits no film but its own."""
        try:
            if path.stat().st_size > sidecar.LARGEST:
                return None
            return self._read("application/c2pa", path)
        except (EngineError, OSError):  # gone meanwhile, or somebody else's
            return None

    def _read(self, media_type: str, path: Path) -> Manifest | None:
        import c2pa

        # By itself the library knows one use alone. Who may say the time may not sign: hence two lists.
        trust = {"trust_config": "\n".join(sorted(USES))}
        if self.issuers:
            trust["trust_anchors"] = self.issuers.decode()
        if self.time_issuers:
            trust["user_anchors"] = self.time_issuers.decode()
        verify = {"verify_trust": True, "remote_manifest_fetch": False, "ocsp_fetch": False}
        settings = {"verify": verify, "trust": trust}
        try:
            with (
                c2pa.Context.from_dict(settings) as context,
                media_roots.open_file(path) as file,
                c2pa.Reader(media_type, file, context=context) as reader,
            ):
                store = json.loads(reader.json())
        except (c2pa.C2paError, ValueError, RecursionError):
            return None
        found = store["manifests"].get(store.get("active_manifest"))
        return None if found is None else Manifest(found, store.get("validation_results") or {})


class Manifest:
    """The credentials that count: the last ones."""

    def __init__(self, found: dict[str, Any], results: dict[str, Any]) -> None:
        self._found = found
        self._results = results.get("activeManifest") or {}
        self.failures = frozenset(one["code"] for one in self._results.get("failure") or ())

    @property
    def kind(self) -> Literal["take", "export", ""]:
        """Of what is Pickup's; empty for what says so and is not of that form."""
        label = self._ours[0]
        return "take" if label == TAKE_LABEL else "export" if label == EXPORT_LABEL else ""

    @property
    def made(self) -> dict[str, Any]:
        """What Pickup says of it; empty where `kind` is."""
        return self._ours[1]

    @cached_property
    def _ours(self) -> tuple[str, dict[str, Any]]:
        for label, data in self._assertions:
            if label in _OURS:
                try:
                    msgspec.convert(data, _OURS[label])
                except (msgspec.ValidationError, RecursionError):
                    continue
                return label, data
        return "", {}

    @property
    def source_type(self) -> str:
        """The last word of it."""
        actions = [
            action
            for label, data in self._assertions
            if label.startswith("c2pa.actions") and isinstance(data, dict)
            for action in data.get("actions") or ()
        ]
        types = [
            str(action["digitalSourceType"])
            for action in actions
            if isinstance(action, dict) and "digitalSourceType" in action
        ]
        return types[-1].rpartition("/")[2] if types else ""

    @property
    def ingredients(self) -> tuple[str, ...]:
        return tuple(str(one.get("title", "")) for one in self._found.get("ingredients", ()))

    @property
    def signer(self) -> str:
        signed = self._found.get("signature_info") or {}
        return ", ".join(filter(None, (signed.get("common_name"), signed.get("issuer"))))

    @property
    def certificate(self) -> Kind:
        if self.failures & _OVER:  # and then untrusted too, whosever it is
            return "expired"
        if self.failures & OF_THE_SIGNER or "user_anchors" in self._succeeded("signingCredential.trusted"):
            return "unknown"
        signed = self._found.get("signature_info") or {}
        return "test" if signed.get("issuer") == TEST_NAME else "studio"

    @property
    def signed_at(self) -> str:
        """When, as an authority that is known here says, in UTC; empty where none does."""
        if not self._succeeded("timeStamp.trusted"):
            return ""
        return str((self._found.get("signature_info") or {}).get("time") or "")

    @property
    def _assertions(self) -> list[tuple[str, Any]]:
        return [(str(one.get("label", "")), one.get("data")) for one in self._found.get("assertions") or ()]

    def _succeeded(self, code: str) -> str:
        """How, in the library's words; empty where it has not."""
        found = (one for one in self._results.get("success") or () if one["code"] == code)
        return next((one.get("explanation") or code for one in found), "")


def _media_type(film: Path) -> str:
    """By its first box: who renames a film changes nothing."""
    with media_roots.open_file(film) as file:
        return "video/quicktime" if file.read(12)[8:] == b"qt  " else "video/mp4"
