"""What can go wrong between the words and the timeline, as one tree.

BridgeError                    exit code 3, bad input, where nothing else is said
├── UsageError                 exit code 2: the command's words contradict each other
├── PhraseError                the words asked for are not there, or are there more than once
├── TranscriptMismatch         a transcript of other media, or one that is no transcript
├── ImpossibleEdit             the edit leaves nothing, or does not fit the clip
├── BadCaptions                no captions, or damaged ones
├── BadManifest                a batch's manifest, or a row of it, that makes no sense
├── MissingExtra               a part of Pickup that is not installed
├── RowsFailed                 exit code 5: some rows of a batch were not done
├── UnwritableOutput           the output folder or the takes cannot be written
├── NoSuchVoice                --voice names none
├── MissingKey                 a service's key is not set
├── VoiceFailed                exit code 5: a voice could not say a line
├── NoSuchLog                  nothing of a job, or of the engine, is written down
├── TimelineChanged            another program has changed the timeline that was to be written
└── RenderLied                 exit code 5: what came back is not what was asked for

`exit_code_of` maps these, the timelines' and the engine's trees to the command's exit codes:
0 done, 1 a check found that an edit would lose something, 2 usage, 3 bad input, 4 engine unavailable,
5 render failed, 6 consent missing.
"""

from __future__ import annotations

from engine.errors import BadMedia, ConsentMissing, EngineError, EngineUnavailable, UnknownJob, WireError

WOULD_LOSE = 1
BAD_INPUT = 3
ENGINE_UNAVAILABLE = 4
RENDER_FAILED = 5
CONSENT_MISSING = 6


class BridgeError(Exception):
    """Root of the bridge's errors. The message says what, where and what to do."""

    exit_code = BAD_INPUT


class UsageError(BridgeError):
    exit_code = 2


class PhraseError(BridgeError):
    pass


class TranscriptMismatch(BridgeError):
    pass


class ImpossibleEdit(BridgeError):
    pass


class BadCaptions(BridgeError):
    pass


class BadManifest(BridgeError):
    pass


class MissingExtra(BridgeError):
    pass


class RowsFailed(BridgeError):
    exit_code = RENDER_FAILED


class UnwritableOutput(BridgeError):
    pass


class NoSuchVoice(BridgeError):
    pass


class MissingKey(BridgeError):
    pass


class VoiceFailed(BridgeError):
    exit_code = RENDER_FAILED


class NoSuchLog(BridgeError):
    pass


class TimelineChanged(BridgeError):
    pass


class RenderLied(BridgeError):
    exit_code = RENDER_FAILED


def exit_code_of(error: Exception) -> int:
    """The command's exit code for an error of any of the three trees."""
    if isinstance(error, BridgeError):
        return error.exit_code
    if isinstance(error, EngineUnavailable | WireError):
        return ENGINE_UNAVAILABLE
    if isinstance(error, ConsentMissing):
        return CONSENT_MISSING
    if isinstance(error, EngineError) and not isinstance(error, BadMedia | UnknownJob):
        return RENDER_FAILED
    return BAD_INPUT
