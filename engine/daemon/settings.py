"""What whoever starts an engine may choose."""

from __future__ import annotations

from dataclasses import dataclass

from engine.daemon.devices import CPU

# Some native decoders hold the interpreter's lock for a minute, and with it the beats: only a much longer
# silence means a worker that hangs. A worker that dies is noticed at once, by the end of its pipe.
SILENCE = 180.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`idle`: with no job and no request for so many seconds the engine ends; None: never.

    `silence`: seconds without a beat after which a worker in the middle of a job is taken for hung.
    `devices`: what long jobs are done on, a worker for each. `metrics`: port of the figures for Prometheus, 0
    for any that is free; None: there are none. `cache`: bytes that takes, reels and findings may have; None:
    a share of the disk.
    """

    idle: float | None = None
    silence: float = SILENCE
    devices: tuple[str, ...] = (CPU,)
    metrics: int | None = None
    cache: int | None = None
