"""`pickup consent`, joined by entry point: nothing heavy is imported before one runs."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from engine.consent.record import Consent, Record

# ruff: noqa: PLC0415, PLR0917  # as in engine/commands.py

TAMPERED = 7  # as `pickup verify` has it

consent_app = typer.Typer(
    help="Who may be given new words: records of consent, and what was done with them.", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Name = Annotated[str, typer.Argument(metavar="ID", help="From `pickup consent list`; its beginning will do.")]


@consent_app.callback()
def _consents() -> None:
    """Who may be given new words: records of consent, and what was done with them."""


@consent_app.command()
def add(
    person: Annotated[str, typer.Option(help="Who speaks, as the transcript or the batch names them.")],
    given_by: Annotated[str, typer.Option(help="Who signed: the person, or who may for them.")],
    use: Annotated[
        str, typer.Option(help="insert (new words in what is said), dub (all of it anew), or both.")
    ],
    likeness: Annotated[
        str | None, typer.Option(help="Whose face and voice that is, where it has another name.")
    ] = None,
    language: Annotated[str, typer.Option(help="Such as de,en-GB; none: any.")] = "",
    media: Annotated[
        list[Path] | None, typer.Option(help="Only in this file; several times for more.")
    ] = None,
    any_media: Annotated[
        bool, typer.Option("--any-media", help="In any file, where they are named as who speaks.")
    ] = False,
    project: Annotated[list[str] | None, typer.Option(help="Only in this project; none: any.")] = None,
    document: Annotated[Path | None, typer.Option(help="What was signed; its sha256 is kept.")] = None,
    begins: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="The first day; else today.")
    ] = None,
    expires: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="The last day.")] = None,
    still: Annotated[list[Path] | None, typer.Option(help="A picture of the person; a copy is kept.")] = None,
    as_json: Json = False,
) -> None:
    """Keep a record of consent, and say so in the ledger. The same record again is the one that is there."""
    from engine.consent.giving import give
    from engine.consent.pictures import keep_still
    from engine.paths import EnginePaths

    if bool(media) == any_media:
        raise typer.BadParameter("say in which media: --media FILE, several times for more, or --any-media")
    paths, now = EnginePaths.default(), _now()
    scope = {
        "uses": _parts(use),
        "languages": _parts(language),
        "media": _fingerprints(media or ()),
        "projects": tuple(project or ()),
    }
    record = _record(
        person=person,
        likeness=person if likeness is None else likeness,
        given_by=given_by,
        scope=scope,
        begins=now.date() if begins is None else begins,
        expires=expires,
        document=_paper(document) if document else None,
        stills=tuple(keep_still(paths.consents, file) for file in still or ()),
    )
    _tell(give(paths, record, now), as_json=as_json)


@consent_app.command()
def deny(
    picture: Annotated[Path, typer.Argument(help="A picture that shows the face of one person.")],
    name: Annotated[str, typer.Option(help="Who that is.")],
    as_json: Json = False,
) -> None:
    """Put somebody on the deny list: never given new words, where a model to compare faces is installed."""
    from engine.consent import pictures
    from engine.paths import EnginePaths

    kept = pictures.deny(EnginePaths.default().consents, picture, name)
    _answer({"denied": name, "picture": str(kept)}, as_json=as_json, text=f"{name} is denied: {kept}")


@consent_app.command("list")
def list_consents(as_json: Json = False) -> None:
    """All records on this machine, a line each, and whether they hold today."""
    from engine.consent.store import Consents
    from engine.paths import EnginePaths

    consents = Consents(EnginePaths.default().consents)
    found, refused = consents.all(), consents.refused()
    lines = [*map(_line, found), *(f"none: {line}" for line in refused)]
    told = {"consents": [_told(consent) for consent in found], "refused": refused}
    _answer(told, as_json=as_json, text="\n".join(lines) or "no records of consent: `pickup consent add`")


@consent_app.command()
def show(name: Name, as_json: Json = False) -> None:
    """All of one record."""
    from engine.consent.store import Consents
    from engine.paths import EnginePaths

    _tell(Consents(EnginePaths.default().consents).find(name), as_json=as_json)


@consent_app.command()
def revoke(
    name: Name,
    why: Annotated[str, typer.Option(help="Kept with it, and in the ledger.")],
    as_json: Json = False,
) -> None:
    """Let a record hold no more, from now on, for renders that wait too. It stays, and is not had back."""
    from engine.consent.giving import take_back
    from engine.paths import EnginePaths

    _tell(take_back(EnginePaths.default(), name, why, _now()), as_json=as_json)


@consent_app.command()
def audit(as_json: Json = False) -> None:
    """What was done with consent, and without, and whether the ledger is as it was written.

    Exit code 0: it is, and the records are those that it has seen added and revoked. 7: tampered with.
    """
    from engine.consent.giving import look_over
    from engine.consent.telling import audit_in_words
    from engine.paths import EnginePaths

    found = look_over(EnginePaths.default())
    told = {
        "sound": found.sound,
        "lines": found.head.number,
        "sha256": found.head.sha256,
        "problems": found.problems,
        "notes": found.notes,
        "entries": found.entries,
    }
    _answer(told, as_json=as_json, text=audit_in_words(found))
    if not found.sound:
        raise typer.Exit(TAMPERED)


def _record(**told: Any) -> Record:
    """Raises BadConsent."""
    import msgspec

    from engine.consent.record import Record
    from engine.errors import BadConsent

    try:
        return msgspec.convert(told, Record)
    except msgspec.ValidationError as error:
        raise BadConsent(f"that is no consent: {error}") from error


def _parts(text: str) -> tuple[str, ...]:
    return tuple(sorted({part.strip() for part in text.split(",") if part.strip()}))


def _fingerprints(files: Iterable[Path]) -> tuple[str, ...]:
    from engine.media.fingerprint import fingerprint

    return tuple(sorted({fingerprint(file) for file in files}))


def _paper(file: Path) -> dict[str, str]:
    """Raises MissingMedia, BadMedia."""
    from engine.media_roots import open_file

    digest = hashlib.sha256()
    with open_file(file) as opened:
        for block in iter(lambda: opened.read(1 << 20), b""):
            digest.update(block)
    return {"name": file.name, "sha256": digest.hexdigest()}


def _tell(consent: Consent, *, as_json: bool) -> None:
    from engine.consent.telling import in_words

    _answer(_told(consent), as_json=as_json, text=in_words(consent, _now().date()))


def _line(consent: Consent) -> str:
    from engine.consent.telling import in_a_line

    return in_a_line(consent, _now().date())


def _told(consent: Consent) -> dict[str, Any]:
    return {"id": consent.id, "record": consent.record, "revoked": consent.revoked}


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _answer(value: Any, *, as_json: bool, text: str) -> None:
    import msgspec

    typer.echo(msgspec.json.encode(value).decode() if as_json else text)
