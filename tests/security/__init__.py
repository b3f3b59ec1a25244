"""Attacks from outside on a running installation: bounded in count and time, on loopback only."""
