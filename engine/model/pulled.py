"""What a folder of weights tells of where it came from: the hub's repositories, revisions and licence."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from engine.whole_file import write_whole

NOTE = "pulled.json"

_COMMIT = re.compile(r"[0-9a-f]{40}")
_LICENCE = re.compile(r"^license(?:_name)?:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)


class Pulled(msgspec.Struct, frozen=True, kw_only=True):
    """pulled.json: revisions by repository, and the sha256 that the hub gives for large files, by path.

    `licence`: as the hub names it, empty where it does not.
    """

    revisions: dict[str, str]
    sha256: dict[str, str]
    licence: str = ""

    @property
    def revision(self) -> str:
        """OWNER/NAME@COMMIT, of all repositories that the folder was fetched from."""
        return ", ".join(f"{name}@{commit}" for name, commit in self.revisions.items())


def read_note(folder: Path) -> Pulled:
    """An empty one where there is none, or one that cannot be read."""
    try:
        return msgspec.json.decode((folder / NOTE).read_bytes(), type=Pulled)
    except (OSError, ValueError):
        return Pulled(revisions={}, sha256={})


def write_note(folder: Path, note: Pulled) -> None:
    write_whole(folder / NOTE, msgspec.json.format(msgspec.json.encode(note)))


def revision_of(folder: Path) -> str:
    """Of the hub's repository that the folder was fetched from; empty where nothing tells.

    Beside our own note, the hub's own client tells it in two ways: its cache has a folder of each commit, and
    beside files that it put elsewhere it keeps the commit of each.
    """
    if told := read_note(folder).revision:
        return told
    if folder.parent.name == "snapshots" and _COMMIT.fullmatch(folder.name):
        repository = folder.parent.parent.name.removeprefix("models--").replace("--", "/", 1)
        return f"{repository}@{folder.name}"
    kept = folder / ".cache" / "huggingface" / "download" / "transformer" / "config.json.metadata"
    try:
        commit = kept.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return commit if _COMMIT.fullmatch(commit) else ""


def licence_of(folder: Path, published: str) -> str:
    """As the note says, or the card beside the weights; else the one that they were `published` under."""
    if told := read_note(folder).licence:
        return told
    try:
        card = (folder / "README.md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return published
    head = card.removeprefix("---").partition("\n---")[0] if card.startswith("---") else ""
    named = [name.strip("\"'") for name in _LICENCE.findall(head)]
    return next((name for name in reversed(named) if name != "other"), published)
