"""The film plays both versions side by side, with the edited sound, for as long as the longer one."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest
from grey_film import RATE, SAMPLES, make_film

from engine.evaluation import before_after
from engine.evaluation.before_after import PANEL_WIDTH, edited_sound, write_film
from engine.evaluation.cuts import Cut, CutLists
from engine.protocol import Ratio


def lists_of(film: Path, take: Path) -> CutLists:
    """Before: frames 0 to 19. After: 0 to 3, four frames of a take, 16 to 19: twelve in all."""
    name = str(film)
    return CutLists(
        rate=Ratio.of(RATE),
        before=(Cut(media=name, start=0, frames=20, label="shot"),),
        after=(
            Cut(media=name, start=0, frames=4),
            Cut(media=str(take), start=24, frames=4, edited=True, label="take"),
            Cut(media=name, start=16, frames=4),
        ),
    )


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> CutLists:
    folder = tmp_path_factory.mktemp("films")
    return lists_of(make_film(folder / "film.mov"), make_film(folder / "take.mov"))


@pytest.fixture(scope="module")
def film(lists: CutLists, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("out") / "before_after.mp4"
    write_film(lists, path)
    return path


def frames_of(film: Path) -> list[np.ndarray]:
    with av.open(str(film)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def grey(picture: np.ndarray, left: int) -> float:
    return float(picture[150:400, left + 100 : left + 500].mean())


def expected(number: int) -> float:
    return 24 * number * 255 / 876


def test_the_film_is_av1_and_aac_and_lasts_as_long_as_the_longer_side(film: Path) -> None:
    with av.open(str(film)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("libdav1d", "aac")
        assert video.average_rate == RATE
    assert len(frames_of(film)) == 20


def test_each_side_shows_its_own_frames(film: Path) -> None:
    frames = frames_of(film)
    for now, before, after in ((0, 0, 0), (3, 3, 3), (4, 4, 24), (7, 7, 27), (8, 8, 16), (11, 11, 19)):
        assert grey(frames[now], 0) == pytest.approx(expected(before), abs=4)
        assert grey(frames[now], PANEL_WIDTH) == pytest.approx(expected(after), abs=4)


def test_the_side_that_has_ended_is_held_and_dimmed(film: Path) -> None:
    frames = frames_of(film)
    assert grey(frames[19], 0) == pytest.approx(expected(19), abs=4)
    assert grey(frames[19], PANEL_WIDTH) == pytest.approx(expected(19) / 3, abs=4)


def test_edited_frames_wear_a_bar(film: Path) -> None:
    frames = frames_of(film)

    def bar(frame: np.ndarray) -> bool:
        strip = frame[:, PANEL_WIDTH + 100 : -100].astype(int)
        return bool(((strip[..., 0] - strip[..., 2]).mean(axis=1) > 100).any())

    assert [bar(frames[now]) for now in (3, 4, 7, 8)] == [False, True, True, False]


def test_the_sound_is_that_of_the_edit_sample_for_sample(lists: CutLists) -> None:
    sound = edited_sound(lists)
    assert sound.shape == (20 * SAMPLES, 2)
    heard = [round(float(sound[frame * SAMPLES + 5, 0]) * 100) for frame in range(20)]
    assert heard == [0, 1, 2, 3, 24, 25, 26, 27, 16, 17, 18, 19] + [0] * 8


def test_media_without_sound_are_silent(tmp_path: Path) -> None:
    film = make_film(tmp_path / "mute.mov", sound=False)
    assert not edited_sound(lists_of(film, film)).any()


def test_a_tall_picture_is_shown_whole(tmp_path: Path) -> None:
    film = make_film(tmp_path / "tall.mov", height=112, frames=28)
    write_film(lists_of(film, film), tmp_path / "out.mp4")
    frame = frames_of(tmp_path / "out.mp4")[4]
    assert frame.shape[0] <= 1080
    assert frame[300:700, PANEL_WIDTH + 10 : PANEL_WIDTH + 30].mean() < 30  # black beside it


def test_the_command_leaves_nothing_behind_when_a_take_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = {"media": str(tmp_path / "gone.mov"), "start": 0, "frames": 2}
    cuts = tmp_path / "cuts.json"
    cuts.write_text(json.dumps({"rate": [25, 1], "before": [cut], "after": [cut]}))
    code = before_after.main([str(cuts), "-o", str(tmp_path / "film.mp4")])
    assert (code, capsys.readouterr().err.count("\n")) == (3, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["cuts.json"]
