"""The processes of an installation, declared once: `redress up`, compose file and Kubernetes manifests start these.

In starting order; they are stopped in the reverse one, so that nothing is taken in any more while the others finish.
"""

from dataclasses import dataclass

from shared.process.settings import Settings

SLOT_PORTS = 20
"""A service's further workers on one machine have their health ports this much higher each."""
MOST_WORKERS = 4
"""A fifth one's ports would lie among those of the broker."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process. ``port``: where it says how it goes; ``serves``: where it is called besides; offsets from BASE.

    ``user``: as whom the brokers know it and whose key it signs with; a ``worker`` belongs to its service's group.
    """

    name: str
    module: str
    port: int
    user: str
    worker: bool = False
    serves: int | None = None

    def port_of(self, slot: int) -> int:
        """Where the worker of a slot says how it goes."""
        return self.port + slot * SLOT_PORTS

    def name_of(self, slot: int) -> str:
        """What the worker of a slot is called: the first has the service's name."""
        return f"{self.name}-{slot}" if slot else self.name


def _worker(service: str, port: int) -> Process:
    return Process(service, f"services.{service}.worker", port, service, worker=True)


SINK = Process("smtp-sink", "ops.local.smtp_sink", 27, "smtp-sink", serves=26)
"""The mail server of a machine in development. In production the bank's own takes its place."""
PROCESSES = (
    _worker("routing", 11),
    _worker("sla", 12),
    _worker("notify", 13),
    _worker("casework", 14),
    Process("console", "services.console.worker", 0, "console"),
    Process("casework-api", "services.casework.http.process", 2, "casework-api"),
    Process("intake", "services.intake.http.process", 1, "intake"),
    Process("intake-inbox", "services.intake.inbox.process", 15, "intake-inbox"),
    Process("intake-mail", "services.intake.mail.process", 28, "intake", serves=25),
)
WORKERS = tuple(process.name for process in PROCESSES if process.worker)


def ports(settings: Settings, workers: int) -> list[int]:
    """Every port that the processes of this machine listen at."""
    offsets = [SINK.port, SINK.serves] if settings.smtp_port == 0 else []
    for process in PROCESSES:
        offsets += [process.port_of(slot) for slot in range(workers if process.worker else 1)]
        offsets.append(process.serves)
    return [settings.ports + offset for offset in offsets if offset is not None]
