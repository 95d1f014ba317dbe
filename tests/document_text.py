"""Documents as the tests write and read them: "the ~cat~ +dog+ [40] sat / on".

~struck~, +new+, ++ an empty new word, =protected=, *rendered anew*, [ticks of a pause that stay], / a new
paragraph.
"""

from __future__ import annotations

from bridge.transcript import Window
from engine.protocol import Ratio, Transcript, Word
from nle_panels.document.document import Caret, Document, Selection
from nle_panels.document.opening import opened
from nle_panels.document.tokens import New, Pause, Spoken, Token, length


def said(text: str, *, language: str = "en", confidence: float | None = None) -> Transcript:
    """A word a second, 0.8 s long; "[40]" makes the silence before the next 40 ticks; "A:" is a speaker."""
    words: list[Word] = []
    at, speaker = 0.0, None
    for part in text.split():
        if part.startswith("["):
            at += int(part[1:-1]) / 100 - 0.2
        elif part.endswith(":"):
            speaker = part[:-1]
        else:
            words.append(Word(text=part, start=at, end=at + 0.8, confidence=confidence, speaker=speaker))
            at += 1.0
    end = Ratio(num=round((words[-1].end if words else 0) * 1000), den=1000)
    return Transcript(
        fingerprint="f", duration=end, words=tuple(words), energy=b"", source="aligned", language=language
    )


def all_of(transcript: Transcript) -> Window:
    return Window(start=0, stop=len(transcript.words))


def document_of(text: str) -> Document:
    """The document as it is opened: only words, pauses and speakers can be written."""
    transcript = said(text)
    return opened(transcript, all_of(transcript))


def written(document: Document) -> str:
    return " / ".join(" ".join(_token(token) for token in p.tokens) for p in document.paragraphs)


def caret(token: int, offset: int = 0, paragraph: int = 0) -> Caret:
    return Caret(paragraph=paragraph, token=token, offset=offset)


def over(document: Document, first: int, last: int | None = None, paragraph: int = 0) -> Selection:
    """From the beginning of one token to the end of the same or another one."""
    last = first if last is None else last
    size = length(document.paragraphs[paragraph].tokens[last])
    return Selection(anchor=caret(first, 0, paragraph), caret=caret(last, size, paragraph))


def spoken_words(document: Document) -> list[int]:
    """Every transcript word that a token holds, in order."""
    return [
        i
        for paragraph in document.paragraphs
        for token in paragraph.tokens
        if isinstance(token, Spoken)
        for i in range(token.first, token.stop)
    ]


def _token(token: Token) -> str:
    match token:
        case Pause():
            return f"[{token.ticks if token.kept is None else token.kept}]"
        case New():
            return f"+{token.text}+"
        case Spoken(struck=True):
            return f"~{token.text}~"
        case Spoken(protected=True):
            return f"={token.text}="
        case Spoken(anew=True):
            return f"*{token.text}*"
    return token.text
