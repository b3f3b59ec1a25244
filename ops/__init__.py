"""The ``redress`` command: local supervisor, clock, verification, exports."""
