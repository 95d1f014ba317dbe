"""Jobs on their way in: what has to be read before one is kept, or answered with a take that is known.

    submit -> whose consent it has -> weigh its checkpoint (the sha256 is a part of its name)
           -> check the known take -> ready

The last two may be gigabytes, so other threads read, and leave letters for the loop. What is ready is
accepted together: one write, however many there are.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import msgspec

from engine.consent.ledger import Entry
from engine.daemon.consent_desk import ConsentDesk
from engine.daemon.handed_in import HandedIn
from engine.daemon.job_book import JobBook
from engine.daemon.scales import Scales, Weight, has_weights
from engine.daemon.sockets import Asked
from engine.errors import EngineError, QueueFull
from engine.job_name import job_hash
from engine.media_roots import check_names
from engine.messages import Accepted, JobRecord, Submit
from engine.version import engine_version

MOST_READING = 10_000  # ours: what is handed in faster than it is read waits in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A job handed in. `weights`: sha256 of the checkpoint that renders it, None where none does.

    `hash`: what the job is called; empty until its weights are known. `uses`: of somebody's likeness.
    """

    asked: Asked
    submit: Submit
    uses: tuple[Entry, ...] = ()
    weights: str | None = None
    hash: str = ""

    @property
    def handed_in(self) -> HandedIn:
        return HandedIn(submit=self.submit, client=self.asked.client, hash=self.hash, weights=self.weights)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What the ledger is to tell of it before it is accepted."""
        return tuple(msgspec.structs.replace(entry, job=self.hash) for entry in self.uses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The checkpoint that renders the job was read, or cannot be."""

    submission: Submission
    weight: Weight


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeChecked:
    """The take that may answer was read; `good` when its file is what was recorded."""

    submission: Submission
    known: JobRecord
    good: bool


class Intake:
    def __init__(
        self, book: JobBook, desk: ConsentDesk, put: Callable[[Weighed | TakeChecked], None]
    ) -> None:
        """`put` is called from other threads; what it gets is handed to `go_on` by the loop."""
        self._book = book
        self._desk = desk
        self._put = put
        self._ready: list[Submission] = []
        self._checker = ThreadPoolExecutor(max_workers=1)
        self._scales = Scales()
        self._waiting: set[tuple[bytes, int]] = set()  # for a letter: who handed in, under which id

    def close(self) -> None:
        self._scales.close()
        self._checker.shutdown(cancel_futures=True)

    @property
    def reading(self) -> int:
        """How many submissions wait for something to be read."""
        return len(self._waiting)

    def withdraw(self, peer: bytes, request: int) -> bool:
        """Forgets the submission; False where it does not wait for anything."""
        waits = (peer, request) in self._waiting
        self._waiting.discard((peer, request))
        return waits

    def take_ready(self) -> tuple[Submission, ...]:
        """Those that nothing has to be read for any more, in the order in which they became so."""
        ready, self._ready = tuple(self._ready), []
        return ready

    def begin(self, asked: Asked, submit: Submit) -> None:
        """The job is ready, or something must be read first.

        Raises ForbiddenPath, QueueFull, ConsentMissing.
        """
        check_names(submit.job)
        if self.reading >= MOST_READING:
            raise QueueFull(f"{MOST_READING} jobs wait for their weights or takes to be read: hand in later")
        allowed = self._desk.allow(submit.job, asked.client)
        job = allowed.job
        submission = Submission(
            asked=asked, submit=msgspec.structs.replace(submit, job=job), uses=allowed.uses
        )
        if not has_weights(job):
            self._name(submission, None)
            return
        self._waiting.add(_key(submission))
        self._scales.weigh(job, lambda weight: self._put(Weighed(submission=submission, weight=weight)))

    def go_on(self, letter: Weighed | TakeChecked) -> Accepted | None:
        """The answer, where a take was known; else as `begin`. Raises what is wrong with its weights."""
        key = _key(letter.submission)
        if key not in self._waiting:
            return None  # withdrawn
        self._waiting.remove(key)
        if isinstance(letter, TakeChecked):
            if letter.good:
                return self._book.give_known(letter.known)
            self._ready.append(letter.submission)
        elif isinstance(letter.weight, EngineError):
            raise letter.weight
        else:
            self._name(letter.submission, letter.weight)
        return None

    def _name(self, submission: Submission, weights: str | None) -> None:
        """The job's hash is known now: a take of that hash is read through before it is given out."""
        named = replace(
            submission,
            weights=weights,
            hash=job_hash(submission.submit.job, engine_version(), weights),
        )
        known = self._book.known_take(named.hash, weights) if named.handed_in.may_join else None
        if known is None:
            self._ready.append(named)
            return
        record, check = known

        def report(good: Future[bool]) -> None:
            self._put(TakeChecked(submission=named, known=record, good=good.result()))

        self._waiting.add(_key(submission))
        self._checker.submit(check.holds).add_done_callback(report)


def _key(submission: Submission) -> tuple[bytes, int]:
    return submission.asked.peer, submission.asked.id
