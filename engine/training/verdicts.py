"""Whether a video is fit to train on, of what was measured of it: the paper's filter (section 4.1). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, get_args

from engine.protocol import Ratio, Value
from engine.training.inspection import Facts

Criterion = Literal[
    "decodable",
    "sound",
    "constant rate",
    "frame rate",
    "frames",
    "bit rate",
    "scene cuts",
    "face",
    "sync confidence",
    "sync offset",
]
CRITERIA: tuple[Criterion, ...] = get_args(Criterion)


class Limits(Value, frozen=True, kw_only=True):
    """What a video must keep to. The paper's, where not marked as ours.

    `sound`: ours, since a silent video teaches no lips. `slowest`: the paper says 24; ours: 24000/1001, which
    goes by that name, is 24 too. `unevenness`: ours, a tenth of a gap, as where media is probed.
    `face_share` and `face_gap`: the paper does not say how a face is made sure of. ours: in 95 % of the looks
    (one in 20 may miss a turned head), and never away for longer than a second.
    """

    sound: bool = True
    unevenness: float = 0.1
    slowest: Ratio = Ratio(num=24000, den=1001)
    fastest: Ratio = Ratio(num=60)
    frames: int = 121
    kilobits: float = 2000.0
    cuts: int = 0
    face_share: float = 0.95
    face_gap: float = 1.0
    sync_confidence: float = 3.0
    sync_offset: float = 0.040


class Verdict(Value, frozen=True, kw_only=True):
    """`criterion`: the first that was not met, None where the file is kept. `reason` says so with figures."""

    criterion: Criterion | None = None
    reason: str = ""

    @property
    def kept(self) -> bool:
        return self.criterion is None


class Judged(Value, frozen=True, kw_only=True):
    """A file, by its path within the folder. `caption_note`: why there is none."""

    file: str
    fingerprint: str
    facts: Facts
    verdict: Verdict
    caption: str | None = None
    caption_note: str = ""


class Row(Value, frozen=True, kw_only=True):
    """A criterion, what it rejected of what the ones before had left, and what it left.

    `not_applied`: why it was not; empty where it was.
    """

    criterion: str
    asks: str
    files: int
    hours: float
    files_left: int
    hours_left: float
    not_applied: str = ""


class Report(Value, frozen=True, kw_only=True):
    """OUT/curation.json. `folder`: where the files lie."""

    folder: str
    limits: Limits
    table: tuple[Row, ...]
    files: tuple[Judged, ...]

    @property
    def kept(self) -> tuple[Judged, ...]:
        return tuple(judged for judged in self.files if judged.verdict.kept)


# ------------------------------------------------------------------------------------- decisions


def judge(facts: Facts, limits: Limits) -> Verdict:
    """The first criterion that is not met. Faces and sync that were not measured decide nothing."""
    for criterion, amiss in _CHECKS.items():
        if reason := amiss(facts, limits):
            return Verdict(criterion=criterion, reason=reason)
    return Verdict()


def _decodable(facts: Facts, _: Limits) -> str:
    return facts.problem


def _sound(facts: Facts, limits: Limits) -> str:
    return "has no sound" if limits.sound and not facts.sound else ""


def _constant(facts: Facts, limits: Limits) -> str:
    if facts.unevenness <= limits.unevenness:
        return ""
    return f"has gaps between pictures that differ by {facts.unevenness:.2f} of the usual one"


def _rate(facts: Facts, limits: Limits) -> str:
    if limits.slowest.exact <= facts.rate.exact <= limits.fastest.exact:
        return ""
    return f"has {_plain(facts.rate)} frames a second"


def _frames(facts: Facts, limits: Limits) -> str:
    return f"has {facts.frames} frames" if facts.frames < limits.frames else ""


def _bit_rate(facts: Facts, limits: Limits) -> str:
    return f"has {facts.kilobits:.0f} kbit/s of picture" if facts.kilobits < limits.kilobits else ""


def _cuts(facts: Facts, limits: Limits) -> str:
    if len(facts.cuts) <= limits.cuts:
        return ""
    return f"has {len(facts.cuts)} scene cuts, the first at frame {facts.cuts[0]}"


def _face(facts: Facts, limits: Limits) -> str:
    faces = facts.faces
    if faces is None or (faces.share >= limits.face_share and faces.gap <= limits.face_gap):
        return ""
    return f"shows a face in {faces.share:.1%} of its length, and none for up to {faces.gap:.1f} s"


def _confidence(facts: Facts, limits: Limits) -> str:
    if facts.sync is None or facts.sync.confidence >= limits.sync_confidence:  # no number is no confidence
        return ""
    return f"has a sync confidence of {facts.sync.confidence:.2f}"


def _offset(facts: Facts, limits: Limits) -> str:
    if facts.sync is None or abs(facts.sync.offset) <= limits.sync_offset + 1e-9:
        return ""
    return f"has its sound {abs(facts.sync.offset) * 1000:.0f} ms off the lips"


_CHECKS: Mapping[Criterion, Callable[[Facts, Limits], str]] = MappingProxyType(
    {
        "decodable": _decodable,
        "sound": _sound,
        "constant rate": _constant,
        "frame rate": _rate,
        "frames": _frames,
        "bit rate": _bit_rate,
        "scene cuts": _cuts,
        "face": _face,
        "sync confidence": _confidence,
        "sync offset": _offset,
    }
)


def _plain(rate: Ratio) -> str:
    return f"{float(rate.exact):.3f}".rstrip("0").rstrip(".")


# ----------------------------------------------------------------------------------------- table


def asks(criterion: Criterion, limits: Limits) -> str:
    """What a criterion wants, in words."""
    return {
        "decodable": "throughout",
        "sound": "there" if limits.sound else "not needed",
        "constant rate": "constant",
        "frame rate": f"{_plain(limits.slowest)} to {_plain(limits.fastest)} fps",
        "frames": f">= {limits.frames}",
        "bit rate": f">= {limits.kilobits:.0f} kbit/s",
        "scene cuts": "none" if not limits.cuts else f"<= {limits.cuts}",
        "face": f"in >= {limits.face_share:.0%}, gaps <= {limits.face_gap:g} s",
        "sync confidence": f">= {limits.sync_confidence:g}",
        "sync offset": f"<= {limits.sync_offset * 1000:.0f} ms",
    }[criterion]


def table(
    files: Sequence[Judged], limits: Limits, not_applied: Mapping[Criterion, str] = MappingProxyType({})
) -> tuple[Row, ...]:
    """As the paper's Fig 11: a row for all files, then one for each criterion."""
    left, seconds = len(files), sum(judged.facts.seconds for judged in files)
    rows = [
        Row(criterion="found", asks="", files=0, hours=0.0, files_left=left, hours_left=_in_hours(seconds))
    ]
    for criterion in CRITERIA:
        lost = [judged.facts.seconds for judged in files if judged.verdict.criterion == criterion]
        left, seconds = left - len(lost), seconds - sum(lost)
        row = Row(
            criterion=criterion,
            asks=asks(criterion, limits),
            files=len(lost),
            hours=_in_hours(sum(lost)),
            files_left=left,
            hours_left=_in_hours(seconds),
            not_applied="" if lost else not_applied.get(criterion, ""),
        )
        rows.append(row)
    return tuple(rows)


