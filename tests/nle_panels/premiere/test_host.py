"""The panel's host and the plug-in, over the real bridge: the plug-in runs in Node, in a fake Premiere."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from node_program import node
from pytestqt.qtbot import QtBot
from take_reports import take_report

from bridge.report import EditReport
from bridge.splice import Splice
from engine.protocol import Ratio
from nle_panels.errors import HostGone, HostRefused
from nle_panels.hosts.bridge_server import BridgeServer
from nle_panels.hosts.host import HostSequence
from nle_panels.hosts.remote import RemoteHost
from otio_adapters.media_linker import MediaFacts
from otio_adapters.placement import Placement, Ripple
from otio_adapters.read import read
from otio_adapters.takes import find_clip, put_takes
from otio_adapters.write import write

HERE = Path(__file__).parent
FPS = Fraction(25)
TAKE = Path("/t/interview_v001.mov")


@pytest.fixture
def editor_undoes() -> bool:
    return False


@pytest.fixture
def premiere(qtbot: QtBot, tmp_path: Path, editor_undoes: bool) -> Iterator[RemoteHost]:
    file = tmp_path / "hosts" / "premiere.json"
    host = RemoteHost("premiere", BridgeServer("premiere", file), tmp_path)
    arguments = [file, *(["the editor undoes"] if editor_undoes else [])]
    command = [node(), "--experimental-websocket", HERE / "stand_in.js", *arguments]
    plugin = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        qtbot.waitUntil(lambda: _is_here(host), timeout=60_000)
        yield host
    finally:
        plugin.kill()
        plugin.wait()
        host.close()


def _is_here(host: RemoteHost) -> bool:
    try:
        host.server.hello()
    except HostGone:
        return False
    return True


def edited(sequence: HostSequence, out: Path, length: int, shown: int) -> EditReport:
    """An edit at frame 40 that replaces `length` frames by `shown`, as the bridge makes and reports it."""
    ripples = (Ripple(at=40, removed=length - shown),) if shown < length else ()
    ripples = (Ripple(at=40, added=shown - length),) if shown > length else ripples
    facts = MediaFacts(rate=FPS, start=Fraction(0), frames=shown + 24, width=64, height=36, channels=2)
    placement = Placement(
        start=40,
        length=length,
        media=TAKE,
        name=TAKE.stem,
        facts=facts,
        source_range=(12, shown),
        ripples=ripples,
    )
    timeline = read(sequence.timeline)
    assert sequence.clip
    placed = put_takes(timeline, find_clip(timeline, sequence.clip), [placement], "all")
    write(placed.timeline, out, origin=sequence.timeline)
    assert placed.splice
    take = take_report(TAKE, Fraction(25), shown + 24, (12, shown))
    return EditReport(
        timeline=str(out),
        takes=(take,),
        edits=(),
        duration_before=placed.duration_before,
        duration_after=placed.duration_after,
        rate=Ratio(num=25),
        splice=Splice.of(placed.splice, sequence.clip),
    )


def test_the_open_sequence_comes_with_its_selected_clip_and_premieres_transcript(
    premiere: RemoteHost,
) -> None:
    sequence = premiere.sequence()
    assert (sequence.name, sequence.clip, sequence.playhead) == ("cut", "interview.mov", 0)
    assert sequence.transcript
    assert sequence.transcript.read_text() == '{"segments": []}'


@pytest.mark.parametrize(("length", "shown"), [(10, 10), (20, 8), (10, 15)])
def test_an_edit_is_cut_in_as_the_bridge_meant_it(
    premiere: RemoteHost, tmp_path: Path, length: int, shown: int
) -> None:
    sequence = premiere.sequence()
    done = edited(sequence, tmp_path / "cut_v2.otio", length, shown)
    assert premiere.place(done, sequence.timeline).way == "edit"


def test_undo_is_refused_until_the_editor_has_pressed_it(premiere: RemoteHost, tmp_path: Path) -> None:
    sequence = premiere.sequence()
    placed = premiere.place(edited(sequence, tmp_path / "cut_v2.otio", 20, 8), sequence.timeline)
    with pytest.raises(HostRefused, match="press Ctrl"):
        premiere.undo(placed)


@pytest.mark.parametrize("editor_undoes", [True])
def test_undo_is_seen_once_the_editor_has_pressed_it(premiere: RemoteHost, tmp_path: Path) -> None:
    sequence = premiere.sequence()
    placed = premiere.place(edited(sequence, tmp_path / "cut_v2.otio", 20, 8), sequence.timeline)
    premiere.undo(placed)
    assert premiere.sequence().version == sequence.version
