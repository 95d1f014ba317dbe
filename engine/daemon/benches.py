"""All benches: one for quick jobs, on the CPU, and one for long jobs on each device."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from engine.daemon.bench import Bench
from engine.daemon.devices import CPU, is_gpu
from engine.daemon.lane import Lane
from engine.daemon.queue_order import FreeBench
from engine.daemon.settings import Settings
from engine.daemon.worker_process import WorkerNews
from engine.errors import RenderFailed
from engine.messages import DeviceStatus, WorkerStatus

CLOSING = 5.0  # seconds for a killed worker to be gone, when the engine ends
_SHOWN = 12  # digits of a sha256


class Benches:
    def __init__(self, settings: Settings, tell: Callable[[WorkerNews], None]) -> None:
        """`tell` is called from other threads, with what workers say."""
        self.silence = settings.silence
        long = [Bench("long", device, tell) for device in settings.devices]
        self._benches = (Bench("quick", CPU, tell), *long)
        self.gpus = sum(is_gpu(device) for device in settings.devices)

    def __iter__(self) -> Iterator[Bench]:
        return iter(self._benches)

    def free(self, lane: Lane, now: float) -> tuple[FreeBench, ...]:
        return tuple(
            FreeBench(number=number, warm=bench.warm)
            for number, bench in enumerate(self._benches)
            if bench.lane == lane and bench.is_free(now)
        )

    def prepare(self, numbers: Sequence[int], now: float) -> Bench:
        """The first of these benches, where a worker stands ready with the devices of all.

        Raises RenderFailed where none can be started.
        """
        first, *lenders = (self._benches[number] for number in numbers)
        try:
            first.prepare(tuple(lenders), now)
        except RenderFailed:
            first.give_back()
            raise
        return first

    def of_process(self, pid: int) -> tuple[Bench, ...]:
        """Those that wait for its end, or whose worker it is."""
        return tuple(bench for bench in self._benches if bench.knows(pid))

    def with_job(self, job_id: str) -> Bench | None:
        return next((one for one in self._benches if one.work and one.work.job_id == job_id), None)

    def silent(self, now: float) -> tuple[Bench, ...]:
        """Those whose worker has a job and was not heard for too long."""
        due = ((bench, bench.silent_from(self.silence)) for bench in self._benches)
        return tuple(bench for bench, moment in due if moment is not None and moment < now)

    def next_due(self, now: float) -> float | None:
        """When time alone changes something, on the loop's clock; None where it does not."""
        moments = [
            moment
            for bench in self._benches
            for moment in (bench.silent_from(self.silence), bench.free_from(now))
            if moment is not None
        ]
        return min(moments, default=None)

    @property
    def workers(self) -> tuple[WorkerStatus, ...]:
        return tuple(
            WorkerStatus(
                pid=bench.pid,
                lane=bench.lane,
                device=bench.device,
                job=bench.work.job_id if bench.work else "",
                model=bench.warm[:_SHOWN],
            )
            for bench in self._benches
            if bench.pid is not None
        )

    @property
    def devices(self) -> tuple[DeviceStatus, ...]:
        """Each once, of those that a worker has told of."""
        found = {bench.device: bench.found for bench in self._benches if bench.found}
        return tuple(found[name] for name in sorted(found))

    def close(self) -> None:
        for bench in self._benches:
            bench.close(CLOSING)
