"""What channel systems are told of the cases that they submitted, and how it reaches them."""
