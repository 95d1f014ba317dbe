"""A word that is typed as the struck one was is that one again: no picture changes for it."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from bridge.revision import bare
from nle_panels.document.document import replaced
from nle_panels.document.tokens import New, Pause, Spoken, Token

# ours: more words than these in one replacement are not compared at a keystroke. `meaning` compares them all.
MOST = 400


def retyped(
    tokens: Sequence[Token], around: int, open_word: int | None = None
) -> tuple[list[Token], list[int]]:
    """The tokens, with those words of the replacement around a token restored that are said as they were.

    The `open_word` is still being typed. Also where each token is now: a new word that fell together with
    a spoken one is where that is.
    """
    begin, end = replacement(tokens, around)
    old = [i for i in range(begin, end) if isinstance(tokens[i], Spoken)]
    new = [i for i in range(begin, end) if isinstance(tokens[i], New)]
    stay = list(tokens), list(range(len(tokens)))
    if not old or not new or len(old) + len(new) > MOST:
        return stay
    matcher = SequenceMatcher(None, _keys(tokens, old), _keys(tokens, new, open_word), autojunk=False)
    operations = matcher.get_opcodes()
    if all(tag != "equal" for tag, *_ in operations):
        return stay
    order: list[tuple[Token, list[int]]] = []
    pauses = {i: _pauses_after(tokens, i, end) for i in old}
    order += [(tokens[i], [i]) for i in range(begin, old[0]) if isinstance(tokens[i], Pause)]
    for tag, i, j, k, n in operations:
        if tag == "equal":
            for spoken, word in zip(old[i:j], new[k:n], strict=True):
                order.append((_restored(tokens[spoken], tokens[word]), [spoken, word]))
                order += pauses[spoken]
        else:
            for spoken in old[i:j]:
                order.append((tokens[spoken], [spoken]))
                order += pauses[spoken]
            order += [(tokens[word], [word]) for word in new[k:n]]
    places = list(range(begin)) + [0] * (end - begin)
    for place, (_, sources) in enumerate(order, start=begin):
        for source in sources:
            places[source] = place
    shift = begin + len(order) - end
    places += [i + shift for i in range(end, len(tokens))]
    return [*tokens[:begin], *(token for token, _ in order), *tokens[end:]], places


def replacement(tokens: Sequence[Token], around: int) -> tuple[int, int]:
    """The tokens [begin, end) about a place that are struck or new, with the pauses between them."""
    begin = end = min(around, len(tokens))
    while begin > 0 and _gives_way(tokens[begin - 1]):
        begin -= 1
    while end < len(tokens) and _gives_way(tokens[end]):
        end += 1
    while begin < end and isinstance(tokens[begin], Pause):
        begin += 1
    while begin < end and isinstance(tokens[end - 1], Pause):
        end -= 1
    return begin, end


def _gives_way(token: Token) -> bool:
    return token.struck if isinstance(token, Spoken) else True


def _keys(tokens: Sequence[Token], places: Sequence[int], open_word: int | None = None) -> list[str]:
    """The words as they are compared; what is no word, or not one yet, is like nothing else."""
    keys = []
    for place in places:
        token = tokens[place]
        assert not isinstance(token, Pause)
        word = "" if place == open_word else bare(token.text)
        keys.append(word or f"\0{place}")
    return keys


def _pauses_after(tokens: Sequence[Token], spoken: int, end: int) -> list[tuple[Token, list[int]]]:
    found: list[tuple[Token, list[int]]] = []
    for i in range(spoken + 1, end):
        if isinstance(tokens[i], Spoken):
            break
        if isinstance(tokens[i], Pause):
            found.append((tokens[i], [i]))
    return found


def _restored(spoken: Token, word: Token) -> Token:
    assert isinstance(spoken, Spoken)
    assert isinstance(word, New)
    return replaced(spoken, struck=False, text=word.text)
