"""From changed words to exact frames, and to the shots that are rendered."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from bridge.edit_plan import FrameEdit, ShortenPause, plan_clip
from bridge.errors import ImpossibleEdit
from bridge.quiet import REACH_TICKS, ClipWindow, Spoken
from bridge.revision import Change, settle
from bridge.shots import Shot, bridge_frames, shots_of
from engine.protocol import SAMPLE_RATE, Add, Keep, Retime, Span, Speech, Word, span_frames

RATES = [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(60)]
WORD = Fraction(3, 10)  # seconds a word, of which the last 40 ms are quiet


def spoken(count: int = 20) -> Spoken:
    """Words of .26 s with .04 s of quiet between them, the quietest tick in its second half."""
    words = tuple(
        Word(text=f"w{i}", start=float(i * WORD), end=float(i * WORD + Fraction(26, 100)))
        for i in range(count)
    )
    energy = bytes([20] * 26 + [60, 70, 90, 70]) * count
    return Spoken(words=words, energy=energy)


def window(rate: Fraction = Fraction(25), offset: Fraction = Fraction(0), count: int = 20) -> ClipWindow:
    frames = int(count * WORD * rate)
    return ClipWindow(rate=rate, offset=offset, frames=frames, first=-10, last=frames + 10)


def line(ticks: int = 50) -> Speech:
    return Speech(path="line.wav", fingerprint="f", start=0, end=ticks)


def lines_for(changes: Sequence[Change]) -> list[Speech]:
    return [line() for change in changes if change.words]


def planned(
    case: tuple[ClipWindow, Spoken, tuple[Change, ...]],
) -> tuple[ClipWindow, tuple[Span, ...]]:
    clip, words, changes = case
    try:
        return clip, plan_clip(clip, words, changes, lines_for(changes))
    except ImpossibleEdit:
        raise UnsatisfiedAssumption from None


def shown(spans: Sequence[Span]) -> list[int | str]:
    """For each output frame the source frame it shows, or what makes it."""
    out: list[int | str] = []
    for span in spans:
        if isinstance(span, Keep) and not span.resync:
            out += range(span.start, span.end)
        else:
            out += [type(span).__name__] * span_frames(span)
    return out


@st.composite
def edits(draw: st.DrawFn) -> tuple[ClipWindow, Spoken, tuple[Change, ...]]:
    rate = draw(st.sampled_from(RATES))
    offset = draw(st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(7, 13)]))
    edges = draw(st.lists(st.integers(0, 20), min_size=2, max_size=6, unique=True).map(sorted))
    changes = []
    for start, stop in pairwise(edges):  # they touch, unless something is kept between
        kind = draw(st.sampled_from(["remove", "insert", "replace", "keep"]))
        if kind == "keep":
            continue
        new = () if kind == "remove" else ("new",)
        changes.append(Change(start=start, stop=start if kind == "insert" else stop, words=new))
    words = spoken(22)  # the clip shows from `offset`; the first and last words may be cut into
    return window(rate, offset), Spoken(words=words.words[:20], energy=words.energy), settle(changes)


@settings(max_examples=200)
@given(edits())
def test_what_is_kept_runs_forward_and_never_twice(
    case: tuple[ClipWindow, Spoken, tuple[Change, ...]],
) -> None:
    clip, spans = planned(case)
    kept = [frame for frame in shown(spans) if isinstance(frame, int)]
    assert kept == sorted(set(kept))
    assert not kept or (kept[0] >= 0 and kept[-1] < clip.frames)


@settings(max_examples=200)
@given(edits())
def test_clip_and_shots_together_show_exactly_the_plan(
    case: tuple[ClipWindow, Spoken, tuple[Change, ...]],
) -> None:
    clip, spans = planned(case)
    shots = shots_of(clip, spans, bridge=bridge_frames(clip.rate))
    assert shown(spans) == conformed(clip, shots)


@settings(max_examples=200)
@given(edits())
def test_shifts_add_up_to_the_change_of_length(case: tuple[ClipWindow, Spoken, tuple[Change, ...]]) -> None:
    clip, spans = planned(case)
    for shot in shots_of(clip, spans, bridge=5):
        assert shot.shown - (shot.end - shot.start) == sum(s.added - s.removed for s in shot.shifts)
        assert all(shot.start <= s.at and s.at + s.removed <= shot.end for s in shot.shifts)


@settings(max_examples=200)
@given(edits())
def test_sound_changes_over_within_half_a_frame_of_the_picture(
    case: tuple[ClipWindow, Spoken, tuple[Change, ...]],
) -> None:
    clip, spans = planned(case)
    assert all(abs(span.lead) <= SAMPLE_RATE / clip.rate / 2 + 1 for span in spans)


def conformed(clip: ClipWindow, shots: Sequence[Shot]) -> list[int | str]:
    out: list[int | str] = []
    at = 0
    for shot in shots:
        out += range(at, shot.start)
        if shot.plan:
            head, tail = shot.plan.handles
            rendered = shown(shot.plan.spans)
            out += rendered[head : len(rendered) - tail]
        at = shot.end
    return out + list(range(at, clip.frames))


def test_a_removal_takes_out_a_whole_number_of_frames() -> None:
    spans = plan_clip(window(), spoken(), [Change(start=5, stop=7)], [])
    assert spans == (
        Keep(start=0, end=37),
        Keep(start=52, end=150, lead=spans[1].lead),  # type: ignore[union-attr]
    )


def test_a_cut_falls_in_the_quietest_tick_near_the_words_edge() -> None:
    energy = bytearray(spoken().energy)
    quietest = 5 * 30 - 3
    energy[quietest] = 200
    spans = plan_clip(
        window(), Spoken(words=spoken().words, energy=bytes(energy)), [Change(start=5, stop=7)], []
    )
    kept = spans[1]
    sound_cut = Fraction(spans[0].end, 25) + Fraction(kept.lead, SAMPLE_RATE)  # type: ignore[union-attr]
    assert abs(sound_cut - Fraction(2 * quietest + 1, 200)) < Fraction(1, SAMPLE_RATE)


def test_no_cut_falls_in_a_words_middle() -> None:
    energy = bytearray([20] * 600)
    energy[5 * 30 + 13] = 255  # a stop inside the word that goes
    energy[4 * 30 + 13] = 255  # and inside the one that stays
    spans = plan_clip(
        window(), Spoken(words=spoken().words, energy=bytes(energy)), [Change(start=5, stop=7)], []
    )
    cut = spans[0].end / 25  # type: ignore[union-attr]
    assert abs(cut - 1.5) <= REACH_TICKS / 100 + 0.02


def test_the_longer_of_two_pauses_stays() -> None:
    """Taking out the last words of a sentence leaves the rest between the sentences."""
    words = [Word(text=f"w{i}", start=i * 0.3, end=i * 0.3 + 0.3) for i in range(4)]
    words += [Word(text=f"w{i}", start=2.0 + i * 0.3, end=2.0 + i * 0.3 + 0.3) for i in range(4)]
    energy = bytes([20] * 120 + [90] * 80 + [20] * 120)
    clip = ClipWindow(rate=Fraction(25), offset=Fraction(0), frames=80, first=0, last=80)
    spans = plan_clip(clip, Spoken(words=tuple(words), energy=energy), [Change(start=3, stop=4)], [])
    resumes = spans[1].start / 25  # type: ignore[union-attr]
    assert 1.1 <= resumes <= 1.3  # right after the word that went; not at 2.0


def test_an_insertion_adds_the_lines_length_and_a_breath() -> None:
    spans = plan_clip(window(), spoken(), [Change(start=4, stop=4, words=("really",))], [line(50)])
    assert spans[1] == Add(frames=15, speech=0, delay=spans[1].delay, lead=spans[1].lead)  # type: ignore[union-attr]
    assert 0 < spans[1].delay < SAMPLE_RATE * 0.06  # type: ignore[union-attr]
    assert spans[0].end == spans[2].start  # type: ignore[union-attr]


def test_a_replacement_gives_the_words_frames_for_the_lines() -> None:
    spans = plan_clip(window(), spoken(), [Change(start=5, stop=7, words=("new",))], [line(100)])
    assert [type(span) for span in spans] == [Keep, Add, Keep]
    assert spans[1].frames == 27  # type: ignore[union-attr]
    assert abs((spans[2].start - spans[0].end) - 15) <= 2  # type: ignore[union-attr]


def test_replacements_that_touch_say_one_line_after_the_other() -> None:
    changes = (Change(start=4, stop=5, words=("new",)), Change(start=5, stop=6, words=("newer",)))
    both = (Change(start=4, stop=6, words=("new", "newer")),)
    head, *lines, tail = plan_clip(window(), spoken(), changes, [line(), line()])
    assert [(span.speech, span.frames) for span in lines if isinstance(span, Add)] == [(0, 15), (1, 15)]
    before, _, after = plan_clip(window(), spoken(), both, [line()])
    assert (head, tail) == (before, after)


def test_an_insertion_beside_a_removal_is_said_in_its_place() -> None:
    beside = (Change(start=4, stop=5), Change(start=5, stop=5, words=("new",)))
    replacing = (Change(start=4, stop=5, words=("new",)),)
    assert plan_clip(window(), spoken(), beside, [line()]) == plan_clip(
        window(), spoken(), replacing, [line()]
    )


def test_removals_that_touch_are_one_removal() -> None:
    apart = (Change(start=4, stop=5), Change(start=5, stop=7))
    assert plan_clip(window(), spoken(), apart, []) == plan_clip(
        window(), spoken(), (Change(start=4, stop=7),), []
    )


def test_words_at_the_head_are_trimmed_without_a_render() -> None:
    clip = window()
    spans = plan_clip(clip, spoken(), [Change(start=0, stop=2)], [])
    shots = shots_of(clip, spans, bridge=5)
    assert [(shot.start, shot.plan) for shot in shots] == [(0, None)]


def test_words_at_the_tail_are_trimmed_without_a_render() -> None:
    clip = window()
    spans = plan_clip(clip, spoken(), [Change(start=18, stop=20)], [])
    (shot,) = shots_of(clip, spans, bridge=5)
    assert (shot.end, shot.plan) == (clip.frames, None)


def test_an_edit_that_removes_everything_is_refused() -> None:
    with pytest.raises(ImpossibleEdit, match="takes out everything"):
        plan_clip(window(), spoken(), [Change(start=0, stop=20)], [])


def test_a_retime_plays_its_range_over_the_frames_asked_for() -> None:
    clip = window()
    spans = plan_clip(clip, spoken(), [], [], [FrameEdit(start=40, end=60, frames=30)])
    assert spans[1] == Retime(start=40, end=60, frames=30)
    (shot,) = shots_of(clip, spans, bridge=5)
    assert [(s.at, s.removed, s.added) for s in shot.shifts] == [(60, 0, 10)]


def test_frames_outside_the_clip_are_refused() -> None:
    with pytest.raises(ImpossibleEdit, match="not all in the clip, which has frames 0 to 150"):
        plan_clip(window(), spoken(), [], [], [FrameEdit(start=140, end=160)])


def test_a_word_edit_inside_a_retime_is_refused() -> None:
    with pytest.raises(ImpossibleEdit, match="overlap"):
        plan_clip(window(), spoken(), [Change(start=5, stop=7)], [], [FrameEdit(start=30, end=60, frames=10)])


def test_handles_stop_where_the_media_stops() -> None:
    clip = ClipWindow(rate=Fraction(25), offset=Fraction(0), frames=150, first=0, last=155)
    spans = plan_clip(clip, spoken(), [], [], [FrameEdit(start=0, end=150, frames=140)])
    (shot,) = shots_of(clip, spans, bridge=5)
    assert shot.plan is not None
    assert shot.plan.handles == (0, 5)


def test_edits_that_would_leave_a_crumb_between_them_share_a_take() -> None:
    clip = window()
    spans = plan_clip(clip, spoken(), [Change(start=5, stop=6), Change(start=7, stop=8)], [])
    assert len(shots_of(clip, spans, bridge=5)) == 1


def paused(gap: Fraction = Fraction(2)) -> Spoken:
    """Ten words, a pause, ten more: the pause is quiet, quietest in its middle."""
    first, second = spoken(10), spoken(10)
    shift = 10 * WORD + gap
    later = [
        Word(text=word.text, start=word.start + float(shift), end=word.end + float(shift))
        for word in second.words
    ]
    half = int(gap * 50)
    quiet = bytes([*range(100, 100 + half), *range(100 + half, 100, -1)])
    return Spoken(words=(*first.words, *later), energy=first.energy + quiet + second.energy)


def shortened(kept: int, changes: Sequence[Change] = (), rate: Fraction = Fraction(25)) -> tuple[Span, ...]:
    clip = window(rate, count=27)
    return plan_clip(clip, paused(), changes, lines_for(changes), [ShortenPause(after=9, kept=kept)])


def test_a_shortened_pause_keeps_what_was_asked_for_to_the_frame() -> None:
    before, after = shortened(50)
    # 2.04 s of quiet between the words; half a second stays.
    assert after.start - before.end == round((Fraction(204, 100) - Fraction(1, 2)) * 25)
    left, right = before.end - 2.96 * 25, (3 + 2) * 25 - after.start
    assert left + right == pytest.approx(0.5 * 25, abs=1)
    assert abs(left - right) <= 5


def test_a_pause_that_goes_takes_no_word_with_it() -> None:
    before, after = shortened(0)
    assert before.end >= round(2.96 * 25)
    assert after.start <= 5 * 25


def test_a_pause_that_keeps_all_it_has_is_no_cut() -> None:
    assert shortened(204) == plan_clip(window(count=27), paused(), (), ())


def test_the_pause_before_the_first_word_and_behind_the_last_are_trimmed() -> None:
    words = paused().words[10:]
    clip = window(count=27)
    spans = plan_clip(
        clip,
        Spoken(words=words[:5], energy=paused().energy),
        (),
        (),
        [ShortenPause(after=-1, kept=100), ShortenPause(after=4, kept=20)],
    )
    assert [(span.start, span.end) for span in spans] == [(100, round((words[4].end + 0.2) * 25))]


def test_a_pause_beside_words_that_go_is_taken_out_with_them() -> None:
    alone = shortened(0)
    spans = shortened(0, [Change(start=9, stop=10)])
    assert [isinstance(span, Keep) for span in spans] == [True, True]
    assert spans[0].end < alone[0].end
    assert spans[1].start >= alone[1].start - 1


def test_a_pause_that_is_not_there_is_refused() -> None:
    with pytest.raises(ImpossibleEdit, match="no pause after word 20"):
        plan_clip(window(), spoken(), (), (), [ShortenPause(after=20, kept=0)])


@given(
    rate=st.sampled_from(RATES),
    kept=st.integers(0, 250),
    change=st.tuples(st.integers(0, 20), st.integers(0, 3), st.booleans()),
)
def test_a_pause_and_a_change_together_keep_sound_and_picture_in_step(
    rate: Fraction, kept: int, change: tuple[int, int, bool]
) -> None:
    start, count, says = change
    stop = min(20, start + count)
    changes = [Change(start=start, stop=stop, words=("new",) if says or start == stop else ())]
    spans = shortened(kept, changes, rate)
    kept_spans = [span for span in spans if isinstance(span, Keep)]
    assert all(left.end <= right.start for left, right in pairwise(kept_spans))
    assert all(abs(span.lead) <= SAMPLE_RATE / rate / 2 + 1 for span in spans)


def test_a_rerender_that_yields_leaves_to_other_edits_what_they_cut() -> None:
    clip, words, changes = window(), spoken(), [Change(start=5, stop=7)]
    (cut,) = (
        (left.end, right.start) for left, right in pairwise(plan_clip(clip, words, changes, [])) if left.end
    )
    spans = plan_clip(clip, words, changes, [], [FrameEdit(start=30, end=60, yields=True)])
    anew = [(span.start, span.end) for span in spans if isinstance(span, Keep) and span.resync]
    assert anew == [(30, cut[0]), (cut[1], 60)]


def test_a_rerender_that_yields_goes_on_after_new_words() -> None:
    clip, changes = window(), [Change(start=6, stop=6, words=("new",))]
    spans = plan_clip(clip, spoken(), changes, [line()], [FrameEdit(start=30, end=60, yields=True)])
    kinds = ["anew" if isinstance(span, Keep) and span.resync else type(span).__name__ for span in spans]
    assert kinds == ["Keep", "anew", "Add", "anew", "Keep"]
