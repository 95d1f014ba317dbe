"""Where the engine's threads leave what its loop must know."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterator
from typing import Generic, TypeVar

import zmq

Letter = TypeVar("Letter")
_ENDPOINT = "inproc://mailbox"


class Mailbox(Generic[Letter]):
    """A queue with a socket beside it, so that the loop's poll wakes for it as for a request."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self._letters: queue.SimpleQueue[Letter] = queue.SimpleQueue()
        # A socket may pass between threads when a lock keeps their uses apart. Reentrant: the handler of a
        # signal may come in the middle of a `put` of its own thread.
        self._lock = threading.RLock()
        self.socket = context.socket(zmq.PULL)
        self.socket.linger = 0
        self.socket.bind(_ENDPOINT)
        self._bell = context.socket(zmq.PUSH)
        self._bell.linger = 0
        self._bell.connect(_ENDPOINT)

    def put(self, letter: Letter) -> None:
        """From any thread; never waits."""
        self._letters.put(letter)
        with self._lock:
            if not self._bell.closed:
                with contextlib.suppress(zmq.Again):  # a thousand rings wait already
                    self._bell.send(b"", zmq.DONTWAIT)

    def take(self) -> Iterator[Letter]:
        """All that is there. In the loop's thread."""
        while self.socket.poll(0):
            self.socket.recv(zmq.DONTWAIT)
        while not self._letters.empty():
            yield self._letters.get()

    def close(self) -> None:
        with self._lock:
            self._bell.close()
        self.socket.close()
