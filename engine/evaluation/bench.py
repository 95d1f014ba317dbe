"""`make bench`: every speed that Pickup promises, measured in one run, as one table and as JSON.

Ratios are taken within the run, pair by pair, since machines drift. Footage is synthetic unless a folder with
real footage lies beside the checkout.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import msgspec

from engine.evaluation import editing_bench, morph_bench, overhead, transcode_bench
from engine.evaluation.measure import Measure
from engine.version import engine_version
