"""The reception: answers what clients ask. Jobs that come in together are accepted together, in one write."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from engine.admission import ME
from engine.daemon.consent_desk import ConsentDesk
from engine.daemon.foreman import Foreman
from engine.daemon.intake import Intake, Submission, TakeChecked, Weighed
from engine.daemon.job_book import JobBook
from engine.daemon.replies import Replies
from engine.daemon.shelf import Shelf
from engine.daemon.sockets import Asked
from engine.errors import EngineError, EngineUnavailable, NotAdmitted
from engine.messages import (
    ENDED,
    Accepted,
    Answer,
    AwaitEnd,
    Cancel,
    ConsentFound,
    Ending,
    EngineStatus,
    EventsSince,
    Fault,
    Hello,
    Hold,
    JobList,
    JobRecord,
    JobStatus,
    ListJobs,
    LookForConsent,
    Pause,
    Refused,
    Reprioritise,
    Resume,
    Shutdown,
    ShutdownAnswer,
    Status,
    Submit,
    Withdraw,
    Withdrawn,
)
from engine.protocol import PROTOCOL_VERSION
from engine.version import engine_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One life of an engine. `started`: milliseconds since 1970."""

    id: str
    started: int


class Reception:
    """`stopping`: the engine was told to end now; `draining`: when what runs has ended."""

    def __init__(
        self,
        run: Run,
        book: JobBook,
        foreman: Foreman,
        intake: Intake,
        replies: Replies,
        *,
        desk: ConsentDesk,
        shelf: Shelf,
    ) -> None:
        self.stopping = False
        self.draining = False
        self._run = run
        self._book = book
        self._foreman = foreman
        self._intake = intake
        self._replies = replies
        self._desk = desk
        self._shelf = shelf

    def hear(self, asked: Asked) -> None:
        """Answers; but a job is answered when it is accepted, after what must be read first."""
        try:
            if isinstance(asked.ask, Submit):
                self._refuse_when_draining()
                if asked.ask.follow:
                    self._replies.refuse_when_full()
                self._intake.begin(asked, asked.ask)
                return
            self.accept()  # what one asks after may just have come in
            answer = self._answer(asked)
        except EngineError as error:
            answer = Refused(fault=Fault.of(error))
        if answer is not None:
            self._replies.give(asked, answer)

    def accept(self) -> None:
        """Keeps all jobs that are ready, and has free workers begin while the replies are sent."""
        ready = self._noted(self._intake.take_ready())
        if not ready:
            return
        answers = self._book.keep_all([one.handed_in for one in ready], now_ms())
        for submission, answer in zip(ready, answers, strict=True):
            if isinstance(answer, Accepted) and submission.submit.follow:
                self._replies.promise(submission.asked, answer.job.id)
        self.assign()
        for submission, answer in zip(ready, answers, strict=True):
            told = answer if isinstance(answer, Accepted) else Refused(fault=Fault.of(answer))
            self._replies.give(submission.asked, told)

    def _noted(self, ready: tuple[Submission, ...]) -> tuple[Submission, ...]:
        """Those whose uses stand on the ledger from now on; the others are refused."""
        entries = tuple(entry for submission in ready for entry in submission.entries)
        try:
            self._desk.note(entries)
        except EngineError as error:
            for submission in ready:
                if submission.uses:
                    self._replies.give(submission.asked, Refused(fault=Fault.of(error)))
            return tuple(submission for submission in ready if not submission.uses)
        return ready

    def go_on_with(self, letter: Weighed | TakeChecked) -> None:
        """With a submission that another thread had something to read for."""
        submission, asked = letter.submission, letter.submission.asked
        try:
            self._refuse_when_draining()
            known = self._intake.go_on(letter)
            if known is None:
                return
            self._desk.note(submission.entries)
            self._replies.give(asked, known)
            if submission.submit.follow:
                self._replies.give(asked, self._book.ending(known.job.id))
        except EngineError as error:
            self._replies.give(asked, Refused(fault=Fault.of(error)))

    def assign(self) -> None:
        if not self.draining:
            self._foreman.assign(time.monotonic(), now_ms())

    # ---- answers

    def _answer(self, asked: Asked) -> Answer | None:
        """The reply; None where it follows later."""
        match asked.ask:
            case Withdraw(request=request):
                return Withdrawn(forgotten=self._intake.withdraw(asked.peer, request))
            case AwaitEnd(id=job_id):
                return self._await_end(asked, job_id)
            case Hello() | Status() | EventsSince() | Shutdown() as ask:
                return self._answer_of_engine(ask, asked.client)
            case JobStatus() | ListJobs() | Hold() | LookForConsent() as ask:
                return self._answer_of_jobs(ask, asked.client)
            case Cancel() | Pause() | Resume() | Reprioritise() as ask:
                return self._changed(ask)
        raise AssertionError(asked.ask)

    def _answer_of_engine(self, ask: Hello | Status | EventsSince | Shutdown, client: str) -> Answer:
        match ask:
            case Hello() | Status():
                return self.status()
            case EventsSince(run=run, sequence=sequence):
                return self._book.events_since(run, sequence)
            case Shutdown():
                if client != ME:
                    raise NotAdmitted("only the user whom the engine belongs to may stop it")
                return self._shutdown(ask)

    def _answer_of_jobs(self, ask: JobStatus | ListJobs | Hold | LookForConsent, client: str) -> Answer:
        match ask:
            case JobStatus(id=job_id):
                return self._book.record(job_id)
            case ListJobs(limit=limit):
                return JobList(jobs=self._book.latest(limit))
            case Hold(by=by, jobs=jobs):
                return self._book.hold(by, jobs)
            case LookForConsent(jobs=renders, note=note):
                if note:
                    return ConsentFound(leaves=self._desk.turn_away(renders, client))
                return ConsentFound(leaves=self._desk.look(renders))

    def _changed(self, ask: Cancel | Pause | Resume | Reprioritise) -> JobRecord:
        match ask:
            case Cancel(id=job_id):
                return self._foreman.cancel(job_id, time.monotonic(), now_ms())
            case Pause(id=job_id):
                return self._foreman.pause(job_id, time.monotonic())
            case Resume(id=job_id):
                return self._book.resume(job_id)
            case Reprioritise(id=job_id, priority=priority):
                return self._book.reprioritise(job_id, priority)

    def _await_end(self, asked: Asked, job_id: str) -> Ending | None:
        ending = self._book.ending(job_id)
        if ending.job.state in ENDED:
            return ending
        self._replies.refuse_when_full()
        self._replies.promise(asked, job_id)
        return None

    def status(self) -> EngineStatus:
        return EngineStatus(
            protocol=PROTOCOL_VERSION,
            engine_version=engine_version(),
            run=self._run.id,
            pid=os.getpid(),
            workers=self._foreman.workers,
            started=self._run.started,
            sequence=self._book.sequence,
            running=self._book.running,
            queued=self._book.queued,
            paused=self._book.paused,
            draining=self.draining,
            devices=self._foreman.devices,
            cache_bytes=self._shelf.size,
            cache_limit=self._shelf.limit,
        )

    def _shutdown(self, ask: Shutdown) -> ShutdownAnswer:
        unfinished = len(self._book.running) + self._book.queued + self._intake.reading
        if ask.how == "drained":
            self.draining = True
        else:
            self.stopping = ask.how == "now" or not unfinished
        return ShutdownAnswer(stopping=self.stopping or self.draining, unfinished=unfinished)

    def _refuse_when_draining(self) -> None:
        if self.draining:
            raise EngineUnavailable(
                "the engine ends when what runs has ended, and accepts nothing: hand in again when it has"
            )


def now_ms() -> int:
    return time.time_ns() // 1_000_000
