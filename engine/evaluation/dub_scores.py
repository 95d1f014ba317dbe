"""What dubs are worth: pure. From mouths as they were measured, and as they should be, to figures with goals.

K clips of one split; N frames of each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.evaluation.opening import correlation, lagged
from engine.protocol import Value
from engine.training.clips import Split

Flags = NDArray[np.bool_]
_REACH = 3  # frames to either side that a lag is looked for in


class DubMeasure(Value, frozen=True, kw_only=True):
    """One clip, measured. `true`: how open its own mouth truly is; `silent`: where its sound says nothing.

    `in_truth`, `in_own`, `in_dub`: how open the mouth is measured to be in the clip's own frames, in those
    that were rendered to its own sound, and in those that were rendered to the driver's. `own_psnr` and
    `rebuilt_psnr`: dB of the mouth's box, rendered to its own sound, and by the autoencoder alone; NaN of a
    renderer without one. `faceless`: frames of the dub that were not rendered, no face having been found.
    """

    key: str
    split: Split
    index: int
    driver: int
    stranger: int
    voice: str
    text: str
    true: tuple[float, ...]
    silent: tuple[bool, ...]
    in_truth: tuple[float, ...]
    in_own: tuple[float, ...]
    in_dub: tuple[float, ...]
    own_psnr: float
    rebuilt_psnr: float | None
    seconds: float
    faceless: int = 0


class Figure(Value, frozen=True, kw_only=True):
    """A figure, and the goal that it lies from `low` to `high`; without both it only informs."""

    name: str
    value: float | None  # None: it could not be measured
    unit: str = ""
    low: float | None = None
    high: float | None = None
    note: str = ""

    @property
    def has_goal(self) -> bool:
        return self.low is not None or self.high is not None

    @property
    def holds(self) -> bool:
        """Whether the goal is reached; what could not be measured reaches none."""
        if not self.has_goal:
            return True
        if self.value is None:
            return False
        above = self.low is None or self.value >= self.low
        return above and (self.high is None or self.value <= self.high)

    @property
    def goal(self) -> str:
        if self.low is not None and self.high is not None:
            return f"within ±{self.high:g}" if self.low == -self.high else f"{self.low:g} to {self.high:g}"
        if self.low is not None:
            return f"≥ {self.low:g}"
        return "" if self.high is None else f"≤ {self.high:g}"


class SplitScores(Value, frozen=True, kw_only=True):
    """All figures of a split."""

    split: Split
    clips: int
    figures: tuple[Figure, ...]

    @property
    def holds(self) -> bool:
        return all(figure.holds for figure in self.figures)


def scores(measures: Sequence[DubMeasure]) -> SplitScores:
    """The figures of a whole split: every clip's driver and stranger are among them."""
    by_index = {measure.index: measure for measure in measures}
    drivers = [by_index[measure.driver] for measure in measures]
    strangers = [by_index[measure.stranger] for measure in measures]
    return SplitScores(
        split=measures[0].split,
        clips=len(measures),
        figures=(
            *_agreement(measures, drivers, strangers),
            *_silence(measures, drivers),
            *_likeness(measures),
            Figure(
                name="opening measured in true frames, r", value=_mean(map(_in_truth, measures)), low=0.95
            ),
            Figure(name="frames without a face", value=sum(measure.faceless for measure in measures)),
            Figure(name="seconds a dub", value=_mean(m.seconds for m in measures), unit="s"),
        ),
    )


def _agreement(
    measures: Sequence[DubMeasure], drivers: Sequence[DubMeasure], strangers: Sequence[DubMeasure]
) -> tuple[Figure, ...]:
    """Issue: r of a dub with its driver, a stranger and its own source; lag."""
    driven = _each(measures, drivers)
    strange = _each(measures, strangers)
    leaked = _each(measures, measures)
    beaten = float(np.mean(driven > strange))
    heard = [_inner(measure, driver) for measure, driver in zip(measures, drivers, strict=True)]
    return (
        Figure(name="r with the driving audio", value=_mean(driven), low=0.85, note=_spread(driven)),
        Figure(
            name="r with shuffled audio", value=_mean(strange), low=-0.12, high=0.12, note=_spread(strange)
        ),
        Figure(
            name="r with the source video's own",
            value=_mean(leaked),
            low=-0.15,
            high=0.15,
            note=_spread(leaked),
        ),
        Figure(name="clips that beat their own shuffle", value=100 * beaten, unit="%", low=95),
        Figure(name="lag", value=_lag(measures, drivers), unit="frames", low=-1, high=1),
        Figure(name="r where all that is heard around is in the clip", value=_mean(heard)),
        Figure(name="r with its own audio, self-reenacted", value=_mean(_own(m) for m in measures)),
    )


def _each(measures: Sequence[DubMeasure], others: Sequence[DubMeasure]) -> NDArray[np.float64]:
    """The r of each dub with what another clip's mouth truly does."""
    pairs = zip(measures, others, strict=True)
    return np.array([_told(correlation(measure.in_dub, other.true)) for measure, other in pairs])


