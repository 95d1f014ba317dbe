"""The worker: whatever happens in a job becomes a result or a named fault, and the pipe stays whole."""

from __future__ import annotations

import errno
import io
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from engine.daemon import tasks, worker
from engine.daemon.worker_wire import (
    LARGEST_FRAME,
    Advanced,
    Assignment,
    Beat,
    Broken,
    Failed,
    Finished,
    WorkerMessage,
    frame,
    read_frame,
    worker_messages,
)
from engine.errors import EngineError, MissingMedia, OutOfGpuMemory, RenderFailed, WireError
from engine.protocol import Analyse, Job, Sleep, Slept


def assignment(folder: Path, job: Job | None = None) -> Assignment:
    return Assignment(
        id="7",
        job=job or Sleep(),
        folder=str(folder / "take"),
        cache=str(folder / "cache"),
        unfinished=str(folder / "unfinished"),
        log=str(folder / "logs" / "7.log"),
    )


def answer_to(error: BaseException, folder: Path, monkeypatch: pytest.MonkeyPatch) -> WorkerMessage:
    def perform(*_: object) -> tasks.Performed:
        raise error

    monkeypatch.setattr(tasks, "perform", perform)
    return worker.perform(assignment(folder), lambda _: None)


def failed_with(error: BaseException, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Failed:
    answer = answer_to(error, folder, monkeypatch)
    assert isinstance(answer, Failed)
    return answer


def test_a_job_that_is_done_is_answered_with_its_result(tmp_path: Path) -> None:
    answer = worker.perform(assignment(tmp_path), lambda _: None)
    assert isinstance(answer, Finished)
    assert (answer.id, answer.result) == ("7", Slept())
    assert answer.device is not None
    assert 0 < answer.device.memory_free < answer.device.memory_total


def test_progress_is_thinned_out_and_its_last_step_always_told(tmp_path: Path) -> None:
    told: list[WorkerMessage] = []
    worker.perform(assignment(tmp_path, Sleep(ticks=20)), told.append)
    steps = [message.progress.done for message in told if isinstance(message, Advanced)]
    assert steps[-1] == 20
    assert len(steps) < 10


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (MissingMedia("gone"), "MissingMedia"),
        (MemoryError(), "OutOfMemory"),
        (OSError(errno.ENOSPC, "No space left on device"), "DiskFull"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "DiskFull"),
        (OSError(errno.EIO, "Input/output error"), "RenderFailed"),
        (ZeroDivisionError("division by zero"), "RenderFailed"),
        (RecursionError("too deep"), "RenderFailed"),
    ],
)
def test_each_failure_has_a_name(
    error: Exception, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert failed_with(error, tmp_path, monkeypatch).fault.name == name


class AcceleratorError(RuntimeError):
    """As torch has it, which cannot be made to fail without a GPU."""


class OutOfMemoryError(RuntimeError):
    """As torch has it."""


def caused_by(error: Exception) -> RenderFailed:
    told = RenderFailed("the render failed")
    told.__cause__ = error
    return told


@pytest.mark.parametrize(
    "error",
    [
        AcceleratorError("CUDA error: an illegal memory access was encountered"),
        RuntimeError("CUDA error: misaligned address"),
        RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"),
        caused_by(AcceleratorError("CUDA error: device-side assert triggered")),
    ],
)
def test_a_gpu_that_failed_is_said_to_be_broken(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(answer_to(error, tmp_path, monkeypatch), Broken)


@pytest.mark.parametrize(
    "error", [OutOfMemoryError("CUDA out of memory"), OutOfGpuMemory("no"), caused_by(OutOfMemoryError("no"))]
)
def test_a_worker_whose_gpu_is_full_is_spent(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = failed_with(error, tmp_path, monkeypatch)
    assert (failed.fault.name, failed.spent) == ("OutOfGpuMemory", True)
    assert not failed_with(MemoryError(), tmp_path, monkeypatch).spent


def test_an_unexpected_failure_is_one_line_and_its_traceback_is_in_the_jobs_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = failed_with(ValueError("first\nsecond"), tmp_path, monkeypatch).fault
    assert "\n" not in fault.message
    assert "first second" in fault.message
    log = tmp_path / "logs" / "7.log"
    assert str(log) in fault.message
    assert "Traceback" in log.read_text()


def test_a_log_that_cannot_be_written_does_not_hide_the_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "logs").write_text("in the way")
    assert failed_with(ValueError("x"), tmp_path, monkeypatch).fault.name == "RenderFailed"


@pytest.mark.parametrize("path", ["a.mov", "http://host/a.mov", "concat:/a.mov|/b.mov", "", "a\0b"])
def test_media_are_named_by_absolute_paths(path: str, tmp_path: Path) -> None:
    answer = worker.perform(assignment(tmp_path, Analyse(media=path)), lambda _: None)
    assert isinstance(answer, Failed)
    assert answer.fault.name == "ForbiddenPath"


def test_devices_and_folders_are_no_media(tmp_path: Path) -> None:
    for path in (str(tmp_path), "/dev/zero" if Path("/dev/zero").exists() else str(tmp_path)):
        answer = worker.perform(assignment(tmp_path, Analyse(media=path)), lambda _: None)
        assert isinstance(answer, Failed)
        assert answer.fault.name == "BadMedia"


@pytest.fixture
def process() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", "engine.daemon.worker"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ask(process: subprocess.Popen[bytes], given: Assignment) -> None:
    stdin = cast(BinaryIO, process.stdin)
    stdin.write(frame(given))
    stdin.flush()


def heard(process: subprocess.Popen[bytes]) -> WorkerMessage:
    body = read_frame(cast(BinaryIO, process.stdout))
    assert body is not None
    return worker_messages.decode(body)


def test_one_process_does_one_job_after_the_other_and_ends_with_its_input(
    process: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    with process:
        for _ in range(2):
            ask(process, assignment(tmp_path))
            answer = heard(process)
            assert isinstance(answer, Finished)
            assert answer.result == Slept()
        cast(BinaryIO, process.stdin).close()
        assert process.wait(5) == 0


def test_a_long_job_beats(process: subprocess.Popen[bytes], tmp_path: Path) -> None:
    with process:
        ask(process, assignment(tmp_path, Sleep(ticks=130)))
        while not isinstance(message := heard(process), Finished):
            if isinstance(message, Beat):
                break
        assert isinstance(message, Beat)
        process.kill()


def test_a_worker_whose_engine_is_gone_ends_in_the_middle_of_its_job(
    process: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    with process:
        ask(process, assignment(tmp_path, Sleep(ticks=3000)))
        heard(process)
        cast(BinaryIO, process.stdout).close()
        begun = time.monotonic()
        process.wait(5)
        assert time.monotonic() - begun < 4


def test_a_frame_that_breaks_off_is_the_end() -> None:
    whole = frame(Beat())
    assert read_frame(io.BytesIO(whole)) == whole[4:]
    for length in range(len(whole)):
        assert read_frame(io.BytesIO(whole[:length])) is None


def test_a_frame_larger_than_any_result_is_refused() -> None:
    with pytest.raises(WireError):
        read_frame(io.BytesIO((LARGEST_FRAME + 1).to_bytes(4, "big")))


def test_named_leaves_the_engines_errors_alone(tmp_path: Path) -> None:
    error = MissingMedia("x")
    assert worker.named(error, assignment(tmp_path)) is error
    assert isinstance(worker.named(KeyError("x"), assignment(tmp_path)), EngineError)
