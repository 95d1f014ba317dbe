"""Consent: who allows new speech to be put onto whom, in what, until when. Pure values.

A record is kept under a name made of its content: it cannot be changed, only revoked, and another one given.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

import msgspec

from engine.protocol import Value

UseKind = Literal["insert", "dub"]
ID = re.compile(r"c-[0-9a-f]{16}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")  # as BCP 47 writes them
LONGEST_NAME = 200  # characters
_UNNAMED = "one that is not named"


# What a later version adds with a default leaves the ids of older records as they are.
class Scope(Value, omit_defaults=True):
    """What is allowed; of languages, media (by their fingerprints) and projects, none named means any."""

    uses: tuple[UseKind, ...]
    languages: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.uses:
            raise ValueError("a consent is for a use: insert, dub, or both")
        if wrong := [text for text in self.languages if not _LANGUAGE.fullmatch(text)]:
            raise ValueError(f"{wrong[0][:80]!r} is no language, such as de or en-GB")
        if wrong := [text for text in self.media if not _SHA256.fullmatch(text)]:
            raise ValueError(f"{wrong[0][:80]!r} is no fingerprint of a media file")
        for project in self.projects:
            _check_name("project", project)


class Paper(Value):
    """A file that a record names and does not hold: a signed document, or a still of the person."""

    name: str
    sha256: str

    def __post_init__(self) -> None:
        _check_name("file's name", self.name)
        if not _SHA256.fullmatch(self.sha256):
            raise ValueError(f"{self.sha256[:80]!r} is no sha256")


class Record(Value, omit_defaults=True):
    """`person`: who speaks, as transcripts and batches name them. `likeness`: whose face and voice that is.

    `given_by`: who signed: the person, or who may for them. `begins` and `expires` are days, both included.
    """

    person: str
    likeness: str
    given_by: str
    scope: Scope
    begins: datetime.date
    expires: datetime.date | None = None
    document: Paper | None = None
    stills: tuple[Paper, ...] = ()

    def __post_init__(self) -> None:
        for what, name in (("person", self.person), ("likeness", self.likeness), ("giver", self.given_by)):
            _check_name(what, name)
        if self.expires is not None and self.expires < self.begins:
            raise ValueError(f"it would expire on {self.expires}, before it begins on {self.begins}")

    @property
    def id(self) -> str:
        """The same content has the same id, on every machine."""
        return "c-" + hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()[:16]


class Revocation(Value):
    """That a record holds no more, from then on."""

    record: str
    why: str
    at: datetime.datetime


class Consent(Value):
    """A record, and whether it was revoked since."""

    record: Record
    revoked: Revocation | None = None

    @property
    def id(self) -> str:
        return self.record.id


class Use(Value):
    """What is to be done. `media`: its fingerprint. `person`, `language`, `project`: empty if not known."""

    kind: UseKind
    media: str
    person: str = ""
    language: str = ""
    project: str = ""


def refusal(consent: Consent, use: Use, today: datetime.date) -> str | None:
    """Why the consent does not allow the use on that day; None where it does.

    Where nobody is named, only the media tell who speaks: a record that is bound to none says of nobody there
    that it is him.
    """
    return standing(consent, today) or next(_bounds_crossed(consent.record, use), None)


def standing(consent: Consent, today: datetime.date) -> str | None:
    """Why the consent allows nothing at all on that day; None where it holds."""
    record = consent.record
    if consent.revoked is not None:
        return f"revoked on {consent.revoked.at.date()}"
    if today < record.begins:
        return f"not yet: it begins on {record.begins}"
    if record.expires is not None and today > record.expires:
        return f"expired on {record.expires}"
    return None


def _bounds_crossed(record: Record, use: Use) -> Iterator[str]:
    scope = record.scope
    if use.person and not is_of(record, use.person):
        yield f"of another person: {record.person}"
    if use.kind not in scope.uses:
        yield f"for another use: {scope.uses[0]}, not {use.kind}"
    if scope.media and use.media not in scope.media:
        yield "for other media"
    if scope.languages and not any(_covers(language, use.language) for language in scope.languages):
        yield f"for another language: {', '.join(scope.languages)}, not {use.language or _UNNAMED}"
    if scope.projects and not any(_plain(project) == _plain(use.project) for project in scope.projects):
        yield f"for another project: {', '.join(scope.projects)}, not {use.project or _UNNAMED}"
    if not scope.media and not use.person:
        yield f"for any media, where {record.person} is named as who speaks"


def is_of(record: Record, person: str) -> bool:
    """Whether that is whom the record is of, however it is spelt."""
    return _plain(person) in (_plain(record.person), _plain(record.likeness))


def same_person(one: str, other: str) -> bool:
    """Whether two spellings are of one name: in case, in spaces, and in accents of one piece or two."""
    return _plain(one) == _plain(other)


def _covers(allowed: str, language: str) -> bool:
    """Of de is de-AT a part; of de-AT de is not."""
    allowed, language = allowed.casefold(), language.casefold()
    return language == allowed or language.startswith(allowed + "-")


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).split())


def _check_name(what: str, name: str) -> None:
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise ValueError(
            f"{name[:80]!r} will not do as a {what}: write 1 to {LONGEST_NAME} characters on one line"
        )
