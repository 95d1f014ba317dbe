"""Where a batch's rows are done: here, on a Ray cluster, or on a render farm that takes OpenJD bundles."""
