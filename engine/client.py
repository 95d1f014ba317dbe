"""A client of the engine: hands in jobs, follows them, takes their results. Light: no codecs, no numpy.

It is synchronous and belongs to one thread; a program may have several.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

import zmq

from engine.connection import Connection, endpoint
from engine.errors import EngineUnavailable, WireError, from_wire
from engine.keys import KeyPair
from engine.messages import (
    ENDED,
    LARGEST_REPLY,
    LARGEST_REQUEST,
    WELCOME,
    Accepted,
    Answer,
    Ask,
    Cancel,
    Ending,
    EngineStatus,
    Event,
    EventList,
    EventsSince,
    FetchResult,
    Hello,
    JobChanged,
    JobList,
    JobProgressed,
    JobRecord,
    JobStatus,
    ListJobs,
    Published,
    Refused,
    Shutdown,
    ShutdownAnswer,
    Status,
    Submit,
    encode,
    open_envelope,
    read_answer,
)
from engine.protocol import Job, Progress, Result

Socket = zmq.Socket[bytes]
OnProgress = Callable[[Progress], None]
Expected = TypeVar("Expected")

PING_EVERY = 0.8  # seconds
DEAD_AFTER = 2.5  # seconds without a beat
CATCH_UP_EVERY = 1.0  # seconds without an event, after which they are asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A job that is done, and its result. `job.cached`: the result was known, nothing was done for it."""

    job: JobRecord
    result: Result


class EngineClient:
    """Speaks to the engine that `connection` names.

    Every method raises `EngineUnavailable` within about three seconds of the engine's death, and
    `WireError` where the other side speaks another version of the protocol.
    """

    def __init__(self, connection: Connection, key: KeyPair) -> None:
        self._connection = connection
        self._key = key
        self._context: zmq.Context[Socket] = zmq.Context()
        self._requests = self._connect(zmq.DEALER, connection.ports.requests)
        self._control = self._connect(zmq.DEALER, connection.ports.control)
        self._heart = Heart(self._connect(zmq.DEALER, connection.ports.heartbeat))
        self._events: Socket | None = None
        self._sequence = 0
        self._last_id = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._context.destroy(linger=0)

    # ---- jobs

    def run(self, job: Job, *, fresh: bool = False, on_progress: OnProgress | None = None) -> Result:
        """Has the job done and returns its result; raises the error that it ended with."""
        return self.complete(job, fresh=fresh, on_progress=on_progress).result

    def complete(self, job: Job, *, fresh: bool = False, on_progress: OnProgress | None = None) -> Outcome:
        """As `run`, with the job's record. Ctrl-C cancels the job, unless somebody else wants it too."""
        self._follow_events()
        accepted = self.submit(job, fresh=fresh)
        try:
            return self.wait(accepted.job, on_progress)
        except KeyboardInterrupt:
            if not accepted.joined:
                self.cancel(accepted.job.id)
            raise

    def submit(self, job: Job, *, fresh: bool = False) -> Accepted:
        """Hands the job in. On return the engine has it on its disk."""
        return self._ask(self._requests, Submit(job=job, fresh=fresh), Accepted)

    def wait(self, job: JobRecord, on_progress: OnProgress | None = None) -> Outcome:
        """Follows the job to its end; raises the error that it ended with."""
        record = job
        while record.state not in ENDED:
            try:
                events = self._next_events()
            except EngineUnavailable as error:
                raise EngineUnavailable(
                    f"{error}. Job {job.id} is kept: the next engine takes it up again, so run the same again"
                ) from error
            if events is None:
                record = self.job(job.id)
                continue
            for event in events:
                if isinstance(event, JobChanged) and event.job.id == job.id:
                    record = event.job
                elif isinstance(event, JobProgressed) and event.id == job.id and on_progress:
                    on_progress(event.progress)
        return self._outcome(record)

    def job(self, job_id: str) -> JobRecord:
        """Raises `UnknownJob`."""
        return self._ask(self._control, JobStatus(id=job_id), JobRecord)

    def jobs(self, limit: int = 50) -> tuple[JobRecord, ...]:
        """The latest jobs, newest first."""
        return self._ask(self._control, ListJobs(limit=limit), JobList).jobs

    def cancel(self, job_id: str) -> JobRecord:
        """Stops the job, queued or running; raises `UnknownJob`."""
        return self._ask(self._control, Cancel(id=job_id), JobRecord)

    # ---- the engine

    def hello(self) -> EngineStatus:
        return self._ask(self._control, Hello(), EngineStatus)

    def status(self) -> EngineStatus:
        return self._ask(self._control, Status(), EngineStatus)

    def shutdown(self, *, when_idle: bool = False) -> ShutdownAnswer:
        """Stops the engine; a job that runs waits for the next start. With `when_idle` only if none does."""
        return self._ask(self._control, Shutdown(when_idle=when_idle), ShutdownAnswer)

    def events_since(self, run: str, sequence: int) -> EventList:
        return self._ask(self._control, EventsSince(run=run, sequence=sequence), EventList)

    # ---- inside

    def _connect(self, kind: zmq.SocketType, port: int) -> Socket:
        socket = self._context.socket(kind)
        socket.linger = 0
        socket.maxmsgsize = LARGEST_REPLY
        socket.curve_serverkey = self._connection.server_key.encode()
        socket.curve_publickey = self._key.public.encode()
        socket.curve_secretkey = self._key.secret.encode()
        if kind == zmq.SUB:
            socket.setsockopt(zmq.SUBSCRIBE, b"")
        socket.connect(endpoint(port))
        return socket

    def _ask(self, socket: Socket, ask: Ask, expected: type[Expected]) -> Expected:
        self._last_id += 1
        frame = encode(ask, self._last_id)
        if len(frame) > LARGEST_REQUEST:
            raise WireError(f"the job is {len(frame)} bytes; the engine takes at most {LARGEST_REQUEST}")
        socket.send(frame)
        while True:
            self._heart.wait_for(socket)
            envelope = open_envelope(socket.recv())
            if envelope.id in (self._last_id, 0):  # else the late reply to a question given up
                return _expect(read_answer(envelope), expected)

    def _follow_events(self) -> Socket:
        """The events socket, from when on every event comes through it."""
        if self._events is None:
            self._events = self._connect(zmq.SUB, self._connection.ports.events)
            self._heart.wait_for(self._events)
            if self._events.recv() != WELCOME:
                raise WireError("the engine's events do not begin with its welcome")
            self._sequence = self.status().sequence
        return self._events

    def _next_events(self) -> tuple[Event, ...] | None:
        """The next event, with what was missed before it; None where the jobs must be asked for anew."""
        events = self._follow_events()
        if not self._heart.wait_for(events, CATCH_UP_EVERY):
            return self._missed_events()
        published = _expect(read_answer(open_envelope(events.recv())), Published)
        event = published.event
        if event.sequence <= self._sequence:
            return ()
        if event.sequence > self._sequence + 1:
            return self._missed_events()
        self._sequence = event.sequence
        return (event,)

    def _missed_events(self) -> tuple[Event, ...] | None:
        found = self.events_since(self._connection.run, self._sequence)
        if found.events:
            self._sequence = found.events[-1].sequence
        return found.events if found.complete else None

    def _outcome(self, record: JobRecord) -> Outcome:
        if record.fault is not None:
            raise from_wire(record.fault.name, record.fault.message)
        ending = self._ask(self._requests, FetchResult(id=record.id), Ending)
        if ending.result is None:
            raise WireError(f"the engine has no result of job {record.id} that this client can read")
        return Outcome(job=record, result=ending.result)


