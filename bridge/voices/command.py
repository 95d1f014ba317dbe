"""Any program as a voice: `--voice "command:say-it --lang {language} --to {out} {text}"`. No shell."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

from bridge.errors import UsageError, VoiceFailed
from bridge.voices.voice import VoiceLine

PATIENCE = 600.0  # seconds; a large model on a CPU may take minutes for a line
_FIELDS = ("text", "language", "reference", "out")


class CommandVoice:
    """See `voice.Voice`. The template is split into words first: what is said never becomes an option's end,
    a redirection or a second command.
    """

    unit = "calls"

    def __init__(self, template: str, patience: float = PATIENCE) -> None:
        try:
            self._words = shlex.split(template)
        except ValueError as error:
            raise UsageError(f"--voice command: {error}: {template}") from error
        if not self._words or not any("{out}" in word for word in self._words):
            raise UsageError(
                "--voice command: write the program and its words, with {out} where the wav goes and {text}"
                " for what is said; {language} and {reference} are there too"
            )
        self._patience = patience

    @property
    def identity(self) -> str:
        return f"command {self._words}"

    def price(self, line: VoiceLine) -> int:  # noqa: ARG002  (whatever it says)
        return 0

    def say(self, line: VoiceLine, out: Path) -> None:
        """See `voice.Voice`."""
        command = [_filled(word, line, out) for word in self._words]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=self._patience, check=False
            )
        except OSError as error:
            raise VoiceFailed(f"{command[0]} cannot be run: {error.strerror}") from error
        except subprocess.TimeoutExpired:
            raise VoiceFailed(f"{command[0]} took more than {self._patience:.0f} s for a line") from None
        if done.returncode:
            told = done.stderr.decode(errors="replace").strip().splitlines()
            reason = f": {told[-1][:200]}" if told else ""
            raise VoiceFailed(f"{command[0]} ended with code {done.returncode}{reason}")


def _filled(word: str, line: VoiceLine, out: Path) -> str:
    """Each field once, from left to right: what is said may hold braces of its own."""
    values = {
        "text": line.text,
        "language": line.language,
        "reference": str(line.reference or ""),
        "out": str(out),
    }
    parts, rest = [], word
    while rest:
        places = [(rest.find(f"{{{name}}}"), name) for name in _FIELDS if f"{{{name}}}" in rest]
        if not places:
            break
        at, name = min(places)
        parts += [rest[:at], values[name]]
        rest = rest[at + len(name) + 2 :]
    return "".join([*parts, rest])
