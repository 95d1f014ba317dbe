"""The engine's sockets, all on loopback TCP, all behind CURVE and the doorkeeper."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import zmq

from engine.connection import LOOPBACK, Ports
from engine.daemon.security import Doorkeeper, guard
from engine.keys import KeyPair
from engine.messages import LARGEST_REQUEST, WELCOME, Ask

Socket = zmq.Socket[bytes]

LARGEST_PING = 4096  # bytes; the handshake of CURVE counts too, and takes hundreds
FLUSH_MS = 500  # how long a closing socket may still send


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, and where its reply goes. `client`: the name of the key that the peer has shown."""

    socket: Socket
    peer: bytes
    client: str
    id: int
    ask: Ask


class EngineSockets:
    """Bound to ports that the system picked, which `ports` names."""

    def __init__(self, context: zmq.Context[Socket], key: KeyPair, client: KeyPair) -> None:
        self.door = Doorkeeper(context, frozenset({client.public}))
        self._context = context
        self._key = key
        self.requests, requests_port = self._bind(zmq.ROUTER, LARGEST_REQUEST)
        self.control, control_port = self._bind(zmq.ROUTER, LARGEST_REQUEST)
        # An XPUB, since a PUB cannot tell a subscriber from when on it will hear everything.
        self.events, events_port = self._bind(zmq.XPUB, LARGEST_PING)
        self.events.setsockopt(zmq.XPUB_WELCOME_MSG, WELCOME)
        heart, heartbeat_port = self._bind(zmq.REP, LARGEST_PING)
        threading.Thread(target=_beat, args=(heart,), daemon=True).start()
        self.ports = Ports(
            requests=requests_port, control=control_port, events=events_port, heartbeat=heartbeat_port
        )

    def close(self) -> None:
        """Closes all but the heart, which stops when the context does."""
        for socket in (self.requests, self.control, self.events):
            socket.close(linger=FLUSH_MS)
        self.door.socket.close(linger=0)

    def _bind(self, kind: zmq.SocketType, largest: int) -> tuple[Socket, int]:
        socket = self._context.socket(kind)
        socket.maxmsgsize = largest
        guard(socket, self._key)
        port = socket.bind_to_random_port(f"tcp://{LOOPBACK}")
        return socket, port


def _beat(heart: Socket) -> None:
    """Sends each ping back. In a thread of its own: a slow disk is not a dead engine."""
    try:
        while True:
            heart.send_multipart(heart.recv_multipart())
    except zmq.ContextTerminated:
        heart.close(linger=0)
