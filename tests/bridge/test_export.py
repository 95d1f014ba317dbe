"""A final render is signed with the takes that its timeline plays."""

from __future__ import annotations

import datetime
import shutil
import socket
import subprocess
from pathlib import Path

import opentimelineio as otio
import pytest
from signed_take import Issuer, pem, signed_take
from typer.testing import CliRunner

from bridge.errors import BridgeError, UnwritableOutput, UsageError
from bridge.export import Exported, Request, export
from bridge.export_command import export_app
from engine.errors import BadMedia
from engine.paths import HOME_VARIABLE, EnginePaths
from engine.protocol import Take
from engine.provenance.certificate import known_issuers
from engine.provenance.timestamps import name_authority
from engine.provenance.verify import verify

pytestmark = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


@pytest.fixture
def paths(tmp_path: Path) -> EnginePaths:
    return EnginePaths.under(tmp_path / "home")


@pytest.fixture
def take(paths: EnginePaths) -> Take:
    paths.keys.parent.mkdir()
    return signed_take(paths.keys.parent)


@pytest.fixture
def timeline(tmp_path: Path, take: Take) -> Path:
    """It plays footage, the take, the footage again and the take again."""
    folder = Path(take.path).parent.parent / "media"
    made = otio.schema.Timeline("scene", tracks=[otio.schema.Track("V1", kind="Video")])
    shown = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 25), otio.opentime.RationalTime(10, 25))
    for media in (folder / "interview.mov", take.path, folder / "interview.mov", take.path):
        reference = otio.schema.ExternalReference(str(media))
        made.tracks[0].append(otio.schema.Clip(Path(media).name, reference, shown))
    otio.adapters.write_to_file(made, str(tmp_path / "scene.otio"))
    return tmp_path / "scene.otio"


@pytest.fixture
def final(tmp_path: Path, take: Take) -> Path:
    """What an editing program renders: H.264, without credentials."""
    return encoded(Path(take.path), tmp_path / "final.mp4")


def encoded(film: Path, to: Path, *options: str) -> Path:
    subprocess.run(("ffmpeg", "-v", "error", "-i", str(film), *options, str(to)), check=True)
    return to


def exported(final: Path, timeline: Path, paths: EnginePaths, name: str = "signed.mp4") -> Exported:
    request = Request(film=final, timeline=timeline, out=final.with_name(name))
    return export(request, paths, datetime.datetime.now(datetime.UTC))


def test_every_take_that_is_played_is_an_ingredient_once(
    final: Path, timeline: Path, paths: EnginePaths
) -> None:
    made = exported(final, timeline, paths)
    found = verify(Path(made.out), known_issuers(paths.keys))
    assert made.takes == ("take.mov",)
    assert (found.verdict, found.kind, found.ingredients) == ("valid", "export", ("take.mov",))


def test_what_the_takes_say_is_carried_along(
    final: Path, timeline: Path, paths: EnginePaths, take: Take
) -> None:
    made = exported(final, timeline, paths)
    assert take.renderer_version.encode() in Path(made.sidecar).read_bytes()
    assert made.source_type == "compositeCapture"


def test_one_flipped_bit_of_the_export_is_found(final: Path, timeline: Path, paths: EnginePaths) -> None:
    film = Path(exported(final, timeline, paths).out)
    content = film.read_bytes()
    for place in range(0, len(content), len(content) // 20):
        changed = bytearray(content)
        changed[place] ^= 1
        film.write_bytes(changed)
        assert verify(film, known_issuers(paths.keys)).verdict == "tampered", place


@pytest.mark.parametrize("name", ["copy.mov", "copy.mkv", "copy.mp4", "copy.m4v"])
def test_a_remuxed_export_is_recognised_by_its_sidecar(
    final: Path, timeline: Path, paths: EnginePaths, tmp_path: Path, name: str
) -> None:
    made = exported(final, timeline, paths)
    copy = encoded(Path(made.out), tmp_path / name, "-c", "copy")
    found = verify(copy, known_issuers(paths.keys))
    assert (found.verdict, found.sidecar) == ("stripped", made.sidecar)


def test_an_export_says_when_an_authority_did_not_stamp_it(
    final: Path, timeline: Path, paths: EnginePaths, tmp_path: Path
) -> None:
    issuer = tmp_path / "issuer.pem"
    issuer.write_bytes(pem(Issuer.new().certificate))
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        name_authority(paths.keys, f"http://127.0.0.1:{nobody.getsockname()[1]}/", issuer)
    made = exported(final, timeline, paths)
    assert "gave no time stamp" in made.as_text()
    assert verify(Path(made.out), known_issuers(paths.keys)).verdict == "valid"


def test_a_render_that_was_signed_before_keeps_what_that_said(
    final: Path, timeline: Path, paths: EnginePaths
) -> None:
    first = Path(exported(final, timeline, paths).out)
    again = exported(first, timeline, paths, "again.mp4")
    found = verify(Path(again.out), known_issuers(paths.keys))
    assert (found.verdict, sorted(found.ingredients)) == ("valid", ["signed.mp4", "take.mov"])


def test_a_take_that_was_changed_is_not_signed_for(
    final: Path, timeline: Path, paths: EnginePaths, take: Take
) -> None:
    content = bytearray(Path(take.path).read_bytes())
    content[len(content) // 2] ^= 1
    Path(take.path).write_bytes(content)
    with pytest.raises(BridgeError, match=r"take\.mov: the take was changed"):
        exported(final, timeline, paths)
    assert not final.with_name("signed.mp4").exists()


def test_a_stripped_take_is_not_signed_for(
    final: Path, timeline: Path, paths: EnginePaths, take: Take, tmp_path: Path
) -> None:
    shutil.copy(encoded(Path(take.path), tmp_path / "copy.mov", "-c", "copy"), take.path)
    with pytest.raises(BridgeError, match="a take without its credentials"):
        exported(final, timeline, paths)


def test_a_timeline_without_takes_is_refused(final: Path, timeline: Path, paths: EnginePaths) -> None:
    made = otio.adapters.read_from_file(str(timeline))
    del made.tracks[0][3], made.tracks[0][1]
    otio.adapters.write_to_file(made, str(timeline))
    with pytest.raises(BridgeError, match="plays no signed take"):
        exported(final, timeline, paths)


def test_matroska_is_refused_by_name(final: Path, timeline: Path, paths: EnginePaths) -> None:
    with pytest.raises(BadMedia, match=r"final\.mkv: C2PA has no place"):
        exported(final.rename(final.with_suffix(".mkv")), timeline, paths, "signed.mkv")


def test_a_film_stays_in_its_container(final: Path, timeline: Path, paths: EnginePaths) -> None:
    with pytest.raises(UsageError, match=r"name it signed\.mp4"):
        exported(final, timeline, paths, "signed.mov")


def test_nothing_is_ever_written_over(final: Path, timeline: Path, paths: EnginePaths) -> None:
    with pytest.raises(UnwritableOutput, match="is there already"):
        exported(final, timeline, paths, final.name)


def test_the_command_says_what_it_signed(
    final: Path, timeline: Path, paths: EnginePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(paths.keys.parent))
    out = final.with_name("signed.mp4")
    run = CliRunner().invoke(export_app, [str(final), "--timeline", str(timeline), "-o", str(out)])
    assert run.exit_code == 0
    assert "made of   take.mov" in run.stdout
