"""Who may use the engine, as its owner says it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import zmq


def pickup(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bridge.cli", "engine", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PICKUP_HOME": str(home), "COLUMNS": "200"},
        check=False,
        timeout=60,
    )


def public_key() -> str:
    return zmq.curve_keypair()[0].decode()


def test_a_client_is_allowed_by_its_own_key_listed_and_revoked(tmp_path: Path) -> None:
    key = public_key()
    assert pickup(tmp_path, "allow", "anna", f"--key={key}").stdout == "anna may use the engine\n"
    assert pickup(tmp_path, "clients").stdout == f"anna  {key}\n"
    assert json.loads(pickup(tmp_path, "revoke", "anna", "--json").stdout) == {"revoked": "anna"}
    assert json.loads(pickup(tmp_path, "clients", "--json").stdout) == {"clients": []}


def test_a_pass_is_made_for_another_machine(tmp_path: Path) -> None:
    out = tmp_path / "anna.json"
    done = pickup(tmp_path, "allow", "anna", "-o", str(out), "--at", "render1:9650")
    assert (done.returncode, "PICKUP_ENGINE" in done.stdout) == (0, True)
    assert json.loads(out.read_text())["address"]["host"] == "render1"
    if os.name != "nt":
        assert out.stat().st_mode & 0o777 == 0o600


def test_neither_key_nor_file_is_a_usage_error(tmp_path: Path) -> None:
    for wrong in ((), ("-o", str(tmp_path / "a.json")), ("-o", "a.json", "--at", "nowhere")):
        done = pickup(tmp_path, "allow", "anna", *wrong)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert pickup(tmp_path, "clients").stdout == "nobody but this user\n"


def test_who_could_not_be_given_a_pass_is_not_let_in(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = pickup(tmp_path, "allow", "anna", "-o", str(tmp_path / "file"), "--at", "render1:9650")
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert pickup(tmp_path, "clients").stdout == "nobody but this user\n"


def test_a_client_that_is_not_there_cannot_be_revoked(tmp_path: Path) -> None:
    done = pickup(tmp_path, "revoke", "anna")
    assert (done.returncode, done.stderr.count("\n"), "anna" in done.stderr) == (4, 1, True)
