"""Final Cut Pro 7 XML, as Premiere and Resolve exchange it, for OpenTimelineIO."""

from otio_adapters.plugin.door import read_from_file, write_to_file

__all__ = ["read_from_file", "write_to_file"]
