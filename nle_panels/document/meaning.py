"""What the document asks of the bridge: the transcript as corrected, and the changes to it.

Words are counted as the bridge counts them: those of the window, in the corrected transcript.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import msgspec

from bridge import revision
from bridge.edit_plan import ShortenPause
from bridge.revision import Change, bare
from bridge.transcript import Window
from engine.protocol import Transcript, Word
from nle_panels.document.document import Document, Paragraph
from nle_panels.document.nudging import edges
from nle_panels.document.tokens import New, Pause, Spoken, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """`window`: the clip's words in the corrected `transcript`, from whose first on everything is counted.

    `changes` are settled. `anew`: runs of words [start, stop) that stay, and whose mouth is rendered anew.
    """

    transcript: Transcript
    window: Window
    changes: tuple[Change, ...] = ()
    pauses: tuple[ShortenPause, ...] = ()
    anew: tuple[tuple[int, int], ...] = ()


# The paragraphs that say their words as they were heard, by the first of them.
Untouched = Mapping[int, Paragraph]


def untouched(fresh: Document, transcript: Transcript) -> Untouched:
    """Of a document as it was opened. For `meaning`, which is asked for whenever an editor's hands rest."""
    found = {}
    for paragraph in fresh.paragraphs:
        spoken = [token for token in paragraph.tokens if isinstance(token, Spoken)]
        said = (_said(token, transcript.words, paragraph.speaker) for token in spoken)
        if spoken and [word for words in said for word in words] == list(
            transcript.words[spoken[0].first : spoken[-1].stop]
        ):
            found[spoken[0].first] = paragraph
    return found


def meaning(
    document: Document, transcript: Transcript, window: Window, heard: Untouched | None = None
) -> Meaning:
    """What the document means for a clip that shows this window of the transcript.

    A struck run and the new words next to it are one replacement, of which the words that stay the same are
    no part. A pause inside what is struck goes with it. What is as it was `heard` is passed over quickly.
    """
    words, placed = _read(document, transcript.words, heard or {})
    if tuple(words) != window.of(transcript.words):
        corrected = (*transcript.words[: window.start], *words, *transcript.words[window.stop :])
        transcript = msgspec.structs.replace(transcript, words=corrected)
    return Meaning(
        transcript=transcript,
        window=Window(start=window.start, stop=window.start + len(words)),
        changes=tuple(_changes(words, placed)),
        pauses=tuple(_pauses(placed)),
        anew=tuple(_runs(placed, lambda token: token.anew and not token.struck)),
    )


def protected(document: Document) -> tuple[tuple[int, int], ...]:
    """Runs of words [first, stop) of the transcript as it was heard, whose picture is not rendered anew."""
    placed = (
        _Placed(token, token.first, token.stop) if isinstance(token, Spoken) else _Placed(token, 0, 0)
        for paragraph in document.paragraphs
        for token in _telling(paragraph.tokens)
    )
    return tuple(_runs(placed, lambda token: token.protected))


def _telling(tokens: Sequence[Token]) -> Sequence[Token]:
    """Those that say where protection begins and ends: of a paragraph without any its first word is enough.

    Asked in the window's thread, of every word of three hours.
    """
    spoken = [token for token in tokens if isinstance(token, Spoken)]
    return tokens if not spoken or any([token.protected for token in spoken]) else spoken[:1]


class _Placed(NamedTuple):
    """A token, and the words [start, stop) of the window that it says; none, where it stands, for others.

    A named tuple, which is made in a quarter of the time: there is one for every word of three hours.
    """

    token: Token
    start: int
    stop: int


def _read(document: Document, said: Sequence[Word], heard: Untouched) -> tuple[list[Word], list[_Placed]]:
    """The window's words as corrected, and every token's place among them."""
    words: list[Word] = []
    placed: list[_Placed] = []
    for paragraph in document.paragraphs:
        if _is_untouched(paragraph, heard):
            _pass_over(paragraph, said, words, placed)
            continue
        for token in paragraph.tokens:
            start = len(words)
            if isinstance(token, Spoken):
                words += _said(token, said, paragraph.speaker)
            placed.append(_Placed(token, start, len(words)))
    return words, placed


def _is_untouched(paragraph: Paragraph, heard: Untouched) -> bool:
    first = next((token.first for token in paragraph.tokens if isinstance(token, Spoken)), -1)
    found = heard.get(first)
    return found is paragraph or found == paragraph


