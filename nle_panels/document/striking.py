"""What is done to tokens as they are: struck, restored, protected; pauses shortened.

An empty selection means the token that its caret is in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from nle_panels.document.document import (
    Caret,
    Document,
    Edited,
    Paragraph,
    Selection,
    before_token,
    covered,
    mapped,
    refuse_protected,
    replaced,
    since,
    spliced,
    token_at,
    unchanged,
    with_caret,
    with_tokens,
)
from nle_panels.document.retyping import replacement
from nle_panels.document.tokens import New, Pause, Spoken, Token, length
from nle_panels.errors import Refused


def strike(document: Document, selection: Selection) -> Edited:
    """Spoken words are struck, pauses removed, new words deleted. The caret goes to the selection's start.

    Of a new word that is selected in part, that part. Raises Refused for protected words.
    """
    parts: dict[int, dict[int, tuple[int, int]]] = {}
    for p, t, begin, end in covered(document, selection):
        parts.setdefault(p, {})[t] = (begin, end)
    if not parts:
        return unchanged(document, selection.start)
    if emptied := _emptied(document, parts):
        return emptied
    before = range(min(parts), max(parts) + 1)
    new: list[Paragraph] = []
    for p in before:
        paragraph = document.paragraphs[p]
        tokens = _without(document, p, parts.get(p, {}))
        if tokens == paragraph.tokens:
            new.append(paragraph)
        elif tokens:
            new.append(Paragraph(speaker=paragraph.speaker, tokens=tokens))
    if not new and len(before) == len(document.paragraphs):
        new = [Paragraph(tokens=())]
    if tuple(new) == document.paragraphs[before.start : before.stop]:
        return unchanged(document, selection.start)
    edited = spliced(document, before, new, selection.start)
    return with_caret(edited, _start(document, edited.document, selection))


def restore(document: Document, selection: Selection) -> Edited:
    """Struck words are as they were, and pauses whole. Without a selection: all that is struck together."""
    together = _struck_together(document, selection.caret) if selection.empty else selection
    return with_caret(mapped(document, together, _restored), selection.caret)


def protect(document: Document, selection: Selection) -> Edited:
    """No picture of these words is rendered anew. Raises Refused for words that are struck."""
    for p, t, _, _ in covered(document, selection):
        token = document.paragraphs[p].tokens[t]
        if isinstance(token, Spoken) and token.struck:
            raise Refused(f'"{token.text}" is struck: restore it before protecting it')
        if isinstance(token, New):
            raise Refused(f'"{token.text}" is new, its picture has to be rendered: protect spoken words')
    return mapped(document, selection, lambda token: _with_protection(token, True))


def unprotect(document: Document, selection: Selection) -> Edited:
    return mapped(document, selection, lambda token: _with_protection(token, False))


def render_anew(document: Document, selection: Selection) -> Edited:
    """The mouth of these words is rendered anew, but of protected ones; the words stay.

    Raises Refused where all of them are protected, or none is spoken.
    """
    places = [document.paragraphs[p].tokens[t] for p, t, _, _ in covered(document, selection)]
    spoken = [token for token in places if isinstance(token, Spoken)]
    if not spoken:
        raise Refused("no spoken word is here: select words whose mouth is to be rendered anew")
    if all(token.protected for token in spoken):
        refuse_protected(spoken[0])
    return mapped(document, selection, lambda token: _with_anew(token, True))


def leave_as_filmed(document: Document, selection: Selection) -> Edited:
    """What `render_anew` marked is no longer."""
    return mapped(document, selection, lambda token: _with_anew(token, False))


def set_pause(document: Document, place: Caret, kept: int | None) -> Edited:
    """The pause that the caret is in keeps so many ticks, at most all of them; None: all.

    Raises Refused where there is no pause, or it is in protected words.
    """
    pause = token_at(document, place)
    if not isinstance(pause, Pause):
        raise Refused("there is no pause here")
    if kept is not None and kept < 0:
        raise Refused("a pause cannot be shorter than nothing")
    tokens = document.paragraphs[place.paragraph].tokens
    refuse_within_protected(tokens, place.token, place.token + 1)
    left = Pause(after=pause.after, ticks=pause.ticks, kept=_kept(pause, kept))
    if left == pause:
        return unchanged(document, place)
    new = (*tokens[: place.token], left, *tokens[place.token + 1 :])
    return with_tokens(document, place.paragraph, new, (place.token, place.offset))


def whole_pauses(document: Document) -> Iterator[tuple[Caret, int]]:
    """Where each pause is of which nothing was taken, and its ticks."""
    for p, paragraph in enumerate(document.paragraphs):
        for t, token in enumerate(paragraph.tokens):
            if isinstance(token, Pause) and token.kept is None:
                yield Caret(paragraph=p, token=t, offset=0), token.ticks


def shortening(document: Document, longer: int, kept: int, caret: Caret) -> Iterator[Edited | None]:
    """The whole pauses of more than `longer` ticks keep `kept`, but those in protected words: one at a time,
    and what came of it is last.
    """
    edited = unchanged(document, caret)
    for place, ticks in whole_pauses(document):
        if ticks > longer:
            with suppress(Refused):
                edited = set_pause(edited.document, place, kept)
            yield None
    yield with_caret(since(document, edited), caret)


def struck(tokens: Sequence[Token], index: int) -> Token:
    """A spoken word or a pause, struck. Raises Refused where it is protected."""
    token = tokens[index]
    if isinstance(token, Pause):
        refuse_within_protected(tokens, index, index + 1)
        return Pause(after=token.after, ticks=token.ticks, kept=0)
    assert isinstance(token, Spoken)
    refuse_protected(token)
    return replaced(token, struck=True)


def refuse_within_protected(tokens: Sequence[Token], left: int, right: int) -> None:
    """Raises Refused where the words before `left` and from `right` on are both protected."""
    before = next((token for token in reversed(tokens[:left]) if isinstance(token, Spoken)), None)
    after = next((token for token in tokens[right:] if isinstance(token, Spoken)), None)
    if before and after and before.protected and after.protected:
        refuse_protected(before)


def _emptied(document: Document, parts: Mapping[int, Mapping[int, tuple[int, int]]]) -> Edited | None:
    """One new word, beside another one, leaves its place for the next: what is typed there joins neither."""
    places = [(p, t, part) for p, some in parts.items() for t, part in some.items()]
    p, t, part = places[0]
    tokens = document.paragraphs[p].tokens
    beside = (*tokens[max(0, t - 1) : t], *tokens[t + 1 : t + 2])
    whole = part == (0, length(tokens[t])) and tokens[t] != New()
    if len(places) > 1 or not whole or not isinstance(tokens[t], New):
        return None
    if not any(isinstance(token, New) and token.text for token in beside):
        return None
    return with_tokens(document, p, (*tokens[:t], New(), *tokens[t + 1 :]), (t, 0))


def _without(document: Document, p: int, parts: Mapping[int, tuple[int, int]]) -> tuple[Token, ...]:
    """The paragraph's tokens after the parts of them are struck or deleted."""
    old = document.paragraphs[p].tokens
    tokens: list[Token] = []
    joins = False  # the end of a new word, of which the middle went, and the beginning of another: one word
    for t, token in enumerate(old):
        if t not in parts:
            tokens.append(token)
            joins = False
            continue
        begin, end = parts[t]
        if isinstance(token, New):
            left, right = token.text[:begin], token.text[end:]
            if joins and right and isinstance(last := tokens[-1], New):
                tokens[-1] = New(text=last.text + right)
            elif left or right:
                tokens.append(New(text=left + right))
            joins = joins or bool(left and not right)
        else:
            tokens.append(struck(old, t))
            joins = False
    return tuple(tokens)


