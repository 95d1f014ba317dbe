"""Pictures and sound out of reels that come in pieces, and of reels that are broken."""

from __future__ import annotations

import struct
from pathlib import Path

import msgspec
import pytest
from drawn_reels import drawn_reel, grey, samples
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from engine.protocol import FaceBox, Reel
from nle_panels.player.playlist import CLIP, Place
from nle_panels.player.reels import PIECE, Reels


def at(frame: int, source: str = CLIP) -> Place:
    return Place(source=source, frame=frame)


def shade(image: QImage | None) -> int | None:
    return None if image is None else image.pixelColor(10, 10).red()


@pytest.fixture
def reels(qapp: object) -> Reels:
    made = Reels()
    made.set_source(CLIP, range(-10, 600))
    return made


@pytest.fixture
def told(reels: Reels) -> list[tuple[str, int, int]]:
    asked: list[tuple[str, int, int]] = []
    reels.wanted.connect(lambda *piece: asked.append(piece))
    return asked


def test_a_frame_is_the_one_asked_for(reels: Reels, tmp_path: Path) -> None:
    reels.add(CLIP, 0, drawn_reel(tmp_path, 0, PIECE))
    assert [shade(reels.image(at(frame))) for frame in (0, 3, 30)] == [grey(0), grey(3), grey(30)]


def test_missing_frames_are_wanted_once_with_their_piece(
    reels: Reels, told: list[tuple[str, int, int]]
) -> None:
    assert reels.image(at(260)) is None
    assert reels.image(at(261)) is None
    assert told == [(CLIP, 250, 500)]


def test_pieces_end_where_the_source_does(reels: Reels, told: list[tuple[str, int, int]]) -> None:
    reels.image(at(-3))
    reels.image(at(599))
    assert told == [(CLIP, -10, 0), (CLIP, 500, 600)]


def test_outside_the_source_nothing_is_wanted(reels: Reels, told: list[tuple[str, int, int]]) -> None:
    assert reels.image(at(600)) is None
    assert reels.image(at(0, "unknown")) is None
    assert told == []


def test_meanwhile_the_nearest_picture_in_memory_is_shown(reels: Reels, tmp_path: Path) -> None:
    reels.add(CLIP, 0, drawn_reel(tmp_path, 0, PIECE))
    reels.image(at(3))
    reels.image(at(20))
    assert shade(reels.nearest(at(400))) == grey(20)
    assert shade(reels.nearest(at(8))) == grey(3)
    assert reels.nearest(at(0, "unknown")) is None


def test_memory_is_bounded_and_the_least_recently_shown_goes_first(qapp: object, tmp_path: Path) -> None:
    reels = Reels(memory=3 * 64 * 36 * 4)
    reels.set_source(CLIP, range(PIECE))
    reels.add(CLIP, 0, drawn_reel(tmp_path, 0, PIECE))
    for frame in (0, 1, 2, 0, 3):
        reels.image(at(frame))
    assert reels.held == 3 * 64 * 36 * 4
    assert shade(reels.nearest(at(1))) in {grey(0), grey(2)}


def test_a_source_that_changed_is_made_anew(
    reels: Reels, told: list[tuple[str, int, int]], tmp_path: Path
) -> None:
    reels.add(CLIP, 0, drawn_reel(tmp_path, 0, PIECE))
    reels.image(at(3))
    reels.set_source(CLIP, range(500))
    assert reels.held == 0
    assert reels.image(at(3)) is None
    assert told == [(CLIP, 0, 250)]


def test_a_piece_of_a_source_no_longer_played_is_left_lying(reels: Reels, tmp_path: Path) -> None:
    reels.add("old take", 0, drawn_reel(tmp_path, 0, PIECE))
    assert reels.image(at(0, "old take")) is None


def test_sound_is_read_by_the_sample(reels: Reels, tmp_path: Path) -> None:
    reels.add(CLIP, 250, drawn_reel(tmp_path, 250, 500))
    assert reels.sound(at(260), 100, 50) == samples(250 * 1920 + 100, 250 * 1920 + 150)


def test_sound_of_a_silent_source_is_silence(reels: Reels, tmp_path: Path) -> None:
    reels.add(CLIP, 250, drawn_reel(tmp_path, 250, 500, sound=False))
    assert reels.sound(at(260), 100, 50) == bytes(200)


def test_faces_are_those_of_the_frame(reels: Reels, tmp_path: Path) -> None:
    face = FaceBox(x=1, y=2, width=3, height=4, opening=0.1)
    reels.add(CLIP, 0, drawn_reel(tmp_path, 0, PIECE, faces=(None, face, *(None,) * 248)))
    assert [reels.face(at(frame)) for frame in (0, 1, 300)] == [None, face, None]


# ------------------------------------------------------------------------------------- broken reels


def broken_by(reels: Reels, start: int, reel: Reel, frame: int) -> str:
    """The one line that is said of a reel, on arrival or when the frame is looked at."""
    lines: list[str] = []
    reels.broken.connect(lambda source, first, line: lines.append(line))
    reels.add(CLIP, start, reel)
    assert reels.image(at(frame)) is None
    assert reels.image(at(frame)) is None
    (line,) = lines
    assert "\n" not in line
    return line


