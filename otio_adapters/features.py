"""What of a timeline is still there after an edit, feature by feature."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from otio_adapters.opentime import timeline_rate
from otio_adapters.placement import Ripple
from otio_adapters.timeline_facts import Fact, FactReader

_SOURCE = "source timecode"
FEATURES = (
    "frame rate",
    "start timecode",
    "tracks",
    "locked tracks",
    "disabled tracks",
    "clips",
    "clip names",
    "disabled clips",
    "gaps",
    "transitions",
    "speed effects",
    "effects",
    "nested sequences",
    "titles and generators",
    "captions",
    "media references",
    "alternative media",
    _SOURCE,
    "links",
    "timeline markers",
    "track markers",
    "clip markers",
    "metadata",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`kept`: how many facts of each feature came through; `lost`: those that did not."""

    kept: dict[str, int]
    lost: tuple[Fact, ...]


def compare_features(
    before: otio.schema.Timeline,
    after: otio.schema.Timeline,
    cut: Ripple,
    folders: tuple[Path, Path],
    *,
    slack: Fraction = Fraction(0),
) -> Comparison:
    """What of `before` is still there `after` the removal `cut`, outside of what was removed.

    `folders`: what relative paths start from, before and after. `slack`: to how many frames of the timeline
    the format says where in its media a cut lies.
    """
    rate = timeline_rate(before)
    there = Counter(FactReader(after, rate, folders[1]).facts(cut, edited=True))
    near: dict[tuple[object, ...], list[Fact]] = {}
    for fact in there if slack else ():
        if fact.feature == _SOURCE:
            near.setdefault(fact.value[:-1], []).append(fact)
    kept: dict[str, int] = {}
    lost = []
    for fact in FactReader(before, rate, folders[0]).facts(cut, edited=False):
        at = near.get(fact.value[:-1], ()) if fact.feature == _SOURCE else ()
        alike = (one for one in at if _is_near(one, fact, slack / rate))
        found = next((one for one in (fact, *alike) if there[one]), None)
        if found is None:
            lost.append(fact)
            continue
        there[found] -= 1
        kept[fact.feature] = kept.get(fact.feature, 0) + 1
    return Comparison(kept={name: kept[name] for name in FEATURES if name in kept}, lost=tuple(lost))


def _is_near(one: Fact, other: Fact, slack: Fraction) -> bool:
    a, b = one.value[-1], other.value[-1]
    return isinstance(a, Fraction) and isinstance(b, Fraction) and abs(a - b) <= slack
