"""The bridge against scripts that behave, and against all that may knock at a port."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bridge_client import HELLO, SmallClient, greeted
from pytestqt.qtbot import QtBot

from nle_panels.errors import HostGone, HostRefused
from nle_panels.hosts import bridge_server
from nle_panels.hosts.bridge_server import BridgeServer
from nle_panels.hosts.messages import Export, Exported, State


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hosts" / "resolve.json"


@pytest.fixture
def server(qtbot: QtBot, file: Path) -> Iterator[BridgeServer]:
    server = BridgeServer("resolve", file)
    yield server
    server.close()


def welcomed(file: Path, **changed: Any) -> SmallClient:
    client = greeted(file, **changed)
    assert client.receive()["type"] == "welcome"
    return client


def asked(server: BridgeServer, seconds: float = 10.0) -> tuple[threading.Thread, list[Any]]:
    """A question on its way, and where its answer or error will be."""
    found: list[Any] = []

    def ask() -> None:
        try:
            found.append(server.ask(Export(folder="/f"), seconds))
        except HostGone as error:
            found.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    return thread, found


def test_the_connection_file_is_the_users_alone_and_goes_with_the_panel(qtbot: QtBot, file: Path) -> None:
    server = BridgeServer("resolve", file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert json.loads(file.read_text())["port"] == server.port
    server.close()
    assert not file.exists()


def test_one_panel_waits_for_a_host(server: BridgeServer, file: Path) -> None:
    with pytest.raises(HostRefused, match="another panel is open beside resolve"):
        BridgeServer("resolve", file)


def test_where_no_connection_file_can_be_written_no_panel_waits(qtbot: QtBot, file: Path) -> None:
    file.mkdir(parents=True)  # a folder in its place
    with pytest.raises(HostRefused, match=r"cannot listen for resolve.*resolve\.json: cannot be written"):
        BridgeServer("resolve", file)


def test_a_script_with_the_token_is_the_host(server: BridgeServer, file: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(server.met):
        client = welcomed(file)
    assert server.hello().ways == ("takes", "timeline")
    with qtbot.waitSignal(server.lost):
        client.socket.close()
    with pytest.raises(HostGone, match="resolve is not connected"):
        server.hello()


def test_a_question_gets_its_answer_by_its_number(server: BridgeServer, file: Path) -> None:
    client = welcomed(file)
    thread, found = asked(server)
    question = client.receive()
    assert (question["type"], question["folder"]) == ("export", "/f")
    client.send({"type": "exported", "id": question["id"], "timeline": "/f/a.otio", "state": {}})
    thread.join()
    assert found == [Exported(id=question["id"], timeline="/f/a.otio", state=State())]


def test_what_the_host_tells_unasked_is_a_signal(server: BridgeServer, file: Path, qtbot: QtBot) -> None:
    client = welcomed(file)
    with qtbot.waitSignal(server.changed) as told:
        client.send({"type": "changed", "state": {"clip": "A", "range": [3, 9]}})
    assert told.args == [State(clip="A", range=(3, 9))]


def test_a_script_that_goes_leaves_no_question_waiting(server: BridgeServer, file: Path) -> None:
    client = welcomed(file)
    thread, found = asked(server)
    client.receive()
    client.socket.close()
    thread.join(5)
    assert "resolve has gone, in the middle" in str(found[0])


def test_an_answer_that_comes_too_late_does_no_harm(server: BridgeServer, file: Path) -> None:
    client = welcomed(file)
    thread, found = asked(server, 0.1)
    number = client.receive()["id"]
    thread.join()
    assert "has not answered in 0.1 s" in str(found[0])
    client.send({"type": "exported", "id": number, "timeline": "/f/a.otio", "state": {}})
    thread, found = asked(server)
    number = client.receive()["id"]
    client.send({"type": "failed", "id": number, "name": "no_sequence", "message": "none"})
    thread.join()
    assert found[0].name == "no_sequence"


def test_of_two_scripts_the_later_is_the_host(server: BridgeServer, file: Path) -> None:
    first = welcomed(file)
    second = welcomed(file)
    assert first.receive()["type"] == "bye"
    assert first.end() == 4001
    thread, found = asked(server)
    client_id = second.receive()["id"]
    second.send({"type": "failed", "id": client_id, "name": "failed", "message": ""})
    thread.join()
    assert found[0].id == client_id


@pytest.mark.parametrize("origin", [None, "", "null", "file://"])
def test_what_names_no_page_is_let_in(server: BridgeServer, origin: str | None) -> None:
    assert SmallClient(server.port, origin).status == 101


@pytest.mark.parametrize("origin", ["https://example.org", "http://127.0.0.1", "chrome-extension://a"])
def test_a_page_of_a_browser_is_not_let_in(server: BridgeServer, origin: str) -> None:
    assert SmallClient(server.port, origin).status == 403


@pytest.mark.parametrize(
    ("changed", "code", "why"),
    [
        ({"token": "wrong"}, 4002, "the token is not this panel's"),
        ({"token": "ÿ" * 43}, 4002, "the token is not this panel's"),
        ({"host": "premiere"}, 4002, "this panel waits for resolve, not for premiere"),
        ({"protocol": 2, "of the future": 1}, 4004, "version 2 of the protocol, the panel 1"),
        ({"ways": ["by magic"]}, 4000, "not of the protocol"),
        ({"more": 1}, 4000, "not of the protocol"),
        ({"type": "changed"}, 4000, "no greeting"),
        ({"host_version": "1" * 5000}, 4002, "too long"),
    ],
)
def test_a_greeting_that_is_not_right_is_told_why(
    server: BridgeServer, file: Path, changed: dict[str, Any], code: int, why: str
) -> None:
    client = greeted(file, **changed)
    answer = client.receive()
    assert (answer["type"], why in answer["message"]) == ("refused", True)
    assert client.end() == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("not JSON", 4000),
        ('{"type": "pong"', 4000),
        ("[" * 100_000, 4000),
        ({"type": "pong", "id": 77}, 4000),
        ({"type": "exported", "id": 1, "timeline": "/a", "state": {}}, 4000),
        (HELLO, 4000),
        (b"binary", 4000),
        ("x" * (1024 * 1024 + 1), 1009),
    ],
)
def test_who_says_what_is_not_of_the_protocol_is_dropped(
    server: BridgeServer, file: Path, content: Any, code: int
) -> None:
    client = welcomed(file)
    client.send(content)
    assert client.end() == code


def test_who_floods_is_dropped_and_disturbs_nobody(server: BridgeServer, file: Path) -> None:
    flood = SmallClient(server.port)
    host = welcomed(file)
    strangers = [SmallClient(server.port) for _ in range(20)]
    for stranger in strangers:
        stranger.socket.close()
    flood.send("x" * 200_000)
    assert flood.end() in {0, 4002}
    thread, found = asked(server)
    number = host.receive()["id"]
    host.send({"type": "failed", "id": number, "name": "failed", "message": "still here"})
    thread.join()
    assert found[0].message == "still here"
    for _ in range(500):
        host.send({"type": "changed", "state": {}})
    assert host.end() == 4003
    welcomed(file)


def test_who_connects_and_says_nothing_is_dropped(server: BridgeServer) -> None:
    assert SmallClient(server.port).end() == 4002


@pytest.fixture
def hasty(qtbot: QtBot, file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BridgeServer]:
    """A bridge that pings five times a second."""
    monkeypatch.setattr(bridge_server, "_PING_MS", 200)
    server = BridgeServer("resolve", file)
    yield server
    server.close()


def test_a_script_that_answers_no_ping_is_dropped(hasty: BridgeServer, file: Path) -> None:
    client = welcomed(file)
    assert [client.receive()["type"] for _ in range(3)] == ["ping", "ping", "bye"]
    assert client.end() == 4005


def test_a_script_that_answers_pings_stays(hasty: BridgeServer, file: Path) -> None:
    client = welcomed(file)
    for _ in range(5):
        ping = client.receive()
        assert ping["type"] == "ping"
        client.send({"type": "pong", "id": ping["id"]})


def test_a_script_that_is_busy_with_a_question_is_not_pinged(hasty: BridgeServer, file: Path) -> None:
    client = welcomed(file)
    thread, found = asked(hasty)
    while (message := client.receive())["type"] == "ping":
        client.send({"type": "pong", "id": message["id"]})
    time.sleep(1)
    client.send({"type": "failed", "id": message["id"], "name": "failed", "message": "at last"})
    thread.join()
    assert found[0].message == "at last"
    assert client.receive()["type"] == "ping"


def test_a_panel_that_closes_says_so(qtbot: QtBot, file: Path) -> None:
    server = BridgeServer("resolve", file)
    client = welcomed(file)
    server.close()
    assert client.receive() == {"type": "bye", "reason": "the panel was closed"}
    assert client.end() == 1001
