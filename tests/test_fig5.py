"""The paper's Fig 5, end to end with the small model that ships: additions and a removal in one sentence.

The presenter is drawn, so that every mouth's truth is known: of kept words from the clip, of new ones from
the scratch voice's own phonemes.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from consents import SPEAKER, keep_consent
from drawn_faces import installed_models
from studio import drafted, same_where
from timelines import Cut, Source, timeline
from watched import Watched, watched

from bridge.versions import TakeRecord
from engine.evaluation.cuts import on_screen
from engine.evaluation.opening import DrawnMouth, Openings, correlation
from engine.media.encode import read_content
from engine.media.picture import Picture
from engine.protocol import SAMPLE_RATE, Add, Keep, Render
from engine.render.course import course_of
from engine.speech.scratch import speak_with_phonemes
from engine.training.presenter.articulation import articulate
from engine.training.presenter.figure import Figure
from engine.training.presenter.identity import identity
from engine.training.presenter.motion import Pose, poses
from engine.training.presenter.mouth import opening
from engine.training.synthetic import ClipSpec, ClipTruth, SpokenPhoneme, draw_clip, write_clip
from otio_adapters import opentime
from otio_adapters.read import read
from otio_adapters.write import write

SAID = "This feature rocks and we will most likely launch it."
WANTED = "This awesome new feature rocks and we will launch it next week."
NEW = ("awesome new", "next week.")
RATE = Fraction(25)
SPEC = ClipSpec(seed=7, text=SAID, width=640, height=360, rate=RATE)
BT709 = 1
EVERYWHERE = slice(None), slice(None)


@dataclass(frozen=True, slots=True)
class Edited:
    """What the command left: its report, and the takes' jobs as they lie beside them."""

    folder: Path
    report: dict[str, Any]
    takes: tuple[TakeRecord, ...]
    truth: ClipTruth


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edited]:
    home, folder = keep_consent(tmp_path_factory.mktemp("home")), tmp_path_factory.mktemp("fig5")
    models = home / "models" / "face"
    models.parent.mkdir()
    models.symlink_to(installed_models().detector.parent)
    clip = draw_clip(SPEC)
    write_clip(clip, folder, "presenter")
    media, frames = folder / "presenter.mov", clip.truth.frames
    whole = Cut(name="presenter", media=media, start=0, frames=frames)
    write(timeline([whole], Source(frames=frames), RATE), folder / "cut.otio")
    (folder / "said.txt").write_text(SAID)
    (folder / "wanted.txt").write_text(WANTED)
    words = folder / "words.json"
    try:
        pickup(home, "transcribe", media, "--script", folder / "said.txt", "-o", words)
        asked = ("--transcript", words, "--revised", folder / "wanted.txt", "--renderer", "demo", *SPEAKER)
        report = pickup(
            home, "edit", folder / "cut.otio", "--clip", "presenter", *asked, "-o", folder / "fig5.otio"
        )
        records = [Path(take["path"]).with_suffix(".json").read_bytes() for take in report["takes"]]
        takes = tuple(msgspec.json.decode(record, type=TakeRecord) for record in records)
        yield Edited(folder, report, takes, clip.truth)
    finally:
        pickup(home, "engine", "stop")


