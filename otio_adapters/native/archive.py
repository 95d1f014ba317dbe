"""The zip of an .otioz: `content.otio`, `version.txt` and media files. Made by others, so looked at first.

Media stays in the zip until somebody needs a file of it; it is then unpacked beside the bundle, `cut.otioz`
into `cut_unpacked/`, under the name that it has in the bundle. What is unpacked once is not unpacked again.
"""

from __future__ import annotations

import contextlib
import lzma
import re
import secrets
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import IO

from otio_adapters.errors import MissingMedia, UnreadableTimeline, UnwritableOutput
from otio_adapters.guard import MAX_BYTES

ZIPPED = ".otioz"
FOLDER = ".otiod"
CONTENT = "content.otio"
VERSION = "version.txt"

_MAX_MEMBERS = 100_000  # ours: files of a project, image sequences and all
_MAX_RATIO = 200  # ours: media does not pack; of the timeline, which packs 90 times over, the size is bounded
_SMALL = 2**20  # ours: bytes that may pack as well as they like
_SAFE = re.compile(r"(?!/)(?![A-Za-z]:)[^\\\0]+")
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,  # a compression that Python has not
    RuntimeError,  # a password
    ValueError,
    OverflowError,
    IndexError,  # a file without a name
)


def unpacked_folder(path: Path) -> Path:
    """Where the media of a bundle is unpacked to."""
    return path.with_name(f"{path.stem}_unpacked")


def content(path: Path) -> str:
    """The JSON of the timeline in the bundle. Raises `UnreadableTimeline`."""
    with _opened(path) as bundle:
        info = _checked(bundle, path).get(CONTENT)
        if info is None:
            raise UnreadableTimeline(f"{path} has no {CONTENT}, so it is no OTIO bundle")
        if info.file_size > MAX_BYTES:
            raise UnreadableTimeline(f"{path} holds a timeline of {info.file_size} bytes, which is refused")
        try:
            return bundle.read(info).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UnreadableTimeline(f"{path}: {CONTENT} is not UTF-8, at byte {error.start}") from error


def members(path: Path) -> Mapping[str, int]:
    """The files in the bundle with their sizes in bytes. Raises `UnreadableTimeline`."""
    return _members(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _members(path: Path, _modified: int) -> Mapping[str, int]:
    """Asked for with every clip of a timeline, so kept for as long as the bundle is the same."""
    with _opened(path) as bundle:
        return {name: info.file_size for name, info in _checked(bundle, path).items()}


def unpack_all(path: Path, folder: Path) -> None:
    """Unpacks all of a bundle's media into the folder. Raises `MissingMedia` where that cannot be done."""
    for name in members(path).keys() - {CONTENT, VERSION}:
        unpack(path, name, folder)


def unpack(path: Path, name: str, folder: Path) -> Path:
    """The bundle's file `name`, unpacked into the folder. Raises `MissingMedia` where that cannot be done."""
    out = folder / name
    with _opened(path) as bundle:
        info = _checked(bundle, path)[name]
        if out.is_file() and out.stat().st_size == info.file_size:
            return out
        beside = out.with_name(f".{secrets.token_hex(4)}{out.suffix}")
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            if info.file_size > shutil.disk_usage(out.parent).free:
                raise MissingMedia(f"there is no room for the {info.file_size} bytes of {name} of {path}")
            with bundle.open(info) as packed, beside.open("xb") as file:
                shutil.copyfileobj(packed, file, 2**20)
            beside.replace(out)
        except OSError as error:
            raise MissingMedia(
                f"{name} of {path} cannot be unpacked to {out.parent}: {error.strerror or error}; copy the "
                "bundle to a folder that can be written to"
            ) from error
        finally:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
    return out


@contextlib.contextmanager
def opened_member(path: Path, name: str) -> Iterator[IO[bytes]]:
    """The bundle's file `name`, to be read from. Raises `UnreadableTimeline` for one that is damaged."""
    with _opened(path) as bundle, bundle.open(_checked(bundle, path)[name]) as file:
        yield file


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Any fault of the zip, whenever it shows, is an `UnreadableTimeline`."""
    try:
        with zipfile.ZipFile(path) as bundle:
            yield bundle
    except (MissingMedia, UnreadableTimeline, UnwritableOutput):
        raise
    except OSError as error:
        raise UnreadableTimeline(f"{path} cannot be read: {error.strerror or error}") from error
    except _FAULTS as error:
        raise UnreadableTimeline(f"{path} is not a whole .otioz (a zip): {error}") from error


def _checked(bundle: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    """The files of the zip by name. Raises `UnreadableTimeline` for a zip that means harm."""
    infos = bundle.infolist()
    if len(infos) > _MAX_MEMBERS:
        raise UnreadableTimeline(f"{path} holds {len(infos)} files; more than {_MAX_MEMBERS} are refused")
    found: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.filename
        if info.is_dir():
            continue
        if not _SAFE.fullmatch(name) or ".." in name.split("/"):
            raise UnreadableTimeline(
                f"{path} holds {name!r}, a name that leads out of the bundle: it is refused"
            )
        if name in found:
            raise UnreadableTimeline(f"{path} holds {name!r} twice: it is refused")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise UnreadableTimeline(f"{path} holds {name!r}, a link to another file: it is refused")
        if name != CONTENT and info.file_size > max(_SMALL, _MAX_RATIO * info.compress_size):
            raise UnreadableTimeline(
                f"{path} holds {name!r}, {info.file_size} bytes packed into {info.compress_size}: a bomb"
            )
        found[name] = info
    return found
