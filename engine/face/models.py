"""The two face models: where they are, and how they come there.

They are data of the mediapipe 0.10.21 wheel (Apache-2.0), the newest one that carries them: the wheel is
fetched with pip, the two members are taken out, checked and installed, and the rest is thrown away. The
wheel's platform does not matter, since nothing in it is run: one wheel serves every system.

`python -m engine.face.models` installs them.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from engine import paths
from engine.errors import MissingModel
from engine.whole_file import write_whole

WHEEL = "mediapipe==0.10.21"
# pip only looks at what it is told here, so this works on macOS and Windows too.
WHEEL_TAGS = ("--python-version", "3.11", "--implementation", "cp", "--platform", "manylinux_2_28_x86_64")
QUIETLY = ("--disable-pip-version-check", "--quiet", "--retries", "1")
INSTALL_HINT = "install them with: python -m engine.face.models"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One file of the wheel: its member's name, and the sha256 that it must have."""

    member: str
    sha256: str

    @property
    def name(self) -> str:
        return self.member.rsplit("/", 1)[-1]


DETECTOR = ModelFile(
    member="mediapipe/modules/face_detection/face_detection_short_range.tflite",
    sha256="bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
)
MESH = ModelFile(
    member="mediapipe/modules/face_landmark/face_landmark.tflite",
    sha256="1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceModels:
    """The installed models: `detector` finds a face, `mesh` gives its 468 landmarks."""

    detector: Path
    mesh: Path


def models_folder() -> Path:
    """Where the face models live: beside the other models."""
    return paths.models_folder() / "face"


def find_models(folder: Path | None = None) -> FaceModels | None:
    """The models when both are installed and whole, else None."""
    folder = folder or models_folder()
    detector, mesh = folder / DETECTOR.name, folder / MESH.name
    if _is_whole(detector, DETECTOR) and _is_whole(mesh, MESH):
        return FaceModels(detector=detector, mesh=mesh)
    return None


def install_models(folder: Path | None = None) -> FaceModels:
    """The models, fetched first where they are not there yet.

    Raises MissingModel when pip cannot fetch the wheel or the wheel is not the known one.
    """
    folder = folder or models_folder()
    if found := find_models(folder):
        return found
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="pickup-face-") as scratch:
            extract_models(_download_wheel(Path(scratch)), folder)
    except OSError as error:
        raise MissingModel(f"the face models cannot be written to {folder}: {error.strerror}") from error
    return FaceModels(detector=folder / DETECTOR.name, mesh=folder / MESH.name)


def extract_models(wheel: Path, folder: Path) -> None:
    """Install the two models out of `wheel` into `folder`; MissingModel when they are not the known ones."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            contents = [(model, archive.read(model.member)) for model in (DETECTOR, MESH)]
    except (zipfile.BadZipFile, KeyError) as error:
        raise MissingModel(f"{wheel.name} does not carry the face models: {error}") from error
    for model, content in contents:
        if hashlib.sha256(content).hexdigest() != model.sha256:
            raise MissingModel(f"{model.name} in {wheel.name} is not the known file: its sha256 differs")
    for model, content in contents:
        write_whole(folder / model.name, content)


def _download_wheel(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", WHEEL, "--no-deps", "--only-binary=:all:"]
    command += [*WHEEL_TAGS, *QUIETLY, "--dest", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        reason = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise MissingModel(
            f"the face models were not fetched (pip could not download {WHEEL}: {reason}); "
            f"connect to the package registry, then {INSTALL_HINT}"
        )
    return wheels[0]


def _is_whole(path: Path, model: ModelFile) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == model.sha256
    except OSError:
        return False


def main(arguments: list[str] | None = None) -> int:
    """`python -m engine.face.models`: 0 when the models are there, 3 with one line when they are not."""
    parser = argparse.ArgumentParser(prog="engine.face.models", description="Install the face models.")
    parser.add_argument("--folder", type=Path, help="where to (default: the user's data folder)")
    folder: Path = parser.parse_args(arguments).folder or models_folder()
    there = find_models(folder) is not None
    try:
        install_models(folder)
    except MissingModel as error:
        sys.stderr.write(f"error: {error}\n")
        return 3
    sys.stdout.write(f"face models {'are in' if there else 'installed in'} {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
