"""Exit codes: what a script can rely on."""

from __future__ import annotations

import pytest

from bridge import errors
from engine import errors as engine_errors
from otio_adapters.errors import TimelineError


def leaves(root: type[Exception]) -> list[type[Exception]]:
    return [root, *(leaf for child in root.__subclasses__() for leaf in leaves(child))]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError, 2),
        (errors.PhraseError, 3),
        (errors.TranscriptMismatch, 3),
        (errors.ImpossibleEdit, 3),
        (errors.UnwritableOutput, 3),
        (errors.RenderLied, 5),
        (engine_errors.EngineUnavailable, 4),
        (engine_errors.WireError, 4),
        (engine_errors.JobCancelled, 5),
        (engine_errors.ConsentMissing, 6),
        (engine_errors.BadConsent, 3),
        (engine_errors.DiskFull, 5),
        (engine_errors.WorkerLost, 5),
        (engine_errors.MissingMedia, 3),
        (engine_errors.WordsDoNotFit, 3),
        (engine_errors.MissingModel, 3),
        (engine_errors.UnknownJob, 3),
        (TimelineError, 3),
    ],
)
def test_each_error_has_its_exit_code(error: type[Exception], code: int) -> None:
    assert errors.exit_code_of(error("why")) == code


def test_no_error_of_any_tree_ends_with_success() -> None:
    trees = (errors.BridgeError, engine_errors.EngineError, TimelineError)
    assert all(errors.exit_code_of(leaf("why")) in {2, 3, 4, 5, 6} for tree in trees for leaf in leaves(tree))
