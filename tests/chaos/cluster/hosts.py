"""Hosts of an installation on a cluster: which processes run where, started as the supervisor starts them."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ops.local.processes import Child, python
from ops.verify.services import SERVICES
from shared.process.settings import Settings
from tests.chaos.cluster.network import Machine
from tests.support.processes import environment

FIRST_WORKER = 11
"""Where on its machine the first worker says how it goes, as an offset; the others follow."""
READY_SECONDS = 120.0
WATCH_SECONDS = 0.05
HTTP = {"intake": ("services.intake.http.process", 1)}
"""What takes complaints: its module, and its port as an offset. There are two, on hosts of their own."""
DESK = HTTP | {"casework-api": ("services.casework.http.process", 2), "console": ("services.console.worker", 0)}
"""The same with what there is one of."""


@dataclass
class Host:
    """One machine's processes, watched as long as it is up: whatever dies is started again."""

    machine: Machine
    settings: Settings
    children: list[Child]
    up: bool = True
    restarts: list[str] = field(default_factory=list)

    async def start(self) -> None:
        """Start all."""
        for child in self.children:
            await self.machine.relay(child.port)
        self.begin()

    def begin(self) -> None:
        """Start all that the machine runs."""
        for child in self.children:
            child.start()
        self.up = True

    def kill(self) -> None:
        """Kill all at once, as when the machine loses its power."""
        self.up = False
        for child in self.children:
            if child.process is not None:
                child.process.kill()
        for child in self.children:
            if child.process is not None:
                child.process.wait()
                child.process = None

    def watch(self) -> None:
        """Start again what died, and note what it was."""
        for child in self.children if self.up else ():
            if (line := child.watch()) is not None:
                self.restarts.append(f"{self.machine.name}/{line}")

    async def until_ready(self, children: Iterable[Child] | None = None) -> None:
        """Wait until these, or all, say that they are ready."""
        waiting, deadline = list(children or self.children), time.monotonic() + READY_SECONDS
        while waiting := [child for child in waiting if not await asyncio.to_thread(child.ready)]:
            if time.monotonic() > deadline or not self._alive(waiting):
                left = ", ".join(f"{c.name} ({c.process and c.process.poll()}, {c.log_file})" for c in waiting)
                raise TimeoutError(f"{self.machine.name}: not ready: {left}")
            await asyncio.sleep(0.1)

    @staticmethod
    def _alive(children: Iterable[Child]) -> bool:
        """Whether none of these has ended; one that is to be started again counts as alive."""
        return all(child.process is None or child.process.poll() is None for child in children)

    async def upgrade(self, child: Child) -> None:
        """Stop one process in order and start it anew, as an upgrade does with each in turn."""
        watched, self.up = self.up, False
        await asyncio.to_thread(child.stop)
        child.start()
        self.up = watched
        await self.until_ready([child])


def of_workers(machine: Machine, settings: Settings, slot: int) -> Host:
    """A host with a worker of every service."""
    own = settings.model_copy(update={"slot": slot})
    children = [
        _child(machine, own.model_copy(update={"health_port": port}), name, f"services.{name}.worker", port)
        for port, name in enumerate((service.name for service in SERVICES), own.ports + FIRST_WORKER)
    ]
    return Host(machine, own, children)


def of_doors(machine: Machine, settings: Settings, modules: dict[str, tuple[str, int]]) -> Host:
    """A host with HTTP services."""
    children = [_child(machine, settings, name, module, settings.ports + at) for name, (module, at) in modules.items()]
    return Host(machine, settings, children)


def _child(machine: Machine, settings: Settings, name: str, module: str, port: int) -> Child:
    command = machine.command(*python(module))
    log: Path = settings.data / "logs" / f"{name}.log"
    return Child(name, command, environment(settings), log, port, f"http://127.0.0.1:{port}/health/ready")
