"""A final render signed: what the editing program wrote, with every take of its timeline as an ingredient."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from bridge.errors import BridgeError, UnwritableOutput, UsageError
from engine.errors import DiskFull, RenderFailed
from engine.paths import EnginePaths
from engine.provenance import sidecar
from engine.provenance.certificate import known_issuers, load_or_make
from engine.provenance.manifest import OF_THE_SIGNER, Manifest, Trust
from engine.provenance.seal import is_sealed
from engine.provenance.signing import (
    EXPORT_LABEL,
    SOURCE_TYPES,
    Claim,
    Ingredient,
    media_type_of,
    write_signed,
)
from engine.whole_file import save_whole, written_beside
from otio_adapters import media_linker
from otio_adapters.errors import TimelineError
from otio_adapters.read import read

# What a film of several takes is: the first that one of them is.
_STRONGEST = ("compositeWithTrainedAlgorithmicMedia", "compositeSynthetic", "composite", "compositeCapture")


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of `pickup export --json`. `takes`: names of those that are ingredients."""

    out: str
    sha256: str
    sidecar: str
    takes: tuple[str, ...]
    signer: str
    test: bool
    source_type: str
    warnings: tuple[str, ...] = ()

    def as_text(self) -> str:
        mark = " (a TEST certificate)" if self.test else ""
        return "\n".join(
            [
                f"signed    {self.out}, by {self.signer}{mark}",
                f"content   {self.source_type}",
                *(f"made of   {name}" for name in self.takes),
                *(f"warning   {warning}" for warning in self.warnings),
            ]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`film`: what the editing program wrote of `timeline`."""

    film: Path
    timeline: Path
    out: Path
    media_root: Path | None = None
    sequence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _UsedTake:
    path: Path
    manifest: Manifest


def export(request: Request, paths: EnginePaths, now: datetime.datetime) -> Exported:
    """Raises BridgeError and its leaves, TimelineError, BadCertificate, MissingModel."""
    _check(request)
    certificate = load_or_make(paths.keys, now)
    trust = Trust(known_issuers(paths.keys))
    takes = tuple(_takes(request, trust))
    if not takes:
        raise BridgeError(
            f"{request.timeline.name} plays no signed take that is where it says: nothing to sign for"
        )
    kinds = {take.manifest.source_type for take in takes}
    kind = next((one for one in _STRONGEST if one in kinds), _STRONGEST[0])
    claim = _claim(request, takes, kind, signed_before=trust.read_film(request.film) is not None)
    beside = sidecar.beside(request.out)
    try:
        with written_beside(request.out) as part:
            written = write_signed(request.film, part, claim, certificate)
            save_whole(beside, written.store)
    except (OSError, DiskFull) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UnwritableOutput(f"{request.out}: cannot be written: {reason}") from error
    return Exported(
        out=str(request.out),
        sha256=written.sha256,
        sidecar=str(beside),
        takes=tuple(take.path.name for take in takes),
        signer=certificate.subject,
        test=certificate.test,
        source_type=kind,
        warnings=(written.unstamped,) if written.unstamped else (),
    )


def _check(request: Request) -> None:
    media_type_of(request.film)
    if request.out.suffix.lower() != request.film.suffix.lower():
        raise UsageError(
            f"{request.out.name}: the film stays a {request.film.suffix} file: name it"
            f" {request.out.with_suffix(request.film.suffix).name}"
        )
    if not request.film.is_file():
        raise BridgeError(f"{request.film}: there is no such file")
    if request.out.exists():
        raise UnwritableOutput(f"{request.out} is there already: choose another name")


def _takes(request: Request, trust: Trust) -> Iterator[_UsedTake]:
    """Those that the timeline plays, each once. Raises BridgeError for one that was changed."""
    timeline = read(request.timeline, request.sequence)
    seen = set()
    for clip in timeline.find_clips():
        try:
            path = media_linker.find(timeline, clip, request.timeline, request.media_root)
        except TimelineError:  # media that is not here, and so is no take of ours that could be vouched for
            continue
        if path in seen or path.suffix.lower() != ".mov":
            continue
        seen.add(path)
        manifest = trust.read_film(path)
        if manifest is None and sidecar.beside(path).is_file():
            raise BridgeError(f"{path}: a take without its credentials: put it back as it was rendered")
        if manifest is None or manifest.kind != "take":
            continue
        if manifest.failures - OF_THE_SIGNER or not is_sealed(path):
            raise BridgeError(f"{path}: the take was changed after it was signed (`pickup verify` says more)")
        yield _UsedTake(path=path, manifest=manifest)


def _claim(request: Request, takes: tuple[_UsedTake, ...], kind: str, *, signed_before: bool) -> Claim:
    parts = [
        Ingredient(id=f"take{number}", path=take.path, relationship="componentOf")
        for number, take in enumerate(takes, 1)
    ]
    source_type = SOURCE_TYPES + kind
    first: dict[str, Any] = {"action": "c2pa.created", "digitalSourceType": source_type}
    ingredients = list(parts)
    if signed_before:  # by the editing program: what that said is kept
        ingredients.insert(0, Ingredient(id="render", path=request.film, relationship="parentOf"))
        first = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["render"]}}
    placed = [
        {
            "action": "c2pa.placed",
            "digitalSourceType": source_type,
            "parameters": {"ingredientIds": [part.id]},
        }
        for part in parts
    ]
    told = {
        "content_sha256": _content(request.film),
        "takes": [
            {"name": take.path.name, "content_sha256": take.manifest.made.get("content_sha256", "")}
            for take in takes
        ],
    }
    return Claim(
        title=request.out.name,
        label=EXPORT_LABEL,
        actions=(first, *placed),
        ours=told,
        ingredients=ingredients,
    )


def _content(film: Path) -> str:
    """The name of its frames and samples. Raises RenderFailed."""
    command = (sys.executable, "-P", "-m", "engine.provenance.content", str(film))
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RenderFailed(f"{film.name}: cannot be read: {ran.stderr.strip().splitlines()[-1]}")
    return ran.stdout
