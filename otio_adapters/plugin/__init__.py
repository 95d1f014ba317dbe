"""Our formats as a plugin of OpenTimelineIO: `pip install` is all it takes.

OTIO finds this package by its entry point and asks `plugin_manifest` for the adapters. Several adapters may
claim one suffix, and OTIO then takes that of the first plugin it comes across: one of
`OTIO_PLUGIN_MANIFEST_PATH`, else whichever package lies first in a folder. So that installing Pickup changes
nothing for files that a stock adapter is there for, that adapter keeps its suffix; ours is then called by its
name (`otioconvert -I pickup_fcp7`), or put first by naming `plugin_manifest.json` in that variable.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import opentimelineio as otio

MANIFEST = Path(__file__).with_name("plugin_manifest.json")
STOCK = {
    "edl": "otio-cmx3600-adapter",
    "fcpxml": "otio-fcpx-xml-adapter",
    "kdenlive": "otio-kdenlive-adapter",
    "xml": "otio-fcp-adapter",
}


def plugin_manifest() -> otio.plugins.manifest.Manifest:
    """What OTIO calls: the manifest, without the suffixes of stock adapters that are installed."""
    manifest = otio.plugins.manifest.manifest_from_file(str(MANIFEST))
    for adapter in manifest.adapters:
        adapter.suffixes = [suffix for suffix in adapter.suffixes if not _has_stock_adapter(suffix)]
    return manifest


def _has_stock_adapter(suffix: str) -> bool:
    try:
        distribution(STOCK[suffix])
    except (KeyError, PackageNotFoundError):
        return False
    return True
