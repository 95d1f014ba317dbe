"""What ablations say, once they are run: means and spreads over seeds, a verdict an ingredient. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.protocol import Value

Figure = Literal["r", "psnr"]
Verdict = Literal["helped", "made no difference beyond the spread over seeds", "hurt"]

# ours: what nobody would see, however close together two seeds happen to lie.
_LEAST: Mapping[Figure, float] = {"r": 0.01, "psnr": 0.1}
_UNITS: Mapping[Figure, str] = {"r": "r {:.3f}", "psnr": "mouth PSNR {:.2f} dB"}
# Of an ingredient that does nothing, by so many seeds a line (normally distributed figures, simulated).
_BY_CHANCE = {2: "22 %", 3: "5 %", 4: "1 %"}


class Figures(Value, frozen=True, kw_only=True):
    """Over the held-out clips. `r`: of a dub's mouth with the speech that drives it, and `lowest` of them;
    `r_source`: with what the source says, which a dub should not follow. `psnr`: of the mouth's box in dB,
    with the clip's own speech. `flow`: the loss of Eq 8, by the unchanged recipe's noise levels.
    """

    r: float
    lowest: float
    r_source: float
    psnr: float
    flow: float


class Measured(Value, frozen=True, kw_only=True):
    """One training. `key`: of all that it follows from. No `figures` where its loss was no number."""

    line: str
    seed: int
    key: str
    steps: int
    seconds: float
    figures: Figures | None


class Spread(Value, frozen=True, kw_only=True):
    """Over seeds."""

    mean: float
    low: float
    high: float


class LineScore(Value, frozen=True, kw_only=True):
    """A line over its seeds, `diverged` of which gave no figures. `difference`: less the line that it is
    compared with, of the `figure` that tells; None where either is missing.
    """

    line: str
    seeds: int
    diverged: int
    steps: int
    seconds: float
    r: Spread | None
    lowest: float | None
    r_source: Spread | None
    psnr: Spread | None
    flow: Spread | None
    figure: Figure
    difference: float | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a line is to tell: what the `ingredient` is worth that it does without, by its difference in the
    `figure` from the line `against`. Neither of the latter for a line that others are compared with.
    """

    line: str
    ingredient: str = ""
    against: str = ""
    figure: Figure = "r"


def scores(asked: Sequence[Asked], measured: Sequence[Measured]) -> tuple[LineScore, ...]:
    """Of each line that was run, in the order of `asked`."""
    by_line = {one.line: tuple(m for m in measured if m.line == one.line) for one in asked}
    return tuple(
        _score(one, by_line[one.line], by_line.get(one.against, ())) for one in asked if by_line[one.line]
    )


def _score(asked: Asked, runs: Sequence[Measured], others: Sequence[Measured]) -> LineScore:
    known = [run.figures for run in runs if run.figures is not None]
    changed, unchanged = _spread_of(runs, asked.figure), _spread_of(others, asked.figure)
    return LineScore(
        line=asked.line,
        seeds=len(runs),
        diverged=len(runs) - len(known),
        steps=runs[0].steps,
        seconds=sum(run.seconds for run in runs) / len(runs),
        r=_spread_of(runs, "r"),
        lowest=min((one.lowest for one in known), default=None),
        r_source=_spread_of(runs, "r_source"),
        psnr=_spread_of(runs, "psnr"),
        flow=_spread_of(runs, "flow"),
        figure=asked.figure,
        difference=None if changed is None or unchanged is None else changed.mean - unchanged.mean,
        sentence=_sentence(asked, runs, others),
    )


def _spread_of(runs: Sequence[Measured], figure: str) -> Spread | None:
    values = [float(getattr(run.figures, figure)) for run in runs if run.figures is not None]
    if not values:
        return None
    return Spread(mean=sum(values) / len(values), low=min(values), high=max(values))


def verdict(with_it: Spread, without: Spread, figure: Figure) -> Verdict:
    """Of an ingredient. Its difference counts where it is larger than either line's spread over seeds."""
    gain = with_it.mean - without.mean
    noise = max(with_it.high - with_it.low, without.high - without.low, _LEAST[figure])
    if abs(gain) <= noise:
        return "made no difference beyond the spread over seeds"
    return "helped" if gain > 0 else "hurt"


def _sentence(asked: Asked, runs: Sequence[Measured], others: Sequence[Measured]) -> str:
    if not asked.against:
        return "What the others are compared with."
    lost = sum(run.figures is None for run in runs)
    if lost:
        return f"Without {asked.ingredient} {lost} of {len(runs)} trainings gave a loss that is no number."
    with_it, without = _spread_of(others, asked.figure), _spread_of(runs, asked.figure)
    subject = asked.ingredient[0].upper() + asked.ingredient[1:]
    if with_it is None or without is None:
        return f"{subject}: nothing is known yet of `{asked.against}`, which it is compared with."
    show = _UNITS[asked.figure].format
    figures = f"{show(with_it.mean)} with it, {show(without.mean)} without"
    if min(len(runs), sum(other.figures is not None for other in others)) < 2:
        return f"{subject}: {figures}; one seed cannot tell whether that is a difference."
    return f"{subject} {verdict(with_it, without, asked.figure)}: {figures}."


# ------------------------------------------------------------------------------------ for the model card


def as_markdown(lines: Sequence[LineScore], *, clips: int) -> str:
    """The table, and a sentence a line below it."""
    columns = (
        "line",
        "r",
        "min..max over seeds",
        "difference",
        "lowest clip",
        "r of source",
        "mouth PSNR, dB",
        "loss",
        "seeds",
        "steps",
        "s",
    )
    head = f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n"
    rows = "".join(f"| {' | '.join(_cells(line))} |\n" for line in lines)
    told = "".join(f"- `{line.line}`: {line.sentence}\n" for line in lines)
    return f"{head}{rows}\n{_note(lines, clips)}\n\n{told}"


def _cells(line: LineScore) -> tuple[str, ...]:
    over = "-" if line.r is None else f"{line.r.low:.3f}..{line.r.high:.3f}"
    return (
        f"`{line.line}`",
        _mean(line.r, 3),
        over,
        _number(line.difference, "{:+.3f}" if line.figure == "r" else "{:+.2f} dB"),
        _number(line.lowest, "{:.3f}"),
        _mean(line.r_source, 3),
        _mean(line.psnr, 2),
        _mean(line.flow, 4),
        str(line.seeds),
        str(line.steps),
        f"{line.seconds:.0f}",
    )


def _mean(spread: Spread | None, digits: int) -> str:
    return _number(None if spread is None else spread.mean, f"{{:.{digits}f}}")


def _number(value: float | None, form: str) -> str:
    return "-" if value is None or not math.isfinite(value) else form.format(value)


def _note(lines: Sequence[LineScore], clips: int) -> str:
    least = min((line.seeds for line in lines), default=0)
    told = (
        f"Means over {clips} held-out drawn clips, each dubbed with another's speech. A difference counts"
        " where it is larger than either line's spread over seeds"
    )
    chance = _BY_CHANCE.get(least)
    return (
        f"{told}."
        if chance is None
        else f"{told}; with {least} seeds chance alone does that in {chance} of cases."
    )