def _in_hours(seconds: float) -> float:
    return abs(round(seconds / 3600, 5))  # what is left of nothing may be a rounding error under zero


def as_text(rows: Iterable[Row]) -> str:
    """The table, as lines."""
    head = ("criterion", "asks", "rejected", "hours", "left", "hours left")
    cells = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(head))]
    return "".join(f"{line}\n" for line in _lines(cells, widths))


def _cells(row: Row) -> tuple[str, ...]:
    left = (str(row.files_left), _hours(row.hours_left))
    if row.not_applied:
        return row.criterion, f"not applied: {row.not_applied}", "-", "-", *left
    if row.criterion == "found":
        return row.criterion, row.asks, "", "", *left
    return row.criterion, row.asks, str(row.files), _hours(row.hours), *left


def _hours(hours: float) -> str:
    return f"{hours:.2f}" if hours >= 1 else f"{hours:.4f}"


def _lines(cells: Sequence[tuple[str, ...]], widths: Sequence[int]) -> Iterator[str]:
    """Words to the left, numbers to the right."""
    for line in cells:
        words = [cell.ljust(width) for cell, width in zip(line[:2], widths[:2], strict=True)]
        numbers = [cell.rjust(width) for cell, width in zip(line[2:], widths[2:], strict=True)]
        yield "  ".join((*words, *numbers)).rstrip()
