"""What of a timeline is still there after an edit, feature by feature."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import opentimelineio as otio

from otio_adapters.opentime import timeline_rate
from otio_adapters.placement import Ripple
from otio_adapters.timeline_facts import Fact, FactReader

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
    "source timecode",
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
    before: otio.schema.Timeline, after: otio.schema.Timeline, cut: Ripple, folders: tuple[Path, Path]
) -> Comparison:
    """What of `before` is still there `after` the removal `cut`, outside of what was removed.

    `folders`: what relative paths start from, before and after.
    """
    rate = timeline_rate(before)
    there = Counter(FactReader(after, rate, folders[1]).facts(cut, edited=True))
    kept: dict[str, int] = {}
    lost = []
    for fact in FactReader(before, rate, folders[0]).facts(cut, edited=False):
        if there[fact]:
            there[fact] -= 1
            kept[fact.feature] = kept.get(fact.feature, 0) + 1
        else:
            lost.append(fact)
    return Comparison(kept={name: kept[name] for name in FEATURES if name in kept}, lost=tuple(lost))
