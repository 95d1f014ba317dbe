"""Media that a timeline names without saying where it is, as edit lists do: `file:a%20b.mov`.

It is no path from the timeline's folder: it stays what it is wherever the timeline goes, and is looked for
beside the timeline, or by --media-root.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

_SCHEME = "file:"


def bare_url(name: str) -> str:
    """The URL of a file's name; the name has no folders."""
    return _SCHEME + quote(name, safe="")


def is_bare(url: str) -> bool:
    return url.startswith(_SCHEME) and "/" not in url


def bare_name(url: str) -> str:
    """The file's name, of such a URL."""
    return unquote(url.removeprefix(_SCHEME))
