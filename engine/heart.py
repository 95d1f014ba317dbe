"""The engine's heartbeat, as a client hears it while it waits for something else."""

from __future__ import annotations

import math
import time

import zmq

from engine.errors import EngineUnavailable

Socket = zmq.Socket[bytes]

PING_EVERY = 0.8  # seconds
DEAD_AFTER = 2.5  # seconds without a beat


class Heart:
    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._pinged = 0.0
        self._heard = 0.0

    def wait_for(self, *sockets: Socket, seconds: float = math.inf) -> None:
        """Waits until one of the sockets can be read, or for so many seconds.

        Raises `EngineUnavailable` where the engine shows no sign of life meanwhile.
        """
        poller = zmq.Poller()
        for socket in (*sockets, self._socket):
            poller.register(socket, zmq.POLLIN)
        now = time.monotonic()
        if self._heard >= self._pinged:  # every ping was answered: silence counts from here on
            self._heard = now
        ends = now + seconds
        while True:
            due = min(self._pinged + PING_EVERY, self._heard + DEAD_AFTER, ends)
            ready = dict(poller.poll(max(0, int((due - now) * 1000) + 1)))
            if any(socket in ready for socket in sockets):
                return
            now = time.monotonic()
            if self._socket in ready:
                self._socket.recv_multipart()
                self._heard = now
            self._check(now)
            if now >= ends:
                return

    def _check(self, now: float) -> None:
        if now - self._heard >= DEAD_AFTER:
            raise EngineUnavailable(
                "the engine does not answer: it has died, or does not know this user's key"
            )
        if now - self._pinged >= PING_EVERY:
            send_now(self._socket, [b"", b"ping"])
            self._pinged = now


def send_now(socket: Socket, frames: list[bytes]) -> None:
    """Raises `EngineUnavailable` where the other side takes nothing."""
    try:
        socket.send_multipart(frames, zmq.DONTWAIT)
    except zmq.Again as error:  # libzmq gives a connection up when the other side refuses the key
        raise EngineUnavailable("the engine refuses this user's key, or is not the one expected") from error
