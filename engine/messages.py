"""What client and engine say to each other. `PROTOCOL.md` is the written form of this file.

Every message is one msgpack frame, an envelope {protocol, id, body}. The version is read before the body,
so that another version gets a clear answer rather than a decoding error.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.errors import EngineError, WireError, to_wire
from engine.protocol import PROTOCOL_VERSION, Job, Progress, Result, Value

LARGEST_REQUEST = 16 * 1024 * 1024
LARGEST_REPLY = 64 * 1024 * 1024  # the loudness of a day's recording fits

# The first frame that a new subscriber gets: from here on it hears every event.
WELCOME = b"welcome"

JobState = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED: tuple[JobState, ...] = ("done", "failed", "cancelled")


class Fault(Value, frozen=True, kw_only=True):
    """An error of `engine.errors`, by name."""

    name: str
    message: str

    @classmethod
    def of(cls, error: EngineError) -> Fault:
        name, message = to_wire(error)
        return cls(name=name, message=message)


class JobRecord(Value, frozen=True, kw_only=True, tag="job"):
    """A job as the engine keeps it. Times are in milliseconds since 1970, UTC."""

    id: str
    kind: str  # the tag of the job: "render", "align"
    hash: str
    state: JobState
    submitted: int
    started: int | None = None
    ended: int | None = None
    attempts: int = 0  # how many times a worker has begun it
    cached: bool = False  # answered from what was known, without new work
    progress: Progress | None = None
    fault: Fault | None = None  # of a failed or cancelled job


# ---------------------------------------------------------------------------------------- requests


class Hello(Value, frozen=True, kw_only=True, tag="hello"):
    """Who are you? Answered by `EngineStatus`."""


class Submit(Value, frozen=True, kw_only=True, tag="submit"):
    """Do this job. Answered by `Accepted`, after the job is on the disk.

    With `fresh` a render is rendered again even if its take is known. With `follow` an `Ending` comes
    after, under the same id, as if `AwaitEnd` had been asked.
    """

    job: Job
    fresh: bool = False
    follow: bool = False


class JobStatus(Value, frozen=True, kw_only=True, tag="job_status"):
    """How is the job? Answered by `JobRecord`."""

    id: str


class ListJobs(Value, frozen=True, kw_only=True, tag="list_jobs"):
    """The latest jobs, newest first. Answered by `JobList`."""

    limit: int = 50


class Cancel(Value, frozen=True, kw_only=True, tag="cancel"):
    """Stop the job, queued or running. Answered by its `JobRecord`; an ended job is left as it is."""

    id: str


class Withdraw(Value, frozen=True, kw_only=True, tag="withdraw"):
    """Forget the `Submit` of this id, if it is not accepted yet: what its job needs is still being read.

    Comes through the same socket. Answered by `Withdrawn`.
    """

    request: int


class AwaitEnd(Value, frozen=True, kw_only=True, tag="await_end"):
    """What came of the job? Answered by `Ending`, as soon as the job has ended."""

    id: str


class EventsSince(Value, frozen=True, kw_only=True, tag="events_since"):
    """The events after `sequence`. Answered by `EventList`."""

    run: str
    sequence: int


class Status(Value, frozen=True, kw_only=True, tag="status"):
    """How is the engine? Answered by `EngineStatus`."""


class Shutdown(Value, frozen=True, kw_only=True, tag="shutdown"):
    """Stop. Answered by `ShutdownAnswer`. A job that runs goes back to the queue, for the next start.

    With `when_idle` the engine stays where jobs are queued or running.
    """

    when_idle: bool = False


Ask = Hello | Submit | Withdraw | JobStatus | ListJobs | Cancel | AwaitEnd | EventsSince | Status | Shutdown


# ---------------------------------------------------------------------------------------- replies


class EngineStatus(Value, frozen=True, kw_only=True, tag="engine_status"):
    protocol: int
    engine_version: str
    run: str
    pid: int
    workers: dict[str, int]  # the process of each lane's worker
    started: int  # milliseconds since 1970
    sequence: int  # of the latest event
    running: tuple[str, ...]  # job ids
    queued: int


class Accepted(Value, frozen=True, kw_only=True, tag="accepted"):
    """The job is kept. `joined`: it was queued or running already, for somebody."""

    job: JobRecord
    sequence: int  # of the latest event: what comes after may concern this job
    joined: bool = False


class Withdrawn(Value, frozen=True, kw_only=True, tag="withdrawn"):
    """Whether the submission was still to be accepted, and is forgotten."""

    forgotten: bool


class JobList(Value, frozen=True, kw_only=True, tag="job_list"):
    jobs: tuple[JobRecord, ...]


class Ending(Value, frozen=True, kw_only=True, tag="ending"):
    """The job, and its result where its state is "done"."""

    job: JobRecord
    result: Result | None = None


class ShutdownAnswer(Value, frozen=True, kw_only=True, tag="shutdown_answer"):
    stopping: bool
    unfinished: int  # jobs queued or running


class Refused(Value, frozen=True, kw_only=True, tag="refused"):
    """The request was not carried out."""

    fault: Fault


# ---------------------------------------------------------------------------------------- events


class JobChanged(Value, frozen=True, kw_only=True, tag="job_changed"):
    """A job was queued, begun, ended, or put back into the queue."""

    sequence: int
    job: JobRecord


class JobProgressed(Value, frozen=True, kw_only=True, tag="job_progressed"):
    sequence: int
    id: str
    progress: Progress


Event = JobChanged | JobProgressed


class EventList(Value, frozen=True, kw_only=True, tag="event_list"):
    """Events in order. Not `complete`: some are no longer kept, or the engine was started anew (`run`)."""

    run: str
    events: tuple[Event, ...]
    complete: bool


class Published(Value, frozen=True, kw_only=True, tag="published"):
    """What the events socket sends."""

    run: str
    event: Event


Answer = (
    EngineStatus
    | Accepted
    | Withdrawn
    | JobRecord
    | JobList
    | Ending
    | EventList
    | ShutdownAnswer
    | Published
    | Refused
)


# ---------------------------------------------------------------------------------------- frames


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is the request's, chosen by the client, and comes back with the reply; 0 with events."""

    protocol: int
    id: int
    body: msgspec.Raw


