"""Scrub media: the film's own frames, its own samples, upright and in its own colours."""

from __future__ import annotations

import random
import struct
import wave
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import cv2
import msgspec
import numpy as np
import pytest
from drawn_faces import installed_models, portrait
from filmed import film, footage
from numbered_film import HEIGHT, WIDTH, Pcm, number_in, numbered_film
from numpy.typing import NDArray

from engine.errors import BadMedia, MissingMedia, MissingModel, NoSuchStream
from engine.face.models import FaceModels
from engine.media.sound import write_wav
from engine.protocol import FaceBox, Footage, Progress, Proxy, Ratio, Reel
from engine.render.proxy import is_there, make_reel

NTSC_FILM, NTSC = Fraction(24000, 1001), Fraction(30000, 1001)
RATES = (NTSC_FILM, Fraction(25), NTSC, Fraction(50))
NOWHERE = -1  # the number of a black picture


def clip(media: Path, *, offset: Fraction = Fraction(0), first: int = -10_000, last: int = 10_000) -> Footage:
    return Footage(media=str(media), fingerprint="", offset=Ratio.of(offset), first=first, last=last)


def proxy(shot: Footage, start: int, end: int, *, rate: Fraction = Fraction(25), **given: object) -> Proxy:
    return Proxy(footage=shot, rate=Ratio.of(rate), start=start, end=end, **given)  # type: ignore[arg-type]


def reel_of(job: Proxy, folder: Path, models: FaceModels | None = None) -> Reel:
    return make_reel(job, folder, models, lambda _: None)


def files(reel: Reel) -> list[bytes]:
    """The JPEGs."""
    content = Path(reel.path).read_bytes()
    offsets = struct.unpack(f"<{reel.frames + 1}Q", reel.offsets)
    assert (offsets[0], offsets[-1]) == (0, len(content))
    return [content[first:last] for first, last in pairwise(offsets)]


def pictures(reel: Reel) -> list[NDArray[np.uint8]]:
    """[height, width, 3], red first."""
    found = [cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR) for file in files(reel)]
    assert all(picture.shape == (reel.height, reel.width, 3) for picture in found)
    return [picture[..., ::-1] for picture in found]


def numbers(reel: Reel) -> list[int]:
    return [NOWHERE if picture.max() < 3 else number_in(picture) for picture in pictures(reel)]


def heard(reel: Reel) -> Pcm:
    with wave.open(reel.sound) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (48_000, 2, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)


def noise(samples: int, channels: int = 2) -> Pcm:
    return np.random.default_rng(3).integers(-20_000, 20_000, (samples, channels)).astype(np.int16)


# ---------------------------------------------------------------------------------------- frames


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("media", [NTSC_FILM, Fraction(25), NTSC, Fraction(50)])
def test_a_frame_is_what_the_film_shows_at_its_midpoint(
    tmp_path: Path, rate: Fraction, media: Fraction
) -> None:
    path = numbered_film(tmp_path / "a.mov", 150, rate=media)
    offset, start, end = Fraction(3, 10), 7, 60
    reel = reel_of(proxy(clip(path, offset=offset), start, end, rate=rate), tmp_path / "out")
    midpoints = [offset + (frame + Fraction(1, 2)) / rate for frame in range(start, end)]
    assert numbers(reel) == [int(midpoint * media) + 1 for midpoint in midpoints]


def test_pieces_of_a_clip_show_what_the_whole_does(tmp_path: Path) -> None:
    path = clip(numbered_film(tmp_path / "a.mov", 200))
    for start in random.Random(5).sample(range(190), 6):
        piece = reel_of(proxy(path, start, start + 9), tmp_path / str(start))
        assert numbers(piece) == list(range(start + 1, start + 10))


