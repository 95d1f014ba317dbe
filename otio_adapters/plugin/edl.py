"""CMX3600 edit decision lists, for OpenTimelineIO."""

from otio_adapters.plugin.door import read_from_file, write_to_file

__all__ = ["read_from_file", "write_to_file"]
