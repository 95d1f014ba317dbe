"""The diffusion renderer through the command and a real engine, on checkpoints of tiny random weights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import tiny_checkpoint
from command_studio import (
    BOX,
    PRORES,
    QUICK,
    Studio,
    assert_changed_within,
    interrupted,
    lumas,
    posix,
    run,
    save_png,
)
from consents import SPEAKER, keep_consent
from drawn_faces import installed_models, portrait, speaking
from tiny import RATE, make_media, make_transcript

from engine.model.checkpoint import open_checkpoint
from engine.paths import HOME_VARIABLE


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = keep_consent(tmp_path_factory.mktemp("home"))
    yield folder
    run(folder, "engine", "stop")


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint without audio weights."""
    return tiny_checkpoint.make(tmp_path_factory.mktemp("silent"))


@pytest.fixture(scope="module")
def audible(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint whose audio weights say something."""
    return tiny_checkpoint.make(tmp_path_factory.mktemp("audible"), audio=True)


@pytest.fixture
def studio(home: Path, tmp_path: Path) -> Studio:
    return Studio(home, tmp_path)


@pytest.fixture(scope="module")
def presenter() -> tuple[np.ndarray, ...]:
    """100 pictures of a drawn presenter who speaks."""
    return speaking(7, "m ɑː b iː t ɛ f uː " * 5).pictures[:100]


@pytest.fixture
def presented(studio: Studio, presenter: tuple[np.ndarray, ...]) -> Iterator[Studio]:
    """The clip shows the presenter, and the engine has the face models."""
    here = studio.home / "models" / "face"
    here.parent.mkdir(exist_ok=True)
    here.symlink_to(installed_models().detector.parent)
    make_media(studio.media, pictures=presenter)
    studio.cut()
    yield studio
    here.unlink()


# ---------------------------------------------------------------------------------------- edits


def test_a_removal_is_rendered_by_the_named_weights(
    studio: Studio, silent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(studio.home))
    report = studio.edit("--model", silent, "--remove", "three")
    take = studio.take(report)
    assert (take["renderer"], take["lip_sync"]) == ("edityourself", "source")
    assert take["checkpoint"] == open_checkpoint(silent).sha256
    assert report["duration_after"] - report["duration_before"] in (-12, -13)  # half a second is 12.5 frames
    assert (studio.length(), report["snapped"]) == (report["duration_after"], 0)


def test_a_box_is_made_anew_and_the_rest_stays(studio: Studio, silent: Path) -> None:
    x, y, width, height = BOX
    region = f"{x},{y},{width}x{height}"
    report = studio.edit("--model", silent, "--rerender", "20:40", "--region", region)
    assert report["takes"][0]["lip_sync"] == "none"
    assert report["duration_after"] == report["duration_before"]
    inside = np.zeros((120, 160), bool)
    inside[y : y + height, x : x + width] = True
    assert_changed_within(studio.change(report), inside)


def test_the_white_of_a_matte_is_made_anew_and_the_rest_stays(studio: Studio, silent: Path) -> None:
    rows, columns = np.mgrid[0:120, 0:160]
    inside = (rows - 60) ** 2 + (columns - 80) ** 2 < 40**2
    matte = save_png(studio.folder / "matte.png", np.where(inside[..., None], 255, 0).repeat(3, axis=2))
    report = studio.edit("--model", silent, "--rerender", "20:40", "--region", matte)
    assert_changed_within(studio.change(report), inside)


@pytest.mark.parametrize(
    ("region", "code", "named"),
    [("500,500,10x10", 3, "outside the picture"), ("no-such-matte.png", 2, "a matte that is there")],
)
def test_a_region_that_is_nowhere_is_refused(
    studio: Studio, silent: Path, region: str, code: int, named: str
) -> None:
    asked = studio.editing("--model", silent, "--rerender", "20:40", "--region", region)
    assert named in studio.refused(code, *asked)


def test_a_single_frame_is_made_anew_at_the_very_start(studio: Studio, silent: Path) -> None:
    report = studio.edit("--model", silent, "--rerender", "0:1", "--region", "0,0,64x64")
    (take,) = report["takes"]
    assert take["source_range"][0] == 0
    assert studio.length() == report["duration_after"] == report["duration_before"]


def test_lips_are_refused_without_audio_weights(presented: Studio, silent: Path) -> None:
    asked = presented.editing("--model", silent, "--rerender", "20:40", "--region", "lips")
    assert "no trained audio weights" in presented.refused(3, *asked)


def test_lips_are_refused_without_the_face_models(studio: Studio, audible: Path) -> None:
    asked = studio.editing("--model", audible, "--rerender", "20:40", "--region", "lips")
    assert "face models" in studio.refused(3, *asked)


def test_lips_are_rendered_with_audio_weights(presented: Studio, audible: Path) -> None:
    report = presented.edit("--model", audible, "--rerender", "20:40", "--region", "lips")
    take = presented.take(report)
    assert (take["lip_sync"], take["warnings"]) == ("rendered", [])
    x, y, width, height, _ = take["faces"][0]  # of a handle: where the mouth is noise no face is found
    rows, columns = np.nonzero(presented.change(report) > PRORES)
    assert len(rows) > 100
    assert x < columns.min() < columns.max() < x + width
    assert y + height // 2 < rows.min() < rows.max() < y + height * 1.3  # room for a jaw that opens


def test_new_words_are_spoken_by_the_weights(studio: Studio, audible: Path) -> None:
    line = make_media(studio.folder / "line.mov", picture=False, seconds=1)
    report = studio.edit("--model", audible, "--insert", "brand new", "two", "--speech", line)
    (take,) = report["takes"]
    assert (take["lip_sync"], take["scratch_voice"]) == ("rendered", False)
    assert report["duration_after"] - report["duration_before"] == 25  # .9 s of beeps and a breath
    assert studio.length() == report["duration_after"]


def test_new_words_are_refused_without_audio_weights(studio: Studio, silent: Path) -> None:
    line = make_media(studio.folder / "line.mov", picture=False, seconds=1)
    asked = studio.editing("--model", silent, "--insert", "brand new", "two", "--speech", line)
    assert "no trained audio weights" in studio.refused(3, *asked)


# ---------------------------------------------------------------------------------------- the small model


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights laid out as the small model's."""
    return tiny_checkpoint.make_demo(tmp_path_factory.mktemp("small"))


def test_new_words_are_spoken_by_the_small_model(presented: Studio, small: Path) -> None:
    make_transcript(presented.media, presented.folder / "t.json")
    line = make_media(presented.folder / "line.mov", picture=False, seconds=1)
    edit = ("--renderer", "demo", "--model", small, "--insert", "brand new", "two", "--speech", line)
    report = presented.edit(*edit)
    take = presented.take(report)
    assert (take["renderer"], take["lip_sync"]) == ("demo", "rendered")
    assert any("drawn faces only" in warning for warning in take["warnings"])
    assert report["duration_after"] - report["duration_before"] == 25
    assert presented.length() == report["duration_after"]
    again, other = presented.edit(*edit, "--no-cache"), presented.edit(*edit, "--seed", "1")
    contents = [made["takes"][0]["content_sha256"] for made in (report, again, other)]
    assert contents[0] == contents[1] != contents[2]


def test_lips_are_rendered_by_the_small_model_and_the_rest_stays(presented: Studio, small: Path) -> None:
    report = presented.edit("--renderer", "demo", "--model", small, "--rerender", "20:40")
    take = presented.take(report)
    x, y, width, height, _ = take["faces"][0]
    rows, columns = np.nonzero(presented.change(report) > PRORES)
    assert len(rows) > 100
    assert x < columns.min() < columns.max() < x + width
    assert y + height // 2 < rows.min() < rows.max() < y + height * 1.3


def test_a_prompt_is_refused_by_the_small_model(presented: Studio, small: Path) -> None:
    edit = ("--renderer", "demo", "--model", small, "--rerender", "20:40", "--set", "prompt=a king")
    assert "the demo model takes no --set prompt" in presented.refused(3, *presented.editing(*edit))


# ---------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize("edit", [("--remove", "three"), ("--retime", "10:30", "33")])
def test_on_the_grid_of_latents_the_length_is_the_snapped_plans(
    studio: Studio, silent: Path, edit: tuple[str, ...]
) -> None:
    exact = studio.edit("--renderer", "draft", *edit)
    snapped = studio.edit("--model", silent, "--set", "grid=latent", *edit)
    change, asked = (made["duration_after"] - made["duration_before"] for made in (snapped, exact))
    assert change % 8 == 0
    assert snapped["snapped"] == change - asked != 0
    assert studio.length() == snapped["duration_after"]
    assert json.loads((studio.folder / "out.pickup.json").read_text())["snapped"] == snapped["snapped"]


def test_new_words_on_the_grid_of_latents_fit(studio: Studio, audible: Path) -> None:
    line = make_media(studio.folder / "line.mov", picture=False, seconds=1)
    said = ("--insert", "brand new", "two", "--speech", line)
    report = studio.edit("--model", audible, "--set", "grid=latent", *said)
    assert (report["duration_after"] - report["duration_before"], report["snapped"]) == (32, 7)
    assert studio.length() == report["duration_after"]
    assert report["takes"][0]["lip_sync"] == "rendered"


def test_another_number_of_steps_is_another_take(studio: Studio, silent: Path) -> None:
    box = ("--rerender", "20:30", "--region", "0,0,64x64")
    two = studio.edit("--model", silent, *box)
    three = studio.edit("--model", silent, *box, "--set", "steps=3")
    assert not three["takes"][0]["reused"]
    assert two["takes"][0]["content_sha256"] != three["takes"][0]["content_sha256"]


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ("steps", "NAME=VALUE"),
        ("steps=0", "steps is 0"),
        ("grid=cell", "grid"),
        ("model=x", "NAME=VALUE"),
    ],
)
def test_a_wrong_setting_is_refused_before_anything_is_done(
    studio: Studio, silent: Path, setting: str, named: str
) -> None:
    asked = studio.editing("--model", silent, "--remove", "three", "--set", setting)
    assert named in studio.refused(2, *asked)


