"""Final Cut Pro XML 1.9 to 1.11, for OpenTimelineIO."""

from otio_adapters.plugin.door import read_from_file, write_to_file

__all__ = ["read_from_file", "write_to_file"]
