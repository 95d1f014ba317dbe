"""What `pickup install` writes, and that undoing it leaves everything as it was."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from engine.paths import EnginePaths
from nle_panels.errors import InstallRefused
from nle_panels.hosts.install import Installer, Plan, PlannedFile
from nle_panels.hosts.packages import System, plan_for, resolve_scripts


def tree(folder: Path) -> dict[str, str]:
    """Each file and its content's hash, each folder and nothing."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else ""
        for path in sorted(folder.rglob("*"))
    }


def plan(folder: Path, **contents: str) -> Plan:
    files = [
        PlannedFile(path=folder / "program" / name, content=text.encode()) for name, text in contents.items()
    ]
    return Plan(host="resolve", files=tuple(files), next_steps=("Start it.",))


@pytest.fixture
def installer(tmp_path: Path) -> Installer:
    (tmp_path / "hosts").mkdir()
    return Installer("resolve", tmp_path / "hosts")


def test_what_is_written_is_told_and_undone_to_the_last_folder(installer: Installer, tmp_path: Path) -> None:
    before = tree(tmp_path)
    report = installer.install(plan(tmp_path, a="one", b="twice"))
    assert [(Path(line.path).name, line.size, line.done) for line in report.files] == [
        ("a", 3, "written"),
        ("b", 5, "written"),
    ]
    assert (tmp_path / "program" / "a").read_text() == "one"
    undone = installer.undo()
    assert [line.done for line in undone.files] == ["removed", "removed"]
    assert tree(tmp_path) == before


def test_a_dry_run_says_the_same_and_writes_nothing(installer: Installer, tmp_path: Path) -> None:
    before = tree(tmp_path)
    said = installer.install(plan(tmp_path, a="one"), dry_run=True)
    assert tree(tmp_path) == before
    assert said.files == installer.install(plan(tmp_path, a="one")).files
    installed = tree(tmp_path)
    assert [line.done for line in installer.undo(dry_run=True).files] == ["removed"]
    assert tree(tmp_path) == installed


def test_installed_again_it_is_unchanged_or_brought_up_to_date(installer: Installer, tmp_path: Path) -> None:
    installer.install(plan(tmp_path, a="one", old="gone soon"))
    again = installer.install(plan(tmp_path, a="one", old="gone soon"))
    assert {line.done for line in again.files} == {"unchanged"}
    newer = installer.install(plan(tmp_path, a="two"))
    assert [line.done for line in newer.files] == ["written", "removed"]
    assert not (tmp_path / "program" / "old").exists()


def test_a_file_of_somebody_elses_is_not_written_over(installer: Installer, tmp_path: Path) -> None:
    (tmp_path / "program").mkdir()
    (tmp_path / "program" / "a").write_text("theirs")
    before = tree(tmp_path)
    with pytest.raises(InstallRefused, match="there already, and not as Pickup left it; --force"):
        installer.install(plan(tmp_path, a="one", b="two"))
    assert tree(tmp_path) == before
    installer.install(plan(tmp_path, a="one"), force=True)
    installer.install(plan(tmp_path, a="newer"))
    assert [line.done for line in installer.undo().files] == ["restored"]
    assert (tmp_path / "program" / "a").read_text() == "theirs"


def test_a_file_of_ours_that_was_changed_is_neither_replaced_nor_removed(
    installer: Installer, tmp_path: Path
) -> None:
    installer.install(plan(tmp_path, a="one", b="two"))
    (tmp_path / "program" / "a").write_text("changed by hand")
    changed = tree(tmp_path)
    with pytest.raises(InstallRefused, match="not as Pickup left it"):
        installer.install(plan(tmp_path, a="newer", b="two"))
    with pytest.raises(InstallRefused, match="not as Pickup left it"):
        installer.install(plan(tmp_path, b="two"))
    with pytest.raises(InstallRefused, match="changed since it was installed; --force"):
        installer.undo()
    assert tree(tmp_path) == changed
    installer.undo(force=True)
    assert not (tmp_path / "program").exists()


def test_a_file_that_is_gone_already_is_no_obstacle(installer: Installer, tmp_path: Path) -> None:
    installer.install(plan(tmp_path, a="one"))
    (tmp_path / "program" / "a").unlink()
    assert [line.done for line in installer.undo().files] == ["gone"]