# ---------------------------------------------------------------------------------------- checkpoints


@pytest.mark.parametrize("model", [(), ("--model", "no-such-model"), ("--model", "/no/such/folder")])
def test_a_checkpoint_that_is_not_here_says_how_to_get_it(studio: Studio, model: tuple[str, ...]) -> None:
    line = studio.refused(3, *studio.editing(*model, "--remove", "three"))
    assert "is not on this machine" in line
    assert "pickup models pull" in line


def test_a_pickle_is_refused_by_name(studio: Studio) -> None:
    weights = tiny_checkpoint.make(studio.folder / "model") / "transformer"
    stored = next(weights.glob("*.safetensors"))
    stored.rename(weights / "diffusion_pytorch_model.bin")
    line = studio.refused(3, *studio.editing("--model", studio.folder / "model", "--remove", "three"))
    assert "diffusion_pytorch_model.bin is a pickle" in line


def test_a_pickle_named_itself_is_refused_by_name(studio: Studio) -> None:
    (studio.folder / "weights.ckpt").write_bytes(b"\x80\x04.")
    line = studio.refused(3, *studio.editing("--model", studio.folder / "weights.ckpt", "--remove", "three"))
    assert "weights.ckpt is a pickle" in line


def test_weights_cut_short_are_refused_by_name(studio: Studio) -> None:
    stored = next((tiny_checkpoint.make(studio.folder / "model") / "transformer").glob("*.safetensors"))
    stored.write_bytes(stored.read_bytes()[:-100])
    line = studio.refused(3, *studio.editing("--model", studio.folder / "model", "--remove", "three"))
    assert stored.name in line


