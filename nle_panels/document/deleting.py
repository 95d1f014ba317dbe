"""Backspace and Delete without a selection, in edit mode.

The view says how far they reach (`target`): by a character as Qt's text layout knows it, or by a word.
"""

from __future__ import annotations

from bridge.revision import bare
from nle_panels.document.document import (
    Caret,
    Document,
    Edited,
    Selection,
    covered,
    refuse_protected,
    replaced,
    unchanged,
    with_caret,
    with_tokens,
)
from nle_panels.document.paragraphs import join_paragraph
from nle_panels.document.striking import strike
from nle_panels.document.tokens import New, Pause, Spoken, length


def delete_backward(document: Document, caret: Caret, target: Caret) -> Edited:
    """Backspace. Behind a spoken word, or the space after it, it strikes the word; behind a struck one it
    moves over it; behind a pause it takes the pause out; between two new words it joins them; at the start of
    a paragraph it joins that to the one before. Raises Refused for protected words.
    """
    return _deleted(document, caret, target, backward=True)


def delete_forward(document: Document, caret: Caret, target: Caret) -> Edited:
    """Delete: the same to the other side."""
    return _deleted(document, caret, target, backward=False)


def _deleted(document: Document, caret: Caret, target: Caret, *, backward: bool) -> Edited:
    reach = Selection(anchor=caret, caret=target)
    if reach.empty:
        return unchanged(document, caret)
    parts = tuple(covered(document, reach))
    if len(parts) == 1:
        return _deleted_part(document, parts[0], backward=backward)
    if parts:
        return _deleted_words(document, reach, backward=backward)
    if caret.paragraph != target.paragraph:
        return join_paragraph(document, max(caret.paragraph, target.paragraph))
    return _deleted_over_gap(document, caret, target, backward=backward)


def _deleted_part(document: Document, part: tuple[int, int, int, int], *, backward: bool) -> Edited:
    p, t, begin, end = part
    tokens = document.paragraphs[p].tokens
    token = tokens[t]
    if isinstance(token, New):  # an empty word keeps its spaces, as in any text
        left = New(text=token.text[:begin] + token.text[end:])
        return with_tokens(document, p, (*tokens[:t], left, *tokens[t + 1 :]), (t, begin))
    far = Caret(paragraph=p, token=t, offset=0 if backward else length(token))
    if isinstance(token, Pause):
        return _struck_whole(document, far)
    if token.struck:
        return unchanged(document, far)
    text = token.text[:begin] + token.text[end:]
    refuse_protected(token)
    if bare(text) and bare(text) == bare(token.text):
        return with_tokens(
            document, p, (*tokens[:t], replaced(token, text=text), *tokens[t + 1 :]), (t, begin)
        )
    if not text or (end == len(token.text) if backward else begin == 0):
        return _struck_whole(document, far)
    rest = (replaced(token, struck=True), New(text=text), *tokens[t + 1 :])
    return with_tokens(document, p, (*tokens[:t], *rest), (t + 1, begin))


def _deleted_words(document: Document, reach: Selection, *, backward: bool) -> Edited:
    edited = strike(document, reach)
    if edited.document is document:
        return unchanged(document, reach.caret)
    if backward:
        return edited
    tokens = edited.document.paragraphs[edited.caret.paragraph].tokens
    there = reach.caret
    same = there.paragraph == edited.caret.paragraph and len(tokens) == len(
        document.paragraphs[there.paragraph].tokens
    )
    return with_caret(edited, there) if same else edited


def _deleted_over_gap(document: Document, caret: Caret, target: Caret, *, backward: bool) -> Edited:
    """There is only a space between the caret and where it reaches."""
    p = caret.paragraph
    tokens = document.paragraphs[p].tokens
    here, there = tokens[caret.token], tokens[target.token]
    if here == New():
        rest = (*tokens[: caret.token], *tokens[caret.token + 1 :])
        after = target if backward else Caret(paragraph=p, token=target.token - 1, offset=0)
        return with_tokens(document, p, rest, (after.token, after.offset))
    if isinstance(there, New):
        if not isinstance(here, New) or not there.text:
            return unchanged(document, target)
        first, second = sorted((caret.token, target.token))
        left, right = (here, there) if caret.token == first else (there, here)
        joined = New(text=left.text + right.text)
        rest = (*tokens[:first], joined, *tokens[second + 1 :])
        return with_tokens(document, p, rest, (first, len(left.text)))
    far = Caret(paragraph=p, token=target.token, offset=0 if backward else length(there))
    struck = there.struck if isinstance(there, Spoken) else there.kept == 0
    return unchanged(document, far) if struck else _struck_whole(document, far)


def _struck_whole(document: Document, far: Caret) -> Edited:
    """The token that the caret is at the far end of, struck."""
    return with_caret(strike(document, Selection(anchor=far, caret=far)), far)