def test_a_film_of_variable_rate_is_sampled_when_its_pictures_stand(tmp_path: Path) -> None:
    draw = random.Random(11)
    times = [Fraction(0)]
    while len(times) < 80:
        times.append(times[-1] + Fraction(draw.choice([1, 2, 3, 7, 12]), 100))
    path = numbered_film(tmp_path / "phone.mp4", len(times), times=times)
    reel = reel_of(proxy(clip(path), 0, 90, rate=Fraction(25)), tmp_path / "out")
    midpoints = [(frame + Fraction(1, 2)) / 25 for frame in range(90)]
    assert numbers(reel) == [sum(time <= midpoint for time in times) for midpoint in midpoints]


def test_frames_outside_the_clips_media_are_black(tmp_path: Path) -> None:
    path = clip(numbered_film(tmp_path / "a.mov", 20), first=0, last=20)
    reel = reel_of(proxy(path, -3, 24), tmp_path / "out")
    assert numbers(reel) == [NOWHERE] * 3 + list(range(1, 21)) + [NOWHERE] * 4


def test_where_the_media_ends_before_the_clip_says_so_it_is_black_from_there(tmp_path: Path) -> None:
    path = clip(numbered_film(tmp_path / "a.mov", 20))
    assert numbers(reel_of(proxy(path, 15, 30), tmp_path / "across")) == [16, 17, 18, 19, 20] + [NOWHERE] * 10
    assert numbers(reel_of(proxy(path, 900, 905), tmp_path / "beyond")) == [NOWHERE] * 5


def test_every_picture_is_a_file_of_its_own_and_one_that_stands_is_the_same(tmp_path: Path) -> None:
    path = numbered_film(tmp_path / "a.mov", 30)
    found = files(reel_of(proxy(clip(path), 0, 20, rate=Fraction(50)), tmp_path / "out"))
    assert all(file.startswith(b"\xff\xd8") and file.endswith(b"\xff\xd9") for file in found)
    assert found[::2] == found[1::2]


def test_the_same_job_gives_the_same_bytes(tmp_path: Path) -> None:
    job = proxy(clip(numbered_film(tmp_path / "a.mov", 30, sound=noise(48_000))), 0, 20)
    one, other = (reel_of(job, tmp_path / name) for name in ("one", "other"))
    assert files(one) == files(other)
    assert Path(one.sound).read_bytes() == Path(other.sound).read_bytes()


def test_progress_counts_frames(tmp_path: Path) -> None:
    told: list[Progress] = []
    job = proxy(clip(numbered_film(tmp_path / "a.mov", 10)), 0, 12)
    make_reel(job, tmp_path / "out", None, told.append)
    assert told == [Progress(phase="frames", done=done, total=12) for done in range(1, 13)]


# ---------------------------------------------------------------------------------------- sizes


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_film_to_be_turned_is_upright(tmp_path: Path, turn: int) -> None:
    path = numbered_film(tmp_path / "phone.mp4", 6, turn=turn)
    reel = reel_of(proxy(clip(path), 0, 5), tmp_path / "out")
    assert (reel.width, reel.height) == ((HEIGHT, WIDTH) if turn % 180 else (WIDTH, HEIGHT))
    with av.open(str(path)) as container:
        quarters = next(container.decode(video=0)).rotation // 90
    assert [number_in(np.rot90(picture, -quarters)) for picture in pictures(reel)] == [1, 2, 3, 4, 5]


def plain(path: Path, size: tuple[int, int], aspect: Fraction = Fraction(1)) -> Path:
    width, height = size
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv444p"
        stream.sample_aspect_ratio = aspect
        for _ in range(2):
            picture = np.full((height, width, 3), 120, np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture).reformat(format="yuv444p")))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("source", "aspect", "most", "size"),
    [
        ((1920, 1080), Fraction(1), 360, (640, 360)),
        ((720, 576), Fraction(16, 15), 288, (384, 288)),
        ((101, 57), Fraction(1), 360, (100, 56)),
        ((406, 720), Fraction(1), 361, (204, 360)),
        ((64, 48), Fraction(1), 360, (64, 48)),
    ],
)
def test_sizes_are_even_keep_the_shape_and_never_exceed_the_source(
    tmp_path: Path, source: tuple[int, int], aspect: Fraction, most: int, size: tuple[int, int]
) -> None:
    path = plain(tmp_path / "a.mkv", source, aspect)
    reel = reel_of(proxy(clip(path), 0, 2, height=most), tmp_path / "out")
    assert (reel.width, reel.height) == size
    assert len(pictures(reel)) == 2


