"""Consent given and taken back: a record is kept and the ledger says so. And whether the two agree."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from engine.consent import ledger
from engine.consent.ledger import Audit, Entry, EntryKind, Problem
from engine.consent.record import Consent, Record
from engine.consent.store import Consents
from engine.paths import EnginePaths


def give(paths: EnginePaths, record: Record, now: datetime.datetime) -> Consent:
    """Keeps the record; the same one again is the one that is there.

    Raises BadConsent, DiskFull, RenderFailed.
    """
    consents = Consents(paths.consents)
    if not consents.has(record):
        # The ledger first: who ends this by force between the two gives again, and nothing is there unseen.
        ledger.append(paths.consent_ledger, _entry("added", record, now))
    consents.add(record)
    return consents.find(record.id)


def take_back(paths: EnginePaths, name: str, why: str, now: datetime.datetime) -> Consent:
    """Revokes the record of that id, or of the one id that begins so. Raises as `give`."""
    consents = Consents(paths.consents)
    before = consents.find(name)
    after = consents.revoke(before.id, why, now)
    if before.revoked is None:
        ledger.append(paths.consent_ledger, _entry("revoked", before.record, now, why))
    return after


def look_over(paths: EnginePaths) -> Audit:
    """The ledger looked through, and the records compared with it. Raises BadConsent."""
    found = ledger.audit(paths.consent_ledger)
    consents = Consents(paths.consents)
    problems = (*found.problems, *_strays(consents.all(), consents.refused(), found.entries))
    return Audit(entries=found.entries, head=found.head, problems=problems, notes=found.notes)


def _strays(
    consents: tuple[Consent, ...], refused: tuple[str, ...], entries: tuple[Entry, ...]
) -> Iterator[Problem]:
    """Where the records are other ones than the ledger has seen given and taken back."""
    there = {consent.id: consent for consent in consents}
    added = {entry.record for entry in entries if entry.kind == "added"}
    revoked = {entry.record for entry in entries if entry.kind == "revoked"}
    for line in refused:
        yield Problem(line=0, what=line)
    for name in sorted(there.keys() - added):
        yield Problem(line=0, what=f"{name} was put there by hand: the ledger has not seen it added")
    for name in sorted(added - there.keys()):
        yield Problem(line=0, what=f"{name} was added, and its record is not there any more")
    for name in sorted(revoked & there.keys()):
        if there[name].revoked is None:
            yield Problem(line=0, what=f"{name} was revoked, and its revocation is not there any more")


def _entry(kind: EntryKind, record: Record, now: datetime.datetime, why: str = "") -> Entry:
    return Entry(kind=kind, at=now, record=record.id, person=record.person, reason=why)
