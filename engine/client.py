"""A client of the engine: hands in jobs, follows them, takes their results. Light: no codecs, no numpy.

It is synchronous and belongs to one thread; a program may have several.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

import msgspec
import zmq

from engine.connection import Connection, endpoint
from engine.envelope import encode, open_envelope, read_answer
from engine.errors import EngineUnavailable, WireError, from_wire
from engine.keys import KeyPair
from engine.messages import (
    LARGEST_REPLY,
    LARGEST_REQUEST,
    WELCOME,
    Accepted,
    Answer,
    Ask,
    AwaitEnd,
    Cancel,
    Ending,
    EngineStatus,
    Event,
    EventList,
    EventsSince,
    Held,
    Hello,
    Hold,
    JobList,
    JobProgressed,
    JobRecord,
    JobStatus,
    ListJobs,
    Pause,
    Published,
    Refused,
    Reprioritise,
    Resume,
    Shutdown,
    ShutdownAnswer,
    ShutdownHow,
    Status,
    Submit,
    Withdraw,
    Withdrawn,
)
from engine.protocol import Job, Progress, Result

Socket = zmq.Socket[bytes]
OnProgress = Callable[[Progress], None]
Expected = TypeVar("Expected")

PING_EVERY = 0.8  # seconds
DEAD_AFTER = 2.5  # seconds without a beat


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A job that is done, and its result. `job.cached`: the result was known, nothing was done for it."""

    job: JobRecord
    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class _Following:
    """A job under way: the request that its end answers, and the events that tell its progress."""

    request_id: int
    job_id: str
    events: Socket | None


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
        events = self._follow_events() if on_progress else None
        request_id = self._send(self._requests, Submit(job=job, fresh=fresh, follow=True))
        try:
            accepted = _expect(self._reply(self._requests, request_id), Accepted)
        except KeyboardInterrupt:
            self._ask(self._requests, Withdraw(request=request_id), Withdrawn)
            raise
        try:
            following = _Following(request_id=request_id, job_id=accepted.job.id, events=events)
            outcome = self._followed(following, on_progress)
        except KeyboardInterrupt:
            if not accepted.joined:
                self.cancel(accepted.job.id)
            raise
        cached = accepted.job.cached or outcome.job.cached
        return Outcome(job=msgspec.structs.replace(outcome.job, cached=cached), result=outcome.result)

    def submit(self, job: Job, *, fresh: bool = False, priority: int = 0) -> Accepted:
        """Hands the job in. On return the engine has it on its disk."""
        return self._ask(self._requests, Submit(job=job, fresh=fresh, priority=priority), Accepted)

    def wait(self, job_id: str, on_progress: OnProgress | None = None) -> Outcome:
        """Follows the job to its end; raises the error that it ended with, or `UnknownJob`."""
        events = self._follow_events() if on_progress else None
        request_id = self._send(self._requests, AwaitEnd(id=job_id))
        return self._followed(_Following(request_id=request_id, job_id=job_id, events=events), on_progress)

    def job(self, job_id: str) -> JobRecord:
        """Raises `UnknownJob`."""
        return self._ask(self._control, JobStatus(id=job_id), JobRecord)

    def jobs(self, limit: int = 50) -> tuple[JobRecord, ...]:
        """The latest jobs, newest first."""
        return self._ask(self._control, ListJobs(limit=limit), JobList).jobs

    def cancel(self, job_id: str) -> JobRecord:
        """Stops the job, queued or running; raises `UnknownJob`."""
        return self._ask(self._control, Cancel(id=job_id), JobRecord)

    def pause(self, job_id: str) -> JobRecord:
        """Lets the job wait until it is resumed; one that runs is queued again. Raises `UnknownJob`."""
        return self._ask(self._control, Pause(id=job_id), JobRecord)

    def resume(self, job_id: str) -> JobRecord:
        """Raises `UnknownJob`."""
        return self._ask(self._control, Resume(id=job_id), JobRecord)

    def reprioritise(self, job_id: str, priority: int) -> JobRecord:
        """-100 to 100: jobs of a higher priority are begun first. Raises `UnknownJob`."""
        return self._ask(self._control, Reprioritise(id=job_id, priority=priority), JobRecord)

    def hold(self, by: str, jobs: tuple[str, ...]) -> Held:
        """Has the takes of these jobs stay in the cache, and no others that `by` held.

        The answer names those of the jobs that the engine keeps.
        """
        return self._ask(self._control, Hold(by=by, jobs=jobs), Held)

    # ---- the engine

    def hello(self) -> EngineStatus:
        return self._ask(self._control, Hello(), EngineStatus)

    def status(self) -> EngineStatus:
        return self._ask(self._control, Status(), EngineStatus)

    def shutdown(self, how: ShutdownHow = "now") -> ShutdownAnswer:
        """Stops the engine.

        "now": a job that runs waits for the next start. "when_idle": only where no job is queued or runs.
        "drained": when those that run have ended; nothing is begun or accepted meanwhile.
        """
        return self._ask(self._control, Shutdown(how=how), ShutdownAnswer)

    def events_since(self, run: str, sequence: int) -> EventList:
        return self._ask(self._control, EventsSince(run=run, sequence=sequence), EventList)

    def listen(self, seconds: float) -> tuple[Event, ...]:
        """The events that came, in order; none where none comes within `seconds`. The first call subscribes.

        A gap in their numbers is of a listener that was away too long: `events_since` has what it missed.
        All of a client's events come through one socket: who listens follows no job with `on_progress`.
        """
        events = self._follow_events()
        self._heart.wait_for(events, seconds=seconds)
        return tuple(_published(events))

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
        return _expect(self._reply(socket, self._send(socket, ask)), expected)

    def _reply(self, socket: Socket, request_id: int) -> Answer:
        while (answer := self._received(socket, request_id)) is None:
            self._heart.wait_for(socket)
        return answer

    def _followed(self, job: _Following, on_progress: OnProgress | None) -> Outcome:
        sockets = (self._requests, job.events) if job.events else (self._requests,)
        try:
            while (ending := self._received(self._requests, job.request_id)) is None:
                self._heart.wait_for(*sockets)
                if job.events and on_progress:
                    _tell_progress(job.events, job.job_id, on_progress)
        except EngineUnavailable as error:
            raise EngineUnavailable(
                f"{error}. Job {job.job_id} is kept: the next engine takes it up again, so run the same again"
            ) from error
        return _outcome(_expect(ending, Ending))

    def _send(self, socket: Socket, ask: Ask) -> int:
        """The request's id."""
        self._last_id += 1
        frame = encode(ask, self._last_id)
        if len(frame) > LARGEST_REQUEST:
            raise WireError(f"the job is {len(frame)} bytes; the engine takes at most {LARGEST_REQUEST}")
        _send_now(socket, [frame])
        return self._last_id

    def _received(self, socket: Socket, request_id: int) -> Answer | None:
        """The reply to the request, if it is there. Replies to requests given up are thrown away."""
        while socket.poll(0):
            envelope = open_envelope(socket.recv())
            if envelope.id in (request_id, 0):  # 0: the engine could not even read the request
                return read_answer(envelope)
        return None

    def _follow_events(self) -> Socket:
        """The events socket, from when on every event comes through it."""
        if self._events is None:
            events = self._connect(zmq.SUB, self._connection.ports.events)
            self._heart.wait_for(events)
            if events.recv() != WELCOME:
                raise WireError("the engine's events do not begin with its welcome")
            self._events = events
        return self._events


