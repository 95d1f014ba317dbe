"""Between the panel and Resolve. Only the standard library: Resolve's Python has nothing else."""
