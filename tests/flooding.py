"""A client that floods an engine, in a process of its own: `python flooding.py CONNECTION KEY WHAT HOW_MANY`.

It reads no reply. It prints a line once it is connected, and another when all is sent.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import msgspec
import zmq

from engine.connection import Connection, endpoint, read_connection
from engine.envelope import encode
from engine.keys import KeyPair
from engine.messages import Ask, AwaitEnd, EventsSince, ListJobs, Status, Submit
from engine.protocol import Sleep

ASKS: dict[str, Ask] = {
    "status": Status(),
    "jobs": ListJobs(limit=10_000),
    "events": EventsSince(run="another", sequence=0),
    "ends": AwaitEnd(id="1"),
    "submit": Submit(job=Sleep(note="x" * 1000)),
}


def main() -> None:
    connection = read_connection(Path(sys.argv[1]))
    assert connection is not None
    key = msgspec.json.decode(Path(sys.argv[2]).read_bytes(), type=KeyPair)
    what, how_many = sys.argv[3], int(sys.argv[4])
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    kind, port = _where(what, connection)
    socket = context.socket(kind)
    socket.linger = -1
    socket.sndhwm, socket.rcvhwm = 1000, 1
    socket.curve_serverkey = connection.server_key.encode()
    socket.curve_publickey = key.public.encode()
    socket.curve_secretkey = key.secret.encode()
    socket.connect(endpoint(port))
    _say("begins")
    for number in range(how_many):
        _send(socket, what, number)
    _say("sent")
    time.sleep(600)  # connected, and deaf


def _say(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def _where(what: str, connection: Connection) -> tuple[zmq.SocketType, int]:
    if what == "topics":
        return zmq.SUB, connection.ports.events
    if what == "deaf":
        return zmq.SUB, connection.ports.events
    if what == "pings":
        return zmq.DEALER, connection.ports.heartbeat
    return zmq.DEALER, connection.ports.control if what == "control" else connection.ports.requests


def _send(socket: zmq.Socket[bytes], what: str, number: int) -> None:
    match what:
        case "topics":
            socket.setsockopt(zmq.SUBSCRIBE, b"%0400d" % number)
        case "deaf":
            socket.setsockopt(zmq.SUBSCRIBE, b"")
        case "pings":
            socket.send_multipart([b"", b"ping"])
        case "endless":
            socket.send(b"x" * 10_000, zmq.SNDMORE)
        case "control":
            socket.send(encode(Status(), number + 1))
        case _:
            socket.send(encode(ASKS[what], number + 1))


if __name__ == "__main__":
    main()
