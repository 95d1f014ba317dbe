"""What was found of a film's provenance, for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.provenance.verify import Finding, Watermark

_VERDICTS = {
    "valid": "valid: not changed since it was signed",
    "tampered": "TAMPERED WITH: changed after it was signed",
    "stripped": "stripped: its credentials were taken out, and a sidecar knows its frames and samples",
    "watermarked": "watermarked: no credentials fit it, and frames in it say that they are of a take",
    "unknown": "unknown: no credentials, and no sidecar that knows it",
}
_CERTIFICATES = {
    "test": "a TEST certificate of this machine: it says that nothing was changed, not who made it",
    "studio": "a certificate that is known here",
    "unknown": "a certificate that is NOT known here: anybody may have signed it",
    "expired": "a certificate that has expired since",
}


_WIDEST = 1000  # characters of a line


def in_words(finding: Finding) -> str:
    """Several lines."""
    lines = [f"{finding.file}: {_VERDICTS[finding.verdict]}"]
    lines += [f"  because   {reason}" for reason in finding.reasons]
    if finding.sidecar:
        lines.append(f"  sidecar   {finding.sidecar}")
    if finding.signer:
        lines.append(f"  signed    by {finding.signer}: {_CERTIFICATES[finding.certificate]}")
    if finding.signed_at:
        lines.append(f"  on        {finding.signed_at}, as a time-stamp authority says that is known here")
    if finding.source_type:
        lines.append(f"  content   {finding.source_type}")
    if finding.kind == "take" and finding.verdict != "tampered":
        lines += _take(finding.made)
    lines += [f"  made of   {name}" for name in finding.ingredients]
    lines += map(_watermark, finding.watermarks)
    return "\n".join(map(_plain, lines))


def _watermark(mark: Watermark) -> str:
    of = ", of which no credentials lie around here"
    if mark.sidecar:
        of = f", whose credentials are {mark.sidecar}, by {_CERTIFICATES[mark.certificate]}"
    return f"  watermark frames {mark.first} to {mark.last}, about: take {mark.take}{of}"


def _plain(line: str) -> str:
    """Whoever wrote the credentials writes nothing else on the terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in line)[:_WIDEST]


def _take(made: dict[str, Any]) -> Iterator[str]:
    weights = f", weights {made['checkpoint_sha256'][:12]}" if made.get("checkpoint_sha256") else ""
    yield (
        f"  rendered  by {made['renderer']} {made['renderer_version']}{weights}, seed {made['seed']},"
        f" lip-sync {made['lip_sync']}"
    )
    known = (made.get("checkpoint_licence"), made.get("checkpoint_revision"))
    if told := ", ".join(filter(None, known)):
        yield f"  weights   {told}"
    if made.get("marked"):
        yield "  consent   NONE on record: what was made of the new words is marked so in the picture"
    elif made.get("consent"):
        yield f"  consent   {', '.join(made['consent'])}; identity: {made.get('identity', 'unchecked')}"
    for told in made["ranges"]:
        source = told.get("source")
        of = f" of the clip's {source['first']} to {source['last']}" if source else ""
        yield f"  frames    {told['first']} to {told['last']}: {told['made']}{of}"