def test_a_folder_that_somebody_uses_stays(installer: Installer, tmp_path: Path) -> None:
    installer.install(plan(tmp_path, a="one"))
    (tmp_path / "program" / "theirs").write_text("")
    installer.undo()
    assert [path.name for path in (tmp_path / "program").iterdir()] == ["theirs"]


def test_there_is_nothing_to_undo_where_nothing_is_installed(installer: Installer) -> None:
    with pytest.raises(InstallRefused, match="nothing of Pickup is installed in resolve"):
        installer.undo()


def system(folder: Path, platform: str = "linux", **environment: str) -> System:
    return System(
        platform=platform,
        home=folder / "home",
        environment=environment,
        paths=EnginePaths.under(folder / "pickup"),
        python="/opt/my apps/python",
    )


@pytest.mark.parametrize(
    ("platform", "scripts"),
    [
        ("linux", ".local/share/DaVinciResolve/Fusion/Scripts/Utility"),
        (
            "darwin",
            "Library/Application Support/Blackmagic Design/DaVinci Resolve/Fusion/Scripts/Utility",
        ),
        (
            "win32",
            "AppData/Roaming/Blackmagic Design/DaVinci Resolve/Support/Fusion/Scripts/Utility",
        ),
    ],
)
def test_resolves_script_lies_where_resolve_looks(tmp_path: Path, platform: str, scripts: str) -> None:
    assert resolve_scripts(system(tmp_path, platform)) == tmp_path / "home" / scripts


def test_resolves_menu_gets_one_script_and_no_module(tmp_path: Path) -> None:
    here = system(tmp_path, PICKUP_HOME=str(tmp_path / "pickup"))
    files = {file.path: file.content for file in plan_for("resolve", here).files}
    in_menu = [path.name for path in files if path.parent == resolve_scripts(here)]
    assert in_menu == ["pickup_panel.py"]
    settings = json.loads(files[here.folder / "resolve" / "settings.json"])
    assert settings == {
        "connection": str(here.paths.state / "hosts" / "resolve.json"),
        "panel": ["/opt/my apps/python", "-m", "bridge.cli", "panel", "--host", "resolve"],
        "environment": {"PICKUP_HOME": str(tmp_path / "pickup")},
    }


def test_premieres_package_is_its_folder_and_says_where_the_panel_is(tmp_path: Path) -> None:
    here = system(tmp_path)
    Installer("premiere", here.folder).install(plan_for("premiere", here))
    folder = here.folder / "premiere"
    with zipfile.ZipFile(folder / "pickup.ccx") as package:
        packed = {name: package.read(name) for name in package.namelist()}
    plugin = folder / "plugin"
    assert packed == {
        path.relative_to(plugin).as_posix(): path.read_bytes() for path in plugin.rglob("*") if path.is_file()
    }
    assert "manifest.json" in packed
    assert (
        json.dumps(str(here.paths.state / "hosts" / "premiere.json")) in packed["meeting_place.js"].decode()
    )


def test_kdenlives_projects_get_another_program_to_open_them(tmp_path: Path) -> None:
    (entry,) = plan_for("kdenlive", system(tmp_path)).files
    assert entry.path == tmp_path / "home/.local/share/applications/pickup-kdenlive.desktop"
    lines = entry.content.decode().splitlines()
    assert 'Exec="/opt/my apps/python" -m bridge.cli panel --host kdenlive %f' in lines
    assert "MimeType=application/x-kdenlive;" in lines


def test_kdenlive_elsewhere_than_on_linux_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstallRefused, match="nothing to install on this system"):
        plan_for("kdenlive", system(tmp_path, "win32"))


def test_the_command_tells_what_it_writes_as_json_and_undoes_it(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "PICKUP_HOME": str(tmp_path / "p")}
    environment.pop("XDG_DATA_HOME", None)

    def pickup(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bridge.cli", "install", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    said = json.loads(pickup("kdenlive", "--json").stdout)
    (line,) = said["files"]
    assert (Path(line["path"]).stat().st_size, line["done"]) == (line["size"], "written")
    undone = json.loads(pickup("kdenlive", "--undo", "--json").stdout)
    assert undone["files"] == [{**line, "done": "removed"}]
    wrong = pickup("avid")
    assert (wrong.returncode, wrong.stderr) == (
        3,
        "pickup: 'avid' is no host: one of resolve, premiere, kdenlive\n",
    )
