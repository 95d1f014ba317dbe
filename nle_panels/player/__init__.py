"""The player: the clip before and after its edit, frame by frame and sample by sample."""
