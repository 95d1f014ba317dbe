"""The connection file: where a running engine listens, which one it is, and by which key to know it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine import private_files
from engine.protocol import Value

LOOPBACK = "127.0.0.1"


class Ports(Value, frozen=True, kw_only=True):
    """TCP ports on the loopback address."""

    requests: int
    control: int
    events: int
    heartbeat: int


class Connection(Value, frozen=True, kw_only=True):
    """What a client needs to find and to know the engine. The secret halves of the keys lie elsewhere."""

    protocol: int
    engine_version: str
    run: str  # another one at each start
    pid: int
    ports: Ports
    server_key: str  # CURVE public keys in Z85
    client_key: str


def endpoint(port: int) -> str:
    return f"tcp://{LOOPBACK}:{port}"


def write_connection(path: Path, connection: Connection) -> None:
    private_files.write_private(path, msgspec.json.encode(connection))


def read_connection(path: Path) -> Connection | None:
    """What the file says; None where there is none, or none that this version can read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Connection)
    except (OSError, msgspec.MsgspecError):
        return None
