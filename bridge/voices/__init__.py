"""Where new words' sound comes from when nobody has recorded them."""
