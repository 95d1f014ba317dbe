"""The paper's Fig 6, end to end: an English sentence becomes a German one, 1.1 s longer.

The presenter is drawn, the voice is the scratch voice, whose own word times are the truth.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from consents import SPEAKER, keep_consent
from drawn_faces import installed_models
from timelines import Cut, Source, timeline

from bridge.versions import TakeRecord
from engine.media.audio_decode import sound_file
from engine.protocol import SAMPLE_RATE, TICKS_PER_SECOND, Add, Keep
from engine.speech.scratch import Voice, speak_with_phonemes
from engine.training.synthetic import ClipSpec, draw_clip, write_clip
from otio_adapters.read import read
from otio_adapters.write import write

SAID = "It's stated in our terms and conditions."
WANTED = "Das ist in unseren Allgemeinen Geschäftsbedingungen festgelegt."
RATE = Fraction(25)
LONGER = round(Fraction("1.1") * RATE)
SPEC = ClipSpec(seed=7, text=SAID, width=320, height=180, rate=RATE)


@dataclass(frozen=True, slots=True)
class Dubbed:
    folder: Path
    frames: int
    report: dict[str, Any]
    record: TakeRecord

    @property
    def cuts(self) -> list[int]:
        """Where the picture is cut, in frames of the clip as it became."""
        found, at = [], -self.record.job.plan.handles[0]
        for span in self.record.job.plan.spans:
            length = span.frames if isinstance(span, Add) else span.end - span.start  # type: ignore[union-attr]
            found += [at, at + length] if isinstance(span, Add) else []
            at += length
        return found

    @property
    def stays(self) -> list[int]:
        """Frames from one addition to the next."""
        spans = [span for span in self.record.job.plan.spans if not isinstance(span, Keep) or span.resync]
        return [span.end - span.start for span in spans[1:-1] if isinstance(span, Keep)]


@pytest.fixture(scope="module", params=["draft", pytest.param("demo", marks=pytest.mark.slow)])
def dubbed(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Dubbed]:
    home, folder = keep_consent(tmp_path_factory.mktemp("home")), tmp_path_factory.mktemp("fig6")
    models = home / "models" / "face"
    models.parent.mkdir()
    models.symlink_to(installed_models().detector.parent)
    clip = draw_clip(SPEC)
    write_clip(clip, folder, "presenter")
    media, frames = folder / "presenter.mov", clip.truth.frames
    whole = Cut(name="presenter", media=media, start=0, frames=frames)
    write(timeline([whole], Source(frames=frames), RATE), folder / "cut.otio")
    (folder / "de.txt").write_text(WANTED, encoding="utf-8")
    asked = (
        "--script",
        folder / "de.txt",
        "--language",
        "de",
        "--retime",
        "+1.1",
        "--renderer",
        request.param,
        *SPEAKER,
    )
    try:
        report = pickup(
            home, "dub", folder / "cut.otio", "--clip", "presenter", *asked, "-o", folder / "de.otio"
        )
        sidecar = Path(report["takes"][0]["path"]).with_suffix(".json")
        record = msgspec.json.decode(sidecar.read_bytes(), type=TakeRecord)
        yield Dubbed(folder, frames, report, record)
    finally:
        run(home, "engine", "stop")


def pickup(home: Path, *words: str | Path) -> dict[str, Any]:
    done = run(home, *words, "--json")
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def run(home: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bridge.cli", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PICKUP_HOME": str(home)},
    )


def test_the_clip_is_longer_by_what_was_asked_for_to_the_frame(dubbed: Dubbed) -> None:
    assert dubbed.report["duration_after"] - dubbed.report["duration_before"] == LONGER
    assert dubbed.record.take.source_range[1] == dubbed.frames + LONGER


def test_picture_and_sound_end_together(dubbed: Dubbed) -> None:
    written = read(dubbed.folder / "de.otio")
    assert {track.duration().value for track in written.tracks} == {dubbed.frames + LONGER}


def test_the_additions_are_spread_evenly(dubbed: Dubbed) -> None:
    added = [span.frames for span in dubbed.record.job.plan.spans if isinstance(span, Add)]
    assert (sum(added), len(added) > 1) == (LONGER, True)
    assert max(dubbed.stays) * len(dubbed.stays) <= 1.5 * sum(dubbed.stays)


def test_no_cut_lies_inside_a_word_of_the_new_speech(dubbed: Dubbed) -> None:
    assert dubbed.record.job.dub is not None
    (speech,) = dubbed.record.job.speech
    begins = Fraction(dubbed.record.job.dub.delay, SAMPLE_RATE) - Fraction(speech.start, TICKS_PER_SECOND)
    words = speak_with_phonemes(WANTED, Voice(language="de")).words
    half = Fraction(1, 2) / RATE
    for cut in dubbed.cuts:
        at = Fraction(cut) / RATE - begins
        assert not any(word.start + half < at < word.end - half for word in words), cut


def test_the_german_sentence_is_what_is_heard(dubbed: Dubbed) -> None:
    """The take's sound is the scratch voice's, sample for sample but for its loudness and the room."""
    (speech,), dub = dubbed.record.job.speech, dubbed.record.job.dub
    assert dub is not None
    head = dubbed.record.take.source_range[0]
    begin = round(head * SAMPLE_RATE / RATE) + dub.delay
    tick = SAMPLE_RATE // TICKS_PER_SECOND
    line = sound_file(Path(speech.path)).read(speech.start * tick, speech.end * tick).mean(axis=1)
    take = sound_file(Path(dubbed.report["takes"][0]["path"])).read(begin, begin + len(line)).mean(axis=1)
    assert np.corrcoef(line, take)[0, 1] > 0.95


def test_nothing_of_the_english_sentence_is_left(dubbed: Dubbed) -> None:
    (speech,), dub = dubbed.record.job.speech, dubbed.record.job.dub
    assert dub is not None
    head, shown = dubbed.record.take.source_range
    first, last = (round(frame * SAMPLE_RATE / RATE) for frame in (head, head + shown))
    sound = sound_file(Path(dubbed.report["takes"][0]["path"])).read(first, last)
    said = (speech.end - speech.start) * SAMPLE_RATE // TICKS_PER_SECOND
    around = np.concatenate([sound[: dub.delay], sound[dub.delay + said :]])
    assert np.abs(around).max() < 0.05 * np.abs(sound).max()


def test_the_take_says_what_its_mouth_does(dubbed: Dubbed) -> None:
    told = {"draft": "none", "demo": "rendered"}
    assert dubbed.record.take.lip_sync == told[dubbed.record.take.renderer]


def test_gaps_are_gaps(dubbed: Dubbed) -> None:
    assert all(left < right for left, right in pairwise(dubbed.cuts))
