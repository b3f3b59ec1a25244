"""The ``redress`` command line: one module per group of commands."""
