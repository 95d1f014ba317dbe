"""Replies on their way: libzmq's as long as their reader keeps up, else kept here, within bounds.

libzmq holds so many messages for a peer, however large, and would drop the rest without a word. Here bytes
count: a client that asks much and reads nothing costs the engine a known amount of memory, and nobody's time.
"""

from __future__ import annotations

import errno
import time
from collections import deque
from dataclasses import dataclass, field

import structlog
import zmq

from engine.messages import LARGEST_REPLY

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

Socket = zmq.Socket[bytes]
Reader = tuple[Socket, bytes]

DEAF_FROM = 4 << 20  # ours: bytes; the replies to all that a client hands in at a time are a twentieth
OF_ONE = LARGEST_REPLY  # bytes kept for one reader
OF_ALL = 4 * LARGEST_REPLY  # bytes kept for all
PATIENCE = 30.0  # ours: seconds without a message read, after which a reader is given up
EAGER, CALM = 0.001, 0.02  # seconds between two tries: just after a burst, and later
BURST = 0.1  # seconds


@dataclass(slots=True)
class _Pile:
    """What waits for one reader, and when it last took something."""

    taken: float
    frames: deque[bytes] = field(default_factory=deque)
    size: int = 0


class Outbox:
    """In the loop's thread."""

    def __init__(self) -> None:
        self._piles: dict[Reader, _Pile] = {}
        self._size = 0
        self._grown = 0.0  # when something was last put here

    def send(self, socket: Socket, peer: bytes, frame: bytes) -> None:
        """Never waits. What a reader does not fetch in time, or there is no room for, it does not get."""
        reader = socket, peer
        if reader not in self._piles and _handed_over(reader, frame):
            return
        now = time.monotonic()
        pile = self._piles.setdefault(reader, _Pile(taken=now))
        if pile.frames and (pile.size + len(frame) > OF_ONE or self._size + len(frame) > OF_ALL):
            log.warning("slow_reader", kept=len(pile.frames), bytes=pile.size)
            self._forget(reader)
            return
        pile.frames.append(frame)
        pile.size += len(frame)
        self._size += len(frame)
        self._grown = now

    def is_deaf(self, socket: Socket, peer: bytes) -> bool:
        """Whether so much waits for the peer that it need not ask for more before it has fetched some."""
        pile = self._piles.get((socket, peer))
        return pile is not None and pile.size > DEAF_FROM

    def flush(self) -> None:
        """Hands over what can be."""
        now = time.monotonic()
        for reader, pile in list(self._piles.items()):
            while pile.frames and _handed_over(reader, pile.frames[0]):
                taken = len(pile.frames.popleft())
                pile.size -= taken
                self._size -= taken
                pile.taken = now
            if not pile.frames or now - pile.taken > PATIENCE:
                self._forget(reader)

    @property
    def next_try(self) -> float | None:
        """When `flush` is due, on the loop's clock; None while nothing waits."""
        if not self._piles:
            return None
        now = time.monotonic()
        return now + (EAGER if now - self._grown < BURST else CALM)

    def _forget(self, reader: Reader) -> None:
        self._size -= self._piles.pop(reader).size


def _handed_over(reader: Reader, frame: bytes) -> bool:
    """False where the reader has not fetched what was handed over before. True for one that has left."""
    socket, peer = reader
    try:
        socket.send_multipart([peer, frame], zmq.DONTWAIT)
    except zmq.Again:
        return False
    except zmq.ZMQError as error:
        if error.errno != errno.EHOSTUNREACH:
            raise
    return True
