"""LTX-2 through the command and a real engine, on tiny random weights: edits, consent, what it says."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import tiny_ltx2
from command_studio import (
    BOX,
    PRORES,
    Studio,
    assert_changed_within,
    interrupted,
    lumas,
    posix,
    run,
)
from consents import ALLOWED, keep_consent
from filmed import SAMPLES, drifting, film
from studio import sources
from timelines import Cut, Source, timeline
from tiny import RATE, make_media, make_transcript

from engine.consent.uses import new_frames
from engine.media.audio import take_audio
from engine.media.audio_decode import sound_file, whole_sound
from engine.media.decode import Sampling, open_reel
from engine.media.sound import Samples, write_wav
from engine.model.ltx2.checkpoint import open_ltx2
from engine.protocol import Render
from otio_adapters.write import write

REVISION = f"diffusers/LTX-2.3-Diffusers@{'c' * 40}"
PITCH = 1760  # Hz, of the new line; the clip's own beeps are of 330


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = keep_consent(tmp_path_factory.mktemp("home"))
    yield folder
    run(folder, "engine", "stop")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `pickup models pull` leaves them; not distilled, so that a test may take few steps."""
    folder = tiny_ltx2.make(tmp_path_factory.mktemp("ltx2"), distilled=False)
    repository, _, commit = REVISION.partition("@")
    note = {"revisions": {repository: commit}, "sha256": {}, "licence": "ltx-2-community"}
    (folder / "pulled.json").write_bytes(msgspec.json.encode(note))
    return folder


@pytest.fixture
def studio(home: Path, tmp_path: Path) -> Studio:
    return Studio(home, tmp_path)


class Rushes(Studio):
    """A clip of four seconds of another size and rate."""

    def __init__(self, home: Path, folder: Path, rate: Fraction, size: tuple[int, int]) -> None:
        self.home, self.folder, self.rate = home, folder, rate
        self.media = film(folder / "clip.mkv", drifting(self.at(4), size), rate=rate, seconds=4)
        make_transcript(self.media, folder / "t.json")
        cut = Cut(name="A", media=self.media, start=0, frames=self.at(4))
        write(timeline([cut], Source(frames=self.at(4)), rate), folder / "cut.otio")

    def at(self, seconds: float) -> int:
        """The frame nearest to it."""
        return round(seconds * self.rate)


def by_ltx2(weights: Path, *edits: str | Path) -> tuple[str | Path, ...]:
    return "--renderer", "ltx2", "--model", weights, *edits


