"""Which records of consent allow a render. Pure."""

from __future__ import annotations

import datetime
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from engine.consent.record import Consent, Use, is_of, refusal, same_person
from engine.consent.uses import HOW, uses_of
from engine.errors import ConsentMissing
from engine.protocol import Render

_MOST_TOLD = 3  # records, of those that nearly do


def granted(job: Render, consents: Sequence[Consent], today: datetime.date) -> tuple[Consent, ...]:
    """The records that allow the job on that day: of each of its speakers one. Raises ConsentMissing.

    They are among those that the job names, where it names any. That of a speaker who is not named is bound
    to the media; where the job names no records, all such that fit are of one person, and no other person is
    known to be seen in the media.
    """
    allowed = _named(job, consents) if job.consent else tuple(consents)
    uses = uses_of(job)
    if job.consent and not job.speakers:
        for consent in allowed:
            _fitting(uses[0], (consent,), today, job)
        return allowed
    found = []
    for use in uses:
        fitting = _fitting(use, allowed, today, job)
        if not use.person and not job.consent:
            _refuse_several(job, fitting, [one for one in consents if use.media in one.record.scope.media])
        found.append(_first(fitting))
    return tuple(dict.fromkeys(found))


def _named(job: Render, consents: Sequence[Consent]) -> tuple[Consent, ...]:
    known = {consent.id: consent for consent in consents}
    for name in job.consent:
        if name not in known:
            raise ConsentMissing(f"there is no record of consent {name[:40]!r}: `pickup consent list`")
    return tuple(known[name] for name in dict.fromkeys(job.consent))


def _fitting(use: Use, consents: Sequence[Consent], today: datetime.date, job: Render) -> tuple[Consent, ...]:
    reasons = {consent: refusal(consent, use, today) for consent in consents}
    fitting = tuple(consent for consent, reason in reasons.items() if reason is None)
    if fitting:
        return fitting
    raise ConsentMissing(_missing(use, reasons, today, Path(job.footage.media).name))


def _missing(use: Use, reasons: Mapping[Consent, str | None], today: datetime.date, media: str) -> str:
    """Why none of the records fits, and what to do."""
    near = [
        f"{consent.id} is {reason}"
        for consent, reason in reasons.items()
        if (is_of(consent.record, use.person) if use.person else use.media in consent.record.scope.media)
    ]
    told = f" ({'; '.join(near[:_MOST_TOLD])})" if near else ""
    if use.person:
        return f"nobody has consented to new words by {use.person[:80]!r} in {media}{told}: {HOW}"
    named = [one for one in reasons if not refusal(one, replace(use, person=one.record.person), today)]
    if not named:
        return f"nobody has consented to new words by whoever speaks in {media}{told}: {HOW}"
    names = list(_persons(named))
    return (
        f"nobody is named as who speaks in {media}, and no record of consent that is bound to it allows"
        f" this{told}; those for any media are of {_told(names)}: {_name_who_speaks(names[0])}"
    )


def _first(fitting: Sequence[Consent]) -> Consent:
    """Always the same, whatever was added since."""
    return min(fitting, key=lambda consent: (consent.record.begins, consent.id))


def _refuse_several(job: Render, fitting: Sequence[Consent], of_media: Sequence[Consent]) -> None:
    names = list(_persons([*fitting, *of_media]))
    if len(names) > 1:
        raise ConsentMissing(
            f"{Path(job.footage.media).name}: records of consent name {len(names)} people there"
            f" ({_told(names)}): {_name_who_speaks(names[0])}"
        )


def _told(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_TOLD]) + (" and others" if len(names) > _MOST_TOLD else "")


def _name_who_speaks(name: str) -> str:
    return (
        f"say who speaks, as in --speaker {shlex.quote(name)} (a batch's column speaker, speakers= in Python,"
        " the transcript's speakers)"
    )


def _persons(consents: Sequence[Consent]) -> Iterator[str]:
    """Each of them once."""
    told: list[str] = []
    for consent in consents:
        name = consent.record.person
        if not any(same_person(name, other) for other in told):
            told.append(name)
            yield name