def _restored(token: Token) -> Token:
    match token:
        case Spoken():
            return replaced(token, struck=False)
        case Pause(kept=int()):
            return Pause(after=token.after, ticks=token.ticks)
        case _:
            return token


def _struck_together(document: Document, caret: Caret) -> Selection:
    """The struck words around a caret, first to last; the caret's own place where there are none."""
    tokens = document.paragraphs[caret.paragraph].tokens
    begin, end = replacement(tokens, caret.token)
    if not begin <= caret.token < end:
        return Selection(anchor=caret, caret=caret)
    last = Caret(paragraph=caret.paragraph, token=end - 1, offset=length(tokens[end - 1]))
    return Selection(anchor=Caret(paragraph=caret.paragraph, token=begin, offset=0), caret=last)


def _with_protection(token: Token, protected: bool) -> Token:
    """Protected words are not rendered anew: the later of the two wishes holds."""
    if not isinstance(token, Spoken):
        return token
    return replaced(token, protected=protected, anew=token.anew and not protected)


def _with_anew(token: Token, anew: bool) -> Token:
    return replaced(token, anew=anew and not token.protected) if isinstance(token, Spoken) else token


def _kept(pause: Pause, kept: int | None) -> int | None:
    return None if kept is None or kept >= pause.ticks else kept


def _start(before: Document, after: Document, selection: Selection) -> Caret:
    """The selection's start in the document after it was struck, where new words may be gone."""
    start = selection.start
    p = min(start.paragraph, len(after.paragraphs) - 1)
    tokens = after.paragraphs[p].tokens
    if p != start.paragraph:  # the last paragraph, of new words alone, is gone
        return before_token(tokens, p, len(tokens))
    old = before.paragraphs[p].tokens
    stays = start.token < len(tokens) and start.token < len(old)
    if stays and (not isinstance(old[start.token], New) or start.offset > 0):
        return start
    if stays and start.offset == 0 and isinstance(tokens[start.token], New):
        return start
    return before_token(tokens, p, min(start.token, len(tokens)))
