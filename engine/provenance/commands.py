"""`pickup verify` and `pickup certificate`, joined by entry point: nothing heavy is imported before."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from engine.provenance.certificate import Certificate
    from engine.provenance.verify import Finding

# ruff: noqa: PLC0415  # imports inside the commands, as above

TAMPERED = 7
STRIPPED = 8
UNKNOWN = 9
NOT_VOUCHED = 10
WATERMARKED = 11

_CODES = {"tampered": TAMPERED, "stripped": STRIPPED, "watermarked": WATERMARKED, "unknown": UNKNOWN}

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]

verify_app = typer.Typer(
    invoke_without_command=True,
    context_settings={"allow_interspersed_args": True},
)
certificate_app = typer.Typer(help="What takes are signed with.", no_args_is_help=True)


@verify_app.callback()
def verify(
    film: Annotated[Path, typer.Argument(metavar="FILE", help="A take, an export, or any film.")],
    trust: Annotated[
        list[Path] | None, typer.Option(help="PEM of an issuer whose certificates are to be known too.")
    ] = None,
    trust_time: Annotated[
        list[Path] | None, typer.Option(help="PEM of an issuer of a time-stamp authority, to be known too.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Look for no watermark: it takes as long as to decode the film.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Whether a film is what was signed, and what was made in it.

    Exit code 0: as it was signed, by a certificate that is known here. 7: tampered with. 8: stripped of its
    credentials, and recognised by a sidecar. 9: unknown. 10: as it was signed, by a certificate that is not
    known here or has expired. 11: nothing but a watermark tells of it. 3: no such file.
    """
    from engine.paths import EnginePaths
    from engine.provenance.certificate import known_issuers
    from engine.provenance.pem import read_issuers
    from engine.provenance.telling import in_words
    from engine.provenance.timestamps import known_time_issuers
    from engine.provenance.verify import verify as look
    from engine.provenance.verify import with_watermarks

    paths = EnginePaths.default()
    keys = paths.keys
    issuers = b"\n".join((known_issuers(keys), *map(read_issuers, trust or ())))
    time_issuers = b"\n".join((known_time_issuers(keys), *map(read_issuers, trust_time or ())))
    found = look(film, issuers, time_issuers)
    if found.verdict in {"unknown", "tampered"} and not quick:
        typer.echo("no credentials fit it: looking for a watermark (--quick does without)", err=True)
        found = with_watermarks(found, issuers, paths.takes)
    _answer(found, as_json=as_json, text=in_words(found))
    if code := exit_code_of(found):
        raise typer.Exit(code)


def exit_code_of(found: Finding) -> int:
    if found.verdict == "valid":
        return 0 if found.vouched else NOT_VOUCHED
    return _CODES[found.verdict]


@certificate_app.callback()
def _certificates() -> None:
    """What takes are signed with."""


@certificate_app.command()
def make(as_json: Json = False) -> None:
    """Make a test certificate, in the place of what is there."""
    from engine.paths import EnginePaths
    from engine.provenance import certificate

    _tell(certificate.make(EnginePaths.default().keys, _now()), as_json=as_json)


@certificate_app.command("import")
def take_in(
    chain: Annotated[Path, typer.Argument(help="PEM: the signer's certificate, then its issuers in turn.")],
    key: Annotated[Path, typer.Argument(help="PEM: the private key, without a password.")],
    as_json: Json = False,
) -> None:
    """Sign takes with the studio's certificate from now on; a private copy is kept."""
    from engine.paths import EnginePaths
    from engine.provenance import certificate

    _tell(certificate.take_in(chain, key, EnginePaths.default().keys, _now()), as_json=as_json)


@certificate_app.command()
def timestamps(
    url: Annotated[str, typer.Argument(metavar="URL", help='Its address; "none" to ask nobody.')],
    issuer: Annotated[
        Path | None, typer.Option(help="PEM of its issuer, by which its stamps are known.")
    ] = None,
) -> None:
    """Have an authority (RFC 3161) stamp each signature with the time: without one no network is asked."""
    from engine.paths import EnginePaths
    from engine.provenance import timestamps as room

    keys = EnginePaths.default().keys
    if url == "none":
        room.ask_none(keys)
    elif issuer is None:
        raise typer.BadParameter("give the authority's issuer too: --issuer FILE.pem")
    else:
        room.name_authority(keys, url, issuer)
    typer.echo(f"time stamps: {room.authority(keys) or 'asked of nobody'}")


@certificate_app.command()
def show(as_json: Json = False) -> None:
    """The certificate that takes are signed with."""
    from engine.paths import EnginePaths
    from engine.provenance import certificate

    _tell(certificate.load(EnginePaths.default().keys, _now()), as_json=as_json)


def _tell(found: Certificate, *, as_json: bool) -> None:
    told = {
        "subject": found.subject,
        "issuer": found.issuer,
        "expires": found.expires.date().isoformat(),
        "algorithm": found.algorithm,
        "test": found.test,
        "time_authority": found.time_authority,
    }
    kind = "TEST certificate: it names nobody" if found.test else "certificate"
    text = f"{found.subject}, issued by {found.issuer}, until {told['expires']} ({found.algorithm}; {kind})"
    if found.time_authority:
        text += f"\ntime stamps: {found.time_authority}"
    _answer(told, as_json=as_json, text=text)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _answer(value: Any, *, as_json: bool, text: str) -> None:
    import msgspec

    typer.echo(msgspec.json.encode(value).decode() if as_json else text)
