"""A worker's memory is the system's again when a render is done."""

from __future__ import annotations

from pathlib import Path

import psutil
from engine_loop import serving
from engine_process import until
from filmed import drifting, film, footage

from engine.daemon.settings import Settings
from engine.protocol import EditPlan, Ratio, Render, Retime

KEPT = 300 << 20  # bytes; 480 MB and more stay where they are not given back


def test_an_idle_worker_has_given_the_pictures_of_its_renders_back(tmp_path: Path) -> None:
    media = film(tmp_path / "film.mkv", drifting(30, (1080, 1920)))
    slower = Render(
        footage=footage(media, 30),
        plan=EditPlan(rate=Ratio(num=25), spans=(Retime(start=0, end=30, frames=60),)),
        bridge=4,
    )
    with serving(tmp_path, Settings(devices=("cpu",))) as engine:
        engine.wait(engine.submit(slower).job.id)
        workers = [psutil.Process(worker.pid) for worker in engine.status().workers]
        until(lambda: all(worker.memory_info().rss < KEPT for worker in workers), patience=5)
