"""Starts broker and services of one installation, restarts what dies, stops them in order."""

import asyncio
import fcntl
import os
import signal
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from threading import Event
from types import FrameType

import orjson

from ops.local import broker as brokers
from ops.local import topics
from ops.local.installation import remember
from ops.local.processes import Child, python
from ops.local.reading import read_topic
from ops.local.reference import publish_defaults
from ops.local.starting import LOOK_SECONDS, STILL_SECONDS, Headway, Say, Starting
from shared.contract.records import HEADER_MAC, Record
from shared.contract.topics import CLOCK, REFERENCE
from shared.errors import RedressError
from shared.log.broadcast_topics import clock_record
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings
from shared.sealing.process_start import mended

WATCH_SECONDS = 0.1
SINK = 26
INBOX = 15
MAIL, MAIL_HEALTH = 25, 28
"""Where mail comes in, and where the process that takes it says how it goes."""
WORKERS = {"routing": 11, "sla": 12, "notify": 13, "casework": 14}
"""Workers and the offset of their health ports; further slots lie 20 higher each."""
SLOT_PORTS = 20


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

    def __init__(self, settings: Settings, organisation: Path | None, steered: str | None, say: Say) -> None:
        self.settings = settings
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
        asyncio.run(self._prepare())
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

    async def _prepare(self) -> None:
        """Topics, reference data and the clock are there before any worker starts."""
        made, different = await topics.apply(self.settings)
        if different:
            raise TopicsDiffer("\n".join(different))
        self.say(f"topics: {len(made)} made" if made else "topics: as they have to be")
        if not await read_topic(self.settings, REFERENCE):  # all would be published anew, and no case would be known
            check_may_begin(await read_topic(self.settings, REFERENCE, proven=False))
        if self.steered is not None and not await read_topic(self.settings, CLOCK):
            await set_clock(self.settings, self.steered)
        documents = await publish_defaults(self.settings, self.organisation)
        self.say(f"reference data: {len(documents)} published" if documents else "reference data: published before")
        self._records = await records_of(self.settings)

    def _services(self) -> list[Child]:
        settings, logs = self.settings, self.settings.data / "logs"
        offsets = (0, 1, 2, MAIL, MAIL_HEALTH, INBOX, SINK, SINK + 1, *WORKERS.values())
        self._check_free([settings.ports + offset for offset in offsets])
        common = {
            "REDRESS_DATA": str(settings.data),
            "REDRESS_PORTS": str(settings.ports),
            "REDRESS_CLOCK": settings.clock,
        }
        intake = f"http://127.0.0.1:{settings.ports + 1}/health/ready"
        children = []
        if settings.smtp_port == 0:
            children.append(self._sink(common))
        for name, offset in WORKERS.items():
            port = settings.ports + offset
            own = common | {"REDRESS_HEALTH_PORT": str(port)}
            ready = f"http://127.0.0.1:{port}/health/ready"
            children.append(Child(name, python(f"services.{name}.worker"), own, logs / f"{name}.log", port, ready))
        console, port = f"http://127.0.0.1:{settings.ports}/health/ready", settings.ports
        log_file = logs / "console.log"
        children.append(Child("console", python("services.console.worker"), common, log_file, port, console))
        port = settings.ports + 2
        ready = f"http://127.0.0.1:{port}/health/ready"
        log_file = logs / "casework-api.log"
        children.append(Child("casework-api", python("services.casework.http.process"), common, log_file, port, ready))
        children.append(
            Child(
                "intake",
                python("services.intake.http.process"),
                common,
                logs / "intake.log",
                settings.ports + 1,
                intake,
            )
        )
        children += [self._inbox(common), self._mail(common)]
        return children

    def _inbox(self, common: dict[str, str]) -> Child:
        port = self.settings.ports + INBOX
        log_file = self.settings.data / "logs" / "intake-inbox.log"
        ready = f"http://127.0.0.1:{port}/health/ready"
        return Child("intake-inbox", python("services.intake.inbox.process"), common, log_file, port, ready)

    def _mail(self, common: dict[str, str]) -> Child:
        """Takes complaints by e-mail; it starts last and stops first, as all intake does."""
        port = self.settings.ports + MAIL_HEALTH
        ready = f"http://127.0.0.1:{port}/health/ready"
        log_file = self.settings.data / "logs" / "intake-mail.log"
        return Child("intake-mail", python("services.intake.mail.process"), common, log_file, port, ready)

    def _sink(self, common: dict[str, str]) -> Child:
        """The mail server of this machine. It has no settled page: what it was given is on the disk already."""
        health = self.settings.sink_health_port
        own = common | {"REDRESS_HEALTH_PORT": str(health)}
        ready = f"http://127.0.0.1:{health}/health/ready"
        log_file = self.settings.data / "logs" / "smtp-sink.log"
        port = self.settings.ports + SINK
        return Child("smtp-sink", python("ops.local.smtp_sink"), own, log_file, port, ready, settles=False)

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


def check_may_begin(uncounted: Sequence[Record]) -> None:
    """Let a log begin where nothing is, not over records of which none counts. Raises UnsignedLog, LogOfOtherKeys."""
    if uncounted:
        raise LogOfOtherKeys if any(HEADER_MAC in record.headers for record in uncounted) else UnsignedLog


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


async def set_clock(settings: Settings, instant: str) -> None:
    """Move the steered clock; every process sees it within moments."""
    log = KafkaLog(settings, CLOCK)
    try:
        await log.append([clock_record(datetime.fromisoformat(instant))])
    finally:
        await log.stop()


def start(
    settings: Settings, organisation: Path | None, steered: str | None, say: Say, when_ready: Callable[[], None]
) -> None:
    """Run an installation in this process until it is told to stop."""
    Supervisor(settings, organisation, steered, say).run(when_ready)
