"""The engine at its sockets: whatever comes in, it answers in its own words and goes on."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator

import msgspec
import psutil
import pytest
import zmq
from engine_process import present_key, raw_socket, received, started

from engine import launcher
from engine.client import EngineClient
from engine.connection import Connection, endpoint, read_connection
from engine.envelope import Envelope, encode, open_envelope, read_answer
from engine.keys import KeyPair, load_key
from engine.messages import (
    LARGEST_REQUEST,
    WELCOME,
    EngineStatus,
    JobChanged,
    Published,
    Refused,
    Status,
    Submit,
)
from engine.paths import EnginePaths
from engine.protocol import PROTOCOL_VERSION, Sleep, Slept

RAW_STATUS = msgspec.Raw(msgspec.msgpack.encode(Status()))


@pytest.fixture
def context() -> Iterator[zmq.Context[zmq.Socket[bytes]]]:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    yield context
    context.destroy(linger=0)


@pytest.fixture
def connection(standing_engine: EngineClient, standing_paths: EnginePaths) -> Connection:
    connection = read_connection(standing_paths.connection)
    assert connection is not None
    return connection


@pytest.fixture
def socket(
    context: zmq.Context[zmq.Socket[bytes]], connection: Connection, standing_paths: EnginePaths
) -> Iterator[zmq.Socket[bytes]]:
    """A known user's socket to the requests port."""
    with raw_socket(context, connection, load_key(standing_paths.client_key)) as socket:
        yield socket


def is_well(engine: EngineClient) -> bool:
    return engine.run(Sleep()) == Slept()


def refusal(socket: zmq.Socket[bytes]) -> Refused:
    answer = received(socket)
    assert isinstance(answer, Refused)
    assert answer.fault.name == "WireError"
    return answer


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"rubbish",
        b"\xff" * 1000,
        b"\x91" * 1_000_000,
        b"\xdd\xff\xff\xff\xff",
        msgspec.msgpack.encode({"protocol": PROTOCOL_VERSION, "id": 1}),
        msgspec.msgpack.encode({"protocol": "1", "id": 1, "body": {}}),
        msgspec.msgpack.encode({"protocol": PROTOCOL_VERSION, "id": 1, "body": {"type": "format_disk"}}),
        msgspec.msgpack.encode({"protocol": PROTOCOL_VERSION, "id": 1, "body": {"type": "status", "x": 1}}),
        b"\x83\xa8protocol\x01\xa2id\x01\xa4body" + b"\x91" * 1_000_000,
    ],
    ids=[
        "empty",
        "text",
        "ff",
        "nested",
        "huge length",
        "no body",
        "text version",
        "kind",
        "field",
        "deep body",
    ],
)
def test_what_is_no_message_is_refused(
    standing_engine: EngineClient, socket: zmq.Socket[bytes], frame: bytes
) -> None:
    socket.send(frame)
    refusal(socket)
    assert is_well(standing_engine)


def test_random_frames_do_not_stop_it(standing_engine: EngineClient, socket: zmq.Socket[bytes]) -> None:
    chance = random.Random(20)
    whole = encode(Submit(job=Sleep(ticks=1)), 5)
    for _ in range(300):
        frame = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            frame[chance.randrange(len(frame))] = chance.randrange(256)
        socket.send_multipart([bytes(frame)] * chance.randint(1, 2))
    for _ in range(300):
        assert received(socket) is not None
    assert is_well(standing_engine)


def test_a_request_of_several_frames_is_refused(
    standing_engine: EngineClient, socket: zmq.Socket[bytes]
) -> None:
    socket.send_multipart([b"", encode(Status(), 1)])
    assert "one frame" in refusal(socket).fault.message


def test_another_protocol_version_is_told_which_one_is_spoken(socket: zmq.Socket[bytes]) -> None:
    other = Envelope(protocol=PROTOCOL_VERSION + 1, id=9, body=RAW_STATUS)
    socket.send(msgspec.msgpack.encode(other))
    envelope = open_envelope(socket.recv())
    answer = read_answer(envelope)
    assert envelope.id == 9
    assert isinstance(answer, Refused)
    assert f"the engine speaks protocol {PROTOCOL_VERSION}" in answer.fault.message


def test_a_request_beyond_the_limit_costs_its_sender_the_connection(
    standing_engine: EngineClient, socket: zmq.Socket[bytes]
) -> None:
    socket.send(b"x" * (LARGEST_REQUEST + 1))
    assert received(socket, 0.5) is None
    assert is_well(standing_engine)