def overwritten(reel: Reel, offset: int, data: bytes) -> Reel:
    whole = bytearray(Path(reel.path).read_bytes())
    whole[offset : offset + len(data)] = data
    Path(reel.path).write_bytes(whole)
    return reel


def offsets(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}Q", *numbers)


def test_a_file_that_is_cut_short_is_told(reels: Reels, tmp_path: Path) -> None:
    reel = drawn_reel(tmp_path, 0, PIECE)
    Path(reel.path).write_bytes(Path(reel.path).read_bytes()[:-5])
    assert "do not lie in the file" in broken_by(reels, 0, reel, 249)


def test_a_file_that_is_cut_short_after_it_came_is_told(reels: Reels, tmp_path: Path) -> None:
    reel = drawn_reel(tmp_path, 0, PIECE)
    lines: list[str] = []
    reels.broken.connect(lambda source, first, line: lines.append(line))
    reels.add(CLIP, 0, reel)
    Path(reel.path).write_bytes(b"")
    assert reels.image(at(5)) is None
    assert lines == ["clip_0.mjpeg: frame 5 is cut short; make the preview again"]


def test_a_missing_file_is_told(reels: Reels, tmp_path: Path) -> None:
    reel = drawn_reel(tmp_path, 0, PIECE)
    Path(reel.path).unlink()
    assert broken_by(reels, 0, reel, 0) == "clip_0.mjpeg: No such file or directory; make the preview again"


@pytest.mark.parametrize(
    "wrong",
    [
        offsets(*range(10, 261)),  # past the end of nothing: the frames are too small to be any
        offsets(*range(260, 9, -1)),
        offsets(*(0,) * 251),
        offsets(*range(250), 2**63),
        b"",
        b"odd",
    ],
    ids=["tiny", "backwards", "empty", "huge", "none", "odd"],
)
def test_offsets_that_lie_are_told(reels: Reels, tmp_path: Path, wrong: bytes) -> None:
    reel = msgspec.structs.replace(drawn_reel(tmp_path, 0, PIECE), offsets=wrong)
    assert "again" in broken_by(reels, 0, reel, 3)


def test_another_number_of_frames_than_asked_for_is_told(reels: Reels, tmp_path: Path) -> None:
    assert "250 frames were asked for, 3 came" in broken_by(reels, 0, drawn_reel(tmp_path, 0, 3), 0)


def test_a_picture_of_another_size_is_never_decoded(reels: Reels, tmp_path: Path) -> None:
    """A JPEG may claim 65,500 lines in a few bytes."""
    reel = drawn_reel(tmp_path, 0, PIECE)
    header = Path(reel.path).read_bytes().index(b"\xff\xc0")
    reel = overwritten(reel, header + 5, struct.pack(">HH", 65500, 65500))
    assert "another size" in broken_by(reels, 0, reel, 0)


@pytest.mark.qt_log_ignore("JPEG", extend=True)
def test_noise_between_a_jpegs_markers_is_told(reels: Reels, tmp_path: Path) -> None:
    reel = drawn_reel(tmp_path, 0, PIECE)
    size = struct.unpack("<2Q", reel.offsets[:16])[1]
    reel = overwritten(reel, 2, bytes(size - 4))
    assert "again" in broken_by(reels, 0, reel, 0)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\x24\0\0\0WAVEfmt \xff\xff\xff\xff"])
def test_a_wav_that_is_none_is_silent_and_told(reels: Reels, tmp_path: Path, content: bytes) -> None:
    reel = drawn_reel(tmp_path, 0, PIECE)
    Path(reel.sound).write_bytes(content)
    lines: list[str] = []
    reels.broken.connect(lambda source, first, line: lines.append(line))
    reels.add(CLIP, 0, reel)
    assert reels.sound(at(0), 0, 10) == bytes(40)
    assert len(lines) == 1


def test_a_wav_that_is_cut_short_ends_in_silence(reels: Reels, tmp_path: Path) -> None:
    reel = drawn_reel(tmp_path, 0, PIECE)
    Path(reel.sound).write_bytes(Path(reel.sound).read_bytes()[: 44 + 4 * 5])
    reels.add(CLIP, 0, reel)
    assert reels.sound(at(0), 0, 10) == samples(0, 5) + bytes(20)


def test_a_broken_piece_is_wanted_again_when_told(
    reels: Reels, told: list[tuple[str, int, int]], tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(reels.broken):
        reels.add(CLIP, 0, drawn_reel(tmp_path, 0, 3))
    reels.image(at(0))
    assert told == []
    reels.ask_again()
    reels.image(at(0))
    assert told == [(CLIP, 0, 250)]


def test_pieces_that_lack_something_are_wanted_once_more(qtbot: QtBot, tmp_path: Path) -> None:
    reels = Reels()
    reels.set_source("clip", range(40))
    reels.add("clip", 0, drawn_reel(tmp_path, 0, 40))
    place = Place(source="clip", frame=3)
    assert reels.image(place) is not None
    reels.make_anew()
    with qtbot.waitSignal(reels.wanted) as told:
        assert reels.image(place) is None
    assert told.args == ["clip", 0, 40]
