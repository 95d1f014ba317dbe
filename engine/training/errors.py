"""What can go wrong in training, beside what `engine.errors` has (DiskFull, BadCheckpoint).

BadMedia
├── BadRecipe        a configuration with an unknown key, or a value that cannot be
└── BadSamples       clips that cannot be trained on, alone or together
RenderFailed
└── TrainingDiverged the loss was no number too often
"""

from __future__ import annotations

from engine.errors import BadMedia, RenderFailed


class BadRecipe(BadMedia):
    """A training configuration that cannot be followed."""


class BadSamples(BadMedia):
    """Clips that cannot be trained on, alone or together."""


class TrainingDiverged(RenderFailed):
    """The loss was no number (NaN) too often in a row."""
