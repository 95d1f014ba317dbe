"""A mark that nobody sees, in the frames that a model made: it says which take they are of."""
