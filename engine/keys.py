"""CURVE keys: one pair for the engine, one for this user's programs, one for each client that was allowed.

A key that others can read is refused, and never replaced in silence: whoever has read it can speak to the
engine until it is made anew, and only the user knows whether somebody has.
"""

from __future__ import annotations

import struct
from pathlib import Path

import msgspec
import zmq
from zmq.utils import z85

from engine import private_files
from engine.errors import EngineUnavailable
from engine.protocol import Value


class KeyPair(Value, frozen=True, kw_only=True):
    """A CURVE25519 pair in Z85, 40 characters each. Raises ValueError for halves that are not of one pair."""

    public: str
    secret: str

    def __post_init__(self) -> None:
        if not is_key(self.public) or not is_key(self.secret):
            raise ValueError("a key is 40 characters of Z85")
        if zmq.curve_public(self.secret.encode()).decode() != self.public:
            raise ValueError("the public half is of another key than the secret one")


def is_key(text: str) -> bool:
    """Whether it is 32 bytes written in Z85."""
    try:
        # What Z85 would write, since some texts stand for more than five characters can.
        return len(text) == 40 and z85.encode(z85.decode(text.encode("ascii"))) == text.encode()
    except (ValueError, KeyError, OverflowError, UnicodeError, struct.error):
        return False


def new_key() -> KeyPair:
    public, secret = zmq.curve_keypair()
    return KeyPair(public=public.decode(), secret=secret.decode())


def load_key(path: Path) -> KeyPair:
    """The pair in the file. Raises `EngineUnavailable` where there is none, it is damaged or not private."""
    try:
        return private_files.read_private(path, KeyPair)
    except private_files.Loose as loose:
        raise EngineUnavailable(f"the engine's key is not private: {loose}") from loose
    except private_files.Damaged as error:
        raise EngineUnavailable(
            f"the engine's key {path} is damaged ({error}): delete it, `pickup engine stop` and start again"
        ) from error
    except OSError as error:
        raise EngineUnavailable(
            f"the engine's key {path} cannot be read ({error}); `pickup engine stop` and start again"
        ) from error


def load_or_make_key(path: Path) -> KeyPair:
    """The pair in the file; a new one where there is no file. Raises as `load_key`.

    Of several engines of one user that start at once, each has the pair that was there first.
    """
    if path.parent.exists() and (path.exists() or path.is_symlink()):
        return load_key(path)
    private_files.make_private_folder(path.parent)
    # pyzmq's create_certificates writes its files with mode 0644, hence not that.
    pair = new_key()
    return pair if private_files.write_private_once(path, msgspec.json.encode(pair)) else load_key(path)
