"""The script's life: find the panel or start it, greet, and answer until one of the two goes."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from . import placing
from .cut import digest
from .program import Program, Refusal, find_resolve
from .wire import Ended, Wire

PROTOCOL = 1
VERSION = "0.1.0"
_LOOK_SECONDS = 0.5
_START_SECONDS = 60.0


def run(given: Any, settings: dict[str, Any]) -> None:
    """`given`: Resolve, where the menu gave it.

    `settings`: the path of the `connection` file, the command that starts a `panel` where none runs, and
    the variables of its `environment`.
    """
    program = Program(find_resolve(given))
    try:
        connection = Path(settings["connection"])
        wire = _panel(connection, settings["panel"], settings["environment"])
        _greet(wire, connection, program)
        print("Pickup: the panel is connected")  # noqa: T201  # Resolve's console is where a script speaks
        _serve(wire, program)
    except Ended as end:
        print("Pickup: {}".format(end or "the panel has gone"))  # noqa: T201


def _panel(connection: Path, panel: list[str], environment: dict[str, str]) -> Wire:
    try:
        return Wire(_meeting(connection)["port"])
    except Ended:
        if not panel:
            raise
    started = subprocess.Popen(  # the panel goes on when this script ends
        panel,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            return Wire(_meeting(connection)["port"])
        except Ended:
            if started.poll() not in {None, 0}:
                raise Ended(
                    0, "the panel did not start: run `{}` to see why".format(" ".join(panel))
                ) from None
            if time.monotonic() > end:
                raise
        time.sleep(0.25)


def _meeting(connection: Path) -> dict[str, Any]:
    """Read anew before each attempt: a panel that was started again listens elsewhere."""
    try:
        return dict(json.loads(connection.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise Ended(0, "no panel is open (`pickup panel --host resolve` opens one)") from error


def _greet(wire: Wire, connection: Path, program: Program) -> None:
    wire.send(
        {
            "type": "hello",
            "protocol": PROTOCOL,
            "token": _meeting(connection)["token"],
            "host": "resolve",
            "host_version": program.version(),
            "script_version": VERSION,
            "ways": ["takes", "timeline"],
            "reads": [".otio"],
        }
    )
    answer = wire.receive(10)
    if answer is None or answer["type"] != "welcome":
        raise Ended(4002, (answer or {}).get("message", "the panel does not answer"))


def _serve(wire: Wire, program: Program) -> None:
    told: dict[str, Any] = {}
    while True:
        message = wire.receive(_LOOK_SECONDS)
        if message is None:
            state = _state(program)
            if state != told:
                told = state
                wire.send({"type": "changed", "state": state})
        elif message["type"] == "notice":
            print("Pickup: {}".format(message["text"]))  # noqa: T201
        elif message["type"] == "bye":
            raise Ended(1001, message["reason"])
        elif "id" in message:
            wire.send({**_answer(program, message), "id": message["id"]})


def _state(program: Program) -> dict[str, Any]:
    try:
        return program.state()
    except Exception:  # noqa: BLE001  # a project that is being closed has methods that are None
        return {}


def _answer(program: Program, question: dict[str, Any]) -> dict[str, Any]:
    try:
        if question["type"] == "ping":
            return {"type": "pong"}
        if question["type"] == "export":
            return _exported(program, Path(question["folder"]))
        if question["type"] == "place":
            return placing.place(program, question)
        if question["type"] == "undo":
            return placing.undo(program, question["receipt"])
        raise Refusal("unsupported", "this script does not know {}".format(question["type"]))
    except Refusal as refusal:
        return {"type": "failed", "name": refusal.name, "message": str(refusal)}
    except Exception as error:  # noqa: BLE001  # whatever Resolve's objects did, the panel has to be told
        name = "broken" if question["type"] in {"place", "undo"} else "failed"
        return {"type": "failed", "name": name, "message": "the script failed in Resolve: {!r}".format(error)}


def _exported(program: Program, folder: Path) -> dict[str, Any]:
    timeline = program.timeline()
    path = folder / "timeline.otio"
    state = program.state()
    state["version"] = digest(program.export(timeline, path))
    return {"type": "exported", "timeline": str(path), "state": state}
