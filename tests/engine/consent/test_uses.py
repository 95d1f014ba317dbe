"""Which renders put new words into somebody's mouth, and in which frames of the take."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from engine.consent.record import Use
from engine.consent.uses import is_marked, needs_consent, new_frames, refuse_unmarked, uses_of
from engine.errors import ConsentMissing
from engine.protocol import Add, Dub, EditPlan, Footage, Keep, Ratio, Render, Retime, Sleep, Span, Speech

LINE = Speech(path="/line.wav", fingerprint="l", start=0, end=50)
RATE = Ratio(num=25)
KEPT, INSERT = Keep(start=0, end=30), Add(frames=12, speech=0)


def job(*spans: Span, **given: Any) -> Render:
    render = Render(
        footage=Footage(media="/a.mov", fingerprint="f", offset=Ratio(num=0), first=0, last=99),
        plan=EditPlan(rate=RATE, spans=spans, handles=(2, 3)),
        bridge=4,
        speech=(LINE,),
    )
    return replace(render, **given)


INSERTION = job(KEPT, INSERT, Keep(start=30, end=40))
DUBBED = job(Keep(start=0, end=30, resync=True), Add(frames=4), Keep(start=30, end=40), dub=Dub())


@pytest.mark.parametrize("words", [INSERTION, DUBBED], ids=["an insertion", "a dub"])
@pytest.mark.parametrize("renderer", ["draft", "demo", "edityourself"])
def test_new_words_need_consent_whatever_the_renderer(words: Render, renderer: str) -> None:
    assert needs_consent(replace(words, renderer=renderer))


@pytest.mark.parametrize(
    "spans",
    [
        (KEPT, Keep(start=50, end=60)),
        (KEPT, Retime(start=30, end=40, frames=15)),
        (Keep(start=0, end=30, resync=True),),
    ],
    ids=["a removal", "another pace", "mouths made anew to their own sound"],
)
def test_the_sources_own_words_need_none(spans: tuple[Span, ...]) -> None:
    assert not needs_consent(job(*spans))


def test_what_is_no_render_needs_none() -> None:
    assert not needs_consent(Sleep())


def test_the_new_frames_are_those_that_were_added() -> None:
    assert new_frames(INSERTION) == ((30, 42),)


def test_of_a_dub_all_frames_that_are_shown_say_new_words() -> None:
    assert new_frames(DUBBED) == ((2, 41),)


def test_of_words_that_nobody_has_said_yet_the_frames_are_open() -> None:
    unsaid = job(Add(frames=0, speech=0))
    assert needs_consent(unsaid)
    assert (
        new_frames(unsaid) == new_frames(replace(unsaid, dub=Dub(), plan=EditPlan(rate=RATE, spans=()))) == ()
    )


def test_each_speaker_is_a_use() -> None:
    of_two = replace(INSERTION, speakers=("Anna", "Ben"), language="de", project="Night Train")
    anna = Use(kind="insert", media="f", person="Anna", language="de", project="Night Train")
    assert uses_of(of_two) == (anna, replace(anna, person="Ben"))
    assert uses_of(DUBBED) == (Use(kind="dub", media="f"),)


def test_a_draft_by_nobodys_leave_is_marked_and_any_other_refused() -> None:
    assert is_marked(INSERTION)
    refuse_unmarked(INSERTION)
    with pytest.raises(ConsentMissing, match=r"demo renderer .* `pickup consent add`"):
        refuse_unmarked(replace(INSERTION, renderer="demo"))


def test_what_somebody_allows_is_neither() -> None:
    allowed = replace(INSERTION, renderer="demo", consent=("c-0",))
    assert not is_marked(allowed)
    refuse_unmarked(allowed)
