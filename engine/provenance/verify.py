"""Whether a film is what was signed, who signed it, and what its credentials say was done.

Five verdicts. `valid`: as it was signed, to the byte. `tampered`: it, or its credentials, were changed after.
`stripped`: it carries none, and a sidecar that does is of the same frames and samples. `watermarked`: nothing
fits it, and frames in it say that they are of a take. `unknown`: nothing is known of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from engine import media_roots
from engine.errors import EngineError
from engine.provenance import sidecar
from engine.provenance.manifest import OF_THE_SIGNER, Kind, Manifest, Trust
from engine.provenance.pem import require_extra
from engine.provenance.seal import is_sealed

if TYPE_CHECKING:
    from engine.watermark.reading import Mark

# ruff: noqa: PLC0415  # libav is of an extra

_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")  # of C2PA's uuid box
_NEAR_THE_START = 1 << 20  # where that box is, after `ftyp`
_OF_ANOTHER_FILE = frozenset({"assertion.bmffHash.mismatch", "assertion.dataHash.mismatch"})


_KNOWN = frozenset({"test", "studio"})
Verdict = Literal["valid", "tampered", "stripped", "watermarked", "unknown"]


class Watermark(msgspec.Struct, frozen=True, kw_only=True):
    """Seen in about the frames [first, last) of the film. `take`: the first eight digits of its job's hash.

    `sidecar`: credentials that lie around and are of that take, empty where there are none; `certificate`: by
    which they were signed.
    """

    take: str
    first: int
    last: int
    sidecar: str = ""
    certificate: Kind = ""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of `pickup verify --json`.

    `certificate`: "test" and "studio" are of this machine, or of an issuer given; "unknown" is anybody's, and
    "expired" is over. `made`: what Pickup says of a take or an export; empty where Pickup did not sign it.
    `ingredients`: names of the files it was made of. `sidecar`: where its credentials were found.
    `signed_at`: in UTC, where a time-stamp authority that is known here says so. `watermarks`: looked for
    where no credentials fit the film.
    """

    file: str
    verdict: Verdict
    certificate: Kind = ""
    signer: str = ""
    signed_at: str = ""
    reasons: tuple[str, ...] = ()
    sidecar: str = ""
    kind: Literal["take", "export", ""] = ""
    made: dict[str, Any] = {}
    source_type: str = ""
    ingredients: tuple[str, ...] = ()
    watermarks: tuple[Watermark, ...] = ()

    @property
    def vouched(self) -> bool:
        """Whether it is valid, by a certificate that is known here."""
        return self.verdict == "valid" and self.certificate in _KNOWN


def verify(film: Path, issuers: bytes, time_issuers: bytes = b"") -> Finding:
    """Looks at the film, and where it carries no credentials at the sidecars around it.

    PEM of those whose certificates are known, and whose time stamps.

    Raises MissingMedia, BadMedia, MissingModel.
    """
    require_extra()
    with media_roots.open_file(film) as file:
        has_box = _BOX in file.read(_NEAR_THE_START)
    trust = Trust(issuers, time_issuers)
    manifest = trust.read_film(film)
    if manifest is None:
        if has_box:
            return _finding(film, "tampered", reasons=("its credentials are damaged",))
        return _stripped(film, trust)
    failures = manifest.failures - OF_THE_SIGNER
    if failures:
        return _finding(film, "tampered", manifest, reasons=tuple(sorted(failures)))
    if manifest.made.get("sealed") and not is_sealed(film):
        return _finding(film, "tampered", manifest, reasons=("bytes outside its pictures and sound differ",))
    return _finding(film, "valid", manifest)


def _stripped(film: Path, trust: Trust) -> Finding:
    """What the sidecars around say of a film that carries no credentials."""
    ours = [
        (beside, manifest) for beside, manifest in _whole(sidecar.candidates(film), trust) if manifest.kind
    ]
    content = _content(film) if ours else ""
    if found := _most_known(ours, "content_sha256", content):
        return _finding(film, "stripped", found[1], beside=found[0])
    for beside, manifest in ours:
        if beside == sidecar.beside(film):
            reason = f"{beside.name} is of other pictures or sound"
            return _finding(film, "tampered", manifest, beside=beside, reasons=(reason,))
    return _finding(film, "unknown")


def _most_known(
    sidecars: Iterable[tuple[Path, Manifest]], key: str, value: str
) -> tuple[Path, Manifest] | None:
    """Of those that say so, one whose signer is known before any that anybody may have signed."""
    fitting = [found for found in sidecars if value and found[1].made.get(key) == value]
    return min(fitting, key=lambda found: found[1].certificate not in _KNOWN, default=None)


def with_watermarks(found: Finding, issuers: bytes, takes: Path) -> Finding:
    """The same of a film that no credentials fit, with the watermarks in its pictures: it takes as long as to
    decode them all.

    `takes`: the engine's own folder of them.
    """
    from engine.watermark.reading import marks_in

    film, trust = Path(found.file), Trust(issuers)
    try:
        marks = marks_in(film)
    except EngineError:  # no film, or cut short
        return found
    if not marks:
        return found
    verdict: Verdict = "watermarked" if found.verdict == "unknown" else found.verdict
    told = tuple(_told(mark, film, trust, takes) for mark in marks)
    return msgspec.structs.replace(found, verdict=verdict, watermarks=told)


def _told(mark: Mark, film: Path, trust: Trust, takes: Path) -> Watermark:
    """The mark, with the credentials that say they are of its take."""
    places = (*sidecar.candidates(film), *sidecar.of_take(mark.identity, takes))
    told = Watermark(take=mark.identity, first=mark.first, last=mark.last)
    found = _most_known(_whole(places, trust), "watermark", mark.identity)
    if found is None:
        return told
    return msgspec.structs.replace(told, sidecar=str(found[0]), certificate=found[1].certificate)


def _whole(places: Iterable[Path], trust: Trust) -> Iterator[tuple[Path, Manifest]]:
    """The sidecars among them that nobody has changed."""
    for beside in places:
        manifest = trust.read_sidecar(beside)
        if manifest is not None and not manifest.failures - OF_THE_SIGNER - _OF_ANOTHER_FILE:
            yield beside, manifest


def _content(film: Path) -> str:
    """The name of its frames and samples; empty where it is no film."""
    from engine.media.encode import read_content

    try:
        return read_content(film).sha256
    except EngineError:
        return ""


def _finding(
    film: Path,
    verdict: Verdict,
    manifest: Manifest | None = None,
    *,
    beside: Path | None = None,
    reasons: tuple[str, ...] = (),
) -> Finding:
    if manifest is None:
        return Finding(file=str(film), verdict=verdict, reasons=reasons)
    return Finding(
        file=str(film),
        verdict=verdict,
        certificate=manifest.certificate,
        signer=manifest.signer,
        signed_at=manifest.signed_at,
        reasons=reasons,
        sidecar=str(beside or ""),
        kind=manifest.kind,
        made=manifest.made,
        source_type=manifest.source_type,
        ingredients=manifest.ingredients,
    )