def test_without_a_key_nothing_is_answered(
    standing_engine: EngineClient, context: zmq.Context[zmq.Socket[bytes]], connection: Connection
) -> None:
    with raw_socket(context, connection, None) as stranger:
        stranger.send(encode(Status(), 1))
        assert received(stranger, 0.5) is None
    assert is_well(standing_engine)


def test_with_an_unknown_key_nothing_is_answered(
    standing_engine: EngineClient,
    context: zmq.Context[zmq.Socket[bytes]],
    connection: Connection,
    standing_paths: EnginePaths,
) -> None:
    public, secret = zmq.curve_keypair()
    key = KeyPair(public=public.decode(), secret=secret.decode())
    with raw_socket(context, connection, key) as stranger:
        stranger.send(encode(Status(), 1))
        assert received(stranger, 0.5) is None
    assert is_well(standing_engine)
    assert '"event":"client_refused"' in standing_paths.log.read_text()


def test_a_known_key_is_answered(socket: zmq.Socket[bytes]) -> None:
    socket.send(encode(Status(), 1))
    assert isinstance(received(socket), EngineStatus)


def test_it_listens_on_loopback_alone(connection: Connection) -> None:
    listening = {
        (found.laddr.ip, found.laddr.port)
        for found in psutil.Process(connection.pid).net_connections()
        if found.status == psutil.CONN_LISTEN
    }
    ports = msgspec.structs.astuple(connection.ports)
    assert listening == {("127.0.0.1", port) for port in ports}


def test_the_heart_beats(
    context: zmq.Context[zmq.Socket[bytes]], connection: Connection, standing_paths: EnginePaths
) -> None:
    with context.socket(zmq.REQ) as heart:
        present_key(heart, connection, load_key(standing_paths.client_key))
        heart.connect(endpoint(connection.ports.heartbeat))
        heart.send(b"are you there")
        assert heart.poll(2000)
        assert heart.recv() == b"are you there"


def test_a_subscriber_hears_everything_from_its_welcome_on(
    standing_engine: EngineClient,
    context: zmq.Context[zmq.Socket[bytes]],
    connection: Connection,
    standing_paths: EnginePaths,
) -> None:
    with context.socket(zmq.SUB) as events:
        present_key(events, connection, load_key(standing_paths.client_key))
        events.setsockopt(zmq.SUBSCRIBE, b"")
        events.connect(endpoint(connection.ports.events))
        assert events.poll(2000)
        assert events.recv() == WELCOME
        before = standing_engine.status().sequence
        standing_engine.run(Sleep())
        heard = [received(events) for _ in range(3)]
    told = [answer.event for answer in heard if isinstance(answer, Published)]
    assert [event.sequence for event in told] == [before + 1, before + 2, before + 3]
    assert [event.job.state for event in told if isinstance(event, JobChanged)] == [
        "queued",
        "running",
        "done",
    ]


def test_control_is_answered_while_requests_pile_up(
    standing_engine: EngineClient, socket: zmq.Socket[bytes]
) -> None:
    running = started(standing_engine)
    for number in range(400):
        socket.send(encode(Submit(job=Sleep()), number + 1))
    begun = time.monotonic()
    assert standing_engine.cancel(running).state == "cancelled"
    assert time.monotonic() - begun < 1


@pytest.mark.skipif(os.name == "nt", reason="counts processor time as POSIX does")
def test_an_idle_engine_takes_no_processor_time(engine: EngineClient) -> None:
    engine.run(Sleep())
    time.sleep(1)  # for the other lane's worker to have started too
    process = psutil.Process(engine.status().pid)
    processes = [process, *process.children()]
    before = sum(sum(process.cpu_times()[:2]) for process in processes)
    time.sleep(1.5)
    assert sum(sum(process.cpu_times()[:2]) for process in processes) - before <= 0.03


def test_a_damaged_job_list_is_set_aside_and_the_engine_starts(paths: EnginePaths) -> None:
    paths.state.mkdir(parents=True)
    paths.jobs.write_bytes(b"SQLite format 3\0" + b"\x5a" * 5000)
    with launcher.ensure_running(paths) as engine:
        assert is_well(engine)
    assert (paths.state / "jobs.set_aside").exists()


def test_half_takes_are_swept_when_the_engine_starts(paths: EnginePaths) -> None:
    half = paths.takes / ("ab" * 32) / "4.c0ffee.1"
    half.mkdir(parents=True)
    (half / "take.mov.part").write_bytes(b"half")
    with launcher.ensure_running(paths):
        assert not half.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps folders private by access lists, not modes")
def test_a_state_folder_that_others_could_enter_is_narrowed(paths: EnginePaths) -> None:
    paths.state.mkdir(mode=0o755, parents=True)
    with launcher.ensure_running(paths):
        assert paths.state.stat().st_mode & 0o077 == 0