class Heart:
    """Listens to the engine's heartbeat while the client waits for something else."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._pinged = 0.0
        self._heard = 0.0

    def wait_for(self, *sockets: Socket, seconds: float = math.inf) -> None:
        """Waits until one of the sockets can be read, or for so many seconds.

        Raises `EngineUnavailable` where the engine shows no sign of life meanwhile.
        """
        poller = zmq.Poller()
        for socket in (*sockets, self._socket):
            poller.register(socket, zmq.POLLIN)
        now = time.monotonic()
        if self._heard >= self._pinged:  # every ping was answered: silence counts from here on
            self._heard = now
        ends = now + seconds
        while True:
            due = min(self._pinged + PING_EVERY, self._heard + DEAD_AFTER, ends)
            ready = dict(poller.poll(max(0, int((due - now) * 1000) + 1)))
            if any(socket in ready for socket in sockets):
                return
            now = time.monotonic()
            if self._socket in ready:
                self._socket.recv_multipart()
                self._heard = now
            self._check(now)
            if now >= ends:
                return

    def _check(self, now: float) -> None:
        if now - self._heard >= DEAD_AFTER:
            raise EngineUnavailable(
                "the engine does not answer: it has died, or does not know this user's key"
            )
        if now - self._pinged >= PING_EVERY:
            _send_now(self._socket, [b"", b"ping"])
            self._pinged = now


def _send_now(socket: Socket, frames: list[bytes]) -> None:
    try:
        socket.send_multipart(frames, zmq.DONTWAIT)
    except zmq.Again as error:  # libzmq gives a connection up when the other side refuses the key
        raise EngineUnavailable("the engine refuses this user's key, or is not the one expected") from error


def _expect(answer: Answer, expected: type[Expected]) -> Expected:
    if isinstance(answer, Refused):
        raise from_wire(answer.fault.name, answer.fault.message)
    if not isinstance(answer, expected):
        raise WireError(f"the engine answered with {type(answer).__name__}, not {expected.__name__}")
    return answer


def _outcome(ending: Ending) -> Outcome:
    if ending.job.fault is not None:
        raise from_wire(ending.job.fault.name, ending.job.fault.message)
    if ending.result is None:
        raise WireError(f"the engine has no result of job {ending.job.id} that can still be read")
    return Outcome(job=ending.job, result=ending.result)


def _tell_progress(events: Socket, job_id: str, on_progress: OnProgress) -> None:
    for event in _published(events):
        if isinstance(event, JobProgressed) and event.id == job_id:
            on_progress(event.progress)


def _published(events: Socket) -> Iterator[Event]:
    """What has come by now."""
    while events.poll(0):
        yield _expect(read_answer(open_envelope(events.recv())), Published).event
