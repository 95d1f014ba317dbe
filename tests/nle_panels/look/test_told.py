"""What Pickup says in English below the panel is read there in the panel's language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
from PySide6.QtWidgets import QApplication
from told_lines import ROOT, pieces, sources, tree_of

from bridge.errors import BridgeError, ImpossibleEdit, UnwritableOutput
from engine.errors import EngineError, OutOfMemory
from nle_panels.errors import HostRefused, Refused
from nle_panels.look.sentences import SENTENCES
from nle_panels.look.told import kind_of, told, told_line
from otio_adapters.errors import MissingMedia, TimelineError, UnreadableTimeline

PACKAGES = ("bridge", "engine", "otio_adapters", "nle_panels")
# Where the panel raises what nobody at the panel reads: commands of the shell, and scripts in other programs.
ELSEWHERE = ("commands.py", "screenshots.py", "install.py", "packages.py", "admission.py", "peer.py")
JS_STRING = re.compile(r"\"[^\"\n]*\"|`[^`\n]*`")
HOLE = re.compile(r"\{\w+\}")


@cache
def strings() -> tuple[tuple[int, re.Pattern[str]], ...]:
    """(letters of its own, what it makes) of each string in the sources of what speaks below the panel."""
    found: list[list[str]] = []
    for package in PACKAGES:
        for path in sources(package):
            if path.is_relative_to(ROOT / "nle_panels" / "look"):
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.expr) and (parts := pieces(node)) is not None:
                    found.append(parts)
    for path in (ROOT / "nle_panels" / "premiere_uxp").glob("*.js"):
        found += [re.split(r"\$\{.*?\}", text[1:-1]) for text in JS_STRING.findall(path.read_text("utf-8"))]
    return tuple(
        (sum(map(len, parts)), re.compile(".*".join(map(re.escape, parts)), re.DOTALL)) for parts in found
    )


def raised() -> Iterator[tuple[str, str]]:
    """(where, a line) of each error that the panel raises for whoever sits at it."""
    names = {one.__name__ for one in tree_of(BridgeError)}
    for path in sources("nle_panels"):
        if path.name in ELSEWHERE or "resolve_scripts" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Raise(exc=ast.Call(func=ast.Name(id=name), args=[line, *_])) if name in names:
                    if (parts := pieces(line)) is not None:
                        yield f"{path.name}:{node.lineno}", "something".join(parts)


def test_every_sentence_is_one_that_the_sources_say() -> None:
    """Where this fails a line was worded anew: word its template in `look/sentences` anew, `make strings`."""
    unsaid = []
    for sentence in (one[0] if isinstance(one, tuple) else str(one) for one in SENTENCES):
        sample, own = HOLE.sub("0", sentence), len(HOLE.sub("", sentence))
        whole_or_put_behind = sample, sample.removeprefix("0")
        if not any(
            2 * letters >= own and any(map(shape.fullmatch, whole_or_put_behind))
            for letters, shape in strings()
        ):
            unsaid.append(sentence)
    assert unsaid == []


@pytest.mark.parametrize(("where", "line"), sorted(raised()))
def test_no_refusal_of_the_panels_own_is_left_in_english(german: None, where: str, line: str) -> None:
    assert told_line(line) != line


@pytest.mark.parametrize("root", [BridgeError, EngineError, TimelineError])
def test_every_class_of_errors_is_of_a_kind(root: type[Exception]) -> None:
    assert all(kind_of(one) for one in tree_of(root))


def test_the_values_of_a_line_stand_in_its_translation(german: None) -> None:
    error = UnwritableOutput("/a b/cut.otio: cannot be written: No space left on device")
    assert told(error) == "/a b/cut.otio: lässt sich nicht schreiben: No space left on device"
    assert told(Refused('"{weird" is protected: take the protection off first')) == (
        "„{weird“ ist geschützt: Heben Sie zuerst den Schutz auf"
    )


def test_a_line_inside_a_line_is_told_too_and_a_name_is_left_alone(german: None) -> None:
    inner = "the region lips needs the face models; install them with: python -m engine.face.models"
    assert told_line(inner).endswith("installieren Sie sie mit: python -m engine.face.models")
    assert told_line("+ render, 3 frames, at 01:00:00:00") == "+ render, 3 Frames, bei 01:00:00:00"
    assert told_line("2 items behind it: 1 frame later") == "dahinter 2 Elemente: 1 Frame später"
    assert told_line('"a" at 00:00: 9 frames become 4 frames + 2 frames + 1 frame') == (
        '"a" bei 00:00: aus 9 Frames werden 4 Frames + 2 Frames + 1 Frame'
    )


def test_what_speaks_of_a_shells_options_is_put_otherwise_at_the_panel(qapp: QApplication) -> None:
    error = MissingMedia(
        "the media of clip 'A' is not at /a.mov; if it moved, give the folder it is in with"
        " --media-root FOLDER"
    )
    assert told(error) == "The media of clip 'A' is not at /a.mov: if it moved, say where it is now"


def test_a_line_that_is_not_known_is_told_after_its_kind(german: None) -> None:
    assert (
        told(UnreadableTimeline("cut.aaf: strange"))
        == "Die Timeline lässt sich nicht lesen: cut.aaf: strange"
    )
    assert told(OutOfMemory("too large")) == "Der Speicher reicht nicht: too large"


def test_what_nobody_foresaw_is_told_as_a_fault_of_pickups_own(german: None) -> None:
    assert told(KeyError("x")).startswith("In Pickup selbst ist etwas schiefgegangen (KeyError: 'x').")


@pytest.mark.parametrize(
    "error",
    [
        MissingMedia("/a.mov cannot be read: gone"),
        ImpossibleEdit("strange"),
        HostRefused("save it there"),
    ],
)
def test_in_english_a_line_is_as_it_was_said(qapp: QApplication, error: Exception) -> None:
    assert told(error) == str(error)


def test_what_the_scripts_in_other_programs_refuse_is_read_in_the_panels_language(german: None) -> None:
    assert told(HostRefused("no timeline is open in Resolve: open one on the Edit page")) == (
        "In Resolve ist keine Timeline offen: Öffnen Sie eine auf der Seite „Edit“"
    )
    assert told(HostRefused('Premiere refuses a part of "Pickup"')) == (
        "Premiere lehnt einen Teil von „Pickup“ ab"
    )
