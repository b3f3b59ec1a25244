"""Starts broker and services of one installation, restarts what dies, stops them in order."""

import asyncio
import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from threading import Event
from types import FrameType

import orjson

from ops.local import broker as brokers
from ops.local import topics
from ops.local.installation import remember
from ops.local.process_table import PROCESSES, SINK, Process, ports
from ops.local.processes import Child, python
from ops.local.reading import read_topic
from ops.local.reference import publish_defaults
from ops.local.starting import LOOK_SECONDS, STILL_SECONDS, Headway, Say, Starting
from shared.contract.records import HEADER_MAC, Record
from shared.contract.topics import CLOCK, REFERENCE
from shared.errors import RedressError
from shared.log.broadcast_topics import clock_record
from shared.log.kafka_log import KafkaLog
from shared.log.membership import check_place, check_stores
from shared.process.settings import Settings
from shared.sealing.process_start import mended

WATCH_SECONDS = 0.1


class AlreadyRunning(RedressError):
    """This data folder is in use by another `redress up`: stop it with `redress down`, or name another folder."""

    code = "already_running"
    status = 409


class PortInUse(RedressError):
    """A port is in use: stop what uses it, or choose others with --ports."""

    code = "port_in_use"
    status = 409


class TopicsDiffer(RedressError):
    """The topics or the broker are not as Redress needs them."""

    code = "topics_differ"
    status = 409


class UnsignedLog(RedressError):
    """This log is from before records were signed: set REDRESS_UNSIGNED_BEFORE to now (docs/how-to/keys.md)."""

    code = "unsigned_log"
    status = 409


class LogOfOtherKeys(RedressError):
    """No record here fits the key files: put back what was taken out of them (docs/how-to/keys.md), then start."""

    code = "log_of_other_keys"
    status = 409


