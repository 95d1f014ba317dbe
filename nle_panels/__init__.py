"""The panel beside the timeline, and what ties it to each NLE: arrives with the transcript editor."""
