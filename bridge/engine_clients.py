"""Who may use the engine beside this user: allowed, revoked, listed. No engine need run."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bridge.errors import UnwritableOutput, UsageError
from engine import admission
from engine.connection import Address
from engine.paths import EnginePaths


class ClientView(msgspec.Struct, frozen=True, kw_only=True):
    """A client, and the public half of its key. `written`: what was made for its machine, if anything."""

    name: str
    public: str
    written: str = ""


class ClientsView(msgspec.Struct, frozen=True, kw_only=True):
    """Who is let in beside this user."""

    clients: tuple[ClientView, ...]


def allow(name: str, *, public: str, out: Path | None, at: str) -> ClientView:
    """With `public`, the public half of the client's own key, or a key made for it, written to `out`.

    `at`: HOST:PORT where the client finds the engine. Raises UsageError, UnwritableOutput, NotAdmitted.
    """
    if bool(public) == bool(out):
        raise UsageError(
            "give --key, the public half of the client's own key, or -o FILE for one made for it"
        )
    address = _address(at) if out else None
    paths = EnginePaths.default()
    allowed = admission.allow(paths, name, public or None)
    if out and address:
        try:
            admission.write_pass(out, admission.pass_for(paths, allowed, address))
        except OSError as error:
            admission.revoke(paths, name)
            raise UnwritableOutput(f"{out}: cannot be written: {error.strerror or error}") from error
    return ClientView(name=name, public=allowed.client.public, written=str(out or ""))


def allow_text(view: ClientView) -> str:
    if not view.written:
        return f"{view.name} may use the engine"
    return (
        f"{view.name} may use the engine with {view.written}, which holds a secret key: bring it there"
        " unseen, and set PICKUP_ENGINE to it"
    )


def revoke(name: str) -> None:
    """Holds at once, for connections that stand too. Raises NotAdmitted."""
    admission.revoke(EnginePaths.default(), name)


def clients() -> ClientsView:
    """Raises NotAdmitted where a client's file is not private, or damaged."""
    found = admission.clients(EnginePaths.default())
    return ClientsView(clients=tuple(ClientView(name=one.name, public=one.public) for one in found))


def clients_text(view: ClientsView) -> str:
    return "\n".join(f"{one.name}  {one.public}" for one in view.clients) or "nobody but this user"


def _address(at: str) -> Address:
    if not at:
        raise UsageError("-o FILE needs --at HOST:PORT, where the client finds the engine")
    try:
        return Address.of(at)
    except ValueError as error:
        raise UsageError(f"--at {at}: {error}") from error
