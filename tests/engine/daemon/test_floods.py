"""Clients that ask without end, never read, never finish: memory is bounded, and others are served."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import flooding
import msgspec
import psutil
import pytest
import zmq
from engine_process import present_key, raw_socket, until

from engine import admission, launcher
from engine.client import EngineClient
from engine.connection import endpoint, read_connection
from engine.daemon.sockets import HANDSHAKE_MS
from engine.envelope import encode
from engine.keys import new_key
from engine.messages import Status
from engine.paths import EnginePaths
from engine.private_files import write_private
from engine.protocol import Sleep, Slept

AT_ONCE = 0.1  # seconds: the promise
MEMORY = 160 << 20  # bytes that the engine's may grow by, whatever a client does
GREEDY = "greedy"


@contextmanager
def flood(paths: EnginePaths, what: str, how_many: int) -> Iterator[subprocess.Popen[bytes]]:
    """A client that is admitted, floods from a process of its own, and reads nothing."""
    key = admission.allow(paths, GREEDY).key
    write_private(secret := paths.keys / "greedy.key", msgspec.json.encode(key))
    command = [sys.executable, flooding.__file__, str(paths.connection), str(secret), what, str(how_many)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()
            admission.revoke(paths, GREEDY)


def all_sent(process: subprocess.Popen[bytes]) -> bool:
    assert process.stdout is not None
    return process.stdout.readline() == b"sent\n"


class Watch:
    """How long the engine takes to answer another client on control, and how much memory it takes more."""

    def __init__(self, engine: EngineClient) -> None:
        self._engine = engine
        self._process = psutil.Process(engine.status().pid)
        self._before = self._process.memory_info().rss
        self.waits: list[float] = []
        self.grown = 0
        self.look(1)
        self._calm = self._usual()
        self.waits.clear()

    def look(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            begun = time.monotonic()
            self._engine.status()
            self.waits.append(time.monotonic() - begun)
            self.grown = max(self.grown, self._process.memory_info().rss - self._before)
            time.sleep(0.01)

    def others_are_served(self) -> bool:
        """At once; on a machine that is busy with other things too, not much later than without the flood."""
        job = self._engine.submit(Sleep(), priority=100).job
        at_once = self._usual() < max(AT_ONCE, 10 * self._calm)
        return at_once and self._engine.wait(job.id).result == Slept()

    def _usual(self) -> float:
        """Nine answers of ten take no longer: seconds."""
        return sorted(self.waits)[int(len(self.waits) * 0.9)]


@pytest.mark.parametrize(
    ("what", "how_many", "seconds"),
    [
        ("status", 10_000, 4),
        ("control", 10_000, 4),
        ("ends", 10_000, 3),
        ("pings", 20_000, 3),
        pytest.param("status", 100_000, 30, marks=pytest.mark.slow),
        pytest.param("control", 100_000, 60, marks=pytest.mark.slow),
        pytest.param("ends", 100_000, 30, marks=pytest.mark.slow),
        pytest.param("submit", 100_000, 60, marks=pytest.mark.slow),
    ],
)
def test_a_flood_of_one_client_is_not_felt_by_another(
    engine: EngineClient, paths: EnginePaths, what: str, how_many: int, seconds: float
) -> None:
    engine.submit(Sleep())
    watch = Watch(engine)
    with flood(paths, what, how_many):
        watch.look(seconds)
        assert watch.others_are_served()
    assert watch.grown < MEMORY


@pytest.mark.parametrize(("what", "how_many"), [("jobs", 5_000), ("events", 5_000)])
def test_a_client_that_asks_much_and_reads_nothing_costs_a_known_memory(
    engine: EngineClient, paths: EnginePaths, what: str, how_many: int
) -> None:
    """Each reply has half a megabyte: all of them would be gigabytes."""
    engine.submit_all([Sleep(note="x" * 100)] * 1500)
    watch = Watch(engine)
    with flood(paths, what, how_many) as process:
        assert all_sent(process)
        watch.look(4)
        assert watch.others_are_served()
    assert watch.grown < MEMORY


def test_a_subscriber_that_never_reads_costs_a_known_memory(engine: EngineClient, paths: EnginePaths) -> None:
    watch = Watch(engine)
    with flood(paths, "deaf", 1) as process:
        assert all_sent(process)
        engine.submit_all([Sleep(note="x" * 100)] * 3000)
        watch.look(2)
        assert watch.others_are_served()
    assert watch.grown < MEMORY


def test_a_subscriber_to_what_is_not_sent_is_shut_out_and_others_go_on_hearing(
    engine: EngineClient, paths: EnginePaths
) -> None:
    engine.listen(0)
    watch = Watch(engine)
    with flood(paths, "topics", 20_000):
        until(lambda: '"event":"client_shut_out","client":"greedy"' in paths.log.read_text())
        watch.look(1)
        assert watch.others_are_served()
        until(lambda: engine.run(Sleep()) == Slept() and engine.listen(0.2) != ())
    assert watch.grown < MEMORY


def test_what_a_slow_reader_missed_does_not_come_between_the_replies_to_others(
    engine: EngineClient, paths: EnginePaths
) -> None:
    """Replies wait in the outbox while their reader is busy, and come whole and in order when it is not."""
    connection = read_connection(paths.connection)
    key = admission.allow(paths, GREEDY).key
    assert connection is not None
    assert key is not None
    with zmq.Context() as context, raw_socket(context, connection, key) as slow:
        slow.rcvhwm = 1
        for number in range(1000):
            slow.send(encode(Status(), number + 1))
        time.sleep(1)
        heard = [msgspec.msgpack.decode(slow.recv())["id"] for _ in range(1000)]
    assert heard == list(range(1, 1001))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="Linux alone says what a process takes")
def test_a_message_of_frames_without_end_ends_the_engine_and_no_job(paths: EnginePaths) -> None:
    """libzmq gathers it whole, whatever its size: an engine that ends loses nothing, a full machine would."""
    limit = ("--memory-limit", "0.15")
    command = [sys.executable, "-P", "-m", "engine.daemon", *paths.as_arguments(), *limit]
    with subprocess.Popen(command) as daemon:
        until(paths.connection.exists)
        connection = read_connection(paths.connection)
        assert connection is not None
        with launcher.ensure_running(paths) as engine:
            job = engine.submit(Sleep(ticks=100_000)).job.id
            key = admission.allow(paths, GREEDY).key
            assert key is not None
            with zmq.Context() as context, raw_socket(context, connection, key) as socket:
                socket.send_multipart([b"x" * 10_000] * 20_000)
                assert daemon.wait(30) == 1
    assert "engine_swollen" in paths.log.read_text()
    with launcher.ensure_running(paths) as engine:
        assert engine.job(job).state in ("queued", "running")


def test_hundreds_of_connections_of_one_client_are_all_answered(
    engine: EngineClient, paths: EnginePaths
) -> None:
    connection = read_connection(paths.connection)
    key = admission.allow(paths, GREEDY).key
    assert connection is not None
    assert key is not None
    watch = Watch(engine)
    with zmq.Context() as context, ExitStack() as stack:
        sockets = [stack.enter_context(raw_socket(context, connection, key)) for _ in range(500)]
        for one in sockets:
            one.send(encode(Status(), 1))
        assert all(one.poll(20_000) for one in sockets)
        watch.look(1)
        assert watch.others_are_served()
    assert watch.grown < MEMORY


# ---------------------------------------------------------------------------------------- strangers


def test_connections_that_say_nothing_hold_up_nobody_and_are_closed(
    engine: EngineClient, paths: EnginePaths
) -> None:
    connection = read_connection(paths.connection)
    assert connection is not None
    watch = Watch(engine)
    ports = msgspec.structs.astuple(connection.ports)
    with ExitStack() as stack:
        silent = [
            stack.enter_context(socket.create_connection(("127.0.0.1", ports[number % 4])))
            for number in range(2000)
        ]
        watch.look(1)
        assert watch.others_are_served()
        last = silent[-1]
        last.settimeout(HANDSHAKE_MS / 1000 + 5)
        while last.recv(100):  # its greeting; then the end
            pass
    assert watch.grown < MEMORY


def test_hundreds_of_strangers_with_keys_that_nobody_knows_hold_up_nobody(
    engine: EngineClient, paths: EnginePaths
) -> None:
    connection = read_connection(paths.connection)
    assert connection is not None
    watch = Watch(engine)
    with zmq.Context() as context, ExitStack() as stack:
        for _ in range(300):
            stranger = stack.enter_context(context.socket(zmq.DEALER))
            stranger.reconnect_ivl = -1  # the test's own processor time is not what is looked at
            present_key(stranger, connection, new_key())
            stranger.connect(endpoint(connection.ports.requests))
            stranger.send(encode(Status(), 1))
        watch.look(4)
        assert watch.others_are_served()
    refusals = [line for line in paths.log.read_text().splitlines() if "client_refused" in line]
    assert 1 <= len(refusals) <= 10
    assert watch.grown < MEMORY
