"""Piper, a local neural voice: `--voice piper:VOICE.onnx`. A program of its own, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from bridge.errors import UsageError, VoiceFailed
from bridge.voices.voice import VoiceLine

PATIENCE = 600.0  # seconds


class PiperVoice:
    """See `voice.Voice`."""

    unit = "lines"

    def __init__(self, model: str) -> None:
        self._model = Path(model).expanduser()
        if not model or not self._model.is_file():
            raise UsageError(f"--voice piper:{model}: give a voice's .onnx file, its .onnx.json beside it")

    @property
    def identity(self) -> str:
        return f"piper {self._model.name} {self._model.stat().st_size}"

    def price(self, line: VoiceLine) -> int:  # noqa: ARG002  (whatever it says)
        return 0

    def say(self, line: VoiceLine, out: Path) -> None:
        """See `voice.Voice`."""
        if find_spec("piper") is None:
            raise VoiceFailed("piper is not installed: pip install piper-tts (its licence is the GPL)")
        command = [sys.executable, "-m", "piper", "--model", str(self._model), "--output_file", str(out)]
        try:
            done = subprocess.run(
                command, input=line.text.encode(), capture_output=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            raise VoiceFailed(f"piper took more than {PATIENCE:.0f} s for a line") from None
        if done.returncode:
            told = done.stderr.decode(errors="replace").strip().splitlines()
            raise VoiceFailed(f"piper: {told[-1][:200] if told else f'it ended with code {done.returncode}'}")
