"""What a timeline would keep of itself through an edit: tried out on a copy, feature by feature."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import msgspec
import opentimelineio as otio

from bridge.errors import BAD_INPUT, WOULD_LOSE, UsageError
from otio_adapters.application import application
from otio_adapters.errors import ReadBackMismatch, SeveralSequences, TimelineError, UnsupportedFormat
from otio_adapters.features import Comparison, compare_features
from otio_adapters.formats import format_of, patched, written_as
from otio_adapters.media_linker import home
from otio_adapters.native import archive
from otio_adapters.opentime import timeline_rate
from otio_adapters.raw_file import raw_features, raw_tree
from otio_adapters.raw_tree import Node, Vanished, vanished
from otio_adapters.read import read
from otio_adapters.sequences import index_of, names_of
from otio_adapters.takes import duration
from otio_adapters.timeline_facts import Fact
from otio_adapters.translation import changes_between, losses_between
from otio_adapters.trial_cut import Trial, trial_cut
from otio_adapters.write import write

# Frames of the timeline to which a format says where in its media a cut lies: two count whole ones of media,
# and in FCPXML sound lies on a grid as it is read.
_SLACK = {".xml": Fraction(1, 2), ".edl": Fraction(1, 2), ".fcpxml": Fraction(1, 512)}
_SHOWN = 20  # ours: lines of one kind of loss before the rest is a number


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of `pickup timeline check --json`. Durations in frames of the timeline.

    `refused`: why the file cannot be read, or edited, or written; nothing is lost then.
    """

    file: str
    format: str
    application: str
    read: bool
    clips: int = 0
    tracks: int = 0
    duration_before: int | None = None
    duration_after: int | None = None
    kept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    refused: str | None = None

    @property
    def exit_code(self) -> int:
        """0 where nothing is lost, or the edit is refused; 3 where the file cannot be read."""
        return BAD_INPUT if not self.read else WOULD_LOSE if self.lost else 0

    def as_text(self) -> str:
        """For a person."""
        if not self.read:
            return f"unreadable  {self.refused}"
        lines = [
            f"file      {self.file}: {self.format}" + (f" of {self.application}" * bool(self.application))
        ]
        lines.append(f"holds     {self.clips} clips on {self.tracks} tracks")
        lines += [f"kept      {one}" for one in self.kept]
        lines += [f"LOST      {one}" for one in self.lost]
        if self.refused:
            lines.append(f"refused   {self.refused}")
        elif self.duration_after is not None:
            end = "something would be lost" if self.lost else "nothing is lost"
            lines.append(f"edit      {self.duration_before} -> {self.duration_after} frames: {end}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """`written`: the suffix written. `told`: those of the losses that another format is known to bring.

    `changes`: what becomes of the file besides the edit. `notes`: which frames were cut, and why not others.
    Both are for a person.
    """

    checked: Checked
    written: str = ""
    told: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def check(path: Path, *, to: str | None = None, keep: Path | None = None, sequence: str = "") -> Check:
    """Reads the file, cuts it on trial, writes it to `keep` or for a moment only, and compares.

    `to`: the suffix of the format to write, by default that which patches the file; what is only read is
    written as .otio. `sequence`: which one of the file's; the first of several of which none is the one.
    Raises `UsageError`.
    """
    suffix = _suffix(path, to, keep)
    first: tuple[str, ...] = ()
    try:
        try:
            timeline = read(path, sequence)
        except SeveralSequences as error:
            timeline, first = read(path, "#1"), (f"the first one is tried: {error}",)
        rate = timeline_rate(timeline) if timeline.find_clips() else None
        answer = Checked(
            file=str(path),
            format=format_of(path).name,
            application=application(path, timeline),
            read=True,
            clips=len(timeline.find_clips()),
            tracks=len(timeline.tracks),
            duration_before=duration(timeline, rate) if rate else 0,
        )
    except TimelineError as error:
        return Check(checked=_unreadable(path, error))
    try:
        trial = trial_cut(timeline)
        with _output(path, suffix, keep) as out:
            write(trial.report.timeline, out, origin=path, unpack_to=_unpacked(path, out))
            told = losses_between(timeline, path, out)
            changes = changes_between(trial.report.timeline, path, out)
            kept, lost = _compared(timeline, trial, (path, out))
    except ReadBackMismatch as error:  # no refusal: the writer did not do what it should
        return Check(checked=msgspec.structs.replace(answer, lost=(str(error),)))
    except TimelineError as error:
        return Check(checked=msgspec.structs.replace(answer, refused=str(error)))
    after = trial.report.duration_after
    return Check(
        checked=msgspec.structs.replace(answer, duration_after=after, kept=kept, lost=(*told, *lost)),
        written=suffix,
        told=told,
        changes=changes,
        notes=(*first, *_notes(trial)),
    )


def _suffix(path: Path, to: str | None, keep: Path | None) -> str:
    suffix = f".{to.lower().removeprefix('.')}" if to else None
    if keep is not None:
        if suffix not in {None, keep.suffix.lower()}:
            raise UsageError(f"--to {to} and --keep {keep} name two formats: give one of them")
        if keep.exists() and path.exists() and keep.samefile(path):
            raise UsageError(f"{keep} is the timeline that is read: keep the result in another file")
        suffix = keep.suffix.lower()
    if suffix is None:
        return written_as(path)
    try:
        return format_of(Path(f"x{suffix}"), to_write=True).suffix
    except UnsupportedFormat as error:
        raise UsageError(str(error).removeprefix("x.")) from error


def _unreadable(path: Path, error: TimelineError) -> Checked:
    told, why = application(path), str(error)
    return Checked(file=str(path), format=_name(path), application=told, read=False, refused=why)


def _name(path: Path) -> str:
    try:
        return format_of(path).name
    except UnsupportedFormat:
        return ""


@contextmanager
def _output(path: Path, suffix: str, keep: Path | None) -> Iterator[Path]:
    """Where to write: never in the project's folder, which need not even be writable."""
    if keep is not None:
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="pickup-check-") as folder:
        yield Path(folder, path.stem + suffix)


