"""Whether the face that is given new words is that of its records' stills, and of nobody who is denied.

The worker asks before it renders. What cannot be found out is `unchecked`, never a match.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from engine.consent import ledger, pictures
from engine.consent.ledger import Entry, Identity
from engine.consent.record import Consent
from engine.consent.store import Consents
from engine.consent.uses import new_frames
from engine.errors import ConsentMissing
from engine.face.recognition import SAME, FaceReader, Features, likeness
from engine.face.view import FaceView, seen_box
from engine.media.decode import Sampling, open_reel
from engine.protocol import Add, FaceRegion, Render

LOOKED_AT = 5  # ours: frames of the source, evenly over what the take keeps of it
LONGEST_SIDE = 1920  # ours: SFace wants a face of 112 pixels, and in a wide shot finds them here


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`why`: of what is refused."""

    identity: Identity
    why: str = ""


_UNCHECKED = Finding(identity="unchecked")


def check(job: Render, consents: Path, model: Path, job_hash: str, now: datetime.datetime) -> bool:
    """Whether the face is found to be that of the stills. What is found out stands on the ledger.

    `consents`: the folder of the records. Raises ConsentMissing where it is another face; MissingModel,
    BadMedia, TruncatedMedia.
    """
    records = tuple(found for found in Consents(consents).all() if found.id in job.consent)
    found = compared(job, records, consents, FaceReader(model))
    if found.identity != "unchecked":
        entries = [_entry(job, record, found, job_hash, now) for record in records or (None,)]
        ledger.append(consents / "ledger.jsonl", *entries)
    if found.why:
        raise ConsentMissing(f"{Path(job.footage.media).name}: {found.why}")
    return found.identity == "matches"


def compared(job: Render, records: Sequence[Consent], consents: Path, reader: FaceReader) -> Finding:
    """The face of the source's frames, with the deny list and with the records' stills."""
    banned = pictures.denied(consents)
    stills = [pictures.stills_of(consents, record.record.stills) for record in records]
    seen = tuple(_seen(job, reader)) if banned or any(stills) else ()
    if not seen:
        return _UNCHECKED
    if name := _name_of(seen, banned, reader):
        return Finding(identity="denied", why=f"the face is that of {name}, who is on the deny list")
    # Where one of several speakers has no still, the face may be that speaker's.
    known = [face for of in stills for _, face in _faces(of, reader)] if all(stills) else []
    if not known:
        return _UNCHECKED
    alike = _likeness(seen, known)
    if alike >= SAME:
        return Finding(identity="matches")
    whose = ", ".join(record.id for record in records)
    why = f"the face is not that of the stills of {whose} (likeness {alike:.2f}; {SAME} is the least)"
    return Finding(identity="differs", why=why)


def _name_of(seen: Sequence[Features], banned: Sequence[Path], reader: FaceReader) -> str:
    """Of whom the face is, among those who are denied; empty where it is nobody's."""
    faces = _faces(banned, reader)
    return next((pictures.name_of(file) for file, face in faces if _likeness(seen, [face]) >= SAME), "")


def _likeness(seen: Sequence[Features], known: Sequence[Features]) -> float:
    """Of each face that was seen the nearest one that is known; their mean."""
    return float(np.mean([max(likeness(face, one) for one in known) for face in seen]))


def _faces(files: Iterable[Path], reader: FaceReader) -> Iterator[tuple[Path, Features]]:
    """Of those pictures that show one."""
    for file in files:
        decoded = cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
        if decoded is not None and (face := reader.of(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB))) is not None:
            yield file, face


def _seen(job: Render, reader: FaceReader) -> Iterator[Features]:
    """The face of some frames of the source. Raises MissingMedia, BadMedia, TruncatedMedia."""
    within = job.region.within if isinstance(job.region, FaceRegion) else None
    footage, view = job.footage, FaceView(LONGEST_SIDE)
    with open_reel(
        Path(footage.media), Sampling(offset=footage.offset.exact, rate=job.plan.rate.exact)
    ) as reel:
        for frame in _looked_at(job):
            picture = reel.picture(frame)
            rgb = view.of(picture)
            down, across = (seen / whole for seen, whole in zip(rgb.shape[:2], picture.y.shape, strict=True))
            face = reader.of(rgb, within and seen_box(within, across, down))
            if face is not None:
                yield face


def _looked_at(job: Render) -> Sequence[int]:
    first, last = job.footage.first, job.footage.last
    spans = [span for span in job.plan.spans if not isinstance(span, Add)]
    kept = [frame for span in spans for frame in range(max(span.start, first), min(span.end, last))]
    return sorted({kept[len(kept) * place // LOOKED_AT] for place in range(LOOKED_AT)} if kept else ())


def _entry(
    job: Render, record: Consent | None, found: Finding, job_hash: str, now: datetime.datetime
) -> Entry:
    return Entry(
        kind="refused" if found.why else "checked",
        at=now,
        record=record.id if record else "",
        person=record.record.person if record else "",
        job=job_hash,
        media=job.footage.fingerprint,
        frames=new_frames(job),
        renderer=job.renderer,
        identity=found.identity,
        reason=found.why,
    )
