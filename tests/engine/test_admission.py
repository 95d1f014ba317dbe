"""Who is let in: names, keys, their files, and the pass that another machine shows."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec
import pytest

from engine import admission
from engine.admission import Client
from engine.connection import Address, Ports
from engine.errors import NotAdmitted
from engine.keys import load_key, load_or_make_key, new_key
from engine.paths import EnginePaths

posix = pytest.mark.skipif(os.name == "nt", reason="Windows keeps files private by access lists, not modes")
ADDRESS = Address(host="studio.example", ports=Ports.following(4700))


@pytest.fixture
def paths(tmp_path: Path) -> EnginePaths:
    return EnginePaths.under(tmp_path)


def test_a_client_is_let_in_by_a_key_that_is_made_for_it(paths: EnginePaths) -> None:
    allowed = admission.allow(paths, "colour-room")
    assert allowed.key is not None
    assert admission.clients(paths) == (Client(name="colour-room", public=allowed.key.public),)


def test_the_secret_half_of_a_clients_key_stays_nowhere(paths: EnginePaths) -> None:
    allowed = admission.allow(paths, "anna")
    assert allowed.key is not None
    kept = b"".join(file.read_bytes() for file in paths.keys.rglob("*") if file.is_file())
    assert allowed.key.secret.encode() not in kept


def test_a_client_may_bring_the_public_half_of_a_key_of_its_own(paths: EnginePaths) -> None:
    public = new_key().public
    allowed = admission.allow(paths, "anna", public)
    assert allowed.key is None
    assert admission.clients(paths)[0].public == public


def test_a_client_that_was_revoked_is_not_among_them(paths: EnginePaths) -> None:
    admission.allow(paths, "anna")
    admission.allow(paths, "ben")
    admission.revoke(paths, "anna")
    assert [client.name for client in admission.clients(paths)] == ["ben"]


def test_whom_to_revoke_must_be_there_and_who_is_there_is_told(paths: EnginePaths) -> None:
    admission.allow(paths, "ben")
    with pytest.raises(NotAdmitted, match="no client 'anna'; there are: ben"):
        admission.revoke(paths, "anna")


def test_this_user_is_not_revoked(paths: EnginePaths) -> None:
    with pytest.raises(NotAdmitted, match="this user"):
        admission.revoke(paths, "me")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", "a\\b", "a\0b", "-o", "a" * 65, "änna", "a b", "a.b"]
)
def test_a_name_that_could_lead_elsewhere_is_none(paths: EnginePaths, name: str) -> None:
    for attempt in (admission.allow, admission.revoke):
        with pytest.raises(NotAdmitted):
            attempt(paths, name)
    assert not paths.clients.exists()


@pytest.mark.parametrize("name", ["me", "Me", "anna", "ANNA"])
def test_a_name_that_is_taken_is_refused(paths: EnginePaths, name: str) -> None:
    admission.allow(paths, "anna")
    with pytest.raises(NotAdmitted, match="already"):
        admission.allow(paths, name)


def test_two_clients_have_two_keys(paths: EnginePaths) -> None:
    allowed = admission.allow(paths, "anna")
    with pytest.raises(NotAdmitted, match="the key of anna"):
        admission.allow(paths, "ben", allowed.client.public)
    with pytest.raises(NotAdmitted, match="the key of me"):
        admission.allow(paths, "ben", load_key(paths.client_key).public)


@pytest.mark.parametrize("key", ["x", "x" * 39, "#" * 40, " " * 40, "é" * 40, "x" * 41])
def test_what_is_no_key_is_refused(paths: EnginePaths, key: str) -> None:
    with pytest.raises(NotAdmitted, match="Z85"):
        admission.allow(paths, "anna", key)


@posix
def test_the_files_of_clients_are_for_this_user_alone(paths: EnginePaths) -> None:
    admission.allow(paths, "anna")
    assert stat.S_IMODE((paths.clients / "anna.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.clients.stat().st_mode) == 0o700


@posix
def test_a_folder_of_clients_that_others_could_enter_lets_nobody_in(paths: EnginePaths) -> None:
    admission.allow(paths, "anna")
    paths.clients.chmod(0o777)
    with pytest.raises(NotAdmitted, match=f"chmod 700 {paths.clients}"):
        admission.clients(paths)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[" * 100_000, b'{"name":"ben","public":"x"}', b'{"name":"anna"}', b"\xff" * 99],
)
def test_a_damaged_file_of_a_client_is_told_by_name(paths: EnginePaths, content: bytes) -> None:
    admission.allow(paths, "anna")
    (paths.clients / "anna.json").write_bytes(content)
    with pytest.raises(NotAdmitted, match=r"anna\.json"):
        admission.clients(paths)


def test_a_file_speaks_for_the_client_that_it_is_called_by_alone(paths: EnginePaths) -> None:
    admission.allow(paths, "anna")
    (paths.clients / "anna.json").rename(paths.clients / "ben.json")
    with pytest.raises(NotAdmitted, match="names anna"):
        admission.clients(paths)


def a_pass(paths: EnginePaths) -> admission.Pass:
    return admission.pass_for(paths, admission.allow(paths, "anna"), ADDRESS)


def test_a_pass_is_read_as_it_was_written(paths: EnginePaths, tmp_path: Path) -> None:
    given = a_pass(paths)
    admission.write_pass(tmp_path / "anna.pass", given)
    assert admission.read_pass(tmp_path / "anna.pass") == given
    assert given.server_key == load_or_make_key(paths.server_key).public


@posix
def test_a_pass_is_written_and_read_for_one_user_alone(paths: EnginePaths, tmp_path: Path) -> None:
    admission.write_pass(file := tmp_path / "anna.pass", a_pass(paths))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    with pytest.raises(NotAdmitted, match=f"others may read {file}"):
        admission.read_pass(file)


def test_a_pass_is_not_written_over_a_file_that_is_there(paths: EnginePaths, tmp_path: Path) -> None:
    (tmp_path / "anna.pass").write_text("mine")
    with pytest.raises(FileExistsError):
        admission.write_pass(tmp_path / "anna.pass", a_pass(paths))
    assert (tmp_path / "anna.pass").read_text() == "mine"


def test_there_is_no_pass_for_a_key_that_was_not_made_here(paths: EnginePaths) -> None:
    allowed = admission.allow(paths, "anna", new_key().public)
    with pytest.raises(NotAdmitted, match="has it itself"):
        admission.pass_for(paths, allowed, ADDRESS)


@pytest.mark.parametrize("damage", ["address", "server_key", "key", "name"])
def test_a_damaged_pass_is_told_by_name(paths: EnginePaths, tmp_path: Path, damage: str) -> None:
    whole = msgspec.to_builtins(a_pass(paths))
    (file := tmp_path / "anna.pass").touch(mode=0o600)
    file.write_bytes(msgspec.json.encode({**whole, damage: {"x": 1}}))
    with pytest.raises(NotAdmitted, match=r"anna\.pass is no pass"):
        admission.read_pass(file)


@pytest.mark.parametrize(
    ("text", "host", "first"),
    [("10.0.0.7:4700", "10.0.0.7", 4700), ("[::1]:4700", "::1", 4700), ("studio:65532", "studio", 65_532)],
)
def test_an_address_is_a_host_and_the_first_of_four_ports(text: str, host: str, first: int) -> None:
    assert Address.of(text) == Address(host=host, ports=Ports.following(first))


@pytest.mark.parametrize(
    "text",
    ["", "4700", ":4700", "a:", "a:b", "a:-1", "a:0", "a:65533", "a:99999", "a:٤٧٠٠"]
    + [f"{host}:4700" for host in ("a b", "*", "a;b", "tcp://a", "a/b", "a\0", "é", "-a", "a" * 300, "a\n")],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"HOST:PORT|1 to 65535"):
        Address.of(text)
