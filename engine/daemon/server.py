"""The engine's loop: one thread that answers requests and hears the worker, and never waits for work."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

import structlog
import zmq

from engine.connection import LOOPBACK, Address, Connection, write_connection
from engine.daemon.benches import Benches
from engine.daemon.clients import Clients
from engine.daemon.consent_desk import ConsentDesk
from engine.daemon.event_log import EventLog, first_sequence
from engine.daemon.foreman import Foreman
from engine.daemon.intake import Intake, TakeChecked, Weighed
from engine.daemon.job_book import JobBook
from engine.daemon.job_store import JobStore
from engine.daemon.journal import Journal
from engine.daemon.mailbox import Mailbox
from engine.daemon.outbox import Outbox
from engine.daemon.reception import Reception, Run, now_ms
from engine.daemon.replies import Replies
from engine.daemon.settings import Settings
from engine.daemon.shelf import Shelf
from engine.daemon.sockets import Asked, EngineSockets, Socket
from engine.daemon.sweep import sweep
from engine.daemon.worker_process import WorkerGone, WorkerNews, WorkerSaid
from engine.envelope import encode, open_envelope, read_ask
from engine.errors import EngineError, NotAdmitted, WireError
from engine.keys import load_or_make_key
from engine.messages import LARGEST_REQUEST, Ending, EngineStatus, Fault, Refused
from engine.paths import EnginePaths
from engine.protocol import PROTOCOL_VERSION, Reel, Take
from engine.version import engine_version

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


LOOK_PATIENCE = 2.0  # seconds
BATCH = 256  # ours: requests between two looks at control; some 20 ms
LONGEST_HEARING = 0.02  # ours: seconds, after which control is looked at again, whatever was asked
# ours: where so many waited more may be on their way, and are worth a moment: libzmq hands on few at a time.
STREAM, STREAM_MS = 16, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A signal asked the engine to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody in another thread wants to know how the engine is."""

    answer: Future[EngineStatus]


