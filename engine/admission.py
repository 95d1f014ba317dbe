"""Who may use the engine: this user, and the clients that were allowed in, each by a CURVE key of its own.

    <keys>/client.json           this user's own key, both halves; its name is "me"
    <keys>/clients/<name>.json   a client's name and the public half of its key

An engine that runs looks there at each request: a change holds at once, for connections that stand too.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from engine import private_files
from engine.connection import Address
from engine.errors import NotAdmitted
from engine.keys import KeyPair, is_key, load_or_make_key, new_key
from engine.paths import EnginePaths
from engine.protocol import Value

ME = "me"
ENGINE_VARIABLE = "PICKUP_ENGINE"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")  # a file's name, on every system


class Client(Value, frozen=True, kw_only=True):
    """Somebody who may use the engine. `public`: the public half of the key, in Z85."""

    name: str
    public: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or not is_key(self.public):
            raise ValueError("a client has a name of letters and digits, and a key of 40 characters of Z85")


class Allowed(Value, frozen=True, kw_only=True):
    """A client that was let in; `key`: its whole key where that was made for it, kept nowhere else."""

    client: Client
    key: KeyPair | None = None


class Pass(Value, frozen=True, kw_only=True):
    """What another machine needs to use this engine: where it is, its public key, and a key of one's own."""

    name: str
    address: Address
    server_key: str
    key: KeyPair

    def __post_init__(self) -> None:
        if not is_key(self.server_key):
            raise ValueError("the engine's key is not 40 characters of Z85")


def allow(paths: EnginePaths, name: str, public: str | None = None) -> Allowed:
    """Lets the client in who shows the key; without `public` one is made for it.

    Raises NotAdmitted where the name will not do or is taken, or the key is no key or somebody else's.
    """
    key = None if public else new_key()
    client = _client(name, public or (key.public if key else ""))
    for other in (_me(paths), *clients(paths)):
        if other.name.casefold() == name.casefold():  # some systems' files are one by that
            raise NotAdmitted(f"there is a client {name} already: revoke it first, or take another name")
        if other.public == client.public:
            raise NotAdmitted(f"that is the key of {other.name} already: each client has a key of its own")
    private_files.write_private(_file_of(paths, name), msgspec.json.encode(client))
    return Allowed(client=client, key=key)


def revoke(paths: EnginePaths, name: str) -> None:
    """Lets the client in no more. Raises NotAdmitted where there is none of that name."""
    if name == ME:
        raise NotAdmitted(
            f"{ME} is this user: delete {paths.client_key}, and a new key is made at the next start"
        )
    if not _NAME.fullmatch(name) or not _file_of(paths, name).exists():
        there = sorted(file.stem for file in paths.clients.glob("*.json"))
        raise NotAdmitted(f"there is no client {name[:80]!r}; there are: {', '.join(there) or 'none'}")
    _file_of(paths, name).unlink(missing_ok=True)


def clients(paths: EnginePaths) -> tuple[Client, ...]:
    """Who is let in beside this user. Raises NotAdmitted where their files are not private, or damaged."""
    return tuple(read_client(file) for file in sorted(paths.clients.glob("*.json")))


def read_client(file: Path) -> Client:
    """Raises NotAdmitted."""
    try:
        client = private_files.read_private(file, Client)
    except private_files.Loose as loose:
        raise NotAdmitted(f"{file} lets nobody in, since it is not private: {loose}") from loose
    except (OSError, private_files.Damaged) as error:
        raise NotAdmitted(
            f"{file} does not name a client ({error}): delete it, and allow it again"
        ) from error
    if client.name != file.stem:
        raise NotAdmitted(f"{file} names {client.name}: a client's file has its name")
    return client


def pass_for(paths: EnginePaths, allowed: Allowed, address: Address) -> Pass:
    """For the machine of a client whose key was made here. Raises NotAdmitted where it was not."""
    if allowed.key is None:
        raise NotAdmitted(f"the whole key of {allowed.client.name} is not known here: it has it itself")
    server_key = load_or_make_key(paths.server_key).public
    return Pass(name=allowed.client.name, address=address, server_key=server_key, key=allowed.key)


def write_pass(file: Path, given: Pass) -> None:
    """Into a new file that only this user can read. Raises OSError, where there is one already too."""
    with private_files.new_private(file) as out:
        out.write(msgspec.json.format(msgspec.json.encode(given)))


def read_pass(file: Path) -> Pass:
    """Raises NotAdmitted."""
    try:
        return private_files.read_private(file, Pass, folder=False)
    except private_files.Loose as loose:
        raise NotAdmitted(f"the pass to the engine is not private: {loose}") from loose
    except (OSError, private_files.Damaged) as error:
        raise NotAdmitted(
            f"{file} is no pass to an engine ({error}): have one made by `pickup engine allow NAME -o FILE`"
        ) from error


def _me(paths: EnginePaths) -> Client:
    """Of this user, whose key may not be made yet."""
    return Client(name=ME, public=load_or_make_key(paths.client_key).public)


def _client(name: str, public: str) -> Client:
    try:
        return Client(name=name, public=public)
    except ValueError as error:
        raise NotAdmitted(f"{name[:80]!r} cannot be let in: {error}") from error


def _file_of(paths: EnginePaths, name: str) -> Path:
    return paths.clients / f"{name}.json"
