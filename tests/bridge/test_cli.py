"""The command as a user meets it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def pickup(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PICKUP_HOME": str(home), "COLUMNS": "200"}
    command = [sys.executable, "-m", "bridge.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_the_doctor_answers_a_script_with_one_object(tmp_path: Path) -> None:
    done = pickup(tmp_path, "doctor", "--json")
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["python"]["ok"]
    assert not checks["face mesh"]["ok"]
    assert checks["face mesh"]["fix"] == "pickup models pull face"


def test_the_doctor_says_how_to_mend_what_is_missing(tmp_path: Path) -> None:
    said = pickup(tmp_path, "doctor").stdout
    assert "LACK  face mesh" in said
    assert "-> pickup models pull face" in said


def test_the_jobs_are_one_object_for_a_script(tmp_path: Path) -> None:
    done = pickup(tmp_path, "engine", "jobs", "--json")
    pickup(tmp_path, "engine", "stop")
    assert json.loads(done.stdout) == {"jobs": []}


def test_asking_after_the_engine_never_starts_one(tmp_path: Path) -> None:
    done = pickup(tmp_path, "engine", "status", "--json")
    assert json.loads(done.stdout) == {"running": False, "uptime_seconds": None, "status": None}


def test_a_job_that_nobody_knows_cannot_be_cancelled(tmp_path: Path) -> None:
    done = pickup(tmp_path, "engine", "cancel", "nothing")
    pickup(tmp_path, "engine", "stop")
    assert done.returncode == 3
    assert "nothing" in done.stderr


def test_an_unknown_option_is_a_usage_error(tmp_path: Path) -> None:
    assert pickup(tmp_path, "edit", "--frobnicate").returncode == 2


def test_a_model_that_cannot_be_fetched_names_the_one_that_can(tmp_path: Path) -> None:
    done = pickup(tmp_path, "models", "pull", "everything")
    assert (done.returncode, '"face"' in done.stderr) == (3, True)


@pytest.mark.parametrize("command", ["transcribe", "edit", "doctor", "engine", "models"])
def test_every_command_explains_itself(tmp_path: Path, command: str) -> None:
    done = pickup(tmp_path, command, "--help")
    assert done.returncode == 0
    assert "Usage: " in done.stdout


def test_every_option_in_the_readme_exists(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text()
    shown = "".join(
        pickup(tmp_path, command, "--help").stdout for command in ("edit", "transcribe", "engine")
    )
    pickup_lines = "\n".join(re.findall(r"pickup edit(?:.|\n)*?```|pickup transcribe.*", readme))
    options = set(re.findall(r"(?<!\w)--[a-z][a-z-]+", pickup_lines))
    assert options
    assert {option for option in options if option not in shown} == set()
