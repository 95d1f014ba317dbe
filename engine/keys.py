"""The CURVE keys: one pair for the engine, one for this user's clients."""

from __future__ import annotations

from pathlib import Path

import msgspec
import zmq

from engine import private_files
from engine.errors import EngineUnavailable
from engine.protocol import Value


class KeyPair(Value, frozen=True, kw_only=True):
    """A CURVE25519 pair in Z85, 40 characters each."""

    public: str
    secret: str


def load_key(path: Path) -> KeyPair:
    """The pair in the file. Raises `EngineUnavailable` where there is none or it is damaged."""
    try:
        pair = msgspec.json.decode(path.read_bytes(), type=KeyPair)
    except (OSError, msgspec.MsgspecError) as error:
        raise EngineUnavailable(
            f"the engine's key {path} cannot be read ({error}); `pickup engine stop` and start again"
        ) from error
    if len(pair.public) != 40 or len(pair.secret) != 40:
        raise EngineUnavailable(f"the engine's key {path} is damaged; delete it and start the engine again")
    return pair


def load_or_make_key(path: Path) -> KeyPair:
    """The pair in the file, or a new one. A key that others could have read is not used again."""
    try:
        if private_files.is_private(path):
            return load_key(path)
    except (FileNotFoundError, EngineUnavailable):
        pass
    # pyzmq's create_certificates writes its files with mode 0644, hence not that.
    public, secret = zmq.curve_keypair()
    pair = KeyPair(public=public.decode(), secret=secret.decode())
    private_files.write_private(path, msgspec.json.encode(pair))
    return pair
