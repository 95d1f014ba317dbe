"""Sentences of bridge, engine, adapters and scripts that an editor meets at the panel, as templates.

They speak English, and their lines cross the wire as they are. `told` finds the template that a line was made
of, and says it in the panel's language. A line of none of them is told in English, after what kind of trouble
it is. A hole is called by what it holds: `told` knows of some that they hold sentences. A pair is what is
said, and how it is put at the panel instead, where what is said speaks of a shell's options.
"""

from __future__ import annotations

from nle_panels.look.sentences.editing import EDITING
from nle_panels.look.sentences.hosts import HOSTS
from nle_panels.look.sentences.models import MODELS
from nle_panels.look.sentences.rendering import RENDERING
from nle_panels.look.sentences.timelines import TIMELINES
from nle_panels.look.sentences.weights import WEIGHTS

SENTENCES = (*EDITING, *HOSTS, *MODELS, *RENDERING, *TIMELINES, *WEIGHTS)
