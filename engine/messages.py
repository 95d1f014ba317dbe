"""What client and engine say to each other. `PROTOCOL.md` is the written form of this file."""

from __future__ import annotations

from typing import Literal

from engine.errors import EngineError, to_wire
from engine.protocol import Job, Progress, Render, Result, Value

LARGEST_REQUEST = 4 * 1024 * 1024  # ours: the words of a day; a client may have 32 of them wait
LARGEST_REPLY = 64 * 1024 * 1024  # the loudness of a day's recording fits

# The first frame that a new subscriber gets: from here on it hears every event.
WELCOME = b"welcome"

JobState = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED: tuple[JobState, ...] = ("done", "failed", "cancelled")

ShutdownHow = Literal["now", "when_idle", "drained"]

HIGHEST_PRIORITY = 100  # and the lowest is as far below zero
LONGEST_HOLDER = 1000  # letters; a path fits
LARGEST_HOLD = 10_000  # jobs
MOST_LOOKED_FOR = 100  # ours: renders whose consent is looked for at once, while others wait


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
    priority: int = 0
    paused: bool = False  # queued, and not begun before it is resumed
    client: str = ""  # name of the key that handed it in
    device: str = ""  # where it runs or ran: "cpu", "cuda:0"


# ---------------------------------------------------------------------------------------- requests


class Hello(Value, frozen=True, kw_only=True, tag="hello"):
    """Who are you? Answered by `EngineStatus`."""


class Submit(Value, frozen=True, kw_only=True, tag="submit"):
    """Do this job. Answered by `Accepted`, after the job is on the disk.

    `priority`: jobs of a higher one, up to 100, are begun before; of a lower one, down to -100, after.
    With `fresh` a render is rendered again even if its take is known. With `follow` an `Ending` comes
    after, under the same id, as if `AwaitEnd` had been asked.
    """

    job: Job
    fresh: bool = False
    follow: bool = False
    priority: int = 0

    def __post_init__(self) -> None:
        _check_priority(self.priority)


class JobStatus(Value, frozen=True, kw_only=True, tag="job_status"):
    """How is the job? Answered by `JobRecord`."""

    id: str


class ListJobs(Value, frozen=True, kw_only=True, tag="list_jobs"):
    """The latest jobs, newest first. Answered by `JobList`."""

    limit: int = 50


class Cancel(Value, frozen=True, kw_only=True, tag="cancel"):
    """Stop the job, queued or running. Answered by its `JobRecord`; an ended job is left as it is."""

    id: str


class Pause(Value, frozen=True, kw_only=True, tag="pause"):
    """Let the job wait until it is resumed. Answered by its `JobRecord`; an ended job is left as it is.

    One that runs goes back to the queue, and keeps what it has of a render to go on from.
    """

    id: str


class Resume(Value, frozen=True, kw_only=True, tag="resume"):
    """The end of a pause. Answered by the job's `JobRecord`."""

    id: str


class Reprioritise(Value, frozen=True, kw_only=True, tag="reprioritise"):
    """Another priority for the job. Answered by its `JobRecord`; an ended job is left as it is."""

    id: str
    priority: int

    def __post_init__(self) -> None:
        _check_priority(self.priority)


class Hold(Value, frozen=True, kw_only=True, tag="hold"):
    """The jobs whose takes `by` (a project, a timeline) uses: they stay in the cache. Answered by `Held`.

    Replaces what `by` held before; no jobs let go of all. What the engine does not keep it does not hold.
    """

    by: str
    jobs: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.by) <= LONGEST_HOLDER:
            raise ValueError(f"who holds has a name of 1 to {LONGEST_HOLDER} letters")
        if len(self.jobs) > LARGEST_HOLD:
            raise ValueError(f"one holds {LARGEST_HOLD} jobs at the most, not {len(self.jobs)}")


class Withdraw(Value, frozen=True, kw_only=True, tag="withdraw"):
    """Forget the `Submit` of this id, if it is not accepted yet: what its job needs is still being read.

    Comes through the same socket. Answered by `Withdrawn`.
    """

    request: int


