"""Who may speak to the engine, by CURVE key; and whether a take is still what was recorded."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
import zmq
from zmq.utils import z85

from engine.daemon import shelf
from engine.keys import KeyPair

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

ZAP_ENDPOINT = "inproc://zeromq.zap.01"  # fixed by ZeroMQ's RFC 27
ZAP_VERSION = b"1.0"
TELL_EVERY = 1.0  # seconds between two lines of the log about strangers


class Doorkeeper:
    """The ZAP handler (ZeroMQ RFC 27): admits peers by their CURVE key, and nobody without one.

    libzmq asks it through a socket inside the process before a peer's first message is read. It must be
    bound before the sockets that it guards. The key that was shown goes with each message, as `User-Id`.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], admits: Callable[[str], bool]) -> None:
        self._admits = admits
        self._refused = 0
        self._tell_next = 0.0
        self.socket = context.socket(zmq.REP)
        self.socket.linger = 0
        self.socket.bind(ZAP_ENDPOINT)

    def answer(self) -> None:
        """Answers one question."""
        version, question, _domain, address, _identity, mechanism, *credentials = self.socket.recv_multipart()
        key = z85.encode(credentials[0]).decode() if mechanism == b"CURVE" and credentials else ""
        if version == ZAP_VERSION and self._admits(key):
            self._reply(question, b"200", b"OK", key.encode())
        else:
            self._note_refusal(address.decode("ascii", "replace"))
            self._reply(question, b"400", b"unknown key", b"")

    def _note_refusal(self, address: str) -> None:
        """In the log, where a thousand strangers a second must not fill the disk."""
        self._refused += 1
        if time.monotonic() >= self._tell_next:
            log.warning("client_refused", address=address, times=self._refused)
            self._refused, self._tell_next = 0, time.monotonic() + TELL_EVERY

    def _reply(self, question: bytes, status: bytes, text: bytes, user: bytes) -> None:
        self.socket.send_multipart([ZAP_VERSION, question, status, text, user, b""])


def guard(socket: zmq.Socket[bytes], key: KeyPair) -> None:
    """Makes the socket a CURVE server; before `bind`."""
    socket.curve_server = True
    socket.curve_publickey = key.public.encode()
    socket.curve_secretkey = key.secret.encode()
    socket.zap_domain = b"pickup"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeCheck:
    """A take's file, and what is recorded of it."""

    path: Path
    sha256: str

    def holds(self) -> bool:
        """Whether the file is there, unchanged; it is then the last to be evicted. Reads all of it."""
        try:
            with self.path.open("rb") as file:
                unchanged = hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        except OSError:
            return False
        shelf.use(self.path.parent)
        return unchanged
