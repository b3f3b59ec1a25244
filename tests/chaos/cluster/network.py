"""Machines on one switch, each a network namespace: what has one of its own can be cut off without being stopped.

All of it lies in the namespace in which the run itself was started (``inside``), so nothing of it is seen by the
machine, and nothing of it is left when the run ends, however it ends.
"""

import asyncio
import ctypes
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

from ops.local.processes import die_with_parent

SWITCH, HERE, NETWORK = "switch", "10.77.0.1", "10.77.0.0/24"
CLONE_NEWNET = 0x40000000
INSIDE = "NETWORK_OF_ITS_OWN"
"""Set for a run that is in its own network already."""
BORN_SECONDS = 10.0


class NoNamespaces(Exception):
    """This account may make no network namespaces: run it as root on Linux, with iproute2 installed."""


def inside(module: str, *arguments: str) -> list[str]:
    """The command that runs a module in a network namespace of its own."""
    return ["unshare", "--net", "--", sys.executable, "-m", module, *arguments]


def possible() -> bool:
    """Whether this account may make network namespaces."""
    made = ["unshare", "--net", "--", "ip", "link", "set", "lo", "up"]
    try:
        return subprocess.run(made, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


class Switch:
    """Connects the machines; the run itself has a place at it too, ``HERE``."""

    def __init__(self) -> None:
        self.machines: list[Machine] = []

    def start(self) -> None:
        """Make it."""
        _run("ip", "link", "set", "lo", "up")
        _run("ip", "link", "add", SWITCH, "type", "bridge")
        _run("ip", "address", "add", f"{HERE}/24", "dev", SWITCH)
        _run("ip", "link", "set", SWITCH, "up")

    def machine(self, name: str) -> "Machine":
        """A new machine at it."""
        made = Machine(name, len(self.machines) + 2)
        self.machines.append(made)
        return made

    def stop(self) -> None:
        """End all machines, whatever still runs on them."""
        for machine in self.machines:
            machine.stop()


class Machine:
    """One network namespace with one cable to the switch. It lives as long as the process that holds it."""

    def __init__(self, name: str, number: int) -> None:
        self.name, self.address = name, f"10.77.0.{number}"
        self._port = f"to-{name}"
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--", "sleep", "infinity"],
            preexec_fn=die_with_parent,  # noqa: PLW1509 - starts before any thread, calls prctl alone
        )
        self._threads = ThreadPoolExecutor(1, f"in-{name}", self._enter)
        self._relays: dict[int, asyncio.Server] = {}
        self._wait_for_namespace()
        pid = str(self._holder.pid)
        _run("ip", "link", "add", self._port, "type", "veth", "peer", "name", "eth0", "netns", pid)
        _run("ip", "link", "set", self._port, "up", "master", SWITCH)
        for command in ("link set lo up", f"address add {self.address}/24 dev eth0", "link set eth0 up"):
            _run(*self.command("ip", *command.split()))

    @property
    def _namespace(self) -> Path:
        return Path(f"/proc/{self._holder.pid}/ns/net")

    def _wait_for_namespace(self) -> None:
        ours, deadline = Path("/proc/self/ns/net").readlink(), time.monotonic() + BORN_SECONDS
        while self._holder.poll() is None and time.monotonic() < deadline:
            if self._namespace.readlink() != ours:
                return
            time.sleep(0.005)
        raise NoNamespaces

    def command(self, *command: str) -> list[str]:
        """A command as it is run on this machine; its process is the command's own."""
        return ["nsenter", f"--net={self._namespace}", "--", *command]

    def cut_off(self) -> None:
        """Pull the cable at the switch: whatever is sent is lost, and nobody is told."""
        _run("ip", "link", "set", self._port, "nomaster")

    def join(self) -> None:
        """Put the cable back."""
        _run("ip", "link", "set", self._port, "master", SWITCH)

    # -- its loopback -----------------------------------------------------------------------------------

    def _enter(self) -> None:
        """Runs in the machine's own thread: sockets that it makes are the machine's."""
        with self._namespace.open("rb") as file:
            if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    async def relay(self, port: int) -> None:
        """Let a port of this machine's loopback be reached at the same port of ours: processes look at themselves."""
        self._relays[port] = await asyncio.start_server(lambda r, w: self._passed_on(port, r, w), "127.0.0.1", port)

    async def _passed_on(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(OSError):  # whoever called is hung up on, as by a port that nobody listens at
            there = await asyncio.get_running_loop().run_in_executor(self._threads, self._connected, port)
            back, forth = await asyncio.open_connection(sock=there)
            await asyncio.gather(_pump(reader, forth), _pump(back, writer))

    @staticmethod
    def _connected(port: int) -> socket.socket:
        return socket.create_connection(("127.0.0.1", port), 1)

    def stop(self) -> None:
        """Let the namespace go; the processes that still run on it keep it until they end."""
        for relay in self._relays.values():
            relay.close()
        self._threads.shutdown(wait=False)
        self._holder.kill()
        self._holder.wait()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes until it ends."""
    try:
        while content := await reader.read(65536):
            writer.write(content)
            await writer.drain()
    finally:
        writer.close()
