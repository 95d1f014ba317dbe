"""Who allowed what to be done with their likeness, and what was done with it."""
