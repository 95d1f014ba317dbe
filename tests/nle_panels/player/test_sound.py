"""What is heard of an edited clip, to the sample, and which sample is heard now."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from drawn_reels import drawn_reel, samples
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QIODevice
from PySide6.QtMultimedia import QtAudio
from pytestqt.qtbot import QtBot

from bridge.quiet import ClipWindow
from nle_panels.player.cut import before
from nle_panels.player.playlist import CLIP, Playlist, Segment
from nle_panels.player.reels import PIECE, Reels
from nle_panels.player.sound import BUFFER, Course, Feed, Sound, pcm

WINDOW = ClipWindow(rate=Fraction(25), offset=Fraction(0), frames=500, first=0, last=500)
FRAME = 1920  # samples


def kept(start: int, end: int) -> Segment:
    return Segment(source=CLIP, first=start, frames=end - start, clip=(start, end))


@pytest.fixture
def reels(qapp: object, tmp_path: Path) -> Reels:
    made = Reels()
    made.set_source(CLIP, range(500))
    for start in (0, PIECE):
        made.add(CLIP, start, drawn_reel(tmp_path, start, start + PIECE, size=(16, 16)))
    return made


class DrawnDevice:
    """A sound device that takes what it is told to, when it is told to: this machine may have none."""

    def __init__(self) -> None:
        self.device: QIODevice | None = None
        self.queued = 0
        self.failed = QtAudio.Error.NoError
        self.heard = b""

    def start(self, device: QIODevice) -> None:
        self.device = device

    def reset(self) -> None:
        self.device = None

    def pull(self, count: int) -> None:
        assert self.device is not None
        data = bytes(self.device.read(4 * count).data())
        self.heard += data
        self.queued += len(data)

    def play(self, count: int) -> None:
        self.queued -= 4 * count

    def bufferSize(self) -> int:
        return BUFFER

    def bytesFree(self) -> int:
        return BUFFER - self.queued

    def error(self) -> QtAudio.Error:
        return self.failed


def test_the_clip_is_heard_as_it_is_across_pieces(reels: Reels) -> None:
    edge = PIECE * FRAME
    assert pcm(before(WINDOW), reels, edge - 100, edge + 100) == samples(edge - 100, edge + 100)


def test_a_cut_is_heard_at_its_sample(reels: Reels) -> None:
    playlist = Playlist(Fraction(25), [kept(0, 10), kept(300, 310)])
    cut = 10 * FRAME
    assert pcm(playlist, reels, cut - 5, cut + 5) == samples(cut - 5, cut) + samples(
        300 * FRAME, 300 * FRAME + 5
    )


def test_new_words_without_a_take_are_silent(reels: Reels) -> None:
    new = Segment(source=CLIP, first=9, frames=5, clip=None, speech=0)
    playlist = Playlist(Fraction(25), [kept(0, 10), new, kept(10, 20)])
    assert pcm(playlist, reels, 10 * FRAME, 15 * FRAME) == bytes(5 * FRAME * 4)


def test_what_is_not_here_yet_is_silent_and_wanted(reels: Reels, qtbot: QtBot) -> None:
    reels.set_source(CLIP, range(501))
    with qtbot.waitSignal(reels.wanted) as asked:
        assert pcm(before(WINDOW), reels, 0, 10) == bytes(40)
    assert asked.args == [CLIP, 0, 250]


@pytest.mark.parametrize("rate", [Fraction(30000, 1001), Fraction(24000, 1001)])
def test_at_ntsc_rates_no_sample_is_lost_between_pieces(qapp: object, tmp_path: Path, rate: Fraction) -> None:
    reels = Reels()
    reels.set_source(CLIP, range(-7, 500))
    for start, end in ((-7, 0), (0, 250), (250, 500)):
        reels.add(CLIP, start, drawn_reel(tmp_path, start, end, size=(16, 16), rate=rate))
    playlist = Playlist(rate, [kept(-7, 500)])
    first, stop = playlist.sample_of(-7), playlist.sample_of(500)
    assert pcm(playlist, reels, 0, stop - first) == samples(first, stop)


def test_a_loop_is_fed_without_a_gap(reels: Reels) -> None:
    feed = Feed(before(WINDOW), reels, Course(start=1000, first=900, stop=1050, loops=True))
    assert bytes(feed.read(4 * 250).data()) == samples(1000, 1050) + samples(900, 1050) + samples(900, 950)


def test_at_the_end_nothing_more_is_fed(reels: Reels) -> None:
    feed = Feed(before(WINDOW), reels, Course(start=40, first=0, stop=100))
    assert bytes(feed.read(4 * 500).data()) == samples(40, 100)
    assert bytes(feed.read(4 * 500).data()) == b""


@given(st.integers(0, 99), st.integers(0, 10_000), st.sampled_from([-4, -2, -1, 1, 2, 4]))
def test_a_loop_never_leaves_its_range(start: int, travelled: int, speed: int) -> None:
    assert 0 <= Course(start=start, first=0, stop=100, speed=speed, loops=True).at(travelled) < 100


def test_without_a_loop_a_course_ends() -> None:
    assert Course(start=50, first=0, stop=100).at(70) == 100
    assert Course(start=50, first=0, stop=100, speed=-2).at(70) == 0


def test_the_clock_is_what_was_fed_less_what_waits_in_the_device(reels: Reels) -> None:
    device = DrawnDevice()
    sound = Sound(reels, make_sink=lambda: device)
    sound.start(before(WINDOW), Course(start=5000, first=0, stop=500 * FRAME))
    assert sound.sample() == 5000
    device.pull(4800)
    assert sound.sample() == 5000
    device.play(1200)
    assert sound.sample() == 6200
    assert device.heard == samples(5000, 9800)


def test_the_clock_never_runs_back(reels: Reels) -> None:
    device = DrawnDevice()
    sound = Sound(reels, make_sink=lambda: device)
    sound.start(before(WINDOW), Course(start=0, first=0, stop=500 * FRAME))
    device.pull(1000)
    device.play(800)
    assert sound.sample() == 800
    device.queued += 4 * 400
    assert sound.sample() == 800


def test_a_device_that_is_pulled_out_leaves_a_clock_that_goes_on(reels: Reels, qtbot: QtBot) -> None:
    device = DrawnDevice()
    sound = Sound(reels, make_sink=lambda: device)
    sound.start(before(WINDOW), Course(start=0, first=0, stop=500 * FRAME))
    device.pull(1000)
    device.play(800)
    device.failed = QtAudio.Error.FatalError
    with qtbot.waitSignal(sound.audible) as told:
        assert sound.sample() == 800
    assert told.args == [False]
    qtbot.waitUntil(lambda: sound.sample() > 800 + 480)


def test_a_device_that_takes_nothing_is_given_up(reels: Reels, qtbot: QtBot) -> None:
    sound = Sound(reels, make_sink=DrawnDevice)
    sound.start(before(WINDOW), Course(start=0, first=0, stop=500 * FRAME))
    assert sound.sample() == 0
    qtbot.waitUntil(lambda: sound.sample() > 480, timeout=5000)


def test_without_a_device_time_is_the_clock(reels: Reels, qtbot: QtBot) -> None:
    sound = Sound(reels, make_sink=lambda: None)
    with qtbot.waitSignal(sound.audible) as told:
        sound.start(before(WINDOW), Course(start=0, first=0, stop=500 * FRAME))
    assert told.args == [False]
    qtbot.waitUntil(lambda: sound.sample() > 4800)


@pytest.mark.parametrize("speed", [2, 4, -1, -2])
def test_other_speeds_are_silent(reels: Reels, speed: int) -> None:
    device = DrawnDevice()
    sound = Sound(reels, make_sink=lambda: device)
    sound.start(before(WINDOW), Course(start=480_000, first=0, stop=500 * FRAME, speed=speed))
    assert device.device is None
