"""The engine's sockets: on loopback unless asked otherwise, all behind CURVE and the doorkeeper.

What libzmq holds for a peer is counted in messages: the limits here are what one peer can make it hold.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import zmq

from engine.connection import LOOPBACK, Address, Ports, endpoint
from engine.daemon.security import Doorkeeper, guard
from engine.errors import EngineUnavailable
from engine.keys import KeyPair
from engine.messages import LARGEST_REQUEST, WELCOME, Ask

Socket = zmq.Socket[bytes]

ANY = 0  # a port that the system picks
LARGEST_PING = 512  # bytes; the handshake of CURVE counts too, and takes some 300
PING_FRAMES = 3  # a peer's name, the empty one of a REQ, the ping
FLUSH_MS = 500  # how long a closing socket may still send
HANDSHAKE_MS = 10_000  # a connection that has shown no key by then is closed; libzmq's own patience is 30 s
BACKLOG = 1024  # connections that wait to be taken; libzmq's own is 100
# ours: requests of one peer that wait to be looked at; beyond them its own side holds them back
WAITING_REQUESTS = 32
WAITING_REPLIES = 16  # ours: of one peer that does not read; the rest is the outbox's
WAITING_EVENTS = 4096  # ours: as many as can be asked for again; a subscriber that is slower misses some
FOREIGN_TOPICS = 64  # ours: subscriptions to what is not sent, before all subscribers are turned away
REBINDING = 5.0  # seconds: how long an address that was just left may still be taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, and where its reply goes. `key`: that the peer has shown; `client`: its name."""

    socket: Socket
    peer: bytes
    key: str
    client: str
    id: int
    ask: Ask


class EngineSockets:
    """Bound to the address that is asked for, or to ports of loopback that the system picks."""

    def __init__(
        self, context: zmq.Context[Socket], key: KeyPair, admits: Callable[[str], bool], at: Address | None
    ) -> None:
        """`admits`: whether who shows this public key is let in; it is asked from two threads.

        Raises EngineUnavailable where `at` is taken.
        """
        self.door = Doorkeeper(context, admits)
        self._context = context
        self._key = key
        self._foreign_topics = 0
        self._host = at.host if at else LOOPBACK
        requests, control, events, heartbeat = msgspec.structs.astuple(at.ports) if at else (ANY,) * 4
        self.requests = self._bound(self._router(), requests)
        self.control = self._bound(self._router(), control)
        self.events = self._bound(self._publisher(), events)
        heart = self._bound(self._guarded(zmq.ROUTER, LARGEST_PING), heartbeat)
        self.ports = Ports(
            requests=_port_of(self.requests),
            control=_port_of(self.control),
            events=_port_of(self.events),
            heartbeat=_port_of(heart),
        )
        threading.Thread(target=_beat, args=(heart, admits), daemon=True).start()

    def publish(self, frame: bytes) -> None:
        """To all who hear the events. Never waits: who is too slow misses some, and finds a gap."""
        self.events.send(frame)

    def hear_subscribers(self) -> str | None:
        """Somebody subscribed or went: libzmq does what is needed. The key of one who goes too far.

        libzmq keeps each topic that a subscriber asks for, without limit; there is but one here, the empty.
        """
        try:
            while True:
                frame = self.events.recv(zmq.DONTWAIT, copy=False)
                self._foreign_topics += len(frame) > 1
                if self._foreign_topics >= FOREIGN_TOPICS:
                    return str(frame.get("User-Id"))
        except zmq.Again:
            return None

    def renew_events(self) -> None:
        """Turns all subscribers away: each must show its key again, and those who are admitted come back."""
        self.events.close(linger=0)
        self._foreign_topics = 0
        fresh, deadline = self._publisher(), time.monotonic() + REBINDING
        while True:
            try:
                self.events = self._bound(fresh, self.ports.events)
                return
            except EngineUnavailable:  # libzmq lets go of an address in a thread of its own
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.002)

    def close(self) -> None:
        """Closes all but the heart, which stops when the context does."""
        for socket in (self.requests, self.control, self.events):
            socket.close(linger=FLUSH_MS)
        self.door.socket.close(linger=0)

    def _router(self) -> Socket:
        socket = self._guarded(zmq.ROUTER, LARGEST_REQUEST)
        socket.rcvhwm, socket.sndhwm = WAITING_REQUESTS, WAITING_REPLIES
        socket.router_mandatory = True  # a peer that does not read is told from one that left
        return socket

    def _publisher(self) -> Socket:
        """An XPUB, since a PUB cannot tell a subscriber from when on it will hear everything."""
        socket = self._guarded(zmq.XPUB, LARGEST_PING)
        socket.sndhwm = WAITING_EVENTS
        socket.setsockopt(zmq.XPUB_WELCOME_MSG, WELCOME)
        return socket

    def _guarded(self, kind: zmq.SocketType, largest: int) -> Socket:
        socket = self._context.socket(kind)
        socket.maxmsgsize = largest
        socket.handshake_ivl = HANDSHAKE_MS
        socket.backlog = BACKLOG
        guard(socket, self._key)
        return socket

    def _bound(self, socket: Socket, port: int) -> Socket:
        socket.ipv6 = ":" in self._host
        at = endpoint(port, self._host)
        try:
            socket.bind(at)
        except zmq.ZMQError as error:
            raise EngineUnavailable(f"the engine cannot listen on {at}: {error.strerror}") from error
        return socket


def _port_of(socket: Socket) -> int:
    return int(socket.getsockopt_string(zmq.LAST_ENDPOINT).rpartition(":")[2])


def _beat(heart: Socket, admits: Callable[[str], bool]) -> None:
    """Sends each ping back, but not to one who was revoked: for him the engine is dead.

    In a thread of its own: a slow disk is not a dead engine.
    """
    try:
        while True:
            frames = heart.recv_multipart(copy=False)
            if len(frames) <= PING_FRAMES and admits(str(frames[-1].get("User-Id"))):
                heart.send_multipart(frames)
    except zmq.ContextTerminated:
        heart.close(linger=0)
