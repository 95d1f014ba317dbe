"""What a client may have the engine read: whatever a path is written like, wherever it leads."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pytest
from tiny import make_media

from engine import media_roots
from engine.daemon.worker import perform
from engine.daemon.worker_wire import Assignment, Failed
from engine.errors import BadMedia, EngineError, ForbiddenPath, MissingMedia
from engine.media.container import open_media
from engine.protocol import (
    Align,
    Analyse,
    Diffusion,
    EditPlan,
    Footage,
    Job,
    Keep,
    Matte,
    Proxy,
    Ratio,
    Render,
    Speech,
    Transcribe,
)

posix = pytest.mark.skipif(os.name == "nt", reason="FIFOs, devices and /proc are POSIX's")
linux = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="asks Linux's /proc where a file lies")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one folder that this process may read media from, with a file in it; and `secret.mov` beside it."""
    monkeypatch.setenv(media_roots.ROOTS_VARIABLE, "")
    folder = tmp_path / "footage"
    folder.mkdir()
    (folder / "clip.mov").write_bytes(b"footage")
    (tmp_path / "secret.mov").write_bytes(b"secret")
    media_roots.confine([folder])
    return folder


def render(media: str, *, speech: str = "/s.wav", matte: str = "/m.png", model: str = "") -> Render:
    return Render(
        footage=footage(media),
        plan=EditPlan(rate=Ratio(num=25), spans=(Keep(start=0, end=5),)),
        bridge=0,
        speech=(Speech(path=speech, fingerprint="f", start=0, end=1),),
        region=Matte(path=matte, fingerprint="f"),
        diffusion=Diffusion(model=model),
    )


def footage(media: str) -> Footage:
    return Footage(media=media, fingerprint="f", offset=Ratio(num=0), first=0, last=5)


def jobs_that_read(path: str) -> list[Job]:
    return [
        Analyse(media=path),
        Align(media=path, script="words"),
        Transcribe(media=path),
        Transcribe(media="/a.mov", model=path),
        Proxy(footage=footage(path), rate=Ratio(num=25), start=0, end=5),
        render(path),
        render("/a.mov", speech=path),
        render("/a.mov", matte=path),
        render("/a.mov", model=path),
    ]


# ---------------------------------------------------------------------------------------- the schema


def strings_of(kind: Any, found: set[str]) -> set[str]:
    """The names of all fields that hold text, of the values of the wire below `kind`."""
    if isinstance(kind, UnionType) or get_origin(kind) is tuple:
        for part in get_args(kind):
            strings_of(part, found)
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        for name, field in get_type_hints(kind).items():
            if field is str or str in get_args(field):
                found.add(f"{kind.__name__}.{name}")
            strings_of(field, found)
    return found


def test_every_text_of_a_job_is_a_path_that_is_checked_or_none_at_all() -> None:
    """A field that is new stands in neither list, and must be put into one."""
    checked = {
        "Analyse.media", "Align.media", "Transcribe.media", "Footage.media", "Speech.path", "Matte.path",
        "Transcribe.model", "Diffusion.model",
    }  # fmt: skip
    no_paths = {
        "Align.script", "Align.language", "Transcribe.language", "Speak.text", "Speak.language", "Sleep.note",
        "Footage.fingerprint", "Speech.fingerprint", "Matte.fingerprint",
        "Render.speakers", "Render.language", "Render.project", "Render.consent",
        "Render.renderer", "Diffusion.prompt", "Diffusion.attention",
    }  # fmt: skip
    assert strings_of(Job, set()) == checked | no_paths


@pytest.mark.parametrize(
    "job", jobs_that_read("http://example.org/a.mov"), ids=lambda job: type(job).__name__
)
def test_a_job_that_names_an_address_is_refused_as_it_comes_in(job: Job) -> None:
    with pytest.raises(ForbiddenPath, match=r"example\.org"):
        media_roots.check_names(job)


