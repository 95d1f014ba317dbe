"""Jobs on their way in: what has to be read before one is kept, or answered with a take that is known.

    submit -> weigh its checkpoint (the sha256 is a part of its name) -> check the known take -> accepted

Both may be gigabytes, so other threads read, and leave letters for the loop.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from engine.daemon.foreman import Foreman
from engine.daemon.scales import Scales, Weight, has_weights
from engine.daemon.sockets import Asked
from engine.errors import EngineError
from engine.messages import Accepted, JobRecord, Submit


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A job handed in. `weights`: sha256 of the checkpoint that renders it, None where none does."""

    asked: Asked
    submit: Submit
    weights: str | None = None


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
    def __init__(self, foreman: Foreman, put: Callable[[Weighed | TakeChecked], None]) -> None:
        """`put` is called from other threads; what it gets is handed to `go_on` by the loop."""
        self._foreman = foreman
        self._put = put
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

    def begin(self, submission: Submission, now_ms: int) -> Accepted | None:
        """The answer; None where something must be read first."""
        job = submission.submit.job
        if not has_weights(job):
            return self._named(submission, now_ms)
        self._waiting.add(_key(submission))
        self._scales.weigh(job, lambda weight: self._put(Weighed(submission=submission, weight=weight)))
        return None

    def go_on(self, letter: Weighed | TakeChecked, now_ms: int) -> Accepted | None:
        """As `begin`; None too where the job was withdrawn. Raises what is wrong with the job's weights."""
        key = _key(letter.submission)
        if key not in self._waiting:
            return None
        self._waiting.remove(key)
        if isinstance(letter, TakeChecked):
            if letter.good:
                return self._foreman.give_known(letter.known)
            return self._keep(letter.submission, now_ms)
        if isinstance(letter.weight, EngineError):
            raise letter.weight
        return self._named(replace(letter.submission, weights=letter.weight), now_ms)

    def _named(self, submission: Submission, now_ms: int) -> Accepted | None:
        """The job's name is known now: a take of that name is read through before it is given out."""
        submit = submission.submit
        known = None if submit.fresh else self._foreman.known_take(submit.job, submission.weights)
        if known is None:
            return self._keep(submission, now_ms)
        record, check = known

        def report(good: Future[bool]) -> None:
            self._put(TakeChecked(submission=submission, known=record, good=good.result()))

        self._waiting.add(_key(submission))
        self._checker.submit(check.holds).add_done_callback(report)
        return None

    def _keep(self, submission: Submission, now_ms: int) -> Accepted:
        return self._foreman.submit(
            submission.submit, submission.asked.client, now_ms, weights=submission.weights
        )


def _key(submission: Submission) -> tuple[bytes, int]:
    return submission.asked.peer, submission.asked.id
