"""The takes of each edit: every render is a version, and one of them is chosen."""
