"""The acoustic side of alignment: pocketsphinx, its English model and dictionary, a minute at a time.

Measured with pocketsphinx 5.1.1: memory grows with the square of a call's length (66 s take 142 MB, 660 s
7.4 GB). The default beams give up a whole minute for one misspoken word; the wide ones here do not, and cost
little. Other settings (dither, cepstral mean, insertion penalties), averaging over shifted copies and moving
onsets to where the energy rises did not come nearer to hand-made labels than the plain second pass does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pocketsphinx import Decoder, FsgModel

from engine.errors import MissingModel
from engine.speech.pcm import SAMPLE_RATE, Pcm
from engine.speech.phonemes import arpabet
from engine.speech.scratch import phonemes
from engine.speech.script import spellings

FRAMES_PER_SECOND = 100

_BEAM = 1e-160
_LANGUAGE_WEIGHT = 6.5
_GRAMMAR = "script"
_FILLER = ("<", "[", "(", "+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One spoken word: frames [start, end) of the sound it was looked for in, and how well it fits.

    `score` is the mean log score of its frames: above -35 for nine in ten words that are said, under -50
    for nine in ten that are not. `phone` is the first one, in ARPAbet.
    """

    start: int
    end: int
    score: float
    phone: str


class Aligner:
    """Finds where words are said. `learn` them first; sound is 16 kHz, a minute at most."""

    def __init__(self) -> None:
        self._decoder = Decoder(
            samprate=float(SAMPLE_RATE),
            lm=None,
            bestpath=False,
            backtrace=False,
            loglevel="FATAL",
            beam=_BEAM,
            pbeam=_BEAM,
            wbeam=_BEAM,
        )
        self._learned = 0

    def learn(self, words: tuple[str, ...], language: str) -> tuple[str | None, ...]:
        """A name for each of some words, by which to look for it; None for one that is not pronounced.

        English words come from the dictionary, all others from espeak-ng's rules for the language.
        Raises MissingModel (a word is not in the dictionary, and espeak-ng not here), BadMedia (no such
        language).
        """
        names: dict[str, str | None] = dict.fromkeys(words)
        if language.partition("-")[0] == "en":
            names = {word: self._in_dictionary(word) for word in names}
        unknown = tuple(word for word, name in names.items() if name is None)
        for word, ipa in zip(unknown, self._spelled(unknown, language), strict=True):
            names[word] = self._add(arpabet(ipa))
        return tuple(names[word] for word in words)

    def beginning(self, sound: Pcm, names: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
        """As many of the words, from the first on, as the sound holds: their frames [start, end), roughly."""
        if not names or not len(sound):
            return ()
        self._decoder.add_fsg(_GRAMMAR, self._grammar(names))
        self._decoder.activate_search(_GRAMMAR)
        self._decode(sound)
        if self._decoder.hyp() is None:
            return ()
        entries = (entry for entry in self._decoder.seg() if not entry.word.startswith(_FILLER))
        return tuple((entry.start_frame, entry.end_frame + 1) for entry in entries)

    def all_of(self, sound: Pcm, names: tuple[str, ...]) -> tuple[Heard, ...] | None:
        """All of the words; None where they cannot be fitted to the sound.

        Two passes: where the words lie, and then, between them, where each state of each phone does.
        """
        if not names or not len(sound):
            return None
        self._decoder.set_align_text(" ".join(names))
        self._decode(sound)
        try:
            self._decoder.set_alignment()
        except RuntimeError:  # no path through all of the words, or too short for all their phones
            return None
        self._decode(sound)
        # Each entry is read before the next is asked for: its phones' memory is the iterator's, and goes on.
        entries = (_heard(entry) for entry in self._decoder.get_alignment() or ())
        words = tuple(heard for heard in entries if heard is not None)
        return words if len(words) == len(names) else None

    def _in_dictionary(self, word: str) -> str | None:
        return next((name for name in spellings(word) if self._decoder.lookup_word(name)), None)

    def _spelled(self, words: tuple[str, ...], language: str) -> tuple[tuple[str, ...], ...]:
        if not words:
            return ()
        try:
            return phonemes(words, "en-us" if language == "en" else language)
        except MissingModel as error:
            some = ", ".join(words[:5]) + (" ..." if len(words) > 5 else "")
            raise MissingModel(f"these words are in no dictionary here: {some}. {error}") from error

    def _add(self, phones: tuple[str, ...]) -> str | None:
        if not phones:
            return None
        name = f"unlisted{self._learned}"
        self._learned += 1
        self._decoder.add_word(name, " ".join(phones), True)
        return name

    def _decode(self, sound: Pcm) -> None:
        self._decoder.start_utt()
        self._decoder.process_raw(sound.tobytes(), no_search=False, full_utt=True)
        self._decoder.end_utt()

    def _grammar(self, names: tuple[str, ...]) -> Any:
        """The words in order, silence or noise between them; it may end after any of them, or at once."""
        final = len(names) + 1
        grammar = FsgModel(_GRAMMAR, self._decoder.get_logmath(), _LANGUAGE_WEIGHT, final + 1)
        ids = {name: grammar.word_add(name) for name in dict.fromkeys(names)}
        for at, name in enumerate(names):
            grammar.trans_add(at, at + 1, 0, ids[name])
        for at in range(final):
            grammar.null_trans_add(at, final, 0)
        grammar.set_start_state(0)
        grammar.set_final_state(final)
        return grammar


def _heard(entry: Any) -> Heard | None:
    """The word; None for silence and noise."""
    phones = [phone.name for phone in entry]
    if entry.name.startswith(_FILLER):
        return None
    return Heard(
        phone=phones[0],
        start=entry.start,
        end=entry.start + entry.duration,
        score=entry.score / max(1, entry.duration),
    )
