"""Starts broker and services of one installation, restarts what dies, stops them in order."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from threading import Event
from types import FrameType
from typing import Any

import structlog

from ops.local import broker as brokers
from ops.local import supervisor_file
from ops.local.installation import hold_folder, remember, restoring_file
from ops.local.process_table import PROCESSES, SINK, Process, ports
from ops.local.processes import Child, python
from ops.local.starting import LOOK_SECONDS, STILL_SECONDS, Headway, Say, Starting
from ops.local.supervisor_file import Phase
from shared.errors import RedressError
from shared.process import disks
from shared.process.settings import Settings
from shared.sealing.process_start import mended

log = structlog.get_logger()
WATCH_SECONDS = 0.1
Prepare = Callable[[], Coroutine[Any, Any, int]]


class RestoreCutOff(RedressError):
    """A restore was begun here and is not done: give `redress restore` again, it goes on where it stopped."""

    code = "restore_cut_off"
    status = 409


class NotStarted(RedressError):
    """A process refuses its settings: correct what it says, then start again."""

    code = "not_started"
    status = 422


class Supervisor:
    """One installation's processes, with so many workers of each service.

    ``prepare`` makes ready, on brokers that run, what the processes find, and tells how many records they are going to
    read; ``say`` tells the person at the terminal how it goes, the log keeps it.
    """

    def __init__(self, settings: Settings, workers: int, prepare: Prepare, say: Say) -> None:
        self.settings = settings
        self.workers = workers
        self.prepare = prepare
        self.say = say
        self.children: list[Child] = []
        self._stop = Event()
        self._stale = False
        self._records = 0
        self._lock: int | None = None
        self._phase: Phase = "starting"

    # -- start -----------------------------------------------------------------------------------------

    def run(self, when_ready: Callable[[], None]) -> None:
        """Start everything, watch it, and stop it in order on SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)
        self._lock = hold_folder(self.settings.data)
        if restoring_file(self.settings.data).exists():
            raise RestoreCutOff
        if wrong := mended(self.settings.data):
            self.say(f"data folder: {wrong} files and folders were open to others, and are so no more")
        remember(self.settings)
        self._write_state()
        log.info("supervisor.started", pid=os.getpid(), ports=self.settings.ports, clock=self.settings.clock)
        try:
            self._start_broker()
            self._start_services()
            if not self._stop.is_set():
                self._enter("running")
                when_ready()
                log.info("supervisor.ready", processes=len(self.children))
            while not self._stop.is_set():
                self._watch()
                time.sleep(WATCH_SECONDS)
        finally:
            self.stop()

    def _start_services(self) -> None:
        """Start them and wait until they are ready, unless somebody asks to stop meanwhile."""
        if self._stop.is_set():
            return
        self._records = asyncio.run(self.prepare())
        for child in self._services():
            if self._stop.is_set():
                return
            self._start(child)
        starting = Starting([child for child in self.children if child.name != "broker"], self._records, self.say)
        while not self._stop.is_set() and not starting.over():
            self._watch()
            if refusing := [f"{child.name}: {child.misused}" for child in self.children if child.misused]:
                raise NotStarted("\n".join(refusing))
            time.sleep(LOOK_SECONDS)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop.set()

    def _start_broker(self) -> None:
        if self.settings.kafka_bootstrap is not None:
            self.say(f"broker: using {self.settings.kafka_bootstrap}")
            return
        port = self.settings.ports + 90
        brokers.check_free([port, port + 1])
        broker = brokers.Broker(self.settings.data, port)
        broker.prepare()
        started, headway = time.monotonic(), Headway()
        child = Child("broker", broker.command(), {}, self.settings.data / "logs" / "broker.out", port, None, 20.0)
        self._start(child)
        while not brokers.answers(port) and not self._stop.is_set():
            headway.note("broker", broker.log_file.stat().st_size if broker.log_file.exists() else 0)
            if child.process is None or child.process.poll() is not None or headway.still() > STILL_SECONDS:
                why = disks.advice(self.settings.data)
                raise brokers.BrokerFailed(f"The broker did not start: read {broker.log_file}.{why}")
            time.sleep(LOOK_SECONDS)
        if not self._stop.is_set():
            self.say(f"broker: ready after {time.monotonic() - started:.1f} s on port {port}")

    def _services(self) -> Iterator[Child]:
        brokers.check_free(ports(self.settings, self.workers))
        if self.settings.smtp_port == 0:
            yield self._child(SINK)
        for process in PROCESSES:
            for slot in range(self.workers if process.worker else 1):
                yield self._child(process, slot)

    def _child(self, process: Process, slot: int = 0) -> Child:
        """A process as a child. The sink has no settled page: what it was given is on the disk already."""
        settings, name = self.settings, process.name_of(slot)
        port = settings.ports + process.port_of(slot)
        environment = {
            "REDRESS_DATA": str(settings.data),
            "REDRESS_PORTS": str(settings.ports),
            "REDRESS_CLOCK": settings.clock,
        }
        if process.worker or process is SINK:
            environment |= {"REDRESS_HEALTH_PORT": str(port), "REDRESS_SLOT": str(slot)}
        log_file = settings.data / "logs" / f"{name}.log"
        environment["REDRESS_LOG_FILE"] = str(log_file)
        return Child(
            name, python(process.module), environment, log_file, port,
            f"http://127.0.0.1:{port}/health/ready", service=process.name, settles=process is not SINK,
        )  # fmt: skip

    def _start(self, child: Child) -> None:
        child.start()
        self.children.append(child)
        self._write_state()

    # -- watch and stop ----------------------------------------------------------------------------------

    def _watch(self) -> None:
        happened = [(child, found) for child in self.children if (found := child.watch()) is not None]
        for child, found in happened:
            log.warning(found.event, process=child.name, **found.facts)
            self.say(found.line)
        if happened or self._stale:
            self._write_state()

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        self._write_state()

    def _write_state(self) -> None:
        """Tell `redress status` what runs; a disk that takes nothing stops no process, it is tried again."""
        rows = [
            {
                "name": c.name,
                "service": c.service,
                "pid": c.process.pid if c.process else None,
                "born": supervisor_file.born(c.process.pid) if c.process else None,
                "port": c.port,
                "restarts": c.restarts,
                "started_at": c.started_at,
                "ended": c.ended,
                "health": c.ready_url,
                "internal": f"http://127.0.0.1:{c.port}" if c.ready_url and c.settles else None,
            }
            for c in self.children
        ]
        try:
            supervisor_file.write(self.settings, self._phase, rows)
        except OSError as error:
            if not self._stale:
                self.say(f"{supervisor_file.place(self.settings)}: {error.strerror}")
            self._stale = True
        else:
            self._stale = False

    def stop(self) -> None:
        """Stop in the reverse order: intake first, then the workers, the broker last."""
        self._enter("stopping")
        for child in reversed(self.children):
            child.stop()
        self.children.clear()
        log.info("supervisor.stopped")
        supervisor_file.remove(self.settings)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def start(settings: Settings, workers: int, prepare: Prepare, say: Say, when_ready: Callable[[], None]) -> None:
    """Run an installation in this process until it is told to stop."""
    Supervisor(settings, workers, prepare, say).run(when_ready)
