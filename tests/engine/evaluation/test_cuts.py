"""Cut lists are read or refused, and their frames are those that the timeline shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from grey_film import RATE, make_film, number_of

from engine.errors import BadMedia, MissingMedia, TruncatedMedia
from engine.evaluation.cuts import Cut, CutLists, Projector, places, read_cuts
from engine.protocol import Ratio

CUT = {"media": "a.mov", "start": 3, "frames": 2, "edited": True, "label": "take"}


def saved(folder: Path, content: object) -> Path:
    path = folder / "cuts.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_list_is_read_as_it_is_written(tmp_path: Path) -> None:
    lists = read_cuts(saved(tmp_path, {"rate": [30000, 1001], "before": [CUT], "after": [CUT]}))
    cut = Cut(media="a.mov", start=3, frames=2, edited=True, label="take")
    assert lists == CutLists(rate=Ratio(num=30000, den=1001), before=(cut,), after=(cut,))


@pytest.mark.parametrize(
    "content",
    [
        "not json",
        "[" * 50_000,
        {"rate": [25, 1], "before": [CUT]},
        {"rate": [25, 0], "before": [CUT], "after": [CUT]},
        {"rate": [0, 1], "before": [CUT], "after": [CUT]},
        {"rate": [25, 1], "before": [CUT], "after": []},
        {"rate": [25, 1], "before": [CUT], "after": [CUT | {"frames": 0}]},
        {"rate": [25, 1], "before": [CUT], "after": [CUT | {"frames": 2.5}]},
    ],
)
def test_what_is_no_cut_list_is_refused_by_name(tmp_path: Path, content: object) -> None:
    with pytest.raises(BadMedia, match=r"cuts\.json"):
        read_cuts(saved(tmp_path, content))


def test_a_list_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingMedia, match="cannot be read"):
        read_cuts(tmp_path / "cuts.json")


def test_places_count_the_media_and_the_timeline() -> None:
    cuts = (Cut(media="a", start=10, frames=2), Cut(media="b", start=0, frames=1))
    assert [(place.cut.media, place.frame, place.at) for place in places(cuts)] == [
        ("a", 10, 0),
        ("a", 11, 1),
        ("b", 0, 2),
    ]


def test_the_projector_shows_the_frame_asked_for_in_any_order(tmp_path: Path) -> None:
    film = str(make_film(tmp_path / "film.mov"))
    with Projector(RATE) as projector:
        assert [number_of(projector.show(film, frame)) for frame in (0, 17, 3, 29)] == [0, 17, 3, 29]


def test_the_projector_refuses_a_frame_beyond_the_end(tmp_path: Path) -> None:
    film = str(make_film(tmp_path / "film.mov", frames=5))
    with Projector(RATE) as projector, pytest.raises(TruncatedMedia):
        projector.show(film, 5)
