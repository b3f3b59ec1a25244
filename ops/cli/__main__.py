"""``python -m ops.cli``: the ``redress`` command in this interpreter."""

from ops.cli.main import main

main()
