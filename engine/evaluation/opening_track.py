"""A timeline's mouth beside its sound: how open it is in each frame, and how open it should be.

N frames of the timeline.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import msgspec
import numpy as np

from engine.errors import MissingModel
from engine.evaluation.before_after import edited_sound
from engine.evaluation.cuts import CutLists, Picture, Projector, places
from engine.evaluation.opening import Openings, mesh_opening
from engine.face.models import INSTALL_HINT, FaceModels, find_models
from engine.face.view import seen_size
from engine.media.sound import Samples, write_wav
from engine.protocol import SAMPLE_RATE, Word
from engine.speech.alignment import align
from engine.speech.scratch import phonemes
from engine.training.presenter.articulation import articulate
from engine.training.presenter.mouth import opening
from engine.training.synthetic import ClipTruth, SpokenPhoneme

TICKS = 100  # of the envelope, a second


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpeningTrack:
    """`measured`, `true` and `expected` [N]: in the frames, of a drawn presenter as is known, and as the
    words ask for; nan where unknown. `envelope`: the sound's level, 0..1 of its loudest, `TICKS` a second.
    """

    rate: Fraction
    measured: Openings
    true: Openings
    expected: Openings
    envelope: Openings
    edited: tuple[bool, ...]
    words: tuple[Word, ...] = ()

    @property
    def frames(self) -> int:
        return len(self.measured)

    @property
    def seconds(self) -> float:
        return float(self.frames / self.rate)


def track_of(lists: CutLists, script: str = "", language: str = "en-us") -> OpeningTrack:
    """Of the timeline after the edit. `script`: all that is said in it.

    Raises what reading the media raises, MissingModel (the face's), WordsDoNotFit.
    """
    models = find_models()
    if models is None:
        raise MissingModel(f"mouths are measured with the face models; {INSTALL_HINT}")
    rate, frames = lists.rate.exact, sum(cut.frames for cut in lists.after)
    sound = edited_sound(lists)[: round(frames * SAMPLE_RATE / rate)]
    words = words_in(sound, script) if script.strip() else ()
    return OpeningTrack(
        rate=rate,
        measured=_measured(lists, models),
        true=_true(lists),
        expected=expected_opening(words, frames, rate, language) if words else np.full(frames, np.nan),
        envelope=envelope_of(sound),
        edited=tuple(place.cut.edited for place in places(lists.after)),
        words=words,
    )


def expected_opening(words: Sequence[Word], frames: int, rate: Fraction, language: str) -> Openings:
    """How open a drawn presenter's mouth is who says these words then, their sounds equally long.

    On the sample of `make demo` it agrees with the truth to r = .97 for true times of words, .89 for aligned.
    """
    spelled = phonemes(tuple(word.text for word in words), language)
    sounds = [
        SpokenPhoneme(
            ipa=ipa,
            start=word.start + (word.end - word.start) * number / len(said),
            end=word.start + (word.end - word.start) * (number + 1) / len(said),
        )
        for word, said in zip(words, spelled, strict=True)
        for number, ipa in enumerate(said)
    ]
    return np.array([opening(mouth) for mouth in articulate(sounds, frames, rate)])


def envelope_of(sound: Samples) -> Openings:
    """The root mean square of each tick over all channels, 0..1 of the loudest."""
    step = SAMPLE_RATE // TICKS
    whole = sound[: len(sound) // step * step].astype(np.float64)
    if not whole.size:
        return np.zeros(0)
    level = np.sqrt(np.mean(whole.reshape(-1, step * whole.shape[1]) ** 2, axis=1))
    return np.asarray(level / max(float(level.max()), 1e-9), np.float64)


def _measured(lists: CutLists, models: FaceModels) -> Openings:
    with Projector(lists.rate.exact) as projector:
        return mesh_opening(_seen(lists, projector), models)


def _seen(lists: CutLists, projector: Projector) -> Iterator[Picture]:
    """The frames, no larger than faces are looked for in."""
    for place in places(lists.after):
        picture = projector.show(place.cut.media, place.frame)
        height, width = seen_size(*picture.shape[:2])
        yield np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _true(lists: CutLists) -> Openings:
    """What lies beside drawn media; of another rate it says nothing about these frames."""
    known: dict[str, tuple[float, ...]] = {}
    for cut in lists.after:
        if cut.media not in known:
            truth = _truth_beside(Path(cut.media))
            fits = truth is not None and truth.rate.exact == lists.rate.exact
            known[cut.media] = truth.opening if truth is not None and fits else ()
    told = (
        known[place.cut.media][place.frame] if 0 <= place.frame < len(known[place.cut.media]) else np.nan
        for place in places(lists.after)
    )
    return np.array(list(told))


def _truth_beside(media: Path) -> ClipTruth | None:
    try:
        return msgspec.json.decode(media.with_suffix(".json").read_bytes(), type=ClipTruth)
    except (OSError, msgspec.MsgspecError):
        return None


def words_in(sound: Samples, script: str) -> tuple[Word, ...]:
    """When each word of the script is said. Raises WordsDoNotFit."""
    with tempfile.TemporaryDirectory(prefix="pickup_words_") as folder:
        wav = Path(folder) / "edited.wav"
        write_wav(wav, sound, SAMPLE_RATE)
        return align(wav, script, fingerprint="", duration=Fraction(len(sound), SAMPLE_RATE)).words
