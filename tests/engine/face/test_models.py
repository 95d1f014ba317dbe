"""The face models come out of the wheel whole, or not at all."""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from pathlib import Path

import pytest

from engine.errors import MissingModel
from engine.face import models


@pytest.fixture
def small_models(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The two members, a few bytes each, with the sums that the code then expects."""
    contents = {"DETECTOR": b"a detector", "MESH": b"a mesh"}
    for name, content in contents.items():
        member = getattr(models, name).member
        known = models.ModelFile(member=member, sha256=hashlib.sha256(content).hexdigest())
        monkeypatch.setattr(models, name, known)
    return contents


def wheel_of(folder: Path, contents: dict[str, bytes]) -> Path:
    wheel = folder / "mediapipe-0.10.21-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in contents.items():
            archive.writestr(getattr(models, name).member, content)
        archive.writestr("mediapipe/other.py", "not wanted")
    return wheel


def answer_pip_with(monkeypatch: pytest.MonkeyPatch, contents: dict[str, bytes] | None) -> list[list[str]]:
    """Pip delivers a wheel of these contents; with None there is no network. Returns the commands it saw."""
    seen: list[list[str]] = []

    def pip(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        seen.append(command)
        if contents is None:
            return subprocess.CompletedProcess(
                command, 1, "", "WARNING: Retrying\nERROR: No matching distribution"
            )
        wheel_of(Path(command[command.index("--dest") + 1]), contents)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", pip)
    return seen


def test_only_the_two_models_are_installed(
    tmp_path: Path, small_models: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_pip_with(monkeypatch, small_models)

    found = models.install_models(tmp_path)

    assert (found.detector.read_bytes(), found.mesh.read_bytes()) == (b"a detector", b"a mesh")
    assert sorted(tmp_path.iterdir()) == sorted([found.detector, found.mesh])


def test_installed_models_are_not_fetched_again(
    tmp_path: Path, small_models: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = answer_pip_with(monkeypatch, small_models)
    models.install_models(tmp_path)

    models.install_models(tmp_path)

    assert len(seen) == 1


def test_a_wheel_for_another_system_will_do(
    tmp_path: Path, small_models: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = answer_pip_with(monkeypatch, small_models)
    models.install_models(tmp_path)
    assert {"--no-deps", "--only-binary=:all:", "--platform"} <= set(seen[0])


def test_without_network_the_error_is_one_line_and_nothing_is_written(
    tmp_path: Path,
    small_models: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer_pip_with(monkeypatch, None)

    code = models.main(["--folder", str(tmp_path)])

    message = capsys.readouterr().err
    assert code == 3
    assert message.startswith("error: the face models were not fetched")
    assert "No matching distribution" in message
    assert message.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("contents", [{"DETECTOR": b"a detector"}, {"DETECTOR": b"x", "MESH": b"a mesh"}])
def test_an_unknown_wheel_is_refused_whole(
    tmp_path: Path, small_models: dict[str, bytes], contents: dict[str, bytes]
) -> None:
    target = tmp_path / "installed"
    target.mkdir()
    with pytest.raises(MissingModel):
        models.extract_models(wheel_of(tmp_path, contents), target)
    assert list(target.iterdir()) == []


def test_a_damaged_model_counts_as_absent(tmp_path: Path, small_models: dict[str, bytes]) -> None:
    models.extract_models(wheel_of(tmp_path, small_models), tmp_path)
    whole = models.find_models(tmp_path)
    assert whole is not None

    whole.mesh.write_bytes(b"half")

    assert models.find_models(tmp_path) is None


def test_the_home_variable_moves_the_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path))
    assert models.models_folder() == tmp_path / "models" / "face"
    assert models.find_models() is None