class Server:
    """Bound, and its connection file written, once it is made. `serve` runs until it is told to stop."""

    def __init__(self, paths: EnginePaths, settings: Settings, listen: Address | None = None) -> None:
        """`listen`: where, instead of on ports of loopback that the system picks."""
        self._paths = paths
        self._idle = settings.idle
        self._stopping = False
        self._last_ask = time.monotonic()
        key, client_key = load_or_make_key(paths.server_key), load_or_make_key(paths.client_key)
        self._context: zmq.Context[Socket] = zmq.Context()
        self._mailbox: Mailbox[WorkerNews | Weighed | TakeChecked | Look | Stop] = Mailbox(self._context)
        self._clients = Clients(paths, client_key.public)
        self._sockets = EngineSockets(
            self._context, key, lambda shown: self._clients.name_of(shown) is not None, listen
        )
        self._outbox = Outbox()
        self._store = JobStore(paths.jobs)
        run = Run(id=secrets.token_hex(8), started=now_ms())
        sequence = first_sequence(run.started * 1000, self._store.last_change())
        events = EventLog(run.id, sequence, self._sockets.publish, Journal(paths).write_down)
        replies = Replies(self._clients, self._outbox)
        self._replies = replies
        self._shelf = Shelf(paths.cache, settings.cache)
        self._book = JobBook(self._store, events, self._ended)
        desk = ConsentDesk(paths)
        self._foreman = Foreman(paths, self._book, Benches(settings, self._mailbox.put), desk)
        self._intake = Intake(self._book, desk, self._mailbox.put)
        self._reception = Reception(
            run, self._book, self._foreman, self._intake, replies, desk=desk, shelf=self._shelf
        )
        self._poller = self._make_poller()
        self._connection = Connection(
            protocol=PROTOCOL_VERSION,
            engine_version=engine_version(),
            run=run.id,
            pid=os.getpid(),
            ports=self._sockets.ports,
            server_key=key.public,
            client_key=client_key.public,
            host=listen.called_here if listen else LOOPBACK,
            metrics=None if settings.metrics is None else _metrics_port(settings.metrics, self.look),
        )

    def stop(self) -> None:
        """Makes `serve` return; from any thread or signal handler."""
        self._mailbox.put(Stop())

    def look(self) -> EngineStatus | None:
        """How the engine is, for another thread; None where its loop does not say so in time."""
        answer: Future[EngineStatus] = Future()
        self._mailbox.put(Look(answer=answer))
        try:
            return answer.result(LOOK_PATIENCE)
        except TimeoutError:
            return None

    def serve(self) -> None:
        self._book.take_up(now_ms())
        if self._book.queued:
            log.info("jobs_taken_up", queued=self._book.queued)
        sweep(self._paths, self._store, now_ms())
        self._tidy()
        write_connection(self._paths.connection, self._connection)
        log.info("engine_answers", engine=engine_version(), pid=os.getpid())
        try:
            while not self._stopping and not self._reception.stopping:
                self._reception.assign()
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
        """Waits for something to happen, and sees to it: after some requests control is looked at again."""
        ready = dict(self._poller.poll(self._patience_ms()))
        self._shut_out()
        self._outbox.flush()
        if self._sockets.door.socket in ready:
            self._sockets.door.answer()
        if self._sockets.control in ready:
            self._hear(self._sockets.control, most=1)
        if self._sockets.events in ready and (flooding := self._sockets.hear_subscribers()) is not None:
            self._clients.shut_out(flooding)
            self._renew_events()
        if self._mailbox.socket in ready:
            self._read_mail()
        if self._sockets.requests in ready:
            self._hear(self._sockets.requests, most=BATCH)
        now = time.monotonic()
        self._foreman.check_silence(now, now_ms())
        if (idle_ends := self._idle_ends()) is not None and now >= idle_ends:
            log.info("engine_idle", seconds=self._idle)
            self._stopping = True
        if self._reception.draining and not self._book.running:
            self._stopping = True

    def _shut_out(self) -> None:
        """Who was revoked hears no more events either."""
        if self._clients.lost_any():
            self._renew_events()

    def _renew_events(self) -> None:
        self._poller.unregister(self._sockets.events)
        self._sockets.renew_events()
        self._poller.register(self._sockets.events, zmq.POLLIN)

    def _patience_ms(self) -> int | None:
        now = time.monotonic()
        moments = (self._foreman.next_due(now), self._idle_ends(), self._outbox.next_try)
        due = [moment for moment in moments if moment is not None]
        if not due:
            return None
        return max(0, int((min(due) - now) * 1000) + 1)

    def _idle_ends(self) -> float | None:
        if self._idle is None or self._book.running or self._intake.reading:
            return None
        return self._last_ask + self._idle

    # ---- requests

    def _hear(self, socket: Socket, most: int) -> None:
        """The requests that wait there, so many at most, and no more than may be in memory at once."""
        self._last_ask = time.monotonic()
        room, ends = LARGEST_REQUEST, self._last_ask + LONGEST_HEARING
        for heard in range(most):
            try:
                peer, *frames = socket.recv_multipart(zmq.DONTWAIT, copy=False)
            except zmq.Again:
                if heard < STREAM or not socket.poll(STREAM_MS):
                    break
                continue
            if not self._outbox.is_deaf(socket, peer.bytes):
                self._hear_one(socket, peer.bytes, frames)
            room -= sum(len(frame) for frame in frames)
            if room <= 0 or time.monotonic() > ends:
                break
        self._reception.accept()

    def _hear_one(self, socket: Socket, peer: bytes, frames: list[zmq.Frame]) -> None:
        request_id = 0
        try:
            if len(frames) != 1:
                raise WireError(f"a request is one frame, not {len(frames)}")
            envelope = open_envelope(frames[0].bytes)
            request_id = envelope.id
            key = str(frames[0].get("User-Id"))  # that the doorkeeper gave
            asked = Asked(
                socket=socket,
                peer=peer,
                key=key,
                client=self._client_of(key),
                id=request_id,
                ask=read_ask(envelope),
            )
        except EngineError as error:
            self._outbox.send(socket, peer, encode(Refused(fault=Fault.of(error)), request_id))
        else:
            self._reception.hear(asked)

    def _client_of(self, key: str) -> str:
        """Whose key the peer has shown. Raises NotAdmitted where that was revoked since."""
        client = self._clients.name_of(key)
        if client is None:
            raise NotAdmitted("this key was revoked: ask whoever runs the engine for another")
        return client

    # ---- what the threads report

    def _read_mail(self) -> None:
        for letter in self._mailbox.take():
            match letter:
                case WorkerSaid() | WorkerGone():
                    self._foreman.hear(letter, time.monotonic(), now_ms())
                case Weighed() | TakeChecked():
                    self._reception.go_on_with(letter)
                case Look(answer=answer):
                    answer.set_result(self._reception.status())
                case Stop():
                    self._stopping = True
        self._reception.accept()

    def _ended(self, ending: Ending) -> None:
        """A job has: whoever waits for it is told, and the cache may have become too large."""
        self._replies.tell(ending)
        if isinstance(ending.result, Take | Reel):
            self._tidy()

    def _tidy(self) -> None:
        self._shelf.tidy(self._book.held_folders() | self._foreman.folders)

    def _close(self) -> None:
        """Leaves nothing behind: no worker, no connection file; unfinished jobs wait in the store."""
        self._paths.connection.unlink(missing_ok=True)
        self._foreman.close()
        self._intake.close()
        self._shelf.close()
        self._store.close()
        self._sockets.close()
        self._mailbox.close()
        self._context.term()
        log.info("engine_ended")


def _metrics_port(wanted: int, look: Callable[[], EngineStatus | None]) -> int:
    """Where the figures are served from now on."""
    from engine.daemon.metrics import Metrics  # noqa: PLC0415  (30 ms, for those who ask for it)

    return Metrics(wanted, look).port
