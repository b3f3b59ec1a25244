"""What Redress is built from: locks, what they promise, what is known against it, and under which licence it comes."""
