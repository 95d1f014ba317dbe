"""A take's credentials: what was done to which frames, by what, out of which source. The take's last write.

They hold names of files and no paths, and nothing of who sat there.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from engine.errors import EngineError, RenderFailed
from engine.media.encode import read_content
from engine.protocol import Add, EditPlan, Keep, Render, Retime, Signer, Take, span_frames
from engine.provenance import sidecar
from engine.provenance.certificate import Certificate, load_or_make
from engine.provenance.signing import SOURCE_TYPES, TAKE_LABEL, Claim, Ingredient, write_signed
from engine.whole_file import save_whole, written_beside


def signed(take: Take, job: Render, keys: Path, now: datetime.datetime) -> Take:
    """The take with its credentials in it, and its sidecar beside it.

    A take that cannot be signed stays as it is and says why in a warning: it may have taken hours to render.
    """
    try:
        return _signed(take, job, load_or_make(keys, now))
    except (EngineError, OSError) as error:
        return msgspec.structs.replace(take, warnings=(*take.warnings, f"the take is not signed: {error}"))


def _signed(take: Take, job: Render, certificate: Certificate) -> Take:
    path = Path(take.path)
    beside = sidecar.beside(path)
    with written_beside(path) as part:
        written = write_signed(path, part, claim_of(take, job), certificate)
        if read_content(part).sha256 != take.content_sha256:
            raise RenderFailed(f"{path.name}: signing changed what is seen or heard")
        save_whole(beside, written.store)
    warnings = (*take.warnings, written.unstamped) if written.unstamped else take.warnings
    signer = Signer(name=certificate.subject, certificate=certificate.sha256, test=certificate.test)
    return msgspec.structs.replace(
        take, sha256=written.sha256, provenance=str(beside), signer=signer, warnings=warnings
    )


def claim_of(take: Take, job: Render) -> Claim:
    """What is said of the take."""
    media = job.footage.media
    source = Ingredient(
        id="source",
        path=Path(media),
        relationship="parentOf",
        description=f"Pickup fingerprint {job.footage.fingerprint}",
    )
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [source.id]}}
    edited = {
        "action": "c2pa.edited",
        "digitalSourceType": SOURCE_TYPES + source_type(take, job),
        "softwareAgent": {"name": f"Pickup, renderer {take.renderer}", "version": take.renderer_version},
    }
    return Claim(
        title="take.mov",
        label=TAKE_LABEL,
        actions=(opened, edited),
        ours=_told(take, job) | ({"watermark": take.watermark} if take.watermark else {}),
        ingredients=(source,),
    )


def source_type(take: Take, job: Render) -> str:
    """What the pictures and the sound are, in IPTC's words.

    Weights make any take of theirs a composite with trained media. Without, frames are moved and morphed:
    a composite of what was captured; with a machine's voice over it, of something synthetic too; and with a
    recorded line, of which nobody has said where it is from, of something that may be anything.
    """
    if take.checkpoint:
        return "compositeWithTrainedAlgorithmicMedia"
    lines = list(_lines(job))
    if any(job.speech[line].scratch for line in lines):
        return "compositeSynthetic"
    return "composite" if lines else "compositeCapture"


def _lines(job: Render) -> Iterator[int]:
    """The lines of `job.speech` that are heard."""
    if job.dub is not None:
        yield job.dub.speech
    for span in job.plan.spans:
        if isinstance(span, Add) and span.speech is not None:
            yield span.speech


def _told(take: Take, job: Render) -> dict[str, Any]:
    return (
        {
            "content_sha256": take.content_sha256,
            "renderer": take.renderer,
            "renderer_version": take.renderer_version,
            "checkpoint_sha256": take.checkpoint,
            "seed": take.seed,
            "lip_sync": take.lip_sync,
            "frames": take.frames,
            "rate": f"{take.rate.num}/{take.rate.den}",
            "shown": {"first": take.source_range[0], "last": sum(take.source_range)},
            "source": {"name": Path(job.footage.media).name, "fingerprint": job.footage.fingerprint},
            "ranges": ranges_of(job.plan),
            "bridge": job.bridge,
            "speech": [
                {"fingerprint": job.speech[line].fingerprint, "scratch": job.speech[line].scratch}
                for line in _lines(job)
            ],
        }
        | _weights(take)
        | _allowed(take, job)
    )


def _weights(take: Take) -> dict[str, Any]:
    """Under which licence the weights are, and which of their revisions. Empty where neither is known."""
    known = {"checkpoint_licence": take.licence, "checkpoint_revision": take.revision}
    return {name: told for name, told in known.items() if told}


def _allowed(take: Take, job: Render) -> dict[str, Any]:
    """Whose consent the new words have: by the ids of records, which name nobody. Empty without new words."""
    if not list(_lines(job)):
        return {}
    return {"consent": list(take.consent), "marked": take.marked, "identity": take.identity}


def ranges_of(plan: EditPlan) -> list[dict[str, Any]]:
    """What each range of the take's frames is, and which clip frames it comes from: first to before last."""
    ranges: list[dict[str, Any]] = []
    at = 0
    for span in plan.spans:
        told: dict[str, Any] = {"first": at, "last": at + span_frames(span)}
        match span:
            case Keep(resync=resync):
                told |= {"made": "re-rendered" if resync else "kept"} | _source(span)
            case Retime():
                told |= {"made": "retimed"} | _source(span)
            case Add():
                told |= {"made": "added"}
        ranges.append(told)
        at += span_frames(span)
    return ranges


# A list of small numbers would come back from C2PA's library as one of bytes, in base64: hence no lists.
def _source(span: Keep | Retime) -> dict[str, Any]:
    return {"source": {"first": span.start, "last": span.end}}
