"""Premiere: the plug-in's files, where the panel meets it, and how it is packed for Adobe's installer.

The plug-in (`nle_panels/premiere_uxp`) asks for two permissions, and neither can be smaller.
`localFileSystem: fullAccess`: port and token are other ones at each start of the panel, so the plug-in reads
the connection file by its path each time; UXP's other way, a file that the editor picks, would be picked at
each start. `network: all`: the port is not known when the manifest is written, and UXP takes no wildcard for
it; the code connects to 127.0.0.1 and nothing else.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from nle_panels.hosts.bridge_server import BridgeServer
from nle_panels.hosts.meeting import connection_file
from nle_panels.hosts.remote import RemoteHost

NAME = "premiere"
PLUGIN = Path(__file__).parent.parent / "premiere_uxp"

FILES = (
    "manifest.json",
    "index.html",
    "panel.css",
    "icons/pickup.svg",
    "index.js",
    "answers.js",
    "bin.js",
    "connection.js",
    "cuts.js",
    "edit.js",
    "exporting.js",
    "failure.js",
    "files.js",
    "meeting_place.js",
    "sequence_import.js",
    "ticks.js",
    "timeline.js",
    "transaction.js",
)
_MEETING_PLACE = "meeting_place.js"


def premiere(work: Path) -> RemoteHost:
    """The host, waiting for the plug-in. `work`: see `RemoteHost`. Raises `HostRefused`."""
    return RemoteHost(NAME, BridgeServer(NAME, connection_file(NAME)), work)


def plugin_files(meeting_place: Path) -> dict[str, bytes]:
    """The plug-in as it is to be installed, by path within its folder. It looks for the panel in the file.

    The folder is what the UXP Developer Tool loads (Premiere: Settings, Plugins, Enable developer mode), and
    `packed` what Creative Cloud installs.
    """
    files = {name: (PLUGIN / name).read_bytes() for name in FILES}
    files[_MEETING_PLACE] = f'"use strict";\n\nmodule.exports = {json.dumps(str(meeting_place))};\n'.encode()
    return files


def packed(files: Mapping[str, bytes]) -> bytes:
    """A .ccx: a ZIP with the manifest at its root, the same bytes for the same files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return content.getvalue()
