"""Correct mode: the text mended where the recogniser misheard. No picture changes; the times stay.

As many words as before keep each its own time. Otherwise words that fell together are one token, whose time
reaches from the first one's start to the last one's end. A word that is deleted was never said, and stays
as a token without text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from bridge.revision import bare
from nle_panels.document.document import (
    Caret,
    Document,
    Edited,
    Selection,
    replaced,
    unchanged,
    with_tokens,
)
from nle_panels.document.tokens import New, Pause, Spoken, Token, clean
from nle_panels.errors import Refused


def correct(document: Document, selection: Selection, text: str) -> Edited:
    """The selected characters are `text`: "" deletes them, an empty selection inserts.

    Raises Refused across paragraphs, for a pause alone, for new words among spoken ones, and where words of
    which some are struck or protected would become one.
    """
    start, stop = selection.start, selection.stop
    if start.paragraph != stop.paragraph:
        raise Refused("correcting goes paragraph by paragraph: select words of one")
    p = start.paragraph
    tokens = document.paragraphs[p].tokens
    typed = " ".join(clean(text).splitlines())
    if not tokens or (not typed and selection.empty):
        return unchanged(document, selection.caret)
    first, begin = _in_text(tokens, start, forward=not selection.empty)
    last, end = _in_text(tokens, stop, forward=False)
    if (last, end) < (first, begin):
        raise Refused("a pause has no text to correct")
    if first == last:
        token = tokens[first]
        assert not isinstance(token, Pause)
        text = token.text[:begin] + typed + token.text[end:]
        new = New(text=text) if isinstance(token, New) else replaced(token, text=text)
        rest = (*tokens[:first], new, *tokens[first + 1 :])
        return with_tokens(document, p, rest, (first, begin + len(typed)))
    return _corrected_words(document, p, (first, begin), (last, end), typed)


def _in_text(tokens: Sequence[Token], caret: Caret, *, forward: bool) -> tuple[int, int]:
    """The place in a word's text, which is beside the pause that the caret is in."""
    if not isinstance(tokens[caret.token], Pause):
        return caret.token, caret.offset
    after = ((i, 0) for i in range(caret.token, len(tokens)) if not isinstance(tokens[i], Pause))
    before = (
        (i, len(token.text)) for i in range(caret.token, -1, -1) if not isinstance(token := tokens[i], Pause)
    )
    found = next(after, None) if forward else next(before, None) or next(after, None)
    if found is None:
        raise Refused("a pause has no text to correct")
    return found


def _corrected_words(
    document: Document, p: int, start: tuple[int, int], stop: tuple[int, int], typed: str
) -> Edited:
    """The words from one token to a later one, of which the text between two places is another."""
    (first, begin), (last, end) = start, stop
    tokens = document.paragraphs[p].tokens
    some = tokens[first : last + 1]
    if any(isinstance(token, New) for token in some):
        raise Refused("new words are not the recogniser's: change them in edit mode")
    words = [token for token in some if isinstance(token, Spoken)]
    head = words[0].text[:begin] + typed
    text = (head + words[-1].text[end:]).split()
    groups = list(_aligned(words, text))
    new: list[Token] = []
    for i, (group, said) in enumerate(groups):
        new.append(_one_word(group, " ".join(said)))
        beyond = groups[i + 1][0][0].first if i + 1 < len(groups) else words[-1].stop
        new += [t for t in some if isinstance(t, Pause) and group[-1].stop - 1 <= t.after < beyond]
    caret = _caret_behind(new, head, first)
    return with_tokens(document, p, (*tokens[:first], *new, *tokens[last + 1 :]), caret)


def _aligned(words: Sequence[Spoken], text: Sequence[str]) -> Iterator[tuple[list[Spoken], list[str]]]:
    """Which tokens say which of the corrected words: every token once, every word once, in order."""
    groups: list[tuple[list[Spoken], list[str]]] = []
    early: list[str] = []  # words before the first token
    old, new = [bare(word.text) for word in words], [bare(word) for word in text]
    for tag, i, j, k, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "insert":
            (groups[-1][1] if groups else early).extend(text[k:n])
        elif tag == "delete":
            groups += [([word], []) for word in words[i:j]]
        elif j - i == n - k:
            groups += [([word], [said]) for word, said in zip(words[i:j], text[k:n], strict=True)]
        else:
            groups.append((list(words[i:j]), list(text[k:n])))
    if groups and early:
        groups[0][1][:0] = early
    yield from groups


def _one_word(words: Sequence[Spoken], text: str) -> Spoken:
    first, last = words[0], words[-1]
    if len(words) == 1:
        return replaced(first, text=text)
    if any(_marks(word) != _marks(first) for word in words):
        raise Refused(f'"{text}" would be one word of which a part is struck or protected: restore it first')
    nudge = (first.nudge[0], last.nudge[1])
    return replaced(first, stop=last.stop, text=text, nudge=nudge)


def _caret_behind(tokens: Sequence[Token], head: str, first: int) -> tuple[int, int]:
    """Token and offset behind so much of the text that the tokens have together."""
    whole = head.split()
    typing = whole.pop() if head and not head[-1].isspace() else ""
    left = len(whole)
    place = (first, 0)
    for i, token in enumerate(tokens, start=first):
        if isinstance(token, Pause):
            continue
        words = token.text.split()
        place = (i, len(token.text))
        if left < len(words):
            return i, len(" ".join([*words[:left], typing])) if left or typing else 0
        left -= len(words)
    return place


def _marks(word: Spoken) -> tuple[bool, bool, bool]:
    return word.struck, word.protected, word.anew