class Heart:
    """Listens to the engine's heartbeat while the client waits for something else."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._pinged = 0.0
        self._heard = 0.0

    def wait_for(self, socket: Socket, patience: float | None = None) -> bool:
        """Waits until the socket can be read: True; or for `patience` seconds: False.

        Raises `EngineUnavailable` where the engine shows no sign of life meanwhile.
        """
        poller = zmq.Poller()
        poller.register(socket, zmq.POLLIN)
        poller.register(self._socket, zmq.POLLIN)
        now = time.monotonic()
        self._heard = max(self._heard, now)  # silence counts from here on
        ends = None if patience is None else now + patience
        while True:
            due = [self._pinged + PING_EVERY, self._heard + DEAD_AFTER]
            if ends is not None:
                due.append(ends)
            ready = dict(poller.poll(max(0, int((min(due) - now) * 1000) + 1)))
            if socket in ready:
                return True
            now = time.monotonic()
            if self._socket in ready:
                self._socket.recv_multipart()
                self._heard = now
            if ends is not None and now >= ends:
                return False
            self._check(now)

    def _check(self, now: float) -> None:
        if now - self._heard >= DEAD_AFTER:
            raise EngineUnavailable(
                "the engine does not answer: it has died, or does not know this user's key"
            )
        if now - self._pinged >= PING_EVERY:
            self._socket.send_multipart([b"", b"ping"], zmq.DONTWAIT)
            self._pinged = now


def _expect(answer: Answer, expected: type[Expected]) -> Expected:
    if isinstance(answer, Refused):
        raise from_wire(answer.fault.name, answer.fault.message)
    if not isinstance(answer, expected):
        raise WireError(f"the engine answered with {type(answer).__name__}, not {expected.__name__}")
    return answer
