"""Files that come in, by whatever way: what is in them, what they are called, and whether a scanner passed them."""
