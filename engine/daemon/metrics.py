"""Figures for Prometheus, over HTTP on loopback, where the engine was asked for them: `--metrics PORT`.

What has happened is counted from what the log is told; how things stand is asked of the engine's loop at each
scrape. Figures carry no names: anybody on the machine may read them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from structlog.typing import EventDict

from engine.connection import LOOPBACK
from engine.daemon import logs
from engine.errors import EngineUnavailable
from engine.messages import EngineStatus

# ours: a look at a file takes a tenth of a second, a render with a model up to hours
SECONDS = (0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600)
BEGUN_OR_ENDED = ("job_running", "job_done", "job_failed", "job_cancelled")


class Metrics:
    """Served from threads of their own, which end with the process. `port`: which one it is."""

    def __init__(self, port: int, status: Callable[[], EngineStatus | None]) -> None:
        """`port` 0: any that is free. `status` is called from those threads; None: the loop does not answer.

        Raises EngineUnavailable where the port is taken.
        """
        registry = CollectorRegistry()
        self._jobs = Counter("pickup_jobs", "Jobs begun and ended", ["kind", "state"], registry=registry)
        self._seconds = Histogram(
            "pickup_job_seconds", "From beginning to end", ["kind"], buckets=SECONDS, registry=registry
        )
        self._lost = Counter("pickup_workers_lost", "Workers that died or hung", registry=registry)
        self._refused = Counter("pickup_clients_refused", "Keys shown that are not known", registry=registry)
        self._unconsented = Counter(
            "pickup_consent_refused", "Jobs whose new words nobody allows", registry=registry
        )
        registry.register(_Standing(status))
        ProcessCollector(registry=registry)
        try:
            server, _ = start_http_server(port, addr=LOOPBACK, registry=registry)
        except OSError as error:
            raise EngineUnavailable(
                f"--metrics {port}: {error.strerror or error}; give another port, or 0 for any that is free"
            ) from error
        self.port = int(server.server_port)
        logs.heard_by(self.count)

    def count(self, said: EventDict) -> None:
        """What the log is told, as its names and values."""
        match said["event"]:
            case str(event) if event in BEGUN_OR_ENDED:
                self._jobs.labels(kind=said["kind"], state=event.removeprefix("job_")).inc()
                if "seconds" in said:
                    self._seconds.labels(kind=said["kind"]).observe(said["seconds"])
            case "worker_lost":
                self._lost.inc()
            case "client_refused":
                self._refused.inc(said["times"])
            case "consent_refused":
                self._unconsented.inc()


class _Standing(Collector):
    """How things stand at this moment."""

    def __init__(self, status: Callable[[], EngineStatus | None]) -> None:
        self._status = status

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing: else the registry would ask the loop before it runs."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        status = self._status()
        if status is None:
            return
        yield _gauge("jobs_queued", "Jobs that wait, paused ones among them", status.queued)
        yield _gauge("jobs_paused", "Jobs that wait until they are resumed", status.paused)
        yield _gauge("jobs_at_work", "Jobs that a worker has", len(status.running))
        yield _gauge("workers", "Worker processes", len(status.workers))
        yield _gauge("draining", "1 where the engine ends when what runs has ended", status.draining)
        yield _gauge("cache_bytes", "What takes and findings take up", status.cache_bytes)
        yield _gauge("cache_limit_bytes", "What they may take up; 0: not bounded", status.cache_limit)
        yield _gauge("started_seconds", "When the engine was started, since 1970", status.started / 1000)
        yield _gauge("event_sequence", "The latest event's number", status.sequence)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"pickup_{name}", what, value=value)
