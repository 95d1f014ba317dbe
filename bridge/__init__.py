"""The middle of Pickup: a transcript's words in, a timeline with new takes out."""