def _pass_over(paragraph: Paragraph, said: Sequence[Word], words: list[Word], placed: list[_Placed]) -> None:
    """Its words stand as one: only the pauses at its ends may be shortened together with others."""
    spoken = [number for number, token in enumerate(paragraph.tokens) if isinstance(token, Spoken)]
    first, last = paragraph.tokens[spoken[0]], paragraph.tokens[spoken[-1]]
    assert isinstance(first, Spoken)
    assert isinstance(last, Spoken)
    start = len(words)
    placed += (_Placed(token, start, start) for token in paragraph.tokens[: spoken[0]])
    words += said[first.first : last.stop]
    placed.append(_Placed(first, start, len(words)))
    placed += (_Placed(token, len(words), len(words)) for token in paragraph.tokens[spoken[-1] + 1 :])


def _said(token: Spoken, said: Sequence[Word], speaker: str | None) -> Sequence[Word]:
    """The token's words: each in its own time where there are as many as before, else by their letters."""
    originals = said[token.first : token.stop]
    word = originals[0]
    if (token.text, speaker, token.stop) == (word.text, word.speaker, token.first + 1) and not any(
        token.nudge
    ):
        return originals  # as nearly all are
    texts = token.text.split()
    start, end = edges(token, said)
    if len(texts) == len(originals):
        starts = [start, *(word.start for word in originals[1:])]
        ends = [*(word.end for word in originals[:-1]), end]
        sure = [
            word.confidence if bare(text) == bare(word.text) else None
            for text, word in zip(texts, originals, strict=True)
        ]
    else:
        letters = [0, *accumulate(len(text) for text in texts)]
        bounds = [start + (end - start) * count / max(1, letters[-1]) for count in letters]
        starts, ends, sure = bounds[:-1], bounds[1:], [None] * len(texts)
    return [
        Word(text=text, start=begin, end=stop, confidence=confidence, speaker=speaker)
        for text, begin, stop, confidence in zip(texts, starts, ends, sure, strict=True)
    ]


def _changes(words: Sequence[Word], placed: Sequence[_Placed]) -> Iterator[Change]:
    """One group of struck and new words after another, whatever pauses lie in them."""
    start, new = 0, list[str]()
    for place in placed:
        match place.token:
            case New(text=text):
                new += revision.tokens(text)
            case Spoken(struck=False):
                yield from _change(words, start, place.start, new)
                start, new = place.stop, []
    yield from _change(words, start, len(words), new)


def _change(words: Sequence[Word], start: int, stop: int, new: Sequence[str]) -> Iterator[Change]:
    """What the words [start, stop) and the new ones differ in."""
    if start == stop and not new:
        return
    for change in revision.diff([word.text for word in words[start:stop]], new):
        yield Change(start=start + change.start, stop=start + change.stop, words=change.words)


def _pauses(placed: Sequence[_Placed]) -> Iterator[ShortenPause]:
    """The shortened pauses beside which something stays; those that a word never said parts are one."""
    silences: dict[int, list[Pause]] = {}
    for pause, at in _staying_pauses(placed):
        silences.setdefault(at - 1, []).append(pause)
    for after, pauses in silences.items():
        if any(pause.kept is not None for pause in pauses):
            kept = sum(pause.ticks if pause.kept is None else pause.kept for pause in pauses)
            yield ShortenPause(after=after, kept=kept)


def _staying_pauses(placed: Sequence[_Placed]) -> Iterator[tuple[Pause, int]]:
    """The pauses that are not inside what is struck, and how many words come before each."""
    struck_before = False
    waiting: list[tuple[Pause, int]] = []
    for place in placed:
        match place.token:
            case Pause():
                waiting.append((place.token, place.start))
            case Spoken(struck=struck):
                if not (struck and struck_before):
                    yield from waiting
                waiting, struck_before = [], struck
    yield from waiting


def _runs(placed: Iterable[_Placed], holds: Callable[[Spoken], bool]) -> Iterator[tuple[int, int]]:
    """Runs of words of which something holds, a pause between two of them included; new words part them."""
    run = None
    for place in placed:
        if isinstance(place.token, New) and run and place.token.text:
            yield run
            run = None
        if not isinstance(place.token, Spoken):
            continue
        if holds(place.token):
            run = (run[0] if run else place.start, place.stop)
        elif run:
            yield run
            run = None
    if run:
        yield run
