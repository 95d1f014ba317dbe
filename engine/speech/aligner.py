"""The acoustic side of alignment: pocketsphinx, its English model and dictionary, a minute at a time.

Measured with pocketsphinx 5.1.1: memory grows with the square of a call's length (66 s take 142 MB, 660 s
7.4 GB). The default beams give up a whole minute for one misspoken word; the wide ones here do not, and cost
little. Other settings (dither, cepstral mean, insertion penalties), averaging over shifted copies and moving
onsets to where the energy rises did not come nearer to hand-made labels than the plain second pass does.
"""

from __future__ import annotations

from collections.abc import Callable
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
SPOTTING_BEAM = 1e-120  # three times as fast where others may be heard; 1e-100 misses words that come late
_LANGUAGE_WEIGHT = 6.5
_GRAMMAR = "script"
_FILLER = ("<", "[", "(", "+")
_OTHER = "+"  # begins the names of the sounds of other words: one for each phone
_ARPABET = (
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH"
)
_PHONES = tuple(_ARPABET.split())
# ours: how likely other words are to begin, and to go on for another sound. Chosen on three real clips with 6
# to 34 s left out of the script, and none: what was checked was found, and nothing where nothing was missing.
_OTHERS_BEGIN, _OTHERS_GO_ON = 1e-10, 0.1


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rough:
    """A word, or a sound of another word, in frames [start, end) of the sound: where it is, roughly."""

    name: str
    start: int
    end: int

    @property
    def other(self) -> bool:
        return self.name.startswith(_OTHER)


class Aligner:
    """Finds where words are said. `learn` them first; sound is 16 kHz, a minute at most."""

    def __init__(self, beam: float = _BEAM) -> None:
        self._decoder = Decoder(
            samprate=float(SAMPLE_RATE),
            lm=None,
            bestpath=False,
            backtrace=False,
            loglevel="FATAL",
            beam=beam,
            pbeam=beam,
            wbeam=beam,
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

    def learn_others(self) -> None:
        """The sounds that words not of the script are made of, for `among`."""
        for phone in _PHONES:
            self._decoder.add_word(_OTHER + phone, phone, phone == _PHONES[-1])

    def beginning(self, sound: Pcm, names: tuple[str, ...]) -> tuple[Rough, ...]:
        """As many of the words, from the first on, as the sound holds."""
        return self._heard_in(sound, names, self._grammar) if names and len(sound) else ()

    def among(self, sound: Pcm, names: tuple[str, ...]) -> tuple[Rough, ...]:
        """As `beginning`, with other words anywhere between: their sounds are told too."""
        return self._heard_in(sound, names, self._grammar_among_others) if names and len(sound) else ()

    def _heard_in(
        self, sound: Pcm, names: tuple[str, ...], grammar: Callable[[tuple[str, ...]], Any]
    ) -> tuple[Rough, ...]:
        self._decoder.add_fsg(_GRAMMAR, grammar(names))
        self._decoder.activate_search(_GRAMMAR)
        self._decode(sound)
        if self._decoder.hyp() is None:
            return ()
        waiting = iter(names)
        return tuple(
            Rough(
                name=entry.word if entry.word.startswith(_OTHER) else next(waiting),
                start=entry.start_frame,
                end=entry.end_frame + 1,
            )
            for entry in self._decoder.seg()
            if entry.word.startswith(_OTHER) or not entry.word.startswith(_FILLER)
        )

    def all_of(self, sound: Pcm, names: tuple[str, ...]) -> tuple[Heard, ...] | None:
        """All of the words but such as are others'; None where they cannot be fitted to the sound.

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
        wanted = sum(not name.startswith(_OTHER) for name in names)
        return words if len(words) == wanted else None

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

    def _grammar_among_others(self, names: tuple[str, ...]) -> Any:
        """As `_grammar`; before each word and after the last a loop of other sounds may be gone through."""
        loops = len(names) + 1
        final = 2 * loops
        logmath = self._decoder.get_logmath()
        grammar = FsgModel(_GRAMMAR, logmath, _LANGUAGE_WEIGHT, final + 1)
        ids = {name: grammar.word_add(name) for name in dict.fromkeys(names)}
        others = [grammar.word_add(_OTHER + phone) for phone in _PHONES]
        begin, go_on = (
            int(logmath.log(chance / len(_PHONES)) * _LANGUAGE_WEIGHT)
            for chance in (_OTHERS_BEGIN, _OTHERS_GO_ON)
        )
        for at in range(loops):
            for other in others:
                grammar.trans_add(at, loops + at, begin, other)
                grammar.trans_add(loops + at, loops + at, go_on, other)
            grammar.null_trans_add(at, final, 0)
            grammar.null_trans_add(loops + at, final, 0)
        for at, name in enumerate(names):
            grammar.trans_add(at, at + 1, 0, ids[name])
            grammar.trans_add(loops + at, at + 1, 0, ids[name])
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