def test_the_same_job_is_answered_from_the_cache_wherever_its_weights_lie(
    studio: Studio, silent: Path
) -> None:
    first = studio.edit("--model", silent, "--remove", "three")
    again = studio.edit("--model", silent, "--remove", "three")
    moved = tiny_checkpoint.make(studio.folder / "elsewhere")
    elsewhere = studio.edit("--model", moved, "--remove", "three")
    assert [made["takes"][0]["reused"] for made in (first, again, elsewhere)] == [False, True, True]
    assert first["takes"][0]["path"] == elsewhere["takes"][0]["path"]


def test_other_weights_in_the_same_folder_are_another_take(studio: Studio, silent: Path) -> None:
    folder = tiny_checkpoint.make(studio.folder / "model")
    box = ("--model", folder, "--rerender", "20:30", "--region", "0,0,64x64")
    first = studio.edit(*box)
    before = studio.take(first)
    tiny_checkpoint.make(folder, seed=1)
    second = studio.edit(*box)
    after = studio.take(second)
    assert not second["takes"][0]["reused"]
    assert before["checkpoint"] != after["checkpoint"]
    assert before["content_sha256"] != after["content_sha256"]


# ---------------------------------------------------------------------------------------- animate


class Still(Studio):
    """A picture of a presenter, and a line of one second."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.home, self.folder = home, folder
        self.image = save_png(folder / "portrait.png", portrait(size=(160, 128)))
        self.line = make_media(folder / "line.mov", picture=False, seconds=1)
        self.out = folder / "said.mov"

    def animating(self, *others: str | Path) -> tuple[str | Path, ...]:
        said = ("--speech", self.line, *SPEAKER)
        return "animate", self.image, *said, "-o", self.out, *QUICK, *others


@pytest.fixture
def still(home: Path, tmp_path: Path) -> Still:
    return Still(home, tmp_path)


def test_a_still_picture_says_a_line(still: Still, audible: Path) -> None:
    answer = still.answer(*still.animating("--model", audible))
    assert (answer["path"], answer["lip_sync"]) == (str(still.out), "rendered")
    film = lumas(still.out)
    assert len(film) == answer["frames"] == 26  # the picture itself, .9 s of beeps, a breath
    (picture,) = lumas(still.image)
    assert np.abs(film[0] - picture).mean() < 3
    assert np.abs(film[12] - picture).mean() > 10  # random weights draw noise
    with av.open(str(still.out)) as made:
        assert float(made.streams.audio[0].duration * made.streams.audio[0].time_base) == 26 / RATE


def test_a_still_picture_says_its_line_at_the_rate_asked_for(still: Still, audible: Path) -> None:
    done = run(still.home, *still.animating("--model", audible, "--rate", "23.976"))
    assert done.returncode == 0, done.stderr
    assert f"{still.out}: 25 frames" in done.stdout
    with av.open(str(still.out)) as made:
        assert made.streams.video[0].average_rate == Fraction(24000, 1001)


def test_an_animation_never_overwrites(still: Still, audible: Path) -> None:
    still.out.write_text("mine")
    assert "there already" in still.refused(3, *still.animating("--model", audible))


def test_an_animation_is_a_mov(still: Still, audible: Path) -> None:
    still.out = still.folder / "said.mp4"
    assert "said.mov" in still.refused(3, *still.animating("--model", audible))


def test_what_is_no_picture_is_not_animated(still: Still, audible: Path) -> None:
    still.image = still.folder / "portrait.txt"
    still.image.write_text("a portrait")
    assert "portrait.txt" in still.refused(3, *still.animating("--model", audible))
    still.image = still.line
    assert "line.mov is no picture" in still.refused(3, *still.animating("--model", audible))


def test_an_animation_is_refused_without_audio_weights(still: Still, silent: Path) -> None:
    assert "no trained audio weights" in still.refused(3, *still.animating("--model", silent))


def test_an_animation_is_refused_without_a_checkpoint(still: Still) -> None:
    assert "is not on this machine" in still.refused(3, *still.animating())


@posix
def test_ctrl_c_leaves_nothing_of_an_animation(still: Still, audible: Path) -> None:
    before = still.files()
    assert "nothing was changed" in interrupted(
        still.home, *still.animating("--model", audible, "--set", "steps=1000")
    )
    assert still.files() == before
    assert list((still.home / "cache").rglob("*.part")) == []