def _told(r: float) -> float:
    """A mouth that never moves agrees with nothing."""
    return 0.0 if math.isnan(r) else r


_HEARD = 5  # frames at either end whose window of 0.2 s reaches beyond the clip, where it hears nothing


def _inner(measure: DubMeasure, driver: DubMeasure) -> float:
    return _told(correlation(measure.in_dub[_HEARD:-_HEARD], driver.true[_HEARD:-_HEARD]))


def _own(measure: DubMeasure) -> float:
    return _told(correlation(measure.in_own, measure.true))


def _in_truth(measure: DubMeasure) -> float:
    return _told(correlation(measure.in_truth, measure.true))


def _lag(measures: Sequence[DubMeasure], drivers: Sequence[DubMeasure]) -> float:
    """The shift with the best mean r."""
    pairs = zip(measures, drivers, strict=True)
    table_KL = np.array(
        [[_told(at.r) for at in lagged(one.in_dub, other.true, _REACH)] for one, other in pairs]
    )
    return float(np.argmax(table_KL.mean(axis=0)) - _REACH)


def _silence(measures: Sequence[DubMeasure], drivers: Sequence[DubMeasure]) -> tuple[Figure, ...]:
    """How open mouths are where the driver is silent, on the way from shut (0) to open (1) as measured in
    true frames.
    """
    quiet = [np.array(driver.silent) for driver in drivers]
    loud = [_open(driver) for driver in drivers]
    dubbed = [np.array(measure.in_dub) for measure in measures]
    truth = [np.array(driver.in_truth) for driver in drivers]
    shut, wide = _pooled(truth, quiet), _pooled(truth, loud)
    silent, spoken = _pooled(dubbed, quiet), _pooled(dubbed, loud)
    known = None not in (shut, wide, silent) and not math.isclose(shut or 0, wide or 0)
    share = ((silent or 0) - (shut or 0)) / ((wide or 0) - (shut or 0)) if known else None
    frames = sum(int(flags.sum()) for flags in quiet)
    return (
        # ours: a fifth of the way cannot be told from shut lips by eye.
        Figure(
            name="mouth in silence, from shut (0) to open (1)", value=share, high=0.2, note=f"{frames} frames"
        ),
        Figure(name="measured in silence, dubs", value=silent),
        Figure(name="measured in silence, true frames", value=shut),
        Figure(name="measured where truly open, dubs", value=spoken),
        Figure(name="measured where truly open, true frames", value=wide),
    )


def _open(measure: DubMeasure) -> Flags:
    """The frames in which the mouth truly is more open than in the clip's mean."""
    true = np.array(measure.true)
    return np.asarray(true > true.mean(), np.bool_)


def _pooled(values: Sequence[NDArray[np.float64]], flags: Sequence[Flags]) -> float | None:
    chosen = np.concatenate([value[flag] for value, flag in zip(values, flags, strict=True)])
    return _mean(chosen[np.isfinite(chosen)])


def _likeness(measures: Sequence[DubMeasure]) -> tuple[Figure, ...]:
    rebuilt = [measure.rebuilt_psnr for measure in measures if measure.rebuilt_psnr is not None]
    whole = _mean(rebuilt) if len(rebuilt) == len(measures) else None
    return (
        Figure(name="mouth's box, autoencoder alone", value=whole, unit="dB", low=26),
        Figure(
            name="mouth's box, self-reenacted", value=_mean(m.own_psnr for m in measures), unit="dB", low=22
        ),
    )


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return float(np.mean(known)) if known else None


def _spread(r: NDArray[np.float64]) -> str:
    return f"sd {r.std():.2f}, lowest {r.min():.2f}, p10 {np.quantile(r, 0.1):.2f}"


# ---------------------------------------------------------------------------------------- told


def as_markdown(found: Sequence[SplitScores]) -> str:
    """The table for the model card: a column for each split."""
    head = ["measure", *(f"{scored.split} ({scored.clips} clips)" for scored in found), "goal", "spread"]
    rows = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for number, figure in enumerate(found[0].figures):
        cells = [_cell(scored.figures[number]) for scored in found]
        notes = _shared_note([scored.figures[number] for scored in found])
        rows.append("| " + " | ".join([figure.name, *cells, figure.goal, notes]) + " |")
    return "\n".join(rows) + "\n"


def _cell(figure: Figure) -> str:
    if figure.value is None:
        return "not measured" + (", **missed**" if figure.has_goal else "")
    digits: Callable[[float], str] = "{:.1f}".format if figure.unit in ("%", "dB", "s") else "{:.3f}".format
    told = digits(figure.value) if figure.value != round(figure.value) else f"{figure.value:.0f}"
    return f"{told} {figure.unit}".strip() + ("" if figure.holds else " **missed**")


def _shared_note(figures: Sequence[Figure]) -> str:
    return "; ".join(figure.note for figure in figures if figure.note)
