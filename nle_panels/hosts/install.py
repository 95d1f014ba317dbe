"""Files put into an editing program's folders, with a receipt by which exactly they are taken out again."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from bridge.errors import BridgeError
from bridge.files import copy_whole, write_whole
from nle_panels.errors import InstallRefused

Done = Literal["written", "unchanged", "removed", "restored", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFile:
    path: Path
    content: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be put where; `next_steps`: what then is left for the editor to do."""

    host: str
    files: tuple[PlannedFile, ...]
    next_steps: tuple[str, ...]


class FileLine(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    size: int
    done: Done

    def __str__(self) -> str:
        return f"{self.done:<9} {self.path} ({self.size} bytes)"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of `pickup install --json`. With `dry_run` nothing was done yet."""

    host: str
    dry_run: bool
    files: tuple[FileLine, ...]
    next_steps: tuple[str, ...] = ()

    def as_text(self) -> str:
        lines = [f"{self.host}: nothing is written, this is what would be"] * self.dry_run
        return "\n".join([*lines, *map(str, self.files), *self.next_steps])


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A file of ours. `before`: where what was there is kept, "" where nothing was."""

    path: str
    digest: str
    before: str = ""


class _Receipt(msgspec.Struct, frozen=True, kw_only=True):
    files: tuple[_Entry, ...] = ()
    folders: tuple[str, ...] = ()  # made for the files, the deepest last


class Installer:
    """`folder` holds the receipts, and what was in the place of a file that was written over."""

    def __init__(self, host: str, folder: Path) -> None:
        self._host = host
        self._kept = folder / f"{host}_before"
        self._path = folder / f"{host}_installed.json"

    def install(self, plan: Plan, *, dry_run: bool = False, force: bool = False) -> Report:
        """Raises `InstallRefused` where a file is there that is not ours as we left it, without `force`."""
        old = self._receipt()
        ours = {entry.path: entry for entry in old.files}
        planned = {str(file.path) for file in plan.files}
        stale = [entry for entry in old.files if entry.path not in planned]
        strangers = [file for file in plan.files if self._is_strange(file, ours.get(str(file.path)))]
        in_the_way = [*(str(file.path) for file in strangers), *_changed(stale)]
        if in_the_way and not force:
            raise InstallRefused(
                f"{', '.join(in_the_way)}: there already, and not as Pickup left it; --force goes on, and "
                "keeps a copy of what it writes over"
            )
        lines = [self._line(file) for file in plan.files]
        if not dry_run:
            with _mapped():
                self._write(plan, old, strangers)
        lines += self._take_out(stale, dry_run=dry_run)
        return Report(host=self._host, dry_run=dry_run, files=tuple(lines), next_steps=plan.next_steps)

    def undo(self, *, dry_run: bool = False, force: bool = False) -> Report:
        """Raises `InstallRefused` where nothing is installed; without `force`, where a file was changed."""
        receipt = self._receipt()
        if not receipt.files:
            raise InstallRefused(f"nothing of Pickup is installed in {self._host}")
        changed = _changed(receipt.files)
        if changed and not force:
            raise InstallRefused(
                f"{', '.join(changed)}: changed since it was installed; --force undoes it too"
            )
        lines = self._take_out(receipt.files, dry_run=dry_run)
        if not dry_run:
            for folder in reversed(receipt.folders):
                with contextlib.suppress(OSError):  # somebody has put something there
                    Path(folder).rmdir()
            with _mapped():
                self._path.unlink()
        return Report(host=self._host, dry_run=dry_run, files=tuple(lines))

    def _is_strange(self, file: PlannedFile, ours: _Entry | None) -> bool:
        return _digest(file.path) not in {"", file.digest, ours.digest if ours else ""}

    def _line(self, file: PlannedFile) -> FileLine:
        same = _digest(file.path) == file.digest
        return FileLine(path=str(file.path), size=len(file.content), done="unchanged" if same else "written")

    def _write(self, plan: Plan, old: _Receipt, strangers: Sequence[PlannedFile]) -> None:
        """The receipt is on the disk before the files: what a crash leaves can be undone."""
        ours = {entry.path: entry for entry in old.files}
        kept = {str(file.path): self._keep(file.path) for file in strangers}
        entries = {
            path: _Entry(path=path, digest=file.digest, before=kept.get(path) or _before(ours.get(path)))
            for file in plan.files
            for path in [str(file.path)]
        }
        made = dict.fromkeys(
            [*old.folders, *(str(one) for file in plan.files for one in _missing(file.path))]
        )
        receipt = _Receipt(files=tuple({**ours, **entries}.values()), folders=tuple(made))
        self._save(receipt)
        for file in plan.files:
            write_whole(file.path, file.content)
        self._save(msgspec.structs.replace(receipt, files=tuple(entries.values())))

    def _take_out(self, entries: Sequence[_Entry], *, dry_run: bool) -> list[FileLine]:
        lines = []
        for entry in entries:
            path = Path(entry.path)
            size = path.stat().st_size if path.exists() else 0
            done: Done = "restored" if entry.before else "removed" if path.exists() else "gone"
            lines.append(FileLine(path=entry.path, size=size, done=done))
            if dry_run:
                continue
            with _mapped():
                if entry.before:
                    copy_whole(Path(entry.before), path)
                    Path(entry.before).unlink()
                else:
                    path.unlink(missing_ok=True)
        return lines

    def _keep(self, path: Path) -> str:
        kept = self._kept / _digest(path)[:16] / path.name
        copy_whole(path, kept)
        return str(kept)

    def _receipt(self) -> _Receipt:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Receipt)
        except FileNotFoundError:
            return _Receipt()
        except (OSError, msgspec.MsgspecError) as error:
            raise InstallRefused(
                f"{self._path}: the receipt of what is installed is damaged: {error}"
            ) from error

    def _save(self, receipt: _Receipt) -> None:
        write_whole(self._path, msgspec.json.format(msgspec.json.encode(receipt), indent=1) + b"\n")


def _changed(entries: Sequence[_Entry]) -> list[str]:
    """Those that are not as we left them. What is gone is none of them."""
    return [entry.path for entry in entries if _digest(Path(entry.path)) not in {entry.digest, ""}]


def _before(entry: _Entry | None) -> str:
    return entry.before if entry else ""


def _digest(path: Path) -> str:
    """SHA-256 of the content; "" where there is no file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise InstallRefused(f"{path}: cannot be read: {error.strerror or error}") from error


def _missing(path: Path) -> list[Path]:
    """The folders that have to be made for the file, the deepest last."""
    return [folder for folder in reversed(path.parents) if not folder.exists()]


@contextlib.contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except (OSError, BridgeError) as error:
        raise InstallRefused(f"not all could be done: {error}; the same command goes on") from error
