"""A single-node Apache Kafka in KRaft mode: formatted, started, watched and stopped by Redress itself."""

import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ops.local.processes import die_with_parent
from ops.paths import DEPLOY
from ops.supply import jars
from shared.errors import PortTaken, RedressError
from shared.process.settings import Settings

HERE = DEPLOY / "broker"
EVERY_BROKER = HERE / "broker.properties"
"""What every broker is set to, whoever starts it."""
START_SECONDS = 90.0
STOP_SECONDS = 20.0
ANSWER_SECONDS = 2.0
"""A broker that is well answers the smallest request within milliseconds."""
WHICH_REQUESTS = struct.pack(">ihhih", 10, 18, 0, 0, -1)
"""The smallest request of Kafka's protocol, which requests there are: length, ApiVersions, version, number, nobody."""
CLUSTER_ID = "UmVkcmVzc0xvY2FsTm9kZQ"
"""Any 22 characters of base64; one broker has no neighbours to be told apart from."""


class BrokerFailed(RedressError):
    """The broker did not start: read its log."""

    code = "broker_failed"
    status = 503


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker's place: data and log below ``data``, jars in ``lib``, on loopback at ``port`` and ``port + 1``."""

    data: Path
    port: int
    lib: Path = jars.FOLDER

    @property
    def log_file(self) -> Path:
        """Where the broker writes its own log."""
        return self.data / "logs" / "broker.log"

    @property
    def properties_file(self) -> Path:
        """The settings it was last started with."""
        return self.data / "broker" / "server.properties"

    def properties(self) -> dict[str, str]:
        """Settings of one node. The reasons stand beside those that are not obvious."""
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{self.port + 1}",
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.port + 1}",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": str(self.data / "broker" / "log"),
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "transaction.state.log.num.partitions": "4",
            "group.initial.rebalance.delay.ms": "0",
            **settings_in(EVERY_BROKER),
        }

    def _java(self, *arguments: str) -> list[str]:
        return [
            "java", "-Xmx512m", "-XX:TieredStopAtLevel=1",
            f"-Dlog4j2.configurationFile={HERE / 'log4j2.xml'}", f"-Dredress.broker.log={self.log_file}",
            "-cp", jars.classpath(self.lib), *arguments,
        ]  # fmt: skip

    def prepare(self) -> None:
        """Write the settings and, the first time, format the data folder. No jar that was not locked is run."""
        if wrong := jars.differences(self.lib):
            raise BrokerFailed(
                f"The broker's jars are not those of {jars.LOCK.name}: {'; '.join(wrong)}. {jars.ADVICE}"
            )
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        self.properties_file.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{key}={value}\n" for key, value in self.properties().items())
        self.properties_file.write_text(text)
        if not (self.data / "broker" / "log" / "meta.properties").exists():
            command = self._java("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(self.properties_file))
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            if done.returncode != 0:
                raise BrokerFailed(f"The broker's folder could not be formatted: {done.stderr.strip()[-500:]}")

    def command(self) -> list[str]:
        """The broker's command line."""
        return self._java("kafka.Kafka", str(self.properties_file))


def settings_in(file: Path) -> dict[str, str]:
    """The settings of a file of properties, whose comments stand on lines of their own."""
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {key: value for key, _, value in pairs}


def answers(port: int) -> bool:
    """Whether somebody listens on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def check_free(ports: Sequence[int]) -> None:
    """See that nobody listens on any of these loopback ports. Raises PortTaken."""
    for port in ports:
        if answers(port):
            raise PortTaken(f"Port {port} is in use: stop what uses it, or choose others with --ports.")


def serves(port: int) -> bool:
    """Whether a broker answers a request on a loopback port: one that is frozen takes connections, and says nothing."""
    try:
        with socket.create_connection(("127.0.0.1", port), ANSWER_SECONDS) as asking:
            asking.sendall(WHICH_REQUESTS)
            return bool(asking.recv(1))
    except OSError:
        return False


def start(broker: Broker, beginning: Callable[[], None] | None = None) -> subprocess.Popen[bytes]:
    """Start a broker and wait until it answers. ``beginning`` runs in its process first.

    Raises:
        BrokerFailed: it ended or did not answer in time; the end of its log is in the message.
    """
    broker.prepare()
    with (broker.data / "logs" / "broker.out").open("ab") as output:
        process = subprocess.Popen(
            broker.command(), stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            preexec_fn=beginning,  # noqa: PLW1509 - whoever gives one starts no thread before
        )  # fmt: skip
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if answers(broker.port):
            return process
        time.sleep(0.1)
    process.kill()
    process.wait()
    tail = broker.log_file.read_text(errors="replace")[-1500:] if broker.log_file.exists() else "no log was written"
    raise BrokerFailed(f"The broker did not start; {broker.log_file} ends with:\n{tail}")


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    """Have brokers: those that the settings name, else one of the data folder's own, which goes when this process does.

    Raises:
        PortTaken, BrokerFailed
    """
    if settings.kafka_bootstrap is not None:
        yield
        return
    broker = Broker(settings.data, settings.ports + 90)
    check_free([broker.port, broker.port + 1])  # else who answers there would be taken for this one
    process = start(broker, die_with_parent)
    try:
        yield
    except Exception as error:
        if process.poll() is not None:
            raise BrokerFailed(
                f"The broker ended in the middle: is there room on the disk? {broker.log_file} says why; mend it, then "
                "give the command again."
            ) from error
        raise
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a broker in order; one that does not follow is killed."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
