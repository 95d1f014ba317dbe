"""Denoising in latent space: the grid, blocks, schedule, conditions, references, and the loop over them."""
