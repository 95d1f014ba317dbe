"""The engine's loop: one thread that answers requests and hears the worker, and never waits for work."""

from __future__ import annotations

import os
import secrets
import time
from dataclasses import dataclass

import structlog
import zmq

from engine.admission import ME
from engine.connection import LOOPBACK, Address, Connection, write_connection
from engine.daemon.clients import Clients
from engine.daemon.event_log import EventLog
from engine.daemon.foreman import Foreman
from engine.daemon.intake import Intake, Submission, TakeChecked, Weighed
from engine.daemon.job_store import JobStore
from engine.daemon.journal import Journal
from engine.daemon.mailbox import Mailbox
from engine.daemon.outbox import Outbox
from engine.daemon.sockets import Asked, EngineSockets, Socket
from engine.daemon.worker_process import WorkerGone, WorkerNews, WorkerSaid
from engine.envelope import encode, open_envelope, read_ask
from engine.errors import EngineError, EngineUnavailable, NotAdmitted, WireError
from engine.keys import load_or_make_key
from engine.messages import (
    ENDED,
    Accepted,
    Answer,
    AwaitEnd,
    Cancel,
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
from engine.paths import EnginePaths
from engine.protocol import PROTOCOL_VERSION
from engine.version import engine_version

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A signal asked the engine to end."""


class Server:
    """Bound, and its connection file written, once it is made. `serve` runs until it is told to stop."""

    def __init__(self, paths: EnginePaths, idle_seconds: float | None, listen: Address | None = None) -> None:
        """`idle_seconds`: with no job and no request for that long the engine ends; None: never.

        `listen`: where, instead of on ports of loopback that the system picks.
        """
        self._paths = paths
        self._idle_seconds = idle_seconds
        self._run = secrets.token_hex(8)
        self._started = _now_ms()
        self._stopping = False
        self._draining = False
        self._waiting: dict[str, list[Asked]] = {}  # who wants to know a job's end
        self._last_ask = time.monotonic()
        key, client_key = load_or_make_key(paths.server_key), load_or_make_key(paths.client_key)
        self._context: zmq.Context[Socket] = zmq.Context()
        self._mailbox: Mailbox[WorkerNews | Weighed | TakeChecked | Stop] = Mailbox(self._context)
        self._clients = Clients(paths, client_key.public)
        self._sockets = EngineSockets(
            self._context, key, lambda shown: self._clients.name_of(shown) is not None, listen
        )
        self._outbox = Outbox()
        self._store = JobStore(paths.jobs)
        self._events = EventLog(self._run, self._sockets.publish, Journal(paths).write_down)
        self._foreman = Foreman(paths, self._store, self._events, self._mailbox.put, self._tell_end)
        self._intake = Intake(self._foreman, self._mailbox.put)
        self._poller = self._make_poller()
        self._connection = Connection(
            protocol=PROTOCOL_VERSION,
            engine_version=engine_version(),
            run=self._run,
            pid=os.getpid(),
            ports=self._sockets.ports,
            server_key=key.public,
            client_key=client_key.public,
            host=listen.called_here if listen else LOOPBACK,
        )

    def stop(self) -> None:
        """Makes `serve` return; from any thread or signal handler."""
        self._mailbox.put(Stop())

    def serve(self) -> None:
        if self._foreman.queued:
            log.info("jobs_taken_up", queued=self._foreman.queued)
        self._foreman.sweep(_now_ms())
        write_connection(self._paths.connection, self._connection)
        log.info("engine_answers", engine=engine_version(), pid=os.getpid())
        try:
            while not self._stopping:
                self._assign()
                self._turn()
        finally:
            self._close()

    def _make_poller(self) -> zmq.Poller:
        poller = zmq.Poller()
        for socket in (
            self._sockets.door.socket,
            self._sockets.control,
            self._sockets.events,
            self._mailbox.socket,
            self._sockets.requests,
        ):
            poller.register(socket, zmq.POLLIN)
        return poller

    def _turn(self) -> None:
        """Waits for something to happen, and sees to it: at most one request before control is looked at."""
        ready = dict(self._poller.poll(self._patience_ms()))
        self._shut_out()
        self._outbox.flush()
        if self._sockets.door.socket in ready:
            self._sockets.door.answer()
        if self._sockets.control in ready:
            self._answer_one(self._sockets.control)
        if self._sockets.events in ready and not self._sockets.hear_subscribers():
            self._renew_events()
        if self._mailbox.socket in ready:
            self._read_mail()
        if self._sockets.requests in ready:
            self._answer_one(self._sockets.requests)
        now = time.monotonic()
        self._foreman.check_silence(now, _now_ms())
        if (idle_ends := self._idle_ends()) is not None and now >= idle_ends:
            log.info("engine_idle", seconds=self._idle_seconds)
            self._stopping = True
        if self._draining and not self._foreman.running:
            self._stopping = True

    def _shut_out(self) -> None:
        """Who was revoked hears no more events either."""
        if self._clients.lost_any():
            self._renew_events()

    def _renew_events(self) -> None:
        self._poller.unregister(self._sockets.events)
        self._sockets.renew_events()
        self._poller.register(self._sockets.events, zmq.POLLIN)

    def _assign(self) -> None:
        if not self._draining:
            self._foreman.assign(time.monotonic(), _now_ms())

    def _patience_ms(self) -> int | None:
        moments = (self._foreman.silence_ends(), self._idle_ends(), self._outbox.next_try)
        due = [moment for moment in moments if moment is not None]
        if not due:
            return None
        return max(0, int((min(due) - time.monotonic()) * 1000) + 1)

    def _idle_ends(self) -> float | None:
        if self._idle_seconds is None or self._foreman.running or self._intake.reading:
            return None
        return self._last_ask + self._idle_seconds

    # ---- requests

    def _answer_one(self, socket: Socket) -> None:
        self._last_ask = time.monotonic()
        peer, *frames = socket.recv_multipart(copy=False)
        request_id = 0
        answer: Answer | None
        try:
            if len(frames) != 1:
                raise WireError(f"a request is one frame, not {len(frames)}")
            envelope = open_envelope(frames[0].bytes)
            request_id = envelope.id
            client = self._client_of(frames[0])
            asked = Asked(
                socket=socket, peer=peer.bytes, client=client, id=request_id, ask=read_ask(envelope)
            )
            answer = self._answer(asked)
        except EngineError as error:
            answer = Refused(fault=Fault.of(error))
        if answer is not None:
            self._outbox.send(socket, peer.bytes, encode(answer, request_id))

    def _client_of(self, frame: zmq.Frame) -> str:
        """Whose key the peer has shown. Raises NotAdmitted where that was revoked since."""
        client = self._clients.name_of(str(frame.get("User-Id")))  # that the doorkeeper gave
        if client is None:
            raise NotAdmitted("this key was revoked: ask whoever runs the engine for another")
        return client

    def _reply(self, asked: Asked, answer: Answer) -> None:
        if self._clients.has(asked.client):  # one who was revoked meanwhile is told nothing
            self._outbox.send(asked.socket, asked.peer, encode(answer, asked.id))

    def _answer(self, asked: Asked) -> Answer | None:
        """The reply; None where it follows later."""
        match asked.ask:
            case Submit() as submit:
                return self._take_in(Submission(asked=asked, submit=submit))
            case Withdraw(request=request):
                return Withdrawn(forgotten=self._intake.withdraw(asked.peer, request))
            case Hello() | Status() | EventsSince() | Shutdown() as ask:
                return self._answer_of_engine(ask, asked.client)
            case AwaitEnd(id=job_id):
                return self._await_end(asked, job_id)
            case JobStatus() | ListJobs() | Hold() as ask:
                return self._answer_of_jobs(ask)
            case Cancel() | Pause() | Resume() | Reprioritise() as ask:
                return self._changed_job(ask)

    def _answer_of_engine(self, ask: Hello | Status | EventsSince | Shutdown, client: str) -> Answer:
        match ask:
            case Hello() | Status():
                return self._status()
            case EventsSince(run=run, sequence=sequence):
                return self._events.since(run, sequence)
            case Shutdown(how=how):
                if client != ME:
                    raise NotAdmitted("only the user whom the engine belongs to may stop it")
                return self._shutdown(how)

    def _answer_of_jobs(self, ask: JobStatus | ListJobs | Hold) -> Answer:
        match ask:
            case JobStatus(id=job_id):
                return self._foreman.record(job_id)
            case ListJobs(limit=limit):
                return JobList(jobs=self._foreman.latest(limit))
            case Hold(by=by, jobs=jobs):
                return self._foreman.hold(by, jobs)

    def _changed_job(self, ask: Cancel | Pause | Resume | Reprioritise) -> JobRecord:
        match ask:
            case Cancel(id=job_id):
                return self._foreman.cancel(job_id, _now_ms())
            case Pause(id=job_id):
                return self._foreman.pause(job_id)
            case Resume(id=job_id):
                return self._foreman.resume(job_id)
            case Reprioritise(id=job_id, priority=priority):
                return self._foreman.reprioritise(job_id, priority)

    def _await_end(self, asked: Asked, job_id: str) -> Ending | None:
        ending = self._foreman.ending(job_id)
        if ending.job.state in ENDED:
            return ending
        self._waiting.setdefault(job_id, []).append(asked)
        return None

    def _tell_end(self, ending: Ending) -> None:
        for asked in self._waiting.pop(ending.job.id, []):
            self._reply(asked, ending)

    def _status(self) -> EngineStatus:
        return EngineStatus(
            protocol=PROTOCOL_VERSION,
            engine_version=engine_version(),
            run=self._run,
            pid=os.getpid(),
            workers=self._foreman.workers,
            started=self._started,
            sequence=self._events.sequence,
            running=self._foreman.running,
            queued=self._foreman.queued,
            paused=self._foreman.paused,
            draining=self._draining,
        )

    def _shutdown(self, how: ShutdownHow) -> ShutdownAnswer:
        unfinished = len(self._foreman.running) + self._foreman.queued + self._intake.reading
        if how == "drained":
            self._draining = True
        else:
            self._stopping = how == "now" or not unfinished
        return ShutdownAnswer(stopping=self._stopping or self._draining, unfinished=unfinished)

    def _take_in(self, submission: Submission) -> Accepted | None:
        self._refuse_when_draining()
        accepted = self._intake.begin(submission, _now_ms())
        return None if accepted is None else self._kept(submission, accepted)

    def _go_on_with(self, letter: Weighed | TakeChecked) -> None:
        """With a submission that another thread had something to read for."""
        submission, asked = letter.submission, letter.submission.asked
        try:
            self._refuse_when_draining()
            accepted = self._intake.go_on(letter, _now_ms())
            if accepted is None:
                return
            self._reply(asked, self._kept(submission, accepted))
            if accepted.job.cached and submission.submit.follow:
                self._reply(asked, self._foreman.ending(accepted.job.id))
        except EngineError as error:
            self._reply(asked, Refused(fault=Fault.of(error)))

    def _kept(self, submission: Submission, accepted: Accepted) -> Accepted:
        if not accepted.job.cached:
            if submission.submit.follow:
                self._waiting.setdefault(accepted.job.id, []).append(submission.asked)
            # The worker may begin while the reply is sent.
            self._assign()
        return accepted

    def _refuse_when_draining(self) -> None:
        if self._draining:
            raise EngineUnavailable(
                "the engine ends when what runs has ended, and accepts nothing: hand in again when it has"
            )

    # ---- what the threads report

    def _read_mail(self) -> None:
        for letter in self._mailbox.take():
            match letter:
                case WorkerSaid() | WorkerGone():
                    self._foreman.hear(letter, time.monotonic(), _now_ms())
                case Weighed() | TakeChecked():
                    self._go_on_with(letter)
                case Stop():
                    self._stopping = True

    def _close(self) -> None:
        """Leaves nothing behind: no worker, no connection file; unfinished jobs wait in the store."""
        self._paths.connection.unlink(missing_ok=True)
        self._foreman.close()
        self._intake.close()
        self._store.close()
        self._sockets.close()
        self._mailbox.close()
        self._context.term()
        log.info("engine_ended")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