# ---------------------------------------------------------------------------------------- colours

RED, GREEN, SKIN, WHITE = (200, 30, 40), (20, 180, 60), (224, 172, 140), (255, 255, 255)


def coloured(path: Path, form: str, colours: Sequence[tuple[int, int, int]], **said: int) -> Path:
    """A picture for each colour, written in the matrix and range that the file then says it has."""
    matrix, full = said.get("matrix", 1), said.get("range", 1) == 2
    kr, kb = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 9: (0.2627, 0.0593)}[matrix]
    with av.open(str(path), "w") as out:
        stream = out.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, form
        stream.codec_context.colorspace, stream.codec_context.color_range = matrix, 2 if full else 1
        depth = 10 if form.endswith("10le") else 8
        for colour in colours:
            red, green, blue = (channel / 255 for channel in colour)
            luma = kr * red + (1 - kr - kb) * green + kb * blue
            blueness, redness = (blue - luma) / (2 - 2 * kb), (red - luma) / (2 - 2 * kr)
            steps = 2**depth - 1 if full else 219 * 2 ** (depth - 8)
            span, black = (2**depth - 1, 0) if full else (224 * 2 ** (depth - 8), 16 * 2 ** (depth - 8))
            middle = 2 ** (depth - 1)
            codes = (black + steps * luma, middle + span * blueness, middle + span * redness)
            frame = av.VideoFrame(64, 48, form)
            frame.colorspace, frame.color_range = matrix, 2 if full else 1
            for plane, code in zip(frame.planes, codes, strict=True):
                np.frombuffer(plane, np.uint16 if depth > 8 else np.uint8)[:] = min(round(code), 2**depth - 1)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("yuv420p", {"matrix": 1, "range": 1}),
        ("yuv420p", {"matrix": 5, "range": 1}),
        ("yuv420p", {"matrix": 1, "range": 2}),
        ("yuv422p10le", {"matrix": 1, "range": 1}),
        ("yuv420p10le", {"matrix": 9, "range": 1}),
        ("yuv444p", {"matrix": 5, "range": 2}),
    ],
)
def test_colours_are_what_the_files_matrix_and_range_mean(
    tmp_path: Path, form: str, said: dict[str, int]
) -> None:
    colours = (RED, GREEN, SKIN, WHITE)
    path = coloured(tmp_path / "a.mkv", form, colours, **said)
    reel = reel_of(proxy(clip(path), 0, len(colours)), tmp_path / "out")
    for colour, picture in zip(colours, pictures(reel), strict=True):
        assert picture[20, 30].tolist() == pytest.approx(colour, abs=4)


def test_colours_of_rgb_are_its_own(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.mkv"), "w") as out:
        stream = out.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "bgr0"
        picture = np.full((48, 64, 3), SKIN, np.uint8)
        out.mux(stream.encode(av.VideoFrame.from_ndarray(picture).reformat(format="bgr0")))
        out.mux(stream.encode(None))
    (shown,) = pictures(reel_of(proxy(clip(tmp_path / "a.mkv"), 0, 1), tmp_path / "out"))
    assert shown[20, 30].tolist() == pytest.approx(SKIN, abs=3)


# ---------------------------------------------------------------------------------------- sound


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("start", "end"), [(0, 20), (7, 31), (1, 2)])
def test_the_sound_is_the_clips_own_to_the_sample(
    tmp_path: Path, rate: Fraction, start: int, end: int
) -> None:
    sound = noise(96_000)
    path = numbered_film(tmp_path / "a.mov", 40, sound=sound)
    offset = Fraction(1, 7)
    reel = reel_of(proxy(clip(path, offset=offset), start, end, rate=rate), tmp_path / "out")
    first, last = (round(offset * 48_000) + round(frame * 48_000 / rate) for frame in (start, end))
    assert np.array_equal(heard(reel), sound[first:last])


