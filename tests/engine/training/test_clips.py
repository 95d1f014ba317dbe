"""Training clips: each follows from its number, sides share nobody and no word, and what is told is so."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest

from engine.speech.scratch import Voice, phonemes, speak_with_phonemes
from engine.training import clips
from engine.training.clip_stream import drawn_clips
from engine.training.clips import HEARD_AROUND, ClipPlan, TrainingClip, draw
from engine.training.presenter.articulation import REST, targets
from engine.training.presenter.mouth import Mouth
from engine.training.sentences import LANGUAGES, WORDS, words_of

PLAN = ClipPlan(seed=2, size=64, frames=9, each=2)


@pytest.fixture(scope="module")
def clip() -> TrainingClip:
    return draw(ClipPlan(seed=2, each=1), 0)


def same(one: TrainingClip, other: TrainingClip) -> bool:
    alike = all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("frames", "samples", "opening", "lower_face", "mouth")
    )
    told = ("index", "person", "voice", "text", "words", "phonemes", "poses")
    return alike and all(getattr(one, name) == getattr(other, name) for name in told)


def test_a_clip_is_the_same_whatever_was_drawn_before_it() -> None:
    alone = draw(PLAN, 3)
    clips._record.cache_clear()
    for index in (1, 2):
        draw(PLAN, index)
    assert same(draw(PLAN, 3), alone)


def test_clips_of_one_recording_show_one_person_at_different_times() -> None:
    one, other, next_one = (draw(PLAN, index) for index in (0, 1, 2))
    assert (one.person, one.text) == (other.person, other.text)
    assert not np.array_equal(one.frames, other.frames)
    assert next_one.person != one.person


def test_another_seed_draws_another_person() -> None:
    assert draw(PLAN, 0).person != draw(dataclasses.replace(PLAN, seed=3), 0).person


def test_what_is_held_out_has_no_person_word_or_voice_of_the_training() -> None:
    def drawn(split: clips.Split) -> list[TrainingClip]:
        plan = dataclasses.replace(PLAN, split=split, frames=1, each=1, languages=("en-us",))
        return [draw(plan, index) for index in range(5)]

    def words(of: list[TrainingClip]) -> set[str]:
        return {word.strip(".,") for clip in of for word in clip.text.split()}

    seen, held_out, unheard = drawn("train"), drawn("held_out"), drawn("held_out_voices")
    assert {clip.person % 2 for clip in seen} == {0}
    assert {clip.person % 2 for clip in held_out + unheard} == {1}
    assert not words(seen) & words(held_out + unheard)
    assert {clip.voice for clip in seen + held_out} & {clip.voice for clip in unheard} == set()
    assert not {*clips._VOICES["f"], *clips._VOICES["m"]} & {clip.voice.split("+")[1] for clip in unheard}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_spoken_by_voices_of_both_sides(language: str) -> None:
    assert not set(words_of(language, held_out=True)) & set(words_of(language, held_out=False))
    for variant in ("f1", "m6"):
        said = speak_with_phonemes(
            words_of(language, held_out=True)[0], Voice(language=f"{language}+{variant}")
        )
        assert said.phonemes


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mouth_has_a_shape_for_every_sound_of_the_language(language: str) -> None:
    sounds = {sound for word in phonemes(WORDS[language], language) for sound in word}
    assert {sound for sound in sounds if targets(sound)[0] is REST} == set()


def test_the_sound_is_longer_than_the_picture_by_what_is_heard_around(clip: TrainingClip) -> None:
    assert clip.frames.shape == (33, 128, 128, 3)
    assert clip.samples.shape == ((33 + 2 * HEARD_AROUND) * 640,)


def test_the_lips_are_shut_where_the_phonemes_say_so() -> None:
    plan = ClipPlan(seed=8, size=64, frames=75, each=1, languages=("en-us",))
    clip = draw(plan, 0)
    shut = [
        clip.opening[int((sound.start + sound.end) / 2 * 25)]
        for sound in clip.phonemes
        if sound.ipa in ("m", "b", "p") and sound.start > 0 and sound.end < 3
    ]
    assert shut
    assert max(shut) < 0.012 < clip.opening.max() / 3


def test_what_is_spoken_is_louder_than_the_silence_before_it() -> None:
    clip = draw(ClipPlan(seed=8, size=64, frames=100, each=1), 0)
    samples = clip.samples[HEARD_AROUND * 640 : -HEARD_AROUND * 640]
    said = np.zeros(len(samples), bool)
    for sound in clip.phonemes:
        said[max(0, round(sound.start * 16_000)) : round(sound.end * 16_000)] = True
    loud, quiet = (float(np.sqrt(np.mean(samples[part] ** 2))) for part in (said, ~said))
    assert loud > 4 * quiet


def test_the_boxes_hold_what_the_mouth_changes(clip: TrainingClip) -> None:
    figure = clip.figure()
    for frame in (0, 16, 32):
        shut, open_ = (figure.picture(clip.poses[frame], Mouth(jaw=jaw), frame) for jaw in (0.0, 0.6))
        changed = cv2.absdiff(shut, open_).max(axis=2) > 12
        left, top, width, height = clip.lower_face[frame]
        assert changed[top : top + height, left : left + width].sum() > 0.98 * changed.sum()
        inside_left, inside_top, inside_width, inside_height = clip.mouth[frame]
        assert left <= inside_left
        assert inside_left + inside_width <= left + width <= 128
        assert top <= inside_top
        assert inside_top + inside_height <= top + height <= 128


def test_the_figure_of_a_clip_draws_it_once_more(clip: TrainingClip) -> None:
    assert np.array_equal(clip.figure().seen(np.zeros((1, 2), np.float32), clip.poses[0]).shape, (1, 2))
    assert clip.figure().picture(clip.poses[0], Mouth(), 0).shape == clip.frames[0].shape


def test_other_processes_draw_the_same_clips_in_the_same_order() -> None:
    here = list(drawn_clips(PLAN, 1, 6))
    there = list(drawn_clips(PLAN, 1, 6, workers=2))
    assert [clip.index for clip in there] == [1, 2, 3, 4, 5]
    assert all(same(one, other) for one, other in zip(here, there, strict=True))


@pytest.mark.parametrize("change", [{"size": 63}, {"frames": 0}, {"each": 0}, {"languages": ("tlh",)}])
def test_a_plan_that_cannot_be_drawn_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"drawn|plan|words"):
        dataclasses.replace(PLAN, **change)
