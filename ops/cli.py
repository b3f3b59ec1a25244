"""The ``redress`` command."""

from typing import Never


def main() -> Never:
    raise SystemExit(2)
