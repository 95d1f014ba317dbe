"""How timelines write where a file is: URLs, and the paths of every system. Pure text."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import quote, unquote

from otio_adapters.errors import MissingMedia

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_HOST = re.compile(r"[A-Za-z0-9._-]+")


def media_name(url: str) -> str:
    """The file name at the end of a URL or path of any system."""
    return PureWindowsPath(local_name(url)).name


def local_name(url: str) -> str:
    """The path that a `file:` URL names, or the path itself. Raises `MissingMedia` for any other URL.

    `file:///C:/a.mov` and `file://localhost/C:/a.mov` are `C:/a.mov`; `file://nas/share/a.mov` is a UNC path.
    """
    name = url
    if not _DRIVE.match(url) and _SCHEME.match(url):
        if not url.lower().startswith("file:"):
            raise MissingMedia(
                f"{url} is not a file on this machine; copy it here and relink with --media-root"
            )
        name = _path_of(url[len("file:") :])
    if "\0" in name:
        raise MissingMedia(f"{url!r} is no file name")
    return name


def same_file(url: str, other: str) -> bool:
    """Whether both name one file."""
    try:
        return url == other or _spelled(local_name(url)) == _spelled(local_name(other))
    except MissingMedia:
        return False


def told_name(url: str, folder: Path) -> str:
    """The path that a URL names, spelled alike whoever wrote it. Raises `MissingMedia` as above."""
    return _spelled(absolute_name(url, folder))


def _spelled(name: str) -> str:
    """A relative path may be a part of a URL or of a name, `a%20b.mov` in both, and start at `./`."""
    return unquote(name).replace("\\", "/").replace("/./", "/")


def file_url(name: str) -> str:
    """The `file:` URL of a path of any system: of a UNC path too. A relative path has none and stays."""
    if _DRIVE.match(name):
        return "file:///" + quote(name.replace("\\", "/"), safe="/:")
    if name.startswith("\\\\"):
        name = name.replace("\\", "/")
    if name.startswith("//"):
        host, slash, rest = name[2:].partition("/")
        if _HOST.fullmatch(host) and host.lower() != "localhost":
            return f"file://{host}{slash}{quote(rest)}"
    return "file://" + quote(name) if name.startswith("/") else name


def absolute_name(url: str, folder: Path) -> str:
    """The path that a URL names, from `folder` where it is relative. Raises `MissingMedia` as above."""
    name = local_name(url)
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).is_absolute():
        return name
    return (folder.resolve() / name).as_posix()


def _path_of(rest: str) -> str:
    """Of what follows `file:`.

    Not by `urlsplit`: some programs leave # and ? bare in names, and it raises errors of its own for hosts
    that are none.
    """
    if not rest.startswith("//"):
        return unquote(rest)  # file:/a.mov, which is as good
    host, slash, path = rest[2:].partition("/")
    path = unquote(slash + path)
    if re.fullmatch(r"[A-Za-z]:", host):  # file://C:/a.mov, which Premiere writes on Windows
        return host + path
    if host and host.lower() != "localhost":
        return f"//{unquote(host)}{path}"
    return path[1:] if _DRIVE.match(path[1:]) else path
