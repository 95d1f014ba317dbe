"""Every message of the protocol, damaged: a typed error or nothing, and the next good one is answered."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Iterator

import message_fuzz
import msgspec
import pytest
import zmq
from engine_process import raw_socket, until

from engine import admission, errors
from engine.client import EngineClient
from engine.connection import Connection, read_connection
from engine.envelope import encode, open_envelope, read_answer, read_ask
from engine.errors import WireError
from engine.messages import Answer, Ask, EngineStatus, Refused, Status
from engine.paths import EnginePaths
from engine.protocol import Sleep, Slept

Socket = zmq.Socket[bytes]

BATCH = 50
AT_ONCE = 0.1  # seconds: the promise
LAST = 2**63 - 1  # the id of the good message behind each batch
GOOD = encode(Status(), 1)
NAMES = {name for name, thing in vars(errors).items() if isinstance(thing, type)}


@pytest.fixture
def connection(standing_engine: EngineClient, standing_paths: EnginePaths) -> Connection:
    connection = read_connection(standing_paths.connection)
    assert connection is not None
    return connection


@pytest.fixture
def fuzzer(connection: Connection, standing_paths: EnginePaths) -> Iterator[Socket]:
    """The socket of a client that is admitted, but is not the engine's own user: it may not shut it down."""
    key = admission.allow(standing_paths, "fuzzer").key
    assert key is not None
    with zmq.Context() as context, raw_socket(context, connection, key) as socket:
        yield socket
    admission.revoke(standing_paths, "fuzzer")


def test_there_is_a_message_of_every_kind() -> None:
    chance = random.Random(1)
    kinds = {message_fuzz.message(chance)["body"]["type"] for _ in range(2000)}
    assert kinds == {kind.__struct_config__.tag for kind in Ask.__args__}


def test_most_messages_are_good_before_they_are_damaged() -> None:
    chance = random.Random(2)
    good = 0
    for _ in range(1000):
        try:
            read_ask(open_envelope(message_fuzz.encoded(message_fuzz.message(chance))))
            good += 1
        except WireError:
            pass
    assert good > 500


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("count", [2_000, pytest.param(50_000, marks=pytest.mark.slow)])
def test_damaged_messages_are_refused_by_name_and_the_next_good_one_is_answered_at_once(
    standing_engine: EngineClient, standing_paths: EnginePaths, fuzzer: Socket, count: int
) -> None:
    before = standing_engine.status()
    seen: dict[str, int] = {}
    waits = []
    for batch in range(count // BATCH):
        chance = random.Random(batch)
        for _ in range(BATCH):
            fuzzer.send(message_fuzz.damaged(chance))
        fuzzer.send(encode(Status(), LAST))
        for answer in answers_up_to_the_last(fuzzer):
            seen[named(answer)] = seen.get(named(answer), 0) + 1
        waits.append(wait_for_a_good_answer(standing_engine))
    assert max(waits) < AT_ONCE
    assert seen.keys() - NAMES <= {kind.__name__ for kind in Answer.__args__}
    assert seen["WireError"] > count / 4
    assert sum(seen.values()) > count / 2
    assert is_the_same_and_well(standing_engine, before)
    assert "engine_failed" not in standing_paths.log.read_text()
    assert "Traceback" not in standing_paths.log.read_text()


def answers_up_to_the_last(socket: Socket) -> Iterator[Answer]:
    while socket.poll(10_000):
        envelope = open_envelope(socket.recv())
        answer = read_answer(envelope)
        if envelope.id == LAST and isinstance(answer, EngineStatus):
            return
        yield answer
    raise AssertionError("a good message was not answered")


def named(answer: Answer) -> str:
    return answer.fault.name if isinstance(answer, Refused) else type(answer).__name__


def wait_for_a_good_answer(engine: EngineClient) -> float:
    """Seconds; the best of three where one takes long: the machine may be somebody else's for a moment."""
    best = float("inf")
    for _ in range(3):
        begun = time.monotonic()
        engine.status()
        best = min(best, time.monotonic() - begun)
        if best < AT_ONCE:
            break
    return best


def is_the_same_and_well(engine: EngineClient, before: EngineStatus) -> bool:
    """One process all along, whose workers still work. What the fuzzer has handed in is in the way."""
    asked = engine.submit(Sleep(), priority=100).job.id

    def done() -> bool:
        for job in engine.status().running:
            if job != asked:
                engine.cancel(job)
        return engine.job(asked).state == "done"

    until(done, 60)
    after = engine.status()
    return (after.pid, after.run) == (before.pid, before.run) and engine.wait(asked).result == Slept()


@pytest.mark.parametrize(
    "parts",
    [
        (b"",),
        (b"", b""),
        (b"a",) * 1000,
        (b"",) * 5000,
        (encode(Status(), 1),) * 2,
        (b"", encode(Status(), 1)),
    ],
    ids=[
        "one empty",
        "two empty",
        "a thousand",
        "five thousand",
        "two good ones",
        "one good one behind nothing",
    ],
)
def test_messages_of_several_frames_are_refused_or_dropped(
    standing_engine: EngineClient, fuzzer: Socket, parts: tuple[bytes, ...]
) -> None:
    for _ in range(20):
        fuzzer.send_multipart(parts)
    fuzzer.send(encode(Status(), LAST))
    refused = list(answers_up_to_the_last(fuzzer))
    assert {named(answer) for answer in refused} == {"WireError"}
    assert wait_for_a_good_answer(standing_engine) < AT_ONCE


def test_a_message_that_is_not_finished_holds_up_nobody(
    standing_engine: EngineClient, fuzzer: Socket
) -> None:
    for _ in range(1000):
        fuzzer.send(b"x" * 1000, zmq.SNDMORE)
    assert wait_for_a_good_answer(standing_engine) < AT_ONCE
    assert standing_engine.run(Sleep()) == Slept()


def test_what_is_no_zeromq_is_hung_up_on(standing_engine: EngineClient, connection: Connection) -> None:
    chance = random.Random(3)
    rubbish = (b"GET / HTTP/1.1\r\n\r\n", chance.randbytes(3000), b"\xff" + b"\0" * 8)
    ports = msgspec.structs.astuple(connection.ports)
    for number in range(60):
        with socket.create_connection(("127.0.0.1", ports[number % 4])) as stranger:
            stranger.sendall(chance.choice(rubbish))
    assert wait_for_a_good_answer(standing_engine) < AT_ONCE
    assert standing_engine.run(Sleep()) == Slept()
