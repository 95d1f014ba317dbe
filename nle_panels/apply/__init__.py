"""Applying: what will change on the timeline, said before it does."""
