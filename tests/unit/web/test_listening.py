"""A process that may not listen at its port ends, and its last line says at which."""

import socket
import subprocess
import sys

from ops.local.processes import in_short

LISTENING = """
import asyncio, sys
from fastapi import FastAPI
from shared.process import logs
from shared.process.settings import Settings
from shared.web.serving import serve
logs.configure_logging("sla")
asyncio.run(serve(FastAPI(), Settings(), ("127.0.0.1", int(sys.argv[1])), lambda: True, asyncio.Event()))
"""


def test_a_port_that_somebody_has_is_named_in_the_last_line() -> None:
    """It is what `redress status` says of a process that ends at each start."""
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-c", LISTENING, str(port)], capture_output=True, text=True, check=False, timeout=60
        )

    assert 70 == ended.returncode
    assert f"Port {port} of 127.0.0.1 cannot be had" in in_short(ended.stderr.splitlines()[-1])
