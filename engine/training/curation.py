"""Which videos of a folder are fit to train on: the paper's filter (section 4.1) over real files.

`python -m engine.training.curation FOLDER -o OUT` leaves OUT/curation.json, with every file's verdict, its
figures and its caption, and OUT/curation.txt, a table of what was rejected and why. What was measured is kept
in OUT/facts by the files' fingerprints: a run that was stopped goes on where it was, and other limits cost
next to nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import track

from engine.errors import BadMedia, EngineError, MissingMedia, MissingModel, RenderFailed
from engine.face.models import INSTALL_HINT, FaceModels, find_models
from engine.media.fingerprint import fingerprint
from engine.protocol import Value
from engine.training.captions import Captioner, sidecar_caption
from engine.training.inspection import Facts, SyncFigures, SyncJudge, inspect_faces, inspect_stream
from engine.training.plugins import named
from engine.training.verdicts import Criterion, Judged, Limits, Report, as_text, judge, table
from engine.whole_file import save_whole

SUFFIXES = frozenset(
    {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mxf", ".ts", ".mts", ".m2ts", ".flv", ".wmv", ".asf"}
    | {".3gp", ".nut", ".mpg", ".mpeg", ".gxf", ".dv"}
)
REPORT, TABLE, FACTS = "curation.json", "curation.txt", "facts"
_MEASURE = 1  # counted up when what is measured, or how, changes: older facts are measured anew

Follow = Callable[[Sequence[Path]], Iterator[Path]]  # passes the files on, and shows how far it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What measures and captions; what is None is not applied. The names stand for them in what is kept."""

    models: FaceModels | None = None
    sync: SyncJudge | None = None
    sync_name: str = ""
    captioner: Captioner | None = None
    captioner_name: str = ""

    @property
    def not_applied(self) -> dict[Criterion, str]:
        without: dict[Criterion, str] = {}
        if self.models is None:
            without["face"] = f"no face models ({INSTALL_HINT})"
        if self.sync is None:
            without["sync confidence"] = without["sync offset"] = "no SyncNet given (--sync)"
        return without


class _Measured(Value, frozen=True, kw_only=True):
    """OUT/facts/FINGERPRINT.json."""

    measure: int
    facts: Facts
    caption: str | None = None  # of the captioner, by its name
    captioner: str = ""


