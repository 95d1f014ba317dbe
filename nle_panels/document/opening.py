"""A transcript as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from bridge.transcript import Window
from engine.protocol import TICKS_PER_SECOND, Transcript, Word
from nle_panels.document.document import Document, Paragraph
from nle_panels.document.tokens import PAUSE_TICKS, Pause, Spoken, Token

# ours: a silence from here on begins a paragraph.
PARAGRAPH_PAUSE_TICKS = 200
# ours: a speaker who never rests gets a new paragraph at the first sentence that ends after so many words,
# and in any case after so many. A paragraph is what a keystroke lays out anew.
SENTENCE_WORDS = 80
PARAGRAPH_WORDS = 200
_SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！", "।", "؟", '."', '?"', '!"', ".”", "?”", "!”")


def opened(
    transcript: Transcript, window: Window, shown: tuple[Fraction, Fraction] | None = None
) -> Document:
    """The words of the window, in paragraphs that begin at a new speaker and after a long pause.

    `shown`: the media seconds that the clip shows, to which the silences before the first word and after
    the last one reach; None: all of the media.
    """
    words = transcript.words
    begin, end = (float(second) for second in shown or (Fraction(0), transcript.duration.exact))
    paragraphs: list[Paragraph] = []
    tokens: list[Token] = []
    count = 0
    for i in range(window.start, window.stop):
        word = words[i]
        before = words[i - 1].end if i else begin
        pause = _pause(i - 1, max(begin, before) if i == window.start else before, word.start)
        if count and _begins_paragraph(words[i - 1], word, pause, count):
            paragraphs.append(Paragraph(speaker=words[i - 1].speaker, tokens=(*tokens, *pause)))
            tokens, count = [], 0
        else:
            tokens += pause
        tokens.append(Spoken(first=i, stop=i + 1, text=word.text.strip()))
        count += 1
    if not count:
        return Document(paragraphs=(Paragraph(tokens=()),))
    last = words[window.stop - 1]
    after = words[window.stop].start if window.stop < len(words) else end
    tokens += _pause(window.stop - 1, last.end, min(end, after))
    return Document(paragraphs=(*paragraphs, Paragraph(speaker=last.speaker, tokens=tuple(tokens))))


def breaks(texts: Sequence[str]) -> Iterator[int]:
    """Where a long run of words is broken into paragraphs."""
    count = 0
    for i, text in enumerate(texts):
        if count and _long_enough(text if i == 0 else texts[i - 1], count):
            yield i
            count = 0
        count += 1


def _pause(after: int, start: float, end: float) -> tuple[Pause, ...]:
    ticks = round((end - start) * TICKS_PER_SECOND)
    return (Pause(after=after, ticks=ticks),) if ticks >= PAUSE_TICKS else ()


def _begins_paragraph(last: Word, word: Word, pause: Sequence[Pause], count: int) -> bool:
    if word.speaker != last.speaker:
        return True
    return (bool(pause) and pause[0].ticks >= PARAGRAPH_PAUSE_TICKS) or _long_enough(last.text, count)


def _long_enough(last: str, count: int) -> bool:
    return count >= PARAGRAPH_WORDS or (count >= SENTENCE_WORDS and last.endswith(_SENTENCE_ENDS))
