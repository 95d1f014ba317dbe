"""OpenTimelineIO's own JSON, as each program writes it."""