@pytest.mark.parametrize("rate", RATES)
def test_reels_laid_end_to_end_neither_lose_nor_repeat_a_sample(tmp_path: Path, rate: Fraction) -> None:
    path = clip(numbered_film(tmp_path / "a.mov", 40, sound=noise(96_000)))
    cuts = [0, 1, 3, 8, 9, 16, 33]
    pieces = [
        heard(reel_of(proxy(path, start, end, rate=rate), tmp_path / str(start)))
        for start, end in pairwise(cuts)
    ]
    whole = heard(reel_of(proxy(path, 0, 33, rate=rate), tmp_path / "whole"))
    assert np.array_equal(np.concatenate(pieces), whole)


def test_before_and_after_the_media_there_is_silence(tmp_path: Path) -> None:
    sound = noise(9_600)
    path = numbered_film(tmp_path / "a.mov", 5, sound=sound)
    found = heard(reel_of(proxy(clip(path), -2, 7), tmp_path / "out"))
    silence = np.zeros((2 * 1920, 2), np.int16)
    assert np.array_equal(found, np.concatenate([silence, sound, silence]))


def test_mono_is_heard_on_both_sides(tmp_path: Path) -> None:
    sound = noise(48_000, channels=1)
    path = numbered_film(tmp_path / "a.mov", 25, sound=sound)
    found = heard(reel_of(proxy(clip(path), 0, 25), tmp_path / "out"))
    assert np.array_equal(found, np.repeat(sound, 2, axis=1))


def test_the_centre_of_surround_is_heard_on_both_sides_alike(tmp_path: Path) -> None:
    sound = np.zeros((48_000, 6), np.int16)
    sound[:, 2] = noise(48_000, channels=1)[:, 0]
    path = numbered_film(tmp_path / "a.mov", 25, sound=sound)
    found = heard(reel_of(proxy(clip(path), 0, 25), tmp_path / "out"))
    assert np.array_equal(found[:, 0], found[:, 1])
    assert np.abs(found[:, 0] - sound[:, 2] * 0.5**0.5).max() <= 1


def test_a_film_without_sound_has_none(tmp_path: Path) -> None:
    reel = reel_of(proxy(clip(numbered_film(tmp_path / "a.mov", 5)), 0, 5), tmp_path / "out")
    assert reel.sound == ""
    assert not (tmp_path / "out" / "sound.wav").exists()


def test_sound_alone_is_heard_over_black(tmp_path: Path) -> None:
    sound = noise(48_000)
    write_wav(tmp_path / "a.wav", sound / np.float32(2**15), 48_000)
    reel = reel_of(proxy(clip(tmp_path / "a.wav"), 0, 10), tmp_path / "out")
    assert numbers(reel) == [NOWHERE] * 10
    assert (reel.width, reel.height) == (640, 360)
    assert np.array_equal(heard(reel), sound[:19_200])


# ---------------------------------------------------------------------------------------- faces


@pytest.fixture(scope="module")
def presenter(tmp_path_factory: pytest.TempPathFactory) -> Footage:
    """A face at the right of a large picture; none in the last two of six frames."""
    wide = np.full((960, 1600, 3), 90, np.uint8)
    wide[:, 320:] = cv2.resize(portrait(size=(640, 480)), (1280, 960))
    path = tmp_path_factory.mktemp("presenter") / "a.mkv"
    return footage(film(path, [wide] * 4 + [np.full_like(wide, 90)] * 2), 6)


def test_faces_are_found_where_they_are_in_the_source(presenter: Footage, tmp_path: Path) -> None:
    reel = reel_of(proxy(presenter, 0, 6, faces=True), tmp_path, installed_models())
    assert [face is not None for face in reel.faces] == [True] * 4 + [False] * 2
    face = reel.faces[0]
    assert isinstance(face, FaceBox)
    assert face.x + face.width / 2 == pytest.approx(960, abs=40)
    assert 200 < face.height < 960


