"""The desk at which jobs show that their new words are allowed: when they come in, and when they are begun.

All of it stands on the ledger before anybody is answered. Records are read anew at each question: what was
revoked a moment ago allows nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import structlog
from msgspec.structs import replace

from engine.consent import ledger
from engine.consent.grant import granted
from engine.consent.ledger import Entry, EntryKind
from engine.consent.record import Consent
from engine.consent.store import Consents
from engine.consent.uses import MARKED, is_marked, needs_consent, new_frames
from engine.errors import ConsentMissing, EngineError
from engine.messages import JobRecord, Leave
from engine.paths import EnginePaths
from engine.protocol import Job, Render

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """A job with the ids of the records that allow it, and what is to be noted once it is kept."""

    job: Job
    uses: tuple[Entry, ...] = ()


class ConsentDesk:
    def __init__(self, paths: EnginePaths, clock: Callable[[], datetime.datetime] = now) -> None:
        self._consents = Consents(paths.consents)
        self._ledger = paths.consent_ledger
        self._clock = clock

    def look(self, jobs: Sequence[Render]) -> tuple[Leave, ...]:
        """By whose leave the jobs would go, were they handed in now. Nothing is noted."""
        consents = self._consents.all()
        return tuple(self._leave_of(job, consents) for job in jobs)

    def turn_away(self, jobs: Sequence[Render], client: str) -> tuple[Leave, ...]:
        """As `look`, for somebody who goes no further with those that would be refused: they are noted."""
        leaves = self.look(jobs)
        refused = [(job, leave.why) for job, leave in zip(jobs, leaves, strict=True) if leave.refused]
        self._refuse(*(self._entries("refused", job, client, reason=why) for job, why in refused))
        return leaves

    def allow(self, job: Job, client: str) -> Allowed:
        """A job that comes in; a draft that nobody allows is marked. Raises ConsentMissing."""
        if not needs_consent(job):
            return Allowed(job=replace(job, consent=()) if isinstance(job, Render) and job.consent else job)
        try:
            found = self._granted(job, self._consents.all())
        except ConsentMissing as error:
            if job.renderer != MARKED:
                self._refuse(self._entries("refused", job, client, reason=str(error)))
                raise
            job = replace(job, consent=())
            return Allowed(job=job, uses=self._entries("marked", job, client, reason=str(error)))
        job = replace(job, consent=tuple(consent.id for consent in found))
        return Allowed(job=job, uses=self._entries("used", job, client, found))

    def allow_still(self, job: Job, record: JobRecord) -> None:
        """A job that is to be begun, as `allow` has left it. Raises ConsentMissing."""
        if not needs_consent(job) or (is_marked(job) and job.renderer == MARKED):
            return
        try:
            self._granted(job, self._consents.all())
        except ConsentMissing as error:
            refused = self._entries("refused", job, record.client, reason=str(error))
            self._refuse(tuple(replace(entry, job=record.hash) for entry in refused))
            raise

    def note(self, entries: tuple[Entry, ...]) -> None:
        """On return they stand on the ledger. Raises DiskFull, RenderFailed."""
        if entries:
            ledger.append(self._ledger, *entries)

    def _granted(self, job: Render, consents: tuple[Consent, ...]) -> tuple[Consent, ...]:
        return granted(job, consents, self._clock().date())

    def _leave_of(self, job: Render, consents: tuple[Consent, ...]) -> Leave:
        try:
            found = self._granted(job, consents) if needs_consent(job) else ()
        except ConsentMissing as error:
            return Leave(marked=job.renderer == MARKED, why=str(error))
        return Leave(records=tuple(consent.id for consent in found))

    def _refuse(self, *jobs: tuple[Entry, ...]) -> None:
        """`jobs`: what is to be noted of each."""
        for entries in jobs:
            log.warning("consent_refused", renderer=entries[0].renderer)
        try:
            self.note(tuple(chain.from_iterable(jobs)))
        except EngineError as unwritten:  # they are refused all the same
            log.warning("refusal_not_noted", reason=str(unwritten))

    def _entries(
        self, kind: EntryKind, job: Render, client: str, consents: tuple[Consent, ...] = (), reason: str = ""
    ) -> tuple[Entry, ...]:
        """One for each record, or, without any, for each person."""
        whose = [(one.id, one.record.person) for one in consents]
        return tuple(
            Entry(
                kind=kind,
                at=self._clock(),
                record=record,
                person=person,
                media=job.footage.fingerprint,
                frames=new_frames(job),
                renderer=job.renderer,
                client=client,
                identity="unchecked",
                reason=reason,
            )
            for record, person in whose or [("", person) for person in job.speakers or ("",)]
        )