def new_line(studio: Studio) -> Path:
    """Two beeps of another pitch than the clip's, 0.9 s."""
    at = np.arange(SAMPLES * 9 // 10) / SAMPLES
    wave = 0.3 * np.sin(2 * np.pi * PITCH * at) * ((at % 0.5) < 0.4)
    write_wav(studio.folder / "line.wav", wave[:, None].astype(np.float32), SAMPLES)
    return studio.folder / "line.wav"


def job_of(record: dict[str, Any]) -> Render:
    return msgspec.convert(record["job"], Render)


def strays(job: Render, take: Path) -> dict[int, float]:
    """The take's frames that the plan leaves as they are, and differ from the source by more than ProRes."""
    found = {}
    with open_reel(take, Sampling(offset=Fraction(0), rate=job.plan.rate.exact)) as reel:
        for frame, source in sources(job):
            made = reel.picture(frame)
            furthest = np.abs(made.y.astype(int) - source.y.astype(int)).max()
            if furthest > 4 * PRORES:  # planes are of 10 bits
                found[frame] = furthest
    return found


def loud(sound: Samples, pitch: float, frames: range) -> float:
    """How loud a pitch is in some of the take's frames, of full scale."""
    part = sound[frames.start * SAMPLES // RATE : frames.stop * SAMPLES // RATE, 0]
    at = np.arange(len(part)) / SAMPLES
    return float(np.abs((part * np.exp(-2j * np.pi * pitch * at)).mean()) * 2)


# ---------------------------------------------------------------------------------------- new words


def test_new_words_are_rendered_to_and_the_take_says_by_whose_leave_and_which_weights(
    studio: Studio, weights: Path
) -> None:
    said = ("--insert", "brand new", "two", "--speech", new_line(studio))
    report = studio.edit(*by_ltx2(weights, *said))
    (made,) = report["takes"]
    record = studio.record(made)
    take, job = record["take"], job_of(record)
    assert report["duration_after"] - report["duration_before"] == 25  # .9 s of beeps and a breath
    assert studio.length() == report["duration_after"]
    assert len(lumas(studio.place(made))) == made["frames"] == job.plan.frames
    assert (take["renderer"], take["lip_sync"]) == ("ltx2", "rendered")
    assert (take["licence"], take["revision"]) == ("ltx-2-community", REVISION)
    assert take["checkpoint"] == open_ltx2(weights).sha256
    assert (take["consent"], take["marked"]) == (list(ALLOWED), False)
    assert any("unverified" in warning for warning in report["warnings"])


def test_beside_new_words_the_frames_are_the_sources_and_the_sound_is_the_line(
    studio: Studio, weights: Path
) -> None:
    said = ("--insert", "brand new", "two", "--speech", new_line(studio))
    (made,) = studio.edit(*by_ltx2(weights, *said))["takes"]
    job, take = job_of(studio.record(made)), studio.place(made)
    assert strays(job, take) == {}
    ((begin, end),) = new_frames(job)
    film = lumas(take)
    anew = np.abs(np.diff(film[begin:end], axis=0)).mean(axis=(1, 2))
    kept = np.abs(np.diff(film[: begin - job.bridge], axis=0)).mean(axis=(1, 2))
    assert anew.min() > kept.max()  # random weights draw noise
    sound = np.concatenate(list(whole_sound(sound_file(take))))
    assert sound == pytest.approx(take_audio(job), abs=2**-23)
    before, within, after = range(begin - 1), range(begin, end), range(end + 1, made["frames"])
    assert loud(sound, PITCH, within) > 100 * max(loud(sound, PITCH, before), loud(sound, PITCH, after))


def test_new_words_without_a_record_of_consent_end_with_code_6(tmp_path: Path, weights: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "cut").mkdir()
    alone = Studio(home, tmp_path / "cut")
    said = ("--insert", "brand new", "two", "--speech", new_line(alone))
    try:
        told = alone.refused(6, *alone.editing(*by_ltx2(weights, *said)))
    finally:
        run(home, "engine", "stop")
    assert "nobody has consented" in told
    assert "pickup consent add" in told


# ---------------------------------------------------------------------------------------- other edits


FILMED = pytest.mark.parametrize(
    ("rate", "size"),
    [(Fraction(24000, 1001), (97, 65)), (Fraction(50), (64, 96)), (Fraction(25), (31, 130))],
    ids=["23.976, a portrait", "50", "25, odd sizes"],
)


@FILMED
def test_two_shots_of_one_edit_are_exact_at_any_rate_and_size(
    home: Path, tmp_path: Path, weights: Path, rate: Fraction, size: tuple[int, int]
) -> None:
    rushes = Rushes(home, tmp_path, rate, size)
    slow = f"{rushes.at(2.6)}:{rushes.at(2.6) + 10}"
    edits = ("--remove", "two", "--retime", slow, "15")
    report = rushes.edit(*by_ltx2(weights, *edits))
    drafted = rushes.edit(*edits, "--renderer", "draft")
    assert [made["lip_sync"] for made in report["takes"]] == ["source", "source"]
    assert rushes.length() == report["duration_after"] == drafted["duration_after"]
    assert exact(rushes, report) == [True, True]


@FILMED
def test_a_box_made_anew_is_exact_at_any_rate_and_size(
    home: Path, tmp_path: Path, weights: Path, rate: Fraction, size: tuple[int, int]
) -> None:
    rushes = Rushes(home, tmp_path, rate, size)
    region = f"{rushes.at(2)}:{rushes.at(2) + 10}", "--region", "8,8,16x16"
    report = rushes.edit(*by_ltx2(weights, "--rerender", *region))
    assert exact(rushes, report) == [True]
    inside = np.zeros(size, bool)
    inside[8:24, 8:24] = True
    assert_changed_within(rushes.change(report), inside)


def exact(studio: Studio, report: dict[str, Any]) -> list[bool]:
    """Of each take, whether it has the planned frames, and shows the source where the plan keeps it."""
    found = []
    for made in report["takes"]:
        job, take = job_of(studio.record(made)), studio.place(made)
        planned = len(lumas(take)) == made["frames"] == job.plan.frames
        found.append(planned and strays(job, take) == {})
    return found


def test_a_box_is_made_anew_to_the_speech_and_the_rest_stays(studio: Studio, weights: Path) -> None:
    x, y, width, height = BOX
    region = f"{x},{y},{width}x{height}"
    report = studio.edit(*by_ltx2(weights, "--rerender", "20:40", "--region", region))
    take = studio.take(report)
    assert (take["renderer"], take["lip_sync"]) == ("ltx2", "rendered")
    assert any("unverified" in warning for warning in report["takes"][0]["warnings"])
    inside = np.zeros((120, 160), bool)
    inside[y : y + height, x : x + width] = True
    assert_changed_within(studio.change(report), inside)


# ---------------------------------------------------------------------------------------- sound that lacks


def test_a_mute_clip_is_rendered_and_told_to_be_no_lip_sync(studio: Studio, weights: Path) -> None:
    make_media(studio.media, sound=False)
    studio.cut()
    report = studio.edit(*by_ltx2(weights, "--rerender", "20:40", "--region", "8,8,64x64"))
    take = studio.take(report)
    assert (take["lip_sync"], take["channels"]) == ("none", 0)
    assert not any("unverified" in warning for warning in report["warnings"])


def test_where_a_clips_sound_ends_early_it_is_rendered_to_silence(studio: Studio, weights: Path) -> None:
    studio.media = film(studio.folder / "short.mkv", drifting(100, (120, 160)), seconds=1)
    studio.cut()
    report = studio.edit(*by_ltx2(weights, "--rerender", "50:60", "--region", "8,8,64x64"))
    (made,) = report["takes"]
    sound = np.concatenate(list(whole_sound(sound_file(studio.place(made)))))
    assert len(sound) == made["frames"] * SAMPLES // RATE
    assert not sound.any()
    assert studio.take(report)["lip_sync"] == "rendered"


# ---------------------------------------------------------------------------------------- refused, broken off


def test_a_setting_that_it_cannot_honour_is_refused_by_name(studio: Studio, weights: Path) -> None:
    asked = studio.editing(*by_ltx2(weights, "--set", "ends=circular", "--remove", "three"))
    assert "ends" in studio.refused(3, *asked)


@posix
def test_ctrl_c_leaves_nothing_and_the_same_edit_goes_through_afterwards(
    studio: Studio, weights: Path
) -> None:
    before = studio.files()
    edit = by_ltx2(weights, "--rerender", "20:40", "--region", "0,0,160x120")
    assert "nothing was changed" in interrupted(studio.home, *studio.editing(*edit, "--set", "steps=1000"))
    assert studio.files() == before
    assert len(lumas(studio.place(studio.edit(*edit)["takes"][0]))) == 20 + 2 * 12 + 2 * 5


def test_progress_names_what_is_done_and_no_other_model(studio: Studio, weights: Path) -> None:
    done = run(studio.home, *studio.editing(*by_ltx2(weights, "--remove", "three", "--seed", "3")))
    told = [line for line in done.stderr.splitlines() if not line.startswith("warning:")]
    assert told == ["reading the timeline", "rendering take 1 of 1", "writing the timeline"]
    assert "edityourself" not in done.stdout + done.stderr
