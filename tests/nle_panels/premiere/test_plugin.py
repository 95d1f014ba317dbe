"""The UXP plug-in: its own tests in Node, its types, and that what is installed is all that it needs."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from node_program import node

from nle_panels.hosts.premiere import FILES, PLUGIN, packed, plugin_files

HERE = Path(__file__).parent
MANIFEST = json.loads((PLUGIN / "manifest.json").read_text())
TYPES = HERE / "node_modules" / "typescript" / "bin" / "tsc"


def run(*arguments: str | Path) -> None:
    command = [node(), *map(str, arguments)]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("suite", sorted(path.name for path in HERE.glob("*.test.js")))
def test_in_node(suite: str) -> None:
    run("--test", suite)


def test_the_types_are_adobes() -> None:
    if not TYPES.exists():
        pytest.skip(f"no TypeScript: run `npm install` in {HERE.relative_to(HERE.parents[2])}")
    run(TYPES, "-p", ".")


def test_what_is_installed_is_what_the_plugin_is_made_of() -> None:
    there = {path.relative_to(PLUGIN).as_posix() for path in PLUGIN.rglob("*") if path.is_file()}
    assert set(FILES) == {name for name in there if not name.endswith(".d.ts")}


def test_every_module_that_is_required_is_installed() -> None:
    sources = {name: (PLUGIN / name).read_text() for name in FILES if name.endswith(".js")}
    required = {name for text in sources.values() for name in re.findall(r'require\("([^"]+)"\)', text)}
    assert required - {"uxp", "premierepro"} == {f"./{name}" for name in sources if name != "index.js"}


def test_the_plugin_says_the_version_of_its_manifest() -> None:
    said = re.search(r'VERSION = "([^"]+)"', (PLUGIN / "index.js").read_text())
    assert said
    assert said[1] == MANIFEST["version"]


def test_the_manifest_is_of_version_5_and_its_files_are_there() -> None:
    assert MANIFEST["manifestVersion"] == 5
    assert MANIFEST["host"] == {"app": "premierepro", "minVersion": "25.6.0"}
    icons = [icon["path"] for icon in (*MANIFEST["icons"], *MANIFEST["entrypoints"][0]["icons"])]
    assert {MANIFEST["main"], *icons} <= set(FILES)


def test_all_domains_are_a_bare_word() -> None:
    """In a list "all" is a domain of that name, and nothing is let through."""
    assert MANIFEST["requiredPermissions"]["network"]["domains"] == "all"


@pytest.mark.parametrize("path", ["/Users/me/Application Support/x.json", 'C:\\Users\\"me"\\x.json'])
def test_the_installed_plugin_knows_where_to_meet_the_panel(path: str, tmp_path: Path) -> None:
    place = tmp_path / "meeting_place.js"
    place.write_bytes(plugin_files(Path(path))["meeting_place.js"])
    run("-e", f"if (require({json.dumps(str(place))}) !== {json.dumps(path)}) process.exit(1)")


def test_the_package_is_a_zip_with_the_manifest_at_its_root() -> None:
    files = plugin_files(Path("/state/hosts/premiere.json"))
    with zipfile.ZipFile(BytesIO(packed(files))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
    assert packed(files) == packed(files)
