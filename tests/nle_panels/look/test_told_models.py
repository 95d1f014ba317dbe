"""What models say of their weights, memory and settings is read at the panel in the panel's language.

The lines are taken out of the sources as they are now: one that is new, or worded anew, has no template.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny_ltx2
import torch
from told_lines import pieces, sources, tree_of

from engine.errors import EngineError
from engine.model.catalogue import CATALOGUE, looked_at
from engine.model.checkpoint import open_checkpoint
from engine.model.installed import how_to_complete
from engine.model.ltx2.checkpoint import open_ltx2
from engine.model.ltx2.loaded import load_transformer
from engine.paths import models_folder
from nle_panels.look.told import told, told_line

# Of these only commands of the shell tell: what is fetched, and what a model is made of.
OF_THE_SHELL = {"catalogue.py", "description.py", "hub.py"}
RENDERERS = {"ltx2.py", "edityourself.py", "demo.py", "diffusion.py", "mark.py", "take.py"}
# Where a part of a line is made: in functions, by name.
PARTS = {
    "acceleration.py": ("_no_bfloat16", "_no_fp8", "_no_compiler", "_no_kernels", "_no_devices", "_no_ring"),
    "checkpoint.py": ("_trained",),
    "demo.py": ("_refuse_settings",),
    "footprint.py": ("_what_fits",),
    "installed.py": ("how_to_complete",),
    "ltx2.py": ("_refuse_settings",),
    "take.py": ("_padding",),
    "warm.py": ("too_large",),
    "weights_folder.py": ("left",),
}
CONSTANTS = {"_ENDED", "_UNVERIFIED", "_REAL_FOOTAGE", "WARNING", "MODELS"}
# Of what each may be put together of a line is tested below.
PUT_TOGETHER = {"3 3: 3. Its files do not belong together"}
WORDS = 3  # from which on it is a line, and no name


def rooms() -> Iterator[Path]:
    """Where the large models are, and what renders with them."""
    for path in sources("engine/model", "engine/render", "engine/diffusion"):
        if ("model" in path.parts and path.name not in OF_THE_SHELL) or path.name in RENDERERS | {
            "denoise.py"
        }:
            yield path


def lines_in(node: ast.AST) -> Iterator[tuple[int, str]]:
    """(where, what is said) of each line, something standing for what is filled in."""
    if isinstance(node, ast.FunctionDef):
        for one in node.body[ast.get_docstring(node) is not None :]:
            yield from lines_in(one)
    elif isinstance(node, ast.expr) and (parts := pieces(node)) is not None:
        if len("3".join(parts).split()) >= WORDS:
            yield node.lineno, "3".join(parts)
    else:
        for one in ast.iter_child_nodes(node):
            yield from lines_in(one)


def said() -> Iterator[tuple[str, str]]:
    """(where, a line) of all that may come to the panel."""
    errors = {one.__name__ for one in tree_of(EngineError)}
    for path in rooms():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            found: Iterator[tuple[int, str]] = iter(())
            match node:
                case ast.Call(func=ast.Name(id=name), args=[line, *_]) if name in errors:
                    found = lines_in(line)
                case ast.FunctionDef(name=name) if name in PARTS.get(path.name, ()):
                    found = lines_in(node)
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in CONSTANTS:
                    found = lines_in(value)
            for number, line in found:
                if line in PUT_TOGETHER:
                    continue
                yield f"{path.parent.name}/{path.name}:{number}", line


@pytest.mark.parametrize(("where", "line"), sorted(set(said())))
def test_no_line_of_a_model_is_left_in_english(german: None, where: str, line: str) -> None:
    """Where this fails: a template in `look/sentences`, `make strings`, its German, `make strings`."""
    assert told_line(line) != line


def phases() -> Iterator[str]:
    """What a job that an editor waits for says that it is at."""
    for path in sources("engine/media", "engine/render", "engine/speech"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.keyword(arg="phase", value=ast.Constant(value=str(name))):
                    yield name
                case ast.Assign(targets=[ast.Name(id="_PHASES")], value=ast.Dict(keys=keys)):
                    yield from (key.value for key in keys if isinstance(key, ast.Constant))


def test_every_phase_of_a_job_is_told_in_german(german: None) -> None:
    found = set(phases())
    assert {"align", "denoise", "render"} <= found
    assert [name for name in sorted(found) if told_line(name) == name] == []


def test_parts_and_constants_are_those_that_there_are() -> None:
    named: set[tuple[str, str]] = set()
    for path in rooms():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.FunctionDef(name=name):
                    named.add((path.name, name))
                case ast.Assign(targets=[ast.Name(id=name)]):
                    named.add(("", name))
    wanted = {(file, name) for file, names in PARTS.items() for name in names}
    assert wanted | {("", name) for name in CONSTANTS} <= named


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return tiny_ltx2.make(tmp_path / "ltx2")


def trouble(folder: Path, renderer: str = "ltx2") -> str:
    with pytest.raises(EngineError) as refused:
        (open_ltx2 if renderer == "ltx2" else open_checkpoint)(folder)
    return told(refused.value)


def test_weights_that_are_cut_short_say_so_in_german(german: None, weights: Path) -> None:
    path = weights / "transformer" / "diffusion_pytorch_model.safetensors"
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-8])
    assert trouble(weights) == f"{path} hat {size - 8} Bytes und sollte {size} haben: Holen Sie es neu"


def test_a_folder_that_is_not_whole_says_in_german_what_to_do(german: None, weights: Path) -> None:
    (weights / "vae" / "config.json").unlink()
    assert trouble(weights) == (
        f"{weights} hat kein vae/ mit config.json und Gewichten: kopieren Sie es ganz dorthin"
    )
    assert told_line(how_to_complete(models_folder() / "owner--name")) == (
        "`pickup models pull owner/name` macht dort weiter, wo es aufgehört hat"
    )


def test_files_that_do_not_belong_together_are_told_in_german(german: None, weights: Path) -> None:
    told_of = weights / "transformer" / "config.json"
    config = json.loads(told_of.read_text("utf-8"))
    told_of.write_text(json.dumps(config | {"num_layers": config["num_layers"] + 1}), "utf-8")
    with pytest.raises(EngineError) as refused:
        load_transformer(open_ltx2(weights), torch.float32, torch.device("cpu"))
    line = told(refused.value)
    assert line.startswith(f"{weights} hat keine Gewichte für: transformer_blocks.")
    assert re.search(r" und \d+ weitere\. Seine Dateien gehören nicht zusammen$", line)


def test_what_models_list_finds_is_told_in_german(german: None, weights: Path, tmp_path: Path) -> None:
    other = tiny_ltx2.make(tmp_path / "other", distilled=False, upsampler=True)
    assert [told_line(looked_at(str(folder)).found) for folder in (weights, other)] == [
        "LTX-2.3, destilliert, ein Durchgang",
        "LTX-2.3, für Führung, zwei Durchgänge",
    ]


def test_licences_that_are_sentences_are_told_in_german(german: None) -> None:
    licences = {entry.licence for entry in CATALOGUE if len(entry.licence.split()) >= WORDS}
    assert licences
    assert [line for line in sorted(licences) if told_line(line) == line] == []


def test_another_model_is_named_in_german(german: None, weights: Path) -> None:
    assert trouble(weights, "edityourself") == (
        f"{weights} ist nicht LTX-Video: Sein transformer/ ist von LTX-2, das der Renderer ltx2 nimmt."
        " Nennen Sie einen anderen Ordner"
    )


def test_weights_that_are_not_here_are_told_in_german(german: None, tmp_path: Path) -> None:
    assert trouble(tmp_path / "none") == (
        f"Das Modell {tmp_path / 'none'} ist nicht auf diesem Rechner: `pickup models pull none`, oder legen"
        f" Sie seine Dateien nach {tmp_path / 'none'}"
    )