class LookForConsent(Value, frozen=True, kw_only=True, tag="look_for_consent"):
    """By whose leave these renders would go, were they handed in now. Answered by `ConsentFound`.

    With `note` those that would be refused are: who asks was about to begin, and does not.
    """

    jobs: tuple[Render, ...]
    note: bool = False

    def __post_init__(self) -> None:
        if len(self.jobs) > MOST_LOOKED_FOR:
            raise ValueError(f"{len(self.jobs)} renders at once: ask for {MOST_LOOKED_FOR} at most")


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
    """Stop. Answered by `ShutdownAnswer`.

    "now": a job that runs goes back to the queue, for the next start. "when_idle": only where no job is
    queued or running. "drained": when what runs has ended; until then nothing is begun and nothing accepted,
    and what is queued waits for the next start.
    """

    how: ShutdownHow = "now"


Ask = (
    Hello
    | Submit
    | Withdraw
    | JobStatus
    | ListJobs
    | Cancel
    | Pause
    | Resume
    | Reprioritise
    | Hold
    | LookForConsent
    | AwaitEnd
    | EventsSince
    | Status
    | Shutdown
)


def _check_priority(priority: int) -> None:
    if not -HIGHEST_PRIORITY <= priority <= HIGHEST_PRIORITY:
        raise ValueError(f"a priority is {-HIGHEST_PRIORITY} to {HIGHEST_PRIORITY}, not {priority}")


# ---------------------------------------------------------------------------------------- replies


class WorkerStatus(Value, frozen=True, kw_only=True):
    """A worker process: its lane ("quick" or "long"), its device, and the job that it has."""

    pid: int
    lane: str
    device: str  # "cpu", "cuda:0"
    job: str = ""
    model: str = ""  # the first twelve digits of the sha256 of the checkpoint that it keeps warm


class DeviceStatus(Value, frozen=True, kw_only=True):
    """What computes, as a worker has found it. Memory in bytes, at the end of the worker's latest job."""

    name: str  # "cpu", "cuda:0"
    kind: str  # what the maker calls it
    memory_total: int
    memory_free: int


class EngineStatus(Value, frozen=True, kw_only=True, tag="engine_status"):
    protocol: int
    engine_version: str
    run: str
    pid: int
    workers: tuple[WorkerStatus, ...]
    started: int  # milliseconds since 1970
    sequence: int  # of the latest event
    running: tuple[str, ...]  # job ids
    queued: int  # paused ones among them
    paused: int = 0
    draining: bool = False  # ends when what runs has ended, and accepts nothing
    devices: tuple[DeviceStatus, ...] = ()  # of those that a worker has told of
    cache_bytes: int = 0
    cache_limit: int = 0


class Accepted(Value, frozen=True, kw_only=True, tag="accepted"):
    """The job is kept. `joined`: it was queued or running already, for somebody."""

    job: JobRecord
    sequence: int  # of the latest event: what comes after may concern this job
    joined: bool = False


class Withdrawn(Value, frozen=True, kw_only=True, tag="withdrawn"):
    """Whether the submission was still to be accepted, and is forgotten."""

    forgotten: bool


class Held(Value, frozen=True, kw_only=True, tag="held"):
    """What `by` holds from now on."""

    by: str
    jobs: tuple[str, ...]


class Leave(Value, frozen=True, kw_only=True):
    """By which records of consent a render goes; none and no `why` where it needs none.

    `why`: it has none. A `marked` one goes all the same, and says so in the picture.
    """

    records: tuple[str, ...] = ()
    marked: bool = False
    why: str = ""

    @property
    def refused(self) -> bool:
        return bool(self.why) and not self.marked


class ConsentFound(Value, frozen=True, kw_only=True, tag="consent_found"):
    """For each of the jobs, in their order."""

    leaves: tuple[Leave, ...]


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
    | Held
    | ConsentFound
    | Ending
    | EventList
    | ShutdownAnswer
    | Published
    | Refused
)
