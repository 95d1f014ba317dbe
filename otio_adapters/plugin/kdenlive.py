"""Kdenlive projects, of document version 1.04 and 1.1, for OpenTimelineIO."""

from otio_adapters.plugin.door import read_from_file, write_to_file

__all__ = ["read_from_file", "write_to_file"]