def _unpacked(path: Path, out: Path) -> Path:
    """Where the media of a bundle goes: beside what is written, and never beside the bundle."""
    return out.with_name(archive.unpacked_folder(path).name)


def _compared(
    timeline: otio.schema.Timeline, trial: Trial, files: tuple[Path, Path]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is kept and what is lost, in lines."""
    path, out = files
    # A bundle takes its media along, and an edit list says no more of a file than its name.
    same = patched(path, out) is not None
    stays = same and out.suffix.lower() in {archive.ZIPPED, ".edl"}
    zipped = path.suffix.lower() == archive.ZIPPED and not stays
    homes = (_unpacked(path, out) if zipped else home(path), home(path if stays else out))
    written = read(out, f"#{index_of(timeline) + 1}" if same and names_of(timeline) else "")
    slack = _SLACK.get(out.suffix.lower(), Fraction(0))
    found = compare_features(timeline, written, trial.cut, homes, slack=slack)
    lost = _folded(found.lost)
    if not same:
        return tuple(f"{name}: {count}" for name, count in found.kept.items()), lost
    cut = _clip_markers(timeline) - _clip_markers(trial.report.timeline)
    return _with_raw(found, lost, (raw_tree(path, trial.cut), raw_tree(out)), max(cut, 0))


def _clip_markers(timeline: otio.schema.Timeline) -> int:
    return sum(len(item.markers) for item in timeline.find_children() if isinstance(item, otio.core.Item))


def _with_raw(
    found: Comparison, lost: tuple[str, ...], trees: tuple[Node | None, Node | None], markers: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines, with those of what the file itself holds, where that is text.

    `markers`: how many lay in what was cut, and went with it.
    """
    before, after = trees
    kept = {name: str(count) for name, count in found.kept.items()}
    if before is None or after is None:
        return tuple(f"{name}: {count}" for name, count in kept.items()), lost
    gone = tuple(_but_markers(vanished(before, after), markers))
    for feature, names in raw_features(before).items():
        named = ", ".join(f"{name} {count}" for name, count in names.most_common(_SHOWN) if name)
        kept[feature] = f"{names.total()}" + f" ({named})" * bool(named)
    values = sum(1 + len(node.own) for node in before.walk())
    kept["elements and values of the file"] = str(values - len(gone))
    more = [f"and {len(gone) - _SHOWN} more elements"] * (len(gone) > _SHOWN)
    lines = (*lost, *(f"element {one}" for one in gone[:_SHOWN]), *more)
    return tuple(f"{name}: {count}" for name, count in kept.items()), lines


def _but_markers(gone: Iterable[Vanished], count: int) -> Iterator[Vanished]:
    for one in gone:
        if count and one.name is None and one.node.tag.lower().endswith("marker"):
            count -= 1
        else:
            yield one


def _folded(lost: Iterable[Fact]) -> tuple[str, ...]:
    """A line each, and a number for those of a feature that are too many."""
    counts: Counter[str] = Counter()
    lines = []
    for fact in lost:
        counts[fact.feature] += 1
        if counts[fact.feature] <= _SHOWN:
            lines.append(f"{fact.feature}: {fact.told}")
    more = (f"{name}: {count - _SHOWN} more" for name, count in counts.items() if count > _SHOWN)
    return (*lines, *more)


def _notes(trial: Trial) -> Iterator[str]:
    for reason in trial.refused:
        yield f"a longer clip was left alone: {reason}"
    yield f"cut {trial.cut.removed} frames at frame {trial.cut.at} of all tracks, in {trial.place.name!r}"
