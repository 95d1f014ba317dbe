"""A client of what is no good engine: whatever comes, it gets errors that it knows, or values."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import message_fuzz
import msgspec
import pytest
import zmq
from message_fuzz import ANSWERS

from engine.client import EngineClient
from engine.connection import Connection, Ports, read_connection, write_connection
from engine.daemon.security import guard
from engine.envelope import encode, open_envelope
from engine.errors import EngineError, RenderFailed, WireError
from engine.keys import new_key
from engine.messages import WELCOME, EventList, Fault, JobProgressed, Refused
from engine.protocol import PROTOCOL_VERSION, Progress, Sleep

Reply = Callable[[int], list[bytes]]
Socket = zmq.Socket[bytes]

SORRY = Refused(fault=Fault.of(RenderFailed("enough")))


@contextmanager
def engine_that_replies(reply: Reply, events: list[bytes] | None = None) -> Iterator[EngineClient]:
    """A client of four sockets with CURVE: the heart beats, and `reply` gives the frames for an id."""
    key, over = new_key(), threading.Event()
    with zmq.Context() as context, ExitStack() as stack:
        sockets = [stack.enter_context(_bound(context, kind, key)) for kind in _KINDS]
        ports = Ports(**dict(zip(Ports.__struct_fields__, map(_port_of, sockets), strict=True)))
        connection = Connection(
            protocol=PROTOCOL_VERSION,
            engine_version="x",
            run="r",
            pid=1,
            ports=ports,
            server_key=key.public,
            client_key=key.public,
        )
        thread = threading.Thread(target=_serve, args=(sockets, reply, events or [], over))
        thread.start()
        try:
            with EngineClient(connection, new_key()) as client:
                yield client
        finally:
            over.set()
            thread.join()


_KINDS = (zmq.ROUTER, zmq.ROUTER, zmq.XPUB, zmq.ROUTER)


def _bound(context: zmq.Context[Socket], kind: zmq.SocketType, key: object) -> Socket:
    socket = context.socket(kind)
    socket.linger = 0
    guard(socket, key)  # type: ignore[arg-type]
    if kind == zmq.XPUB:
        socket.setsockopt(zmq.XPUB_WELCOME_MSG, WELCOME)
    socket.bind("tcp://127.0.0.1:*")
    return socket


def _port_of(socket: Socket) -> int:
    return int(socket.getsockopt_string(zmq.LAST_ENDPOINT).rpartition(":")[2])


def _serve(sockets: list[Socket], reply: Reply, events: list[bytes], over: threading.Event) -> None:
    requests, control, published, heart = sockets
    poller = zmq.Poller()
    for socket in sockets:
        poller.register(socket, zmq.POLLIN)
    while not over.is_set():
        ready = dict(poller.poll(50))
        if heart in ready:
            heart.send_multipart(heart.recv_multipart())
        if published in ready:
            published.recv()
            for event in events:
                published.send(event)
        for socket in (requests, control):
            if socket in ready:
                peer, frame = socket.recv_multipart()
                for part in reply(open_envelope(frame).id):
                    socket.send_multipart([peer, part])


def attempts(client: EngineClient) -> tuple[Callable[[], object], ...]:
    return (
        client.status,
        client.jobs,
        lambda: client.job("1"),
        lambda: client.cancel("1"),
        lambda: client.submit(Sleep()),
        lambda: client.submit_all([Sleep()] * 3),
        lambda: client.run(Sleep()),
        lambda: client.wait("1"),
        lambda: client.events_since("r", 0),
        lambda: client.missed("r", 0),
        client.shutdown,
    )


@pytest.mark.parametrize("count", [600, pytest.param(20_000, marks=pytest.mark.slow)])
@pytest.mark.timeout(900)
def test_damaged_replies_are_the_engines_errors_or_values(count: int) -> None:
    chance = random.Random(count)

    def reply(number: int) -> list[bytes]:
        return [message_fuzz.damaged(chance, ANSWERS, number), encode(SORRY, number), encode(SORRY, number)]

    with engine_that_replies(reply) as client:
        raised: set[str] = set()
        for number in range(count):
            attempt = attempts(client)[number % 11]
            try:
                attempt()
            except EngineError as error:
                raised.add(type(error).__name__)
    assert {"WireError", "RenderFailed"} <= raised


def test_damaged_events_are_the_engines_errors_or_events() -> None:
    chance = random.Random(7)
    events = [message_fuzz.damaged(chance, ANSWERS, 0) for _ in range(60)]
    for event in events:
        with engine_that_replies(lambda number: [encode(SORRY, number)], [event]) as client:
            try:
                client.listen(0.2)
            except EngineError:
                continue


def test_replies_that_nobody_asked_for_are_thrown_away() -> None:
    with (
        engine_that_replies(
            lambda number: [encode(SORRY, number + 7)] * 500 + [encode(SORRY, number)]
        ) as client,
        pytest.raises(RenderFailed),
    ):
        client.status()


def test_events_that_go_round_in_circles_come_to_an_end() -> None:
    event = JobProgressed(sequence=5, id="1", progress=Progress(phase="x", done=1, total=2))
    circle = EventList(run="r", events=(event,), complete=False)
    with (
        engine_that_replies(lambda number: [encode(circle, number)]) as client,
        pytest.raises(WireError, match="over and over"),
    ):
        client.missed("r", 0)


# ---------------------------------------------------------------------------------------- the connection file


def a_connection() -> Connection:
    key = new_key().public
    ports = Ports.following(4700)
    return Connection(
        protocol=3, engine_version="x", run="r", pid=1, ports=ports, server_key=key, client_key=key
    )


def test_a_damaged_connection_file_is_none_or_one_that_is_in_order(tmp_path: Path) -> None:
    write_connection(file := tmp_path / "connection.json", a_connection())
    whole = file.read_bytes()
    chance = random.Random(11)
    for _ in range(1000):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 1, 2, 8))):
            place = chance.randrange(len(damaged))
            damaged[place : place + chance.choice((0, 1, 1, 9))] = chance.randbytes(
                chance.choice((0, 1, 1, 3))
            )
        file.write_bytes(damaged)
        found = read_connection(file)
        if found is not None:
            assert all(0 < port < 65_536 for port in msgspec.structs.astuple(found.ports))
            assert len(found.server_key) == len(found.client_key) == 40


@pytest.mark.parametrize(
    "change",
    [
        {"server_key": "x"}, {"server_key": "#" * 40}, {"client_key": ""}, {"ports": None}, {"pid": "1"},
        {"x": 1}, {"host": 7}, {"host": "a;tcp://b"}, {"run": ["r"]},
        {"ports": {"requests": 0, "control": 1, "events": 2, "heartbeat": 3}},
        {"ports": {"requests": 65_536, "control": 1, "events": 2, "heartbeat": 3}},
        {"ports": {"requests": -1, "control": 1, "events": 2, "heartbeat": 3}},
    ],
    ids=str,
)  # fmt: skip
def test_a_connection_file_with_what_cannot_be_is_not_believed(
    tmp_path: Path, change: dict[str, object]
) -> None:
    content = msgspec.to_builtins(a_connection()) | change
    (file := tmp_path / "connection.json").write_bytes(msgspec.json.encode(content))
    assert read_connection(file) is None


@pytest.mark.parametrize(
    "content", [b"", b"{" * 100_000, b"\xff" * 100, b'{"a":' * 30_000, b" " * 10_000_000]
)
def test_a_connection_file_of_rubbish_is_none(tmp_path: Path, content: bytes) -> None:
    (file := tmp_path / "connection.json").write_bytes(content)
    begun = time.monotonic()
    assert read_connection(file) is None
    assert time.monotonic() - begun < 1
