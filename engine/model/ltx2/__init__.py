"""LTX-2.x: the joint model of pictures and sound, its public weights, and what it needs."""
