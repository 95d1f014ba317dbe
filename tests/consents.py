"""The consent of those whom tests draw and film, in any media, kept as `pickup consent add` keeps it.

It is theirs where they are named as who speaks: the words of `tiny` and the rows of `batch_material` do so.
"""

from __future__ import annotations

import datetime
from pathlib import Path

from engine.consent.giving import give
from engine.consent.record import Record, Scope
from engine.paths import EnginePaths

CONSENT = Record(
    person="whom the tests show",
    likeness="whom the tests show",
    given_by="who wrote the tests",
    scope=Scope(uses=("insert", "dub")),
    begins=datetime.date(2000, 1, 1),
)
ALLOWED = (CONSENT.id,)  # as the engine writes it into a job that comes in
SPEAKER = ("--speaker", CONSENT.person)


def keep_consent(home: Path) -> Path:
    """In the folder of an engine, which it returns."""
    give(EnginePaths.under(home), CONSENT, datetime.datetime.now(datetime.UTC))
    return home
