"""Credentials read: out of a film or a sidecar, and checked against the certificates that are known."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from engine import media_roots
from engine.provenance import sidecar
from engine.provenance.certificate import TEST_NAME, USES
from engine.provenance.signing import EXPORT_LABEL, TAKE_LABEL

# ruff: noqa: PLC0415  # c2pa is of an extra

Kind = Literal["test", "studio", "unknown", "expired", ""]

_OVER = frozenset({"signingCredential.expired", "claimSignature.outsideValidity"})
# What says nothing of the file, only of who signed it.
OF_THE_SIGNER = _OVER | {"signingCredential.untrusted"}
_OURS = frozenset({TAKE_LABEL, EXPORT_LABEL})


@dataclass(frozen=True, slots=True)
class Trust:
    """Reads credentials, with issuers in mind."""

    issuers: bytes

    def read_film(self, film: Path) -> Manifest | None:
        """None where it has none that can be read."""
        return self._read(_media_type(film), film)

    def read_sidecar(self, path: Path) -> Manifest | None:
        """The same of a sidecar, which fits no file but its own."""
        if path.stat().st_size > sidecar.LARGEST:
            return None
        return self._read("application/c2pa", path)

    def _read(self, media_type: str, path: Path) -> Manifest | None:
        import c2pa

        trust = {"trust_config": "\n".join(sorted(USES))}  # by itself the library knows one use alone
        if self.issuers:
            trust["trust_anchors"] = self.issuers.decode()
        settings = {"verify": {"verify_trust": True, "remote_manifest_fetch": False}, "trust": trust}
        try:
            with (
                c2pa.Context.from_dict(settings) as context,
                media_roots.open_file(path) as file,
                c2pa.Reader(media_type, file, context=context) as reader,
            ):
                store = json.loads(reader.json())
        except c2pa.C2paError:
            return None
        found = store["manifests"].get(store.get("active_manifest"))
        return None if found is None else Manifest(found, store.get("validation_results") or {})


class Manifest:
    """The credentials that count: the last ones."""

    def __init__(self, found: dict[str, Any], results: dict[str, Any]) -> None:
        self._found = found
        self.failures = frozenset(
            one["code"] for one in (results.get("activeManifest") or {}).get("failure") or ()
        )

    @property
    def kind(self) -> Literal["take", "export", ""]:
        labels = {one["label"] for one in self._found["assertions"]}
        return "take" if TAKE_LABEL in labels else "export" if EXPORT_LABEL in labels else ""

    @cached_property
    def made(self) -> dict[str, Any]:
        found = (one["data"] for one in self._found["assertions"] if one["label"] in _OURS)
        return next(found, {})

    @property
    def source_type(self) -> str:
        """The last word of it."""
        actions = [
            action
            for one in self._found["assertions"]
            if one["label"].startswith("c2pa.actions")
            for action in one["data"]["actions"]
        ]
        types = [action["digitalSourceType"] for action in actions if "digitalSourceType" in action]
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
        if self.failures & OF_THE_SIGNER:
            return "unknown"
        signed = self._found.get("signature_info") or {}
        return "test" if signed.get("issuer") == TEST_NAME else "studio"


def _media_type(film: Path) -> str:
    """By its first box: who renames a film changes nothing."""
    with media_roots.open_file(film) as file:
        return "video/quicktime" if file.read(12)[8:] == b"qt  " else "video/mp4"
