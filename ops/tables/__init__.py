"""The tables of the reference pages, written by cog from what the code declares (`make docs`)."""
