"""Timelines: read, edit and write them. Quirks of editing programs live here and nowhere else."""