# ---------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", "clip.mov", "../secret.mov", "~/clip.mov", "-i", "C:clip.mov",
        "http://example.org/a.mov", "https://example.org/a.mov", "ftp://example.org/a.mov",
        "rtmp://example.org/a", "file:///etc/passwd", "file:/etc/passwd", "concat:/etc/passwd|/etc/hosts",
        "subfile,,start,0,end,9,,:/etc/passwd", "data:video/mp4;base64,AAAA", "pipe:0", "fd:3",
        "crypto:/etc/passwd", "cache:/etc/passwd", "async:/etc/passwd", "tee:/tmp/a|/tmp/b", "ipfs://a",
        "smb://a/b", "gopher://a", "unix:/run/a", "tcp://127.0.0.1:22", "lavfi:testsrc",
        "\\\\.\\pipe\\engine", "/a\0.mov", "/a.mov\0", "/" + "a" * 5000, "/é" * 3000,
    ],
)  # fmt: skip
def test_what_is_not_written_as_an_absolute_path_is_refused(name: str) -> None:
    with pytest.raises(ForbiddenPath):
        media_roots.check_names(Analyse(media=name))


@pytest.mark.parametrize("name", ["small", "large-v3", "Systran/faster-whisper-small", "distil-large-v3.5"])
def test_an_installed_model_is_known_by_its_name(name: str, root: Path) -> None:
    media_roots.check_model(name)


@pytest.mark.parametrize(
    "name", ["..", "../x", "a/../../b", "a/b/c", "./x", "~root/x", "~/x", "a//b", ".x", "-x"]
)
def test_what_would_lead_away_from_the_installed_models_is_no_name(name: str) -> None:
    with pytest.raises(ForbiddenPath):
        media_roots.check_model(name)


def test_a_name_that_no_disk_holds_is_media_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingMedia):
        media_roots.open_file(tmp_path / ("a" * 300))


# ---------------------------------------------------------------------------------------- kinds


def special_files(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    os.mkfifo(fifo := tmp_path / "fifo.mov")
    yield fifo
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(there := tmp_path / "socket.mov"))
        yield there
    (link := tmp_path / "link.mov").symlink_to("/dev/zero")
    yield link
    (loop := tmp_path / "loop.mov").symlink_to(loop)
    yield loop
    yield from map(Path, ("/dev/zero", "/dev/null", "/dev/stdin", "/dev/fd/0", "/dev/tty"))


@posix
def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    for path in special_files(tmp_path):
        with pytest.raises(BadMedia):
            media_roots.open_file(path)


@linux
@pytest.mark.parametrize("path", ["/proc/self/environ", "/proc/cpuinfo", "/sys/kernel/uevent_seqnum"])
def test_the_systems_insides_are_no_media_though_they_are_regular_files(path: str, tmp_path: Path) -> None:
    if not Path(path).is_file():
        pytest.skip(f"this system has no {path}")
    (link := tmp_path / "innocent.mov").symlink_to(path)
    for name in (path, str(link), f"{tmp_path}/../../../../../../..{path}"):
        with pytest.raises(ForbiddenPath):
            media_roots.open_file(Path(name))
        with pytest.raises(ForbiddenPath):
            media_roots.check_job(Analyse(media=name))


# ---------------------------------------------------------------------------------------- places


def test_a_file_under_the_root_is_opened(root: Path) -> None:
    with media_roots.open_file(root / "clip.mov") as file:
        assert file.read() == b"footage"


def test_a_file_elsewhere_is_refused_with_what_to_do(root: Path) -> None:
    with pytest.raises(ForbiddenPath, match=f"--media-root {root.parent}$"):
        media_roots.open_file(root.parent / "secret.mov")


def test_dots_lead_nowhere_else(root: Path) -> None:
    with pytest.raises(ForbiddenPath):
        media_roots.open_file(root / ".." / "secret.mov")
    (root / "day_1").mkdir()
    with media_roots.open_file(root / "day_1" / ".." / "clip.mov") as file:
        assert file.read() == b"footage"


@posix
def test_links_lead_nowhere_else(root: Path) -> None:
    (root / "file.mov").symlink_to(root.parent / "secret.mov")
    (root / "folder").symlink_to(root.parent)
    for name in ("file.mov", "folder/secret.mov", "folder/footage/../secret.mov"):
        with pytest.raises(ForbiddenPath):
            media_roots.open_file(root / name)


@posix
def test_a_link_into_the_root_is_followed(root: Path) -> None:
    (outside := root.parent / "link.mov").symlink_to(root / "clip.mov")
    with media_roots.open_file(outside) as file:
        assert file.read() == b"footage"


def test_a_folder_whose_name_begins_as_the_roots_does_is_another(root: Path) -> None:
    (other := root.with_name("footage_of_others")).mkdir()
    (other / "clip.mov").write_bytes(b"secret")
    with pytest.raises(ForbiddenPath):
        media_roots.open_file(other / "clip.mov")


