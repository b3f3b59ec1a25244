"""The store under the folds: what a partition's fold knew at one place of the log, in a local file."""