def curate(
    folder: Path,
    out: Path,
    tools: Tools,
    limits: Limits | None = None,
    follow: Follow = iter,
) -> Report:
    """Judge every video under the folder, and write the report and the table.

    Raises MissingMedia (no such folder), BadMedia (no video in it), DiskFull, RenderFailed.
    """
    limits = limits or Limits()
    _refuse_name(folder)
    files = _videos(folder)
    judged = tuple(_judged(folder, path, out, tools, limits) for path in follow(files))
    report = Report(
        folder=str(folder.absolute()),
        limits=limits,
        table=table(judged, limits, tools.not_applied),
        files=judged,
    )
    save_whole(out / REPORT, msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
    save_whole(out / TABLE, as_text(report.table).encode())
    return report


def read_report(path: Path) -> Report:
    """A report that was written, or the one of the folder. Raises MissingMedia, BadMedia."""
    path = path / REPORT if path.is_dir() else path
    try:
        return msgspec.json.decode(path.read_bytes(), type=Report)
    except OSError as error:
        raise MissingMedia(
            f"{path} cannot be read: {error.strerror or error}. Curate a folder first"
        ) from error
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BadMedia(f"{path} is no report of a curation: {error}") from error


# ----------------------------------------------------------------------------------------- files


def _videos(folder: Path) -> list[Path]:
    """All videos by their names, in order. Folders that are links are not entered: none leads in a circle."""
    if not folder.is_dir():
        raise MissingMedia(f"{folder} is no folder: name the one that the videos lie in")
    unread: list[OSError] = []
    places = list(os.walk(folder, onerror=unread.append))
    found = [Path(here) / name for here, _, names in places for name in names if _is_video(name)]
    # A subfolder that cannot be listed stands for what may be in it: it is judged, and cannot be read.
    found += [Path(error.filename) for error in unread if Path(error.filename) != folder]
    if not found:
        why = unread[0].strerror if unread else f"looked for {', '.join(sorted(SUFFIXES))}"
        raise BadMedia(f"{folder} holds no video ({why})")
    return sorted(found, key=os.fsencode)


def _is_video(name: str) -> bool:
    return Path(name).suffix.lower() in SUFFIXES and not name.startswith("._")  # macOS's notes beside files


def _judged(folder: Path, path: Path, out: Path, tools: Tools, limits: Limits) -> Judged:
    name = os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace")
    mark, problem = _mark(path, out)
    if problem:
        facts = Facts(problem=problem)
        return Judged(file=name, fingerprint=mark, facts=facts, verdict=judge(facts, limits))
    known = _recalled(out, mark) or _Measured(measure=_MEASURE, facts=inspect_stream(path, _marks(out)))
    measured = _measured_on(path, known, tools, limits)
    verdict = judge(measured.facts, limits)
    caption, note = None, ""
    if verdict.kept:
        caption, note, measured = _captioned(path, measured, tools)
    if measured != _recalled(out, mark):
        save_whole(_note(out, mark), msgspec.json.encode(measured))
    return Judged(
        file=name,
        fingerprint=mark,
        facts=measured.facts,
        verdict=verdict,
        caption=caption,
        caption_note=note,
    )


def _mark(path: Path, out: Path) -> tuple[str, str]:
    """The file's fingerprint, or why it has none."""
    try:
        _refuse_name(path)
        return fingerprint(path, _marks(out)), ""
    except EngineError as error:
        return "", str(error).removeprefix(f"{path} ").removeprefix(f"{path}: ")
    except RuntimeError as error:  # pathlib's before Python 3.13, of links that lead to themselves
        return "", f"cannot be opened: {error}"


def _refuse_name(path: Path) -> None:
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise BadMedia(f"{str(path)!a} has a name that is no UTF-8: rename it") from error


def _marks(out: Path) -> Path:
    return out / "fingerprints"


def _measured_on(path: Path, known: _Measured, tools: Tools, limits: Limits) -> _Measured:
    """Faces and sync too, which take longest, where all before is met and they are not known yet."""
    facts = known.facts
    if tools.models is not None and facts.faces is None and judge(_unheard(facts), limits).kept:
        facts = _with_faces(path, facts, tools.models)
    stale = facts.sync is None or facts.sync.by != tools.sync_name
    if tools.sync is not None and stale and judge(_unheard(facts), limits).kept:
        facts = msgspec.structs.replace(facts, sync=_sync(path, tools.sync, tools.sync_name))
    return msgspec.structs.replace(known, facts=facts)


def _unheard(facts: Facts) -> Facts:
    return msgspec.structs.replace(facts, sync=None)


def _with_faces(path: Path, facts: Facts, models: FaceModels) -> Facts:
    try:
        return msgspec.structs.replace(facts, faces=inspect_faces(path, facts, models))
    except MissingModel:
        raise
    except BadMedia as error:  # what cannot be sampled or converted cannot be trained on either
        return msgspec.structs.replace(facts, problem=str(error).removeprefix(f"{path} "))


def _sync(path: Path, sync: SyncJudge, name: str) -> SyncFigures:
    try:
        return msgspec.structs.replace(sync.judge(path), by=name)
    except EngineError:
        return SyncFigures(confidence=0.0, offset=0.0, by=name)  # it found nothing to be confident of
    except Exception as error:  # it is the user's own code
        raise RenderFailed(f"{name} failed on {path}: {type(error).__name__}: {error}") from error


def _captioned(path: Path, known: _Measured, tools: Tools) -> tuple[str | None, str, _Measured]:
    """The caption or why there is none, and what is known now. A sidecar is heard before a captioner."""
    try:
        caption = sidecar_caption(path)
        if caption is not None:
            return caption, "", known
        if tools.captioner is None:
            return None, f"{path.stem}.txt and .json say no caption, and no captioner was given", known
        if known.caption is None or known.captioner != tools.captioner_name:
            said = tools.captioner.caption(path)
            known = msgspec.structs.replace(known, caption=said, captioner=tools.captioner_name)
    except EngineError as error:
        return None, str(error), known
    except Exception as error:  # it is the user's own code
        raise RenderFailed(
            f"{tools.captioner_name} failed on {path}: {type(error).__name__}: {error}"
        ) from error
    return known.caption, "", known


def _note(out: Path, mark: str) -> Path:
    return out / FACTS / f"{mark}.json"


def _recalled(out: Path, mark: str) -> _Measured | None:
    try:
        known = msgspec.json.decode(_note(out, mark).read_bytes(), type=_Measured)
    except (OSError, msgspec.MsgspecError):
        return None  # never measured, or not legible: it is measured again
    return known if known.measure == _MEASURE else None


# --------------------------------------------------------------------------------------- command


def _tools(chosen: argparse.Namespace) -> Tools:
    """Raises MissingModel, and what the makers raise."""
    checkpoint = [] if chosen.sync_checkpoint is None else [chosen.sync_checkpoint]
    return Tools(
        models=find_models(),
        sync=_made(chosen.sync, *checkpoint),
        sync_name=" ".join([chosen.sync or "", *map(str, checkpoint)]).strip(),
        captioner=_made(chosen.captioner),
        captioner_name=chosen.captioner or "",
    )


def _made(name: str | None, *arguments: Path) -> Any:
    if name is None:
        return None
    make = named(name)
    try:
        return make(*arguments)
    except EngineError:
        raise
    except Exception as error:  # it is the user's own code
        raise MissingModel(f"{name} made nothing: {type(error).__name__}: {error}") from error


def _shown(files: Sequence[Path]) -> Iterator[Path]:
    """The files, with a bar of how many are done on stderr."""
    yield from track(files, description="curating", console=Console(stderr=True))


def main(arguments: list[str] | None = None) -> int:
    """Curate a folder; 0 when done, 2 for wrong arguments, 3 for bad input, 5 where it cannot be written."""
    parser = argparse.ArgumentParser(
        prog="engine.training.curation", description="Say which videos of a folder are fit to train on."
    )
    parser.add_argument("folder", type=Path, help="where the videos lie, at any depth")
    parser.add_argument("-o", "--out", type=Path, required=True, help="the folder for report and figures")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    parser.add_argument("--sync", metavar="MODULE:FUNCTION", help="makes what judges lip-sync (a SyncJudge)")
    parser.add_argument("--sync-checkpoint", type=Path, metavar="FILE", help="is handed to that function")
    parser.add_argument("--captioner", metavar="MODULE:FUNCTION", help="makes what captions (a Captioner)")
    parser.add_argument("--kilobits", type=float, default=Limits().kilobits, help="least kbit/s of picture")
    chosen = parser.parse_args(arguments)
    try:
        limits = Limits(kilobits=chosen.kilobits)
        report = curate(chosen.folder, chosen.out, _tools(chosen), limits, follow=_shown)
    except EngineError as error:
        sys.stderr.write(f"error: {error}\n")
        return 5 if isinstance(error, RenderFailed) else 3
    except KeyboardInterrupt:
        sys.stderr.write("stopped: the same command goes on from here\n")
        return 130
    if chosen.json:
        sys.stdout.write(msgspec.json.encode(report.table).decode() + "\n")
    else:
        sys.stdout.write(as_text(report.table))
        sys.stdout.write(f"{len(report.kept)} of {len(report.files)} files kept: {chosen.out / REPORT}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
