"""C2PA credentials written into a file. No network is asked, but for the time where an authority is named.

C2PA knows .mov, .mp4 and .m4v among films, and not .mkv.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine import media_roots
from engine.errors import BadMedia, DiskFull, RenderFailed
from engine.provenance.certificate import Certificate
from engine.provenance.seal import put_seal
from engine.version import RELEASE

# ruff: noqa: PLC0415  # c2pa is of an extra, and takes 20 MB

TAKE_LABEL = "org.pickup-editor.take"
EXPORT_LABEL = "org.pickup-editor.export"
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_FORMATS = {".mov": "video/quicktime", ".mp4": "video/mp4", ".m4v": "video/mp4"}


# By itself the library holds a file of up to 512 MB in memory, twice, and asks the network for what the
# credentials of an ingredient name.
_SETTINGS = {
    "verify": {"verify_after_sign": False, "remote_manifest_fetch": False, "ocsp_fetch": False},
    "core": {"backing_store_memory_threshold_in_mb": 16},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredient:
    """A file that went into another. Credentials that it carries are taken along.

    `id`: how actions refer to it. `relationship`: as C2PA has it, parentOf or componentOf.
    """

    id: str
    path: Path
    relationship: str
    description: str = ""

    def definition(self) -> dict[str, Any]:
        told = {"title": self.path.name, "relationship": self.relationship, "label": self.id}
        if self.description:
            told["description"] = self.description
        if media_type := _FORMATS.get(self.path.suffix.lower()):
            told["format"] = media_type
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """`sha256`: the signed file's. `store`: its manifests, as a sidecar holds them.

    `unstamped`: why it has no time stamp, where one was to be had.
    """

    sha256: str
    store: bytes
    unstamped: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is said of a file: `actions` as C2PA has them, and `ours` under `label`."""

    title: str
    label: str
    actions: Sequence[dict[str, Any]]
    ours: dict[str, Any]
    ingredients: Sequence[Ingredient]


@contextlib.contextmanager
def _drafts_in(folder: Path) -> Iterator[None]:
    """Where the library writes a draft as large as the film: the usual place may be small, or memory."""
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before


def media_type_of(path: Path) -> str:
    """Raises BadMedia where C2PA does not know such files."""
    try:
        return _FORMATS[path.suffix.lower()]
    except KeyError:
        raise BadMedia(
            f"{path.name}: C2PA has no place for credentials in {path.suffix or 'such'} files:"
            f" use {', '.join(_FORMATS)}"
        ) from None


def write_signed(source: Path, to: Path, claim: Claim, certificate: Certificate) -> Signed:
    """`source` once more at `to`, with its credentials, sealed. What is at `to` is written over.

    Raises BadMedia, DiskFull, RenderFailed.
    """
    import c2pa

    known = [one for one in claim.ingredients if one.path.suffix.lower() in _FORMATS]
    other = [one.definition() for one in claim.ingredients if one not in known]
    definition = {
        "claim_generator_info": [{"name": "Pickup", "version": RELEASE}],
        "title": claim.title,
        "format": media_type_of(source),
        "ingredients": other,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": list(claim.actions)}},
            {"label": claim.label, "data": {**claim.ours, "sealed": True}},
        ],
    }
    draft = _Draft(definition=json.dumps(definition), ingredients=known)
    try:
        store, unstamped = draft.written(source, to, certificate)
        return Signed(sha256=put_seal(to), store=store, unstamped=unstamped)
    except c2pa.C2paError as error:
        kind = DiskFull if "No space left" in str(error) else RenderFailed
        raise kind(f"{source.name}: cannot be signed: {_told(error)}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """Credentials as the library takes them."""

    definition: str
    ingredients: Sequence[Ingredient]

    def written(self, source: Path, to: Path, certificate: Certificate) -> tuple[bytes, str]:
        """The manifests, and why they have no time stamp: an authority that is silent costs no more.

        Raises the library's errors.
        """
        import c2pa

        if not certificate.time_authority:
            return self._signed(source, to, certificate), ""
        try:
            return self._signed(source, to, certificate, certificate.time_authority), ""
        except c2pa.C2paError as error:
            reason = f"{certificate.time_authority} gave no time stamp: {_told(error)}"
            return self._signed(source, to, certificate), reason

    def _signed(self, source: Path, to: Path, certificate: Certificate, authority: str = "") -> bytes:
        import c2pa

        signer = c2pa.C2paSignerInfo(
            certificate.algorithm.encode(), certificate.chain, certificate.key, authority.encode() or None
        )
        with (
            _drafts_in(to.parent),
            c2pa.Context.from_dict(_SETTINGS) as context,
            c2pa.Signer.from_info(signer) as pen,
            c2pa.Builder(self.definition, context=context) as builder,
        ):
            for one in self.ingredients:
                with media_roots.open_file(one.path) as file:
                    builder.add_ingredient(json.dumps(one.definition()), media_type_of(one.path), file)
            store: bytes = builder.sign_file(source, to, pen)
            return store


def _told(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