def test_every_job_that_names_a_file_elsewhere_is_refused(root: Path) -> None:
    inside, outside = str(root / "clip.mov"), str(root.parent / "secret.mov")
    for job in (
        Analyse(media=outside),
        Align(media=outside, script="words"),
        Transcribe(media=outside),
        Transcribe(media=inside, model=str(root.parent)),
        Proxy(footage=footage(outside), rate=Ratio(num=25), start=0, end=5),
        render(outside, speech=inside, matte=inside),
        render(inside, speech=outside, matte=inside),
        render(inside, speech=inside, matte=outside),
        render(inside, speech=inside, matte=inside, model=str(root.parent)),
    ):
        with pytest.raises(ForbiddenPath):
            media_roots.check_job(job)


def test_a_worker_refuses_it_by_name(root: Path) -> None:
    assignment = Assignment(
        id="1",
        job=Analyse(media=str(root.parent / "secret.mov")),
        folder=str(root.parent / "takes"),
        cache=str(root.parent / "cache"),
        log=str(root.parent / "1.log"),
        unfinished=str(root.parent / "unfinished"),
    )
    said = perform(assignment, lambda _: None)
    assert isinstance(said, Failed)
    assert said.fault.name == "ForbiddenPath"


def test_what_is_no_folder_cannot_be_a_root(root: Path) -> None:
    with pytest.raises(ForbiddenPath):
        media_roots.confine([root / "clip.mov"])
    with pytest.raises(ForbiddenPath):
        media_roots.confine([root / "gone"])


@linux
def test_a_link_put_in_the_place_of_a_file_that_was_checked_opens_nothing_else(root: Path) -> None:
    """Raced for real: a folder of the path is exchanged with a link as fast as the disk can."""
    (root / "day").mkdir()
    (root / "day" / "secret.mov").write_bytes(b"footage")
    (away := root / "away").symlink_to(root.parent)
    over = threading.Event()

    def exchange() -> None:
        while not over.is_set():
            (root / "day").rename(root / "kept")
            away.rename(root / "day")
            (root / "day").rename(away)
            (root / "kept").rename(root / "day")

    racer = threading.Thread(target=exchange)
    racer.start()
    read = set()
    try:
        for _ in range(3000):
            try:
                with media_roots.open_file(root / "day" / "secret.mov") as file:
                    read.add(file.read())
            except EngineError as error:
                read.add(type(error).__name__.encode())
    finally:
        over.set()
        racer.join()
    assert b"secret" not in read
    assert b"footage" in read


# ---------------------------------------------------------------------------------------- playlists


def naming(other: Path) -> dict[str, str]:
    """Files that tell libav to read another one."""
    return {
        "list.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{other}\n#EXT-X-ENDLIST\n",
        "list.m3u": f"#EXTM3U\n{other}\n",
        "list.ffconcat": f"ffconcat version 1.0\nfile {other}\n",
        "list.txt": f"file '{other}'\n",
        "call.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=a\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\n",
        "live.mpd": f'<?xml version="1.0"?><MPD><Period><AdaptationSet><Representation><BaseURL>{other}'
        "</BaseURL></Representation></AdaptationSet></Period></MPD>",
        "drawn.svg": f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{other}"/></svg>',
        "show.asx": f'<asx version="3.0"><entry><ref href="{other}"/></entry></asx>',
        "cut.edl": f"# mpv EDL v0\n{other},0,5\n",
        "filter.lavfi": f"movie={other}",
        "vob.vpy": f"import vapoursynth\n{other}",
        "book.cue": f'FILE "{other}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n',
        "pictures%03d.png": str(other),
    }


@pytest.mark.parametrize("name", naming(Path("/x")))
@pytest.mark.parametrize("disguise", ["", ".mov", ".mp4", ".wav"])
def test_a_file_that_names_other_files_is_no_media(tmp_path: Path, name: str, disguise: str) -> None:
    other = make_media(tmp_path / "other.mov", seconds=1)
    (path := tmp_path / f"{name}{disguise}").write_text(naming(other)[name])
    with pytest.raises(BadMedia), open_media(path):
        pass


def test_media_that_is_read_is_opened_by_us_alone(tmp_path: Path) -> None:
    """Libav is handed an open file and no protocol: it could open none by a name."""
    with open_media(make_media(tmp_path / "a.mov", seconds=1)) as container:
        assert container.options["protocol_whitelist"] == "none"
        assert container.file is not None