class Supervisor:
    """One installation's processes. ``say`` tells the person at the terminal how it goes."""

    def __init__(
        self, settings: Settings, organisation: Path | None, steered: str | None, workers: int, say: Say
    ) -> None:
        self.settings = settings
        self.workers = workers
        self.organisation = organisation
        self.steered = steered
        self.say = say
        self.children: list[Child] = []
        self._stop = Event()
        self._stale = False
        self._records = 0
        self._lock: int | None = None

    # -- start -----------------------------------------------------------------------------------------

    def run(self, when_ready: Callable[[], None]) -> None:
        """Start everything, watch it, and stop it in order on SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)
        self._lock = hold_folder(self.settings.data)
        if wrong := mended(self.settings.data):
            self.say(f"data folder: {wrong} files and folders were open to others, and are so no more")
        remember(self.settings)
        try:
            self._start_broker()
            self._start_services()
            if not self._stop.is_set():
                when_ready()
            while not self._stop.is_set():
                self._watch()
                time.sleep(WATCH_SECONDS)
        finally:
            self.stop()

    def _start_services(self) -> None:
        """Start them and wait until they are ready, unless somebody asks to stop meanwhile."""
        if self._stop.is_set():
            return
        self._records = asyncio.run(self._prepare())
        for child in self._services():
            self._start(child)
        starting = Starting([child for child in self.children if child.name != "broker"], self._records, self.say)
        while not self._stop.is_set() and not starting.over():
            self._watch()
            time.sleep(LOOK_SECONDS)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop.set()

    def _start_broker(self) -> None:
        if self.settings.kafka_bootstrap is not None:
            self.say(f"broker: using {self.settings.kafka_bootstrap}")
            return
        port = self.settings.ports + 90
        self._check_free([port, port + 1])
        broker = brokers.Broker(self.settings.data, port)
        broker.prepare()
        started, headway = time.monotonic(), Headway()
        child = Child("broker", broker.command(), {}, self.settings.data / "logs" / "broker.out", port, None, 20.0)
        self._start(child)
        while not brokers.answers(port) and not self._stop.is_set():
            headway.note("broker", broker.log_file.stat().st_size if broker.log_file.exists() else 0)
            if child.process is None or child.process.poll() is not None or headway.still() > STILL_SECONDS:
                raise brokers.BrokerFailed(f"The broker did not start: read {broker.log_file}.")
            time.sleep(LOOK_SECONDS)
        self.say(f"broker: ready after {time.monotonic() - started:.1f} s on port {port}")

    async def _prepare(self) -> int:
        """Make ready what the processes find, if this machine may join; how many records they are going to read."""
        if self.settings.kafka_bootstrap is not None:  # else the broker is this machine's own, and nobody else's
            await may_join(self.settings, self.workers)
        await prepare(self.settings, self.organisation, self.steered, self.say)
        return await records_of(self.settings)

    def _services(self) -> Iterator[Child]:
        self._check_free(ports(self.settings, self.workers))
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
        return Child(
            name, python(process.module), environment, settings.data / "logs" / f"{name}.log", port,
            f"http://127.0.0.1:{port}/health/ready", service=process.name, settles=process is not SINK,
        )  # fmt: skip

    def _check_free(self, ports: list[int]) -> None:
        for port in ports:
            if brokers.answers(port):
                raise PortInUse(f"Port {port} is in use: stop what uses it, or choose others with --ports.")

    def _start(self, child: Child) -> None:
        child.start()
        self.children.append(child)
        self._write_state()

    # -- watch and stop ----------------------------------------------------------------------------------

    def _watch(self) -> None:
        lines = [line for child in self.children if (line := child.watch()) is not None]
        for line in lines:
            self.say(line)
        if lines or self._stale:
            self._write_state()

    def _write_state(self) -> None:
        """Tell `redress status` what runs; a disk that takes nothing stops no process, it is tried again."""
        rows = [
            {
                "name": c.name,
                "service": c.service,
                "pid": c.process.pid if c.process else None,
                "port": c.port,
                "restarts": c.restarts,
                "health": c.ready_url,
                "internal": f"http://127.0.0.1:{c.port}" if c.ready_url and c.settles else None,
            }
            for c in self.children
        ]
        place = self.settings.data / "run" / "supervisor.json"
        draft = place.with_suffix(".draft")
        try:
            draft.write_bytes(orjson.dumps({"pid": os.getpid(), "processes": rows}, option=orjson.OPT_INDENT_2))
            draft.rename(place)
        except OSError as error:
            if not self._stale:
                self.say(f"{place}: {error.strerror}")
            self._stale = True
        else:
            self._stale = False

    def stop(self) -> None:
        """Stop in the reverse order: intake first, then the workers, the broker last."""
        for child in reversed(self.children):
            child.stop()
        self.children.clear()
        (self.settings.data / "run" / "supervisor.json").unlink(missing_ok=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


async def prepare(settings: Settings, organisation: Path | None, steered: str | None, say: Say) -> None:
    """Make missing topics, and publish what comes with Redress where nothing of its kind is published.

    Raises:
        TopicsDiffer, TooFewBrokers, UnsignedLog, LogOfOtherKeys, BadReference
    """
    made, different = await topics.apply(settings)
    if different:
        raise TopicsDiffer("\n".join(different))
    say(f"topics: {len(made)} made" if made else "topics: as they have to be")
    if not await read_topic(settings, REFERENCE):  # all would be published anew, and no case would be known
        check_may_begin(await read_topic(settings, REFERENCE, proven=False))
    if steered is not None and not await read_topic(settings, CLOCK):
        await set_clock(settings, steered)
    documents = await publish_defaults(settings, organisation)
    say(f"reference data: {len(documents)} published" if documents else "reference data: published before")


def check_may_begin(uncounted: Sequence[Record]) -> None:
    """Let a log begin where nothing is, not over records of which none counts. Raises UnsignedLog, LogOfOtherKeys."""
    if uncounted:
        raise LogOfOtherKeys if any(HEADER_MAC in record.headers for record in uncounted) else UnsignedLog


async def set_clock(settings: Settings, instant: str) -> None:
    """Move the steered clock; every process sees it within moments."""
    log = KafkaLog(settings, CLOCK)
    try:
        await log.append([clock_record(datetime.fromisoformat(instant))])
    finally:
        await log.stop()


async def may_join(settings: Settings, workers: int) -> None:
    """Let this machine join others, with so many workers of each service. Raises PlaceTaken, StoresOfOneMachine."""
    await check_stores(settings, *([] if settings.console_url else ["REDRESS_CONSOLE_URL"]))
    for process in PROCESSES:
        if process.worker:
            await check_place(settings, process.name, range(workers))


def hold_folder(data: Path) -> int:
    """Lock a data folder for one supervisor. Raises AlreadyRunning."""
    (data / "run").mkdir(parents=True, exist_ok=True)
    descriptor = os.open(data / "run" / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise AlreadyRunning from error
    return descriptor


async def records_of(settings: Settings) -> int:
    """How long the log is: what every process reads before it is ready."""
    log = KafkaLog(settings)
    try:
        return sum((await log.ends()).values())
    finally:
        await log.stop()


def start(
    settings: Settings,
    organisation: Path | None,
    steered: str | None,
    workers: int,
    say: Say,
    when_ready: Callable[[], None],
) -> None:
    """Run an installation in this process until it is told to stop, with so many workers of each service."""
    Supervisor(settings, organisation, steered, workers, say).run(when_ready)
