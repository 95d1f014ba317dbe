"""Pictures of people, kept beside the records: stills that records name, and people of whom none is taken.

    <consents>/stills/<sha256>            as records name them
    <consents>/denied/<name>-<8 hex>      the deny list of a studio: public figures, people who said no

They are looked at where a model to compare faces is installed: see `identity`.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from engine import private_files
from engine.consent.record import Paper
from engine.errors import BadConsent
from engine.media_roots import open_file
from engine.whole_file import not_written

LARGEST = 64 * 1024 * 1024  # bytes; ours: a still of 50 megapixels has a half
_UNSAFE = re.compile(r"[^\w.-]+")


def keep_still(consents: Path, picture: Path) -> Paper:
    """A copy is kept, as a record is to name it. Raises MissingMedia, BadMedia, DiskFull, RenderFailed."""
    content = _content_of(picture)
    paper = Paper(name=picture.name, sha256=hashlib.sha256(content).hexdigest())
    _write(_still(consents, paper), content)
    return paper


def stills_of(consents: Path, papers: tuple[Paper, ...]) -> tuple[Path, ...]:
    """Those that are still there, unchanged."""
    return tuple(still for paper in papers if _is_whole(still := _still(consents, paper), paper))


def deny(consents: Path, picture: Path, name: str) -> Path:
    """Who is seen in the picture is never given new words. Raises as `keep_still`, BadConsent."""
    if not name.isprintable() or not name.strip():
        raise BadConsent(f"{name[:80]!r} will not do as a name: write it on one line")
    content = _content_of(picture)
    kept = consents / "denied" / f"{_UNSAFE.sub('_', name)[:80]}-{hashlib.sha256(content).hexdigest()[:8]}"
    _write(kept, content)
    return kept


def name_of(kept: Path) -> str:
    """Of who is denied, as far as a file's name can have it."""
    return kept.name[:-9].replace("_", " ")


def denied(consents: Path) -> tuple[Path, ...]:
    return tuple(sorted(file for file in consents.glob("denied/*-????????") if file.is_file()))


def _still(consents: Path, paper: Paper) -> Path:
    return consents / "stills" / paper.sha256


def _is_whole(still: Path, paper: Paper) -> bool:
    try:
        return hashlib.sha256(still.read_bytes()).hexdigest() == paper.sha256
    except OSError:
        return False


def _content_of(picture: Path) -> bytes:
    from engine.media.still import read_still  # noqa: PLC0415  (OpenCV, where a picture is handed in alone)

    read_still(picture)
    with open_file(picture) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise BadConsent(f"{picture} has more than {LARGEST >> 20} MB: make it smaller")
    return content


def _write(kept: Path, content: bytes) -> None:
    try:
        private_files.write_private(kept, content)
    except OSError as error:
        raise not_written(kept, error) from error
