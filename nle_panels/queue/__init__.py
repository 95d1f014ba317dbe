"""What the engine is doing: every job with its progress, and what to do where one failed."""
