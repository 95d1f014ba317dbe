"""Of a film that was encoded anew, and whose credentials are gone, its watermark says what it is of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from moving_portrait import RATE, SIZE, as_h264, swaying
from signed_take import NOW, rendered
from typer.testing import CliRunner

from engine.media.encode import TakeFormat, write_take
from engine.media.picture import Picture, PictureFormat
from engine.paths import HOME_VARIABLE
from engine.protocol import Take
from engine.provenance import certificate
from engine.provenance.commands import UNKNOWN, WATERMARKED, verify_app
from engine.provenance.credentials import signed
from engine.provenance.telling import in_words
from engine.provenance.verify import Finding, verify, with_watermarks
from engine.watermark.marking import Watermark

IDENTITY = "5eed1234"
FRAMES = 96


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def take(home: Path) -> Take:
    """Signed, and all of its pictures marked."""
    mark = Watermark(IDENTITY)
    width, height = SIZE
    form = TakeFormat(picture=PictureFormat(width=width, height=height), rate=RATE, frames=FRAMES, channels=0)
    job, draft = rendered(home)
    written = write_take(Path(draft.path), form, (mark.on(*shown, None) for shown in numbered()), None)
    take = msgspec.structs.replace(draft, content_sha256=written.content_sha256, watermark=IDENTITY)
    return signed(take, job, home / "keys", NOW)


def numbered() -> Iterator[tuple[Picture, int]]:
    return ((picture, frame) for frame, picture in enumerate(swaying(FRAMES)))


@pytest.fixture(scope="module")
def web(take: Take, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the web got of it."""
    from engine.media.decode import every_picture

    folder = tmp_path_factory.mktemp("web")
    return as_h264(every_picture(Path(take.path)), folder / "film.mp4")


@pytest.fixture
def film(web: Path, tmp_path: Path) -> Path:
    """It, in a folder of its own."""
    return Path(shutil.copy(web, tmp_path / "film.mp4"))


def look(film: Path, issuers: bytes = b"", takes: Path = Path("nowhere")) -> Finding:
    return with_watermarks(verify(film, issuers), issuers, takes)


def test_its_watermark_says_of_which_take_it_is(film: Path) -> None:
    found = look(film)
    (mark,) = found.watermarks
    assert (found.verdict, mark.take, mark.sidecar) == ("watermarked", IDENTITY, "")
    assert f"take {IDENTITY}, of which no credentials lie around here" in in_words(found)


def test_the_credentials_of_that_take_are_found_around_it(film: Path, take: Take, home: Path) -> None:
    beside = shutil.copy(take.provenance, film.with_name("interview_v001.c2pa"))
    (mark,) = look(film, certificate.known_issuers(home / "keys")).watermarks
    assert (mark.sidecar, mark.certificate) == (str(beside), "test")


def test_credentials_that_anybody_may_have_signed_are_told_as_such(film: Path, take: Take) -> None:
    shutil.copy(take.provenance, film.with_name("interview_v001.c2pa"))
    found = look(film)
    assert found.watermarks[0].certificate == "unknown"
    assert "anybody may have signed it" in in_words(found)


def test_credentials_of_other_takes_are_not_taken_for_its_own(film: Path, tmp_path: Path) -> None:
    job, draft = rendered(tmp_path / "other")
    other = signed(draft, job, tmp_path / "keys", NOW)
    shutil.copy(other.provenance, film.with_name("interview_v001.c2pa"))
    assert look(film).watermarks[0].sidecar == ""


def test_they_are_found_among_the_engines_own_takes(film: Path, take: Take, tmp_path: Path) -> None:
    place = tmp_path / "takes" / f"{IDENTITY}{'0' * 56}" / "1.1.1"
    place.mkdir(parents=True)
    shutil.copy(take.provenance, place / "take.c2pa")
    assert look(film, takes=tmp_path / "takes").watermarks[0].sidecar == str(place / "take.c2pa")


def test_under_the_name_of_the_take_it_is_tampered_with_and_its_watermark_told(
    film: Path, take: Take
) -> None:
    shutil.copy(take.provenance, film.with_suffix(".c2pa"))
    found = look(film)
    assert (found.verdict, found.watermarks[0].take) == ("tampered", IDENTITY)


def test_it_has_an_exit_code_of_its_own_and_is_not_looked_for_in_a_hurry(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    run = CliRunner().invoke
    codes = [run(verify_app, [str(film), *more]).exit_code for more in ((), ("--json",), ("--quick",))]
    assert codes == [WATERMARKED, WATERMARKED, UNKNOWN]
