"""The walls of the house: what may be in a process, whatever the import graph says."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "av", "cv2", "numpy")


def loaded_after(statement: str, names: tuple[str, ...]) -> list[str]:
    """Which of the modules are in a fresh process after the statement."""
    code = f"{statement}\nimport sys\nprint(*[name for name in {names!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize(
    "module",
    [
        "engine.protocol",
        "engine.client",
        "engine.launcher",
        "engine.envelope",
        "engine.event_stream",
        "engine.heart",
        "engine.messages",
        "bridge.cli",
        "bridge.project",
        "nle_panels",
        "nle_panels.document.journal",
        "nle_panels.document.meaning",
        "nle_panels.document.search",
        "nle_panels.hosts.kdenlive",
        "nle_panels.hosts.resolve",
    ],
)
def test_panel_client_and_bridge_import_nothing_heavy(module: str) -> None:
    assert loaded_after(f"import {module}", HEAVY) == []


def test_the_command_starts_without_the_timeline_library() -> None:
    assert loaded_after("import bridge.cli", ("opentimelineio", "zmq", "rich")) == []
    assert loaded_after("import nle_panels.commands", ("opentimelineio", "PySide6")) == []


def test_the_daemon_itself_imports_nothing_heavy() -> None:
    assert loaded_after("import engine.daemon.server", HEAVY) == []


def test_the_daemon_knows_checkpoints_without_anything_heavy() -> None:
    """It measures them to name jobs; what is in them is the worker's concern."""
    asked = (
        "from engine.model.checkpoint import open_checkpoint as o\ntry: o('/none')\nexcept Exception: pass"
    )
    assert loaded_after(asked, HEAVY) == []


def test_timelines_do_not_load_the_engine() -> None:
    names = ("engine", "engine.protocol", "bridge", "zmq")
    assert loaded_after("import otio_adapters.read, otio_adapters.write", names) == []
