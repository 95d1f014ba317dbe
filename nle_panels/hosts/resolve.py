"""DaVinci Resolve: the bridge to the script of its menu, `nle_panels/resolve_scripts`."""

from __future__ import annotations

from pathlib import Path

from nle_panels.hosts.bridge_server import BridgeServer
from nle_panels.hosts.meeting import connection_file
from nle_panels.hosts.remote import RemoteHost

NAME = "resolve"


def resolve(work: Path) -> RemoteHost:
    """The host, waiting for the script. `work`: see `RemoteHost`. Raises `HostRefused`."""
    return RemoteHost(NAME, BridgeServer(NAME, connection_file(NAME)), work)
