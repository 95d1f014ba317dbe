"""The connection file: where a running engine listens, which one it is, and by which key to know it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Self

import msgspec

from engine import private_files
from engine.keys import is_key
from engine.private_files import read_bounded
from engine.protocol import Value

LOOPBACK = "127.0.0.1"
# A name, an IPv4 or IPv6 address, with its zone: nothing that libzmq would take for more.
_HOST = re.compile(r"[A-Za-z0-9:_][A-Za-z0-9.:_-]{0,253}(%[A-Za-z0-9]{1,16})?")
_EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104  (asked for by name, with --listen)


class Ports(Value, frozen=True, kw_only=True):
    """TCP ports."""

    requests: int
    control: int
    events: int
    heartbeat: int

    def __post_init__(self) -> None:
        if not all(0 < port < 65_536 for port in msgspec.structs.astuple(self)):
            raise ValueError("a port is 1 to 65535")

    @classmethod
    def following(cls, first: int) -> Self:
        """Four in a row."""
        return cls(requests=first, control=first + 1, events=first + 2, heartbeat=first + 3)


class Address(Value, frozen=True, kw_only=True):
    """Where an engine listens, or where it is called."""

    host: str
    ports: Ports

    def __post_init__(self) -> None:
        _check_host(self.host)

    @classmethod
    def of(cls, text: str) -> Self:
        """Of HOST:PORT, or [IPV6]:PORT. Raises ValueError."""
        host, _, port = text.rpartition(":")
        if not host or not port.isascii() or not port.isdecimal():
            raise ValueError(f"{text!r} is no HOST:PORT")
        return cls(host=host.removeprefix("[").removesuffix("]"), ports=Ports.following(int(port)))

    @property
    def called_here(self) -> str:
        """The host as programs on the same machine call it."""
        return LOOPBACK if self.host in _EVERY_ADDRESS else self.host


class Connection(Value, frozen=True, kw_only=True):
    """What a client needs to find and to know the engine. The secret halves of the keys lie elsewhere."""

    protocol: int
    engine_version: str
    run: str  # another one at each start
    pid: int
    ports: Ports
    server_key: str  # CURVE public keys in Z85
    client_key: str
    host: str = LOOPBACK
    metrics: int | None = None  # port of 127.0.0.1 on which Prometheus is answered

    def __post_init__(self) -> None:
        if not is_key(self.server_key) or not is_key(self.client_key):
            raise ValueError("a key is 40 characters of Z85")
        _check_host(self.host)


def endpoint(port: int, host: str = LOOPBACK) -> str:
    return f"tcp://[{host}]:{port}" if ":" in host else f"tcp://{host}:{port}"


def _check_host(host: str) -> None:
    if not _HOST.fullmatch(host):
        raise ValueError(f"{host[:80]!r} is no name or address of a machine: write HOST:PORT")


def write_connection(path: Path, connection: Connection) -> None:
    private_files.write_private(path, msgspec.json.encode(connection))


def read_connection(path: Path) -> Connection | None:
    """What the file says; None where there is none, or none that this version can read."""
    try:
        return msgspec.json.decode(read_bounded(path), type=Connection)
    except (OSError, msgspec.MsgspecError, RecursionError, ValueError):
        return None
