"""The flowing document: the words of the clip, struck, new, protected, and the pauses between them."""
