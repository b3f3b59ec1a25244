"""``python -m ops.demo``: see ``ops.demo.play``."""

from ops.demo.play import main

main()
