"""A client of the engine: hands in jobs, follows them, takes their results. Light: no codecs, no numpy.

It is synchronous and belongs to one thread; a program may have several.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

import msgspec
import zmq

from engine.connection import Connection, endpoint
from engine.envelope import encode, open_envelope, read_answer
from engine.errors import EngineUnavailable, WireError, from_wire
from engine.event_stream import EventStream, missed
from engine.heart import Heart, Socket, send_now
from engine.keys import KeyPair
from engine.messages import (
    LARGEST_REPLY,
    LARGEST_REQUEST,
    Accepted,
    Answer,
    Ask,
    AwaitEnd,
    Cancel,
    ConsentFound,
    Ending,
    EngineStatus,
    Event,
    EventList,
    EventsSince,
    Held,
    Hello,
    Hold,
    JobList,
    JobRecord,
    JobStatus,
    Leave,
    ListJobs,
    LookForConsent,
    Pause,
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
from engine.protocol import Job, Progress, Render, Result

OnProgress = Callable[[Progress], None]
Expected = TypeVar("Expected")

WINDOW = 512  # ours: jobs of `submit_all` that are on their way at a time


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
    events: EventStream | None


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
        self._events: EventStream | None = None
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

    def submit_all(
        self, jobs: Sequence[Job], *, fresh: bool = False, priority: int = 0
    ) -> tuple[Accepted, ...]:
        """Hands them all in, faster than one by one. On return the engine has them on its disk.

        Raises what the engine refuses one of them with: it may have accepted others, before it and after.
        """
        answers: dict[int, Answer | None] = {}  # by request, in the order of the jobs; None: still to come
        under_way = 0
        for job in jobs:
            answers[self._send(self._requests, Submit(job=job, fresh=fresh, priority=priority))] = None
            under_way += 1
            while under_way >= WINDOW:
                under_way -= self._gather(answers)
        while under_way:
            under_way -= self._gather(answers)
        return tuple(_expect(answer, Accepted) for answer in answers.values())

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

    def leaves(self, *jobs: Render, note: bool = False) -> tuple[Leave, ...]:
        """By whose leave each would go, were they handed in now; nothing is. 100 at most.

        With `note` refusals stand on the ledger: who asks was about to begin, and does not.
        """
        return self._ask(self._control, LookForConsent(jobs=jobs, note=note), ConsentFound).leaves

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
        """What came after that number; of what is long ago the first jobs that changed, as they are now."""
        return self._ask(self._control, EventsSince(run=run, sequence=sequence), EventList)

    def missed(self, run: str, sequence: int) -> tuple[Event, ...]:
        """All that came after that number, of whatever run: of what is long ago each job's latest state."""
        return tuple(missed(self.events_since, run, sequence))

    def listen(self, seconds: float) -> tuple[Event, ...]:
        """The events that came, in order; none where none comes within `seconds`. The first call subscribes.

        None is missed: what did not come through is asked for. All of a client's events come through one
        socket: who listens follows no job with `on_progress`.
        """
        return tuple(self._follow_events().within(seconds))

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
        socket.ipv6 = ":" in self._connection.host
        socket.connect(endpoint(port, self._connection.host))
        return socket

    def _ask(self, socket: Socket, ask: Ask, expected: type[Expected]) -> Expected:
        return _expect(self._reply(socket, self._send(socket, ask)), expected)

    def _reply(self, socket: Socket, request_id: int) -> Answer:
        while (answer := self._received(socket, request_id)) is None:
            self._heart.wait_for(socket)
        return answer

    def _followed(self, job: _Following, on_progress: OnProgress | None) -> Outcome:
        sockets = (self._requests, job.events.socket) if job.events else (self._requests,)
        try:
            while (ending := self._received(self._requests, job.request_id)) is None:
                self._heart.wait_for(*sockets)
                if job.events and on_progress:
                    for progress in job.events.progress_of(job.job_id):
                        on_progress(progress)
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
        send_now(socket, [frame])
        return self._last_id

    def _received(self, socket: Socket, request_id: int) -> Answer | None:
        """The reply to the request, if it is there. Replies to requests given up are thrown away."""
        while socket.poll(0):
            envelope = open_envelope(socket.recv())
            if envelope.id in (request_id, 0):  # 0: the engine could not even read the request
                return read_answer(envelope)
        return None

    def _gather(self, answers: dict[int, Answer | None]) -> int:
        """Waits for answers to these requests; how many came. Raises what the engine refuses them with."""
        self._heart.wait_for(self._requests)
        came = 0
        while self._requests.poll(0):
            envelope = open_envelope(self._requests.recv())
            answer = read_answer(envelope)
            if isinstance(answer, Refused) and envelope.id in (0, *answers):
                raise from_wire(answer.fault.name, answer.fault.message)
            if answers.get(envelope.id, answer) is None:
                answers[envelope.id] = answer
                came += 1
        return came

    def _follow_events(self) -> EventStream:
        if self._events is None:
            before = self.status()
            socket = self._connect(zmq.SUB, self._connection.ports.events)
            self._events = EventStream(socket, self._heart, self.events_since, before.run, before.sequence)
        return self._events


def _expect(answer: Answer | None, expected: type[Expected]) -> Expected:
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
