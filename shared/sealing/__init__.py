"""Sealed values, keys and documents, and files that are durable. The only room that knows cryptography of data."""
