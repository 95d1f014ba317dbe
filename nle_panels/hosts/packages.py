"""What `pickup install` puts into each editing program, and where, on each system."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from engine.paths import HOME_VARIABLE, EnginePaths
from nle_panels.errors import InstallRefused
from nle_panels.hosts.install import Plan, PlannedFile
from nle_panels.hosts.meeting import connection_file

_PANELS = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """Whose folders: `platform` as `sys.platform` has it."""

    platform: str
    home: Path
    environment: Mapping[str, str]
    paths: EnginePaths
    python: str

    @classmethod
    def here(cls) -> System:
        return cls(
            platform=sys.platform,
            home=Path.home(),
            environment=os.environ,
            paths=EnginePaths.default(),
            python=sys.executable,
        )

    @property
    def folder(self) -> Path:
        """Where what belongs to the hosts lies: connection files, receipts, modules of scripts."""
        return self.paths.state / "hosts"

    def panel(self, host: str) -> list[str]:
        """The command that opens the panel beside a host."""
        return [self.python, "-m", "bridge.cli", "panel", "--host", host]

    def variables(self) -> dict[str, str]:
        """What a program that is not started from this shell would not know."""
        home = self.environment.get(HOME_VARIABLE)
        return {HOME_VARIABLE: str(Path(home).absolute())} if home else {}


def plan_for(host: str, system: System) -> Plan:
    """Raises `InstallRefused` for a host that is not installed into."""
    plans = {"resolve": _resolve, "premiere": _premiere, "kdenlive": _kdenlive}
    if host not in plans:
        raise InstallRefused(f"{host!r} is no host: one of {', '.join(plans)}")
    return plans[host](system)


def resolve_scripts(system: System) -> Path:
    """Where Resolve looks for this user's scripts of the menu Workspace > Scripts > Utility."""
    if system.platform == "darwin":
        fusion = system.home / "Library/Application Support/Blackmagic Design/DaVinci Resolve/Fusion"
    elif system.platform == "win32":
        roaming = Path(system.environment.get("APPDATA", system.home / "AppData/Roaming"))
        fusion = roaming / "Blackmagic Design/DaVinci Resolve/Support/Fusion"
    else:
        fusion = system.home / ".local/share/DaVinciResolve/Fusion"
    return fusion / "Scripts" / "Utility"


def _resolve(system: System) -> Plan:
    source = _PANELS / "resolve_scripts"
    folder = system.folder / "resolve"
    menu = (source / "pickup_panel.py").read_text(encoding="utf-8")
    assert menu.count('FOLDER = ""') == 1
    settings = {
        "connection": str(connection_file("resolve", system.paths)),
        "panel": system.panel("resolve"),
        "environment": system.variables(),
    }
    modules = sorted((source / "pickup_resolve").glob("*.py"))
    return Plan(
        host="resolve",
        files=(
            PlannedFile(
                path=resolve_scripts(system) / "pickup_panel.py",
                content=menu.replace('FOLDER = ""', f"FOLDER = {str(folder)!r}").encode(),
            ),
            PlannedFile(path=folder / "settings.json", content=_json(settings)),
            *(
                PlannedFile(path=folder / "pickup_resolve" / path.name, content=path.read_bytes())
                for path in modules
            ),
        ),
        next_steps=(
            "In Resolve: Workspace > Scripts > Utility > pickup_panel, with a timeline open.",
            "It is not listed where Resolve finds no Python 3: install one from python.org.",
        ),
    )


def _premiere(system: System) -> Plan:
    """The plug-in twice: as a package that Creative Cloud installs, and as the folder that it is made of."""
    try:
        from nle_panels.hosts.premiere import packed, plugin_files  # noqa: PLC0415  # it needs Qt
    except ImportError as error:
        raise InstallRefused("the panel itself is not here: pip install 'pickup-editor[panel]'") from error
    contents = plugin_files(connection_file("premiere", system.paths))
    folder = system.folder / "premiere"
    files = [
        PlannedFile(path=folder / "plugin" / name, content=content) for name, content in contents.items()
    ]
    package = PlannedFile(path=folder / "pickup.ccx", content=packed(contents))
    return Plan(
        host="premiere",
        files=(package, *files),
        next_steps=(
            f"Open {package.path} with Creative Cloud, which installs it in Premiere 25.6 or later;",
            f"or add {folder / 'plugin' / 'manifest.json'} in Adobe's UXP Developer Tool, and load it.",
        ),
    )


def _kdenlive(system: System) -> Plan:
    """Kdenlive has neither plug-ins nor a menu for scripts: its projects get another program to open them."""
    if system.platform in {"darwin", "win32"}:
        raise InstallRefused(
            "kdenlive: there is nothing to install on this system; use `pickup panel PROJECT.kdenlive`"
        )
    data = system.environment.get("XDG_DATA_HOME") or str(system.home / ".local/share")
    variables = [f"{name}={value}" for name, value in system.variables().items()]
    command = [*(["env", *variables] if variables else []), *system.panel("kdenlive")]
    lines = (
        "[Desktop Entry]",
        "Type=Application",
        "Name=Pickup",
        "GenericName=Edit by words",
        "Comment=Change the words of a clip of a Kdenlive project",
        f"Exec={' '.join(map(_desktop_quoted, command))} %f",
        "Terminal=false",
        "Categories=AudioVideo;AudioVideoEditing;",
        "MimeType=application/x-kdenlive;",
        "",
    )
    path = Path(data) / "applications" / "pickup-kdenlive.desktop"
    entry = PlannedFile(path=path, content="\n".join(lines).encode())
    return Plan(
        host="kdenlive",
        files=(entry,),
        next_steps=(
            "Kdenlive has no plug-ins: in the file manager, open a project with Pickup, beside Kdenlive;",
            "after Apply, choose File > Revert in Kdenlive.",
        ),
    )


def _desktop_quoted(word: str) -> str:
    """As the Desktop Entry Specification quotes an argument of Exec."""
    escaped = "".join("\\\\" + letter if letter in '"`$\\' else letter for letter in word).replace("%", "%%")
    return f'"{escaped}"' if shlex.quote(word) != word else escaped


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"