def pickup(home: Path, *arguments: str | Path) -> Any:
    command = [sys.executable, "-m", "bridge.cli", *map(str, arguments), "--json"]
    environment = {**os.environ, "PICKUP_HOME": str(home)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@dataclass(frozen=True)
class Shown:
    """A take's job rendered once more, so that its pictures are seen before ProRes."""

    job: Render
    truth: ClipTruth
    seen: Watched

    @cached_property
    def positions(self) -> tuple[Fraction, ...]:
        """The source frame that each frame's picture is of, but for the mouth."""
        footage = self.job.footage
        return course_of(self.job.plan, footage.first, footage.last, self.job.bridge).positions

    @cached_property
    def poses(self) -> list[Pose]:
        stresses = tuple(phoneme.start for phoneme in self.truth.phonemes if "ˈ" in phoneme.ipa)
        moves = poses(SPEC.seed, self.truth.frames, RATE, stresses)
        return [moves[min(max(round(at), 0), len(moves) - 1)] for at in self.positions]

    @cached_property
    def measured(self) -> Openings:
        mouth = DrawnMouth(Figure(identity(SPEC.seed), SPEC.width, SPEC.height))
        return mouth.openings([on_screen(picture, BT709) for picture in self.seen.pictures], self.poses)

    @cached_property
    def true(self) -> Openings:
        """As what is heard in the take asks for."""
        mouths = articulate(heard_in(self.job, self.truth), len(self.positions), RATE)
        return np.array([opening(mouth) for mouth in mouths])

    @cached_property
    def in_new_words(self) -> np.ndarray:
        spans = self.job.plan.spans
        return np.concatenate([np.full(frames_of(span), isinstance(span, Add)) for span in spans])

    @cached_property
    def in_edit(self) -> slice:
        """The frames that the timeline shows of it: all but the handles."""
        head, tail = self.job.plan.handles
        return slice(head, len(self.positions) - tail)


@pytest.fixture(scope="module")
def shown(edited: Edited, tmp_path_factory: pytest.TempPathFactory) -> tuple[Shown, ...]:
    made = []
    for take in edited.takes:
        seen = watched(take.job, tmp_path_factory.mktemp("again"), installed_models())
        made.append(Shown(take.job, edited.truth, seen))
    return tuple(made)


def frames_of(span: object) -> int:
    assert isinstance(span, Add | Keep)
    return span.frames if isinstance(span, Add) else span.end - span.start


def heard_in(job: Render, truth: ClipTruth) -> list[SpokenPhoneme]:
    """The phonemes of a take, in its own seconds: kept ones, and those of the lines of new words."""
    heard: list[SpokenPhoneme] = []
    at = Fraction(0)
    for span in job.plan.spans:
        length = frames_of(span) / RATE
        if isinstance(span, Add):
            line = job.speech[span.speech]
            shift = float(at + Fraction(span.delay, SAMPLE_RATE) - Fraction(line.start, 100))
            said = said_in(Path(line.path))
        else:
            assert isinstance(span, Keep)
            shift, said = float(at - span.start / RATE), truth.phonemes
        moved = (msgspec.structs.replace(p, start=p.start + shift, end=p.end + shift) for p in said)
        heard += [p for p in moved if float(at) <= (p.start + p.end) / 2 < float(at + length)]
        at += length
    return heard


def said_in(line: Path) -> tuple[SpokenPhoneme, ...]:
    """Of a line of the scratch voice, which is named by its samples."""
    for text in NEW:
        spoken = speak_with_phonemes(text)
        if hashlib.sha256(spoken.samples.tobytes()).hexdigest()[:24] in line.name:
            return tuple(SpokenPhoneme(ipa=p.ipa, start=p.start, end=p.end) for p in spoken.phonemes)
    raise AssertionError(f"{line} says something else")


def changes(pictures: Sequence[Picture], box: tuple[slice, slice] = EVERYWHERE) -> np.ndarray:
    """How much each frame differs from the one before it: the mean of luma in the box."""
    luma = [picture.planes[0][box].astype(np.float32) for picture in pictures]
    return np.array([np.abs(now - before).mean() for before, now in pairwise(luma)])


def whole_clip(edited: Edited) -> list[Picture]:
    job = msgspec.structs.replace(
        edited.takes[0].job,
        plan=msgspec.structs.replace(
            edited.takes[0].job.plan, spans=(Keep(start=0, end=edited.truth.frames),), handles=(0, 0)
        ),
        footage=msgspec.structs.replace(edited.takes[0].job.footage, first=0, last=edited.truth.frames),
    )
    return drafted(job)


def test_the_length_is_exact_to_the_frame_and_to_the_sample(edited: Edited) -> None:
    assert [edit["kind"] for edit in edited.report["edits"]] == ["insert", "remove", "insert"]
    change = 0
    for take, told in zip(edited.takes, edited.report["takes"], strict=True):
        head, tail = take.job.plan.handles
        spans = take.job.plan.spans
        kept = [span for span in spans if isinstance(span, Keep)]
        change += take.job.plan.frames - (kept[-1].end - kept[0].start)
        content = read_content(Path(told["path"]))
        assert content.frames == take.job.plan.frames == told["frames"]
        assert content.samples == round(take.job.plan.frames * SAMPLE_RATE / RATE)
        assert told["source_range"] == [head, take.job.plan.frames - head - tail]
    assert edited.report["duration_after"] == edited.truth.frames + change
    made = read(edited.folder / "fig5.otio")
    for track in (*made.video_tracks(), *made.audio_tracks()):
        assert opentime.whole_frames(track.duration(), RATE) == edited.truth.frames + change


def test_the_lips_follow_the_new_words(shown: tuple[Shown, ...]) -> None:
    measured = np.concatenate([take.measured[take.in_new_words] for take in shown])
    true = np.concatenate([take.true[take.in_new_words] for take in shown])
    assert correlation(measured, true) >= 0.85


def test_pixels_outside_the_mask_are_the_films_own(shown: tuple[Shown, ...]) -> None:
    changed = 0
    for take in shown:
        for frame, draft in enumerate(drafted(take.job)):
            mask, made = take.seen.mask(frame), take.seen.pictures[frame]
            everywhere = np.ones((SPEC.height, SPEC.width), bool)
            assert same_where(draft, made, everywhere if mask is None else ~mask), frame
            changed += mask is not None
    assert changed >= sum(int(take.in_new_words.sum()) for take in shown)


def test_nothing_jumps_and_nothing_freezes(edited: Edited, shown: tuple[Shown, ...]) -> None:
    """Neither in the picture nor in the mouth's region alone, where a fault would hide in the whole."""
    film = whole_clip(edited)
    for take in (take for take in shown if take.in_new_words.any()):
        for box in (EVERYWHERE, mouth_box(take.seen)):
            own, inside = changes(film, box), changes(take.seen.pictures, box)[take.in_edit]
            assert inside.max() <= 1.5 * own.max()
            assert inside.mean() >= 0.5 * own.mean()


def mouth_box(seen: Watched) -> tuple[slice, slice]:
    """Rows and columns of all that is ever made anew."""
    masks = [mask for frame in range(len(seen.pictures)) if (mask := seen.mask(frame)) is not None]
    ever = np.any(masks, axis=0)
    rows, columns = np.flatnonzero(ever.any(axis=1)), np.flatnonzero(ever.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
