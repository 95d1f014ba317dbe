"""Which files the engine reads for its clients: the one door for every path that a message names.

`check_names` looks at a job's paths as they are written, when it is handed in; no disk is asked, so that a
network drive that hangs holds up nobody. `check_job`, in the process that does it, follows links and `..`
and looks at what is there. `open_file` opens a file once and looks at what was opened: a link that is put in
the place of a file meanwhile opens nothing else.

Where no roots are set, every regular file that this user may read will do, but for those of the system's
kernel. The roots are kept in the environment, so that workers and their children are born with them.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from engine.errors import BadMedia, ForbiddenPath, MissingMedia
from engine.paths import models_folder
from engine.protocol import Align, Analyse, FindShots, Job, Matte, Proxy, Render, Transcribe

ROOTS_VARIABLE = "PICKUP_MEDIA_ROOTS"
LONGEST_PATH = 4096  # bytes: Linux's PATH_MAX

# What they show is no footage: /proc/self/environ is a regular file, and holds what the shell knew.
_KERNELS = tuple(Path(name) for name in ("/proc", "/sys", "/dev"))
# A model's name, or its owner and its name on a hub. What begins with a dot or a tilde is a path.
_MODEL_NAME = re.compile(r"[A-Za-z0-9][\w.+-]*(/[A-Za-z0-9][\w.+-]*)?")


# ---------------------------------------------------------------------------------------- the roots


def confine(roots: Iterable[Path]) -> None:
    """From now on this process and those that it starts read media under these folders alone; () frees it.

    Raises ForbiddenPath for a root that is no folder.
    """
    resolved = [root.resolve() for root in roots]
    for root in resolved:
        if not root.is_dir() or os.pathsep in str(root):
            raise ForbiddenPath(f"{root} cannot be a media root: name a folder, without {os.pathsep!r} in it")
    os.environ[ROOTS_VARIABLE] = os.pathsep.join(map(str, resolved))


def confined_to() -> tuple[Path, ...]:
    """The folders under which media may lie; none where any will do."""
    return tuple(Path(root) for root in os.environ.get(ROOTS_VARIABLE, "").split(os.pathsep) if root)


# ---------------------------------------------------------------------------------------- jobs


def check_names(job: Job) -> None:
    """Whether the job's paths are written as such. Raises ForbiddenPath; looks at no disk."""
    for name in (*files_of(job), *(model for model in models_of(job) if not _MODEL_NAME.fullmatch(model))):
        _check_name(name)


def check_job(job: Job) -> None:
    """Whether the job may read all that it names. Raises MissingMedia, BadMedia, ForbiddenPath."""
    check_names(job)
    for path in files_of(job):
        _check_place(_regular_file(Path(path)), path, confined_to())
    for model in models_of(job):
        check_model(model)


def check_model(model: str) -> None:
    """Whether weights may be read there. Raises ForbiddenPath.

    A model is named by its folder, or, among the installed ones, by its name; empty is the renderer's own.
    """
    if model and not _MODEL_NAME.fullmatch(model):
        _check_name(model)
        roots = confined_to()
        _check_place(Path(model).resolve(), model, (*roots, models_folder().resolve()) if roots else ())


def files_of(job: Job) -> tuple[str, ...]:
    """The media that the job names."""
    match job:
        case Analyse() | Align() | Transcribe():
            return (job.media,)
        case Proxy() | FindShots():
            return (job.footage.media,)
        case Render():
            matte = (job.region.path,) if isinstance(job.region, Matte) else ()
            return (job.footage.media, *(line.path for line in job.speech), *matte)
        case _:
            return ()


def models_of(job: Job) -> tuple[str, ...]:
    """The models that the job names, by name or by folder."""
    match job:
        case Transcribe():
            return (job.model,)
        case Render() if job.diffusion.model:
            return (job.diffusion.model,)
        case _:
            return ()


# ---------------------------------------------------------------------------------------- files


def open_file(path: Path) -> BinaryIO:
    """The file opened for reading, once it is known to be a regular file that may be read.

    Raises MissingMedia, BadMedia, ForbiddenPath.
    """
    # Looked at before, since opening a device may do something; and after: it may be another by then.
    resolved = _regular_file(path)
    try:
        handle = os.open(resolved, _READING)
    except OSError as error:
        raise MissingMedia(f"{path} cannot be opened: {error.strerror}") from error
    try:
        _check_kind(os.fstat(handle).st_mode, path)
        _check_place(_place_of(handle, resolved), str(path), confined_to())
        return open(resolved, "rb", opener=lambda _name, _flags: handle)
    except BaseException:
        os.close(handle)
        raise


# A FIFO put in the file's place must not hold the process up, nor a link lead it away.
_READING = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
)


def _check_name(path: str) -> None:
    if not Path(path).is_absolute():
        raise ForbiddenPath(
            f"{path[:200]!r} is not an absolute path of a local file, nor the name of a model"
        )
    if "\0" in path or len(os.fsencode(path)) > LONGEST_PATH:
        raise ForbiddenPath(
            f"{path[:200]!r} cannot be the path of a file: it is too long, or has a NUL in it"
        )


def _regular_file(path: Path) -> Path:
    """Where the path leads, all links followed. Raises MissingMedia, BadMedia."""
    try:
        resolved = path.resolve(strict=True)
        mode = resolved.stat().st_mode
    except (OSError, ValueError, RuntimeError) as error:  # a NUL in the name; a loop of links (Python < 3.13)
        reason = getattr(error, "strerror", None) or str(error)
        raise MissingMedia(f"{path}: {reason}. Give the path of a local media file") from error
    _check_kind(mode, path)
    return resolved


def _check_kind(mode: int, path: Path) -> None:
    if not stat.S_ISREG(mode):
        raise BadMedia(f"{path} is not a file. Give the path of a local media file")


def _check_place(place: Path, told: str, roots: tuple[Path, ...]) -> None:
    """`place` has no links in it; `told`: what the client wrote."""
    if any(place.is_relative_to(kernel) for kernel in _KERNELS):
        raise ForbiddenPath(
            f"{told} shows the system's insides, not media. Give the path of a local media file"
        )
    if roots and not any(place.is_relative_to(root) for root in roots):
        raise ForbiddenPath(
            f"{told} does not lie under a folder that this engine reads media from: copy it there, or start"
            f" the engine with --media-root {place.parent}"
        )


def _place_of(handle: int, opened: Path) -> Path:
    """Where the file that was opened really lies, as far as the system tells."""
    if sys.platform == "linux":
        return Path(f"/proc/self/fd/{handle}").readlink()
    if sys.platform == "darwin":
        import fcntl  # noqa: PLC0415  (not there on Windows)

        return Path(os.fsdecode(fcntl.fcntl(handle, fcntl.F_GETPATH, b"\0" * 1024).rstrip(b"\0")))
    return opened
