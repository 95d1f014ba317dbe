"""Paragraphs split, joined, and given to a speaker."""

from __future__ import annotations

from nle_panels.document.document import (
    Caret,
    Document,
    Edited,
    Paragraph,
    spliced,
    unchanged,
)
from nle_panels.document.tokens import New, Token, length


def split_paragraph(document: Document, caret: Caret) -> Edited:
    """What follows the caret becomes a paragraph of its own: from the next word on, inside a spoken word."""
    paragraph = document.paragraphs[caret.paragraph]
    tokens = paragraph.tokens
    index = caret.token + (caret.offset > 0)
    left: tuple[Token, ...] = tokens[:index]
    right: tuple[Token, ...] = tokens[index:]
    if tokens and isinstance(token := tokens[caret.token], New) and 0 < caret.offset < length(token):
        left = (*tokens[: caret.token], New(text=token.text[: caret.offset].rstrip()))
        right = (New(text=token.text[caret.offset :].lstrip()), *tokens[index:])
    if not left or not right:
        return unchanged(document, caret)
    new = [Paragraph(speaker=paragraph.speaker, tokens=side) for side in (left, right)]
    there = Caret(paragraph=caret.paragraph + 1, token=0, offset=0)
    return spliced(document, range(caret.paragraph, caret.paragraph + 1), new, there)


def join_paragraph(document: Document, paragraph: int) -> Edited:
    """The paragraph goes on in the one before it, whose speaker it gets. The first one stays."""
    if paragraph == 0:
        return unchanged(document, Caret(paragraph=0, token=0, offset=0))
    first, second = document.paragraphs[paragraph - 1 : paragraph + 1]
    joined = Paragraph(speaker=first.speaker, tokens=first.tokens + second.tokens)
    last = max(0, len(first.tokens) - 1)
    end = length(first.tokens[-1]) if first.tokens else 0
    there = Caret(paragraph=paragraph - 1, token=last, offset=end)
    if second.tokens and isinstance(second.tokens[0], New):
        there = Caret(paragraph=paragraph - 1, token=len(first.tokens), offset=0)
    return spliced(document, range(paragraph - 1, paragraph + 1), [joined], there)


def set_speaker(document: Document, paragraph: int, speaker: str | None) -> Edited:
    """Another speaker for the paragraph; an empty name is none."""
    old = document.paragraphs[paragraph]
    there = Caret(paragraph=paragraph, token=0, offset=0)
    if old.speaker == _name(speaker):
        return unchanged(document, there)
    new = Paragraph(speaker=_name(speaker), tokens=old.tokens)
    return spliced(document, range(paragraph, paragraph + 1), [new], there)


def rename_speaker(document: Document, old: str | None, new: str | None) -> Edited:
    """Another name for a speaker everywhere; the name of another speaker makes one of the two."""
    there = Caret(paragraph=0, token=0, offset=0)
    spoken = [i for i, paragraph in enumerate(document.paragraphs) if paragraph.speaker == old]
    if not spoken or old == _name(new):
        return unchanged(document, there)
    before = range(spoken[0], spoken[-1] + 1)
    paragraphs = [
        Paragraph(speaker=_name(new), tokens=paragraph.tokens) if paragraph.speaker == old else paragraph
        for paragraph in document.paragraphs[before.start : before.stop]
    ]
    return spliced(document, before, paragraphs, Caret(paragraph=before.start, token=0, offset=0))


def speakers(document: Document) -> tuple[str, ...]:
    """The names, in the order in which they first speak."""
    return tuple(dict.fromkeys(p.speaker for p in document.paragraphs if p.speaker is not None))


def _name(speaker: str | None) -> str | None:
    return (speaker or "").strip() or None
