"""Many dubs from one manifest: each row for itself, none twice, none lost."""