def test_faces_are_not_looked_for_unasked(presenter: Footage, tmp_path: Path) -> None:
    assert reel_of(proxy(presenter, 0, 6), tmp_path, installed_models()).faces == ()


def test_faces_that_cannot_be_looked_for_are_refused_with_what_to_do(
    presenter: Footage, tmp_path: Path
) -> None:
    with pytest.raises(MissingModel, match=r"python -m engine\.face\.models"):
        reel_of(proxy(presenter, 0, 6, faces=True), tmp_path)


# ---------------------------------------------------------------------------------------- bad media


def test_missing_media_and_what_is_no_media_are_named(tmp_path: Path) -> None:
    (tmp_path / "text.mov").write_text("so it goes")
    with pytest.raises(MissingMedia, match=r"gone\.mov"):
        reel_of(proxy(clip(tmp_path / "gone.mov"), 0, 5), tmp_path / "out")
    with pytest.raises(BadMedia, match=r"text\.mov"):
        reel_of(proxy(clip(tmp_path / "text.mov"), 0, 5), tmp_path / "out")


def test_media_with_neither_picture_nor_sound_are_refused(tmp_path: Path) -> None:
    """A transport stream of nothing but data."""
    with av.open(str(tmp_path / "a.ts"), "w") as out:
        stream = out.add_data_stream("klv")
        for number in range(3):
            packet = av.Packet(b"so it goes")
            packet.stream, packet.time_base = stream, Fraction(1, 90_000)
            packet.pts = packet.dts = 9_000 * number
            out.mux(packet)
    with pytest.raises(NoSuchStream, match="no picture"):
        reel_of(proxy(clip(tmp_path / "a.ts"), 0, 5), tmp_path / "out")


@pytest.mark.parametrize("kept", [0.3, 0.7])
def test_media_cut_short_are_refused_or_black_from_there(tmp_path: Path, kept: float) -> None:
    """Matroska, which can be read up to where it breaks off."""
    whole = film(tmp_path / "a.mkv", (np.full((48, 64, 3), 200, np.uint8) for _ in range(40)))
    content = whole.read_bytes()
    (tmp_path / "cut.mkv").write_bytes(content[: int(len(content) * kept)])
    reel = reel_of(proxy(clip(tmp_path / "cut.mkv", first=0, last=40), 0, 40), tmp_path / "out")
    dark = [picture.max() < 3 for picture in pictures(reel)]
    assert dark == sorted(dark)
    assert 0 < sum(dark) < 40


# ---------------------------------------------------------------------------------------- the job


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"end": 3_001}, "1 to 3000 frames"),
        ({"end": 0}, "1 to 3000 frames"),
        ({"end": -4}, "1 to 3000 frames"),
        ({"height": 0}, "height"),
        ({"height": 100_000}, "height"),
        ({"rate": Ratio(num=1, den=100)}, "frames a second"),
        ({"rate": Ratio(num=0)}, "frames a second"),
        ({"rate": Ratio(num=-25)}, "frames a second"),
    ],
)
def test_what_would_be_too_much_is_refused_on_the_wire(given: dict[str, object], what: str) -> None:
    job = msgspec.to_builtins(proxy(clip(Path("/a.mov")), 0, 10))
    with pytest.raises(msgspec.ValidationError, match=what):
        msgspec.convert({**job, **msgspec.to_builtins(given)}, Proxy)


def test_a_reel_is_there_while_its_files_are_whole(tmp_path: Path) -> None:
    path = numbered_film(tmp_path / "a.mov", 10, sound=noise(19_200))
    reel = reel_of(proxy(clip(path), 0, 10), tmp_path / "out")
    assert is_there(reel)
    with Path(reel.path).open("ab") as file:
        file.write(b"x")
    assert not is_there(reel)
    reel_of(proxy(clip(path), 0, 10), tmp_path / "out")
    assert is_there(reel)
    Path(reel.sound).unlink()
    assert not is_there(reel)
