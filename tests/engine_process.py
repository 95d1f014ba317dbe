"""What tests do to a running engine, and how they wait for it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import zmq

from engine.client import EngineClient
from engine.connection import Connection, endpoint, read_connection
from engine.envelope import open_envelope, read_answer
from engine.keys import KeyPair
from engine.lock import is_locked
from engine.messages import Answer
from engine.paths import EnginePaths
from engine.protocol import Sleep


def kill_engine(paths: EnginePaths) -> None:
    """As the power switch does: no chance to tidy up."""
    connection = read_connection(paths.connection)
    assert connection is not None
    os.kill(connection.pid, signal.SIGKILL)
    until(lambda: not is_locked(paths.lock))


def until(holds: Callable[[], bool], patience: float = 10.0) -> None:
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold in time"
        time.sleep(0.01)


def kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)


def started(engine: EngineClient, ticks: int = 3000) -> str:
    """The id of a long job that a worker has begun."""
    job_id = engine.submit(Sleep(ticks=ticks)).job.id
    until(lambda: engine.job(job_id).state == "running")
    return job_id


def worker_of(engine: EngineClient) -> int:
    """The process id of the worker that long jobs, sleeps among them, are done by."""
    (worker,) = (worker.pid for worker in engine.status().workers if worker.lane == "long")
    return worker


def raw_socket(
    context: zmq.Context[zmq.Socket[bytes]], connection: Connection, key: KeyPair | None
) -> zmq.Socket[bytes]:
    """A socket to the requests port that sends whatever it likes; without a key, without CURVE too."""
    socket = context.socket(zmq.DEALER)
    socket.linger = 0
    if key is not None:
        present_key(socket, connection, key)
    socket.connect(endpoint(connection.ports.requests))
    return socket


def present_key(socket: zmq.Socket[bytes], connection: Connection, key: KeyPair) -> None:
    """Makes the socket a CURVE client of the engine."""
    socket.linger = 0
    socket.curve_serverkey = connection.server_key.encode()
    socket.curve_publickey = key.public.encode()
    socket.curve_secretkey = key.secret.encode()


def received(socket: zmq.Socket[bytes], patience: float = 5.0) -> Answer | None:
    """The next answer, or None where none comes."""
    return read_answer(open_envelope(socket.recv())) if socket.poll(int(patience * 1000)) else None
