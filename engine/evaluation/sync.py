"""How well a mouth goes with what is said, of any footage: a figure to compare by.

The face mesh's opening of the mouth against what the words ask for. SyncNet, which papers measure with, is
not here: its weights come as a pickle, and none is loaded. An interview of 15 s has .46 with its own words
and at most .21 with others; over 5 s its own have .35 to .61, others up to .43: so ten seconds are measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from engine.evaluation.cuts import Picture
from engine.evaluation.opening import agreement, mesh_opening
from engine.evaluation.opening_track import expected_opening, words_in
from engine.face.models import FaceModels
from engine.media.sound import Samples


def sync_score(
    pictures: Iterable[Picture], rate: Fraction, sound: Samples, script: str, models: FaceModels
) -> float:
    """Pearson's r of the mouth's opening with what English words ask for, 3 frames early or late at most.

    `sound`: 48 kHz, from the first picture on. NaN where no face is found. Raises WordsDoNotFit.
    """
    seen = mesh_opening(pictures, models)
    asked = expected_opening(words_in(sound, script), len(seen), rate, "en-us")
    return agreement(seen, asked).r