_encoder = msgspec.msgpack.Encoder()
_envelopes = msgspec.msgpack.Decoder(Envelope)
_asks: msgspec.msgpack.Decoder[Ask] = msgspec.msgpack.Decoder(Ask)
_answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def encode(body: Ask | Answer, request_id: int = 0) -> bytes:
    raw = msgspec.Raw(_encoder.encode(body))
    return _encoder.encode(Envelope(protocol=PROTOCOL_VERSION, id=request_id, body=raw))


def open_envelope(frame: bytes) -> Envelope:
    """Raises `WireError` where the frame is none."""
    try:
        return _envelopes.decode(frame)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise WireError(f"not a message of this protocol: {error}") from error


def read_ask(envelope: Envelope) -> Ask:
    """Raises `WireError` for another version of the protocol or an unknown request."""
    _check_version(envelope, "the engine", "the client")
    try:
        return _asks.decode(envelope.body)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise WireError(f"not a request that the engine knows: {error}") from error


def read_answer(envelope: Envelope) -> Answer:
    """Raises `WireError` for another version of the protocol or an unknown reply."""
    _check_version(envelope, "this client", "the engine")
    try:
        return _answers.decode(envelope.body)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise WireError(f"not a reply that this client knows: {error}") from error


def _check_version(envelope: Envelope, here: str, there: str) -> None:
    if envelope.protocol != PROTOCOL_VERSION:
        raise WireError(
            f"{here} speaks protocol {PROTOCOL_VERSION}, {there} {envelope.protocol}: "
            "stop the engine (`pickup engine stop`) and run both from one installation"
        )
