"""Records and the ledger, for a person."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from engine.consent.ledger import Audit, Entry
from engine.consent.record import Consent, Scope, standing


def in_a_line(consent: Consent, today: datetime.date) -> str:
    record = consent.record
    until = f"{record.begins} to {record.expires}" if record.expires else f"from {record.begins} on"
    scope = ", ".join(_bounds(record.scope))
    return f"{consent.id}  {record.person}: {scope}; {until}; {standing(consent, today) or 'holds'}"


def in_words(consent: Consent, today: datetime.date) -> str:
    """Several lines."""
    record = consent.record
    lines = [in_a_line(consent, today), f"  likeness  {record.likeness}", f"  given by  {record.given_by}"]
    lines += [f"  media     {media}" for media in record.scope.media]
    if record.document:
        lines.append(f"  document  {record.document.name}, sha256 {record.document.sha256}")
    lines += [f"  still     {still.name}, sha256 {still.sha256}" for still in record.stills]
    if consent.revoked:
        lines.append(f"  revoked   {consent.revoked.at:%Y-%m-%d %H:%M}: {_printable(consent.revoked.why)}")
    return "\n".join(lines)


def audit_in_words(found: Audit) -> str:
    """A line for each entry, then what is wrong, then whether it is sound."""
    rows = [_row(entry) for entry in found.entries]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    lines += [f"note: {note}" for note in found.notes]
    lines += [
        f"TAMPERED WITH: {_where(problem.line)}{_printable(problem.what)}" for problem in found.problems
    ]
    lines.append(_verdict(found))
    return "\n".join(lines)


def _verdict(found: Audit) -> str:
    if not found.sound:
        return "the ledger or the records are not as they were written"
    if not found.head.number:
        return "the ledger is empty"
    return f"sound: {found.head.number} lines, the last with sha256 {found.head.sha256}"


def _row(entry: Entry) -> tuple[str, ...]:
    frames = ", ".join(f"{first} to {last}" for first, last in entry.frames)
    told = (
        f"frames {frames}" if frames else "",
        f"by {entry.renderer}" if entry.renderer else "",
        f"media {entry.media[:12]}" if entry.media else "",
        f"job {entry.job}" if entry.job else "",
        f"for {entry.client}" if entry.client else "",
        f"identity: {entry.identity}" if entry.identity else "",
        entry.reason,
    )
    words = (
        f"{entry.at:%Y-%m-%d %H:%M:%S}",
        entry.kind,
        entry.person or "-",
        entry.record or "-",
        "; ".join(filter(None, told)),
    )
    return tuple(map(_printable, words))


def _where(line: int) -> str:
    return f"line {line} " if line else ""


def _bounds(scope: Scope) -> Iterator[str]:
    yield " and ".join(scope.uses)
    yield f"in {' or '.join(scope.languages)}" if scope.languages else "any language"
    yield f"{len(scope.media)} media" if scope.media else "any media"
    yield f"project {' or '.join(scope.projects)}" if scope.projects else "any project"


def _printable(text: str) -> str:
    """Clients and files have written it: a terminal is to show it, and not to obey it."""
    return "".join(character if character.isprintable() else "?" for character in text)
