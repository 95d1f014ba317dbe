"""Replies that are promised for a job's end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq

from engine.admission import ME
from engine.daemon import replies
from engine.daemon.clients import Clients
from engine.daemon.outbox import Outbox
from engine.daemon.replies import Replies
from engine.daemon.sockets import Asked, Socket
from engine.envelope import open_envelope, read_answer
from engine.errors import QueueFull
from engine.messages import AwaitEnd, Ending, JobRecord
from engine.paths import EnginePaths

KEY = "this user's"
DONE = Ending(job=JobRecord(id="1", kind="sleep", hash="h", state="done", submitted=0))


@pytest.fixture
def sockets() -> Iterator[tuple[Socket, Socket]]:
    """The engine's, and a client's that it knows by the name `peer`."""
    context: zmq.Context[Socket] = zmq.Context()
    here, there = context.socket(zmq.ROUTER), context.socket(zmq.DEALER)
    here.bind("inproc://requests")
    there.setsockopt(zmq.IDENTITY, b"peer")
    there.connect("inproc://requests")
    there.send(b"")
    here.recv_multipart()
    yield here, there
    context.destroy(linger=0)


@pytest.fixture
def promising(tmp_path: Path) -> Replies:
    return Replies(Clients(EnginePaths.under(tmp_path), KEY), Outbox())


def asked(socket: Socket, request: int, key: str = KEY) -> Asked:
    return Asked(socket=socket, peer=b"peer", key=key, client=ME, id=request, ask=AwaitEnd(id="1"))


def told(socket: Socket) -> list[int]:
    """The requests that were answered."""
    ids = []
    while socket.poll(100):
        envelope = open_envelope(socket.recv())
        assert read_answer(envelope) == DONE
        ids.append(envelope.id)
    return ids


def test_the_end_of_a_job_is_told_to_all_to_whom_it_was_promised(
    promising: Replies, sockets: tuple[Socket, Socket]
) -> None:
    here, there = sockets
    promising.promise(asked(here, 7), "1")
    promising.promise(asked(here, 8), "1")
    promising.promise(asked(here, 9), "2")
    promising.tell(DONE)
    assert told(there) == [7, 8]
    promising.tell(DONE)
    assert told(there) == []


def test_one_who_is_not_admitted_any_more_is_told_nothing(
    promising: Replies, sockets: tuple[Socket, Socket]
) -> None:
    here, there = sockets
    promising.promise(asked(here, 7, key="a former one"), "1")
    promising.tell(DONE)
    assert told(there) == []


def test_no_more_is_promised_than_there_is_room_for(
    promising: Replies, sockets: tuple[Socket, Socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replies, "MOST_PROMISED", 2)
    here, _ = sockets
    for request in (1, 2):
        promising.refuse_when_full()
        promising.promise(asked(here, request), "1")
    with pytest.raises(QueueFull, match="wait for the ends of jobs"):
        promising.refuse_when_full()
    promising.tell(DONE)
    promising.refuse_when_full()
