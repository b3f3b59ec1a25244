"""A night in operations: one installation whose broker, mail server, vault's database and code can go bad and mend."""

import asyncio
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from aiosmtpd.controller import Controller

from ops.local.reading import read_topic
from ops.local.status import processes, status
from shared.contract.envelope import Event, outgoing
from shared.contract.events.casework import InterimReplyGiven
from shared.contract.ids import derived
from shared.contract.records import HEADER_ID, HEADER_TYPE, Record
from shared.contract.topics import CLOCK, EVENTS
from shared.log.broadcast_topics import clock_record
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings
from shared.sealing.stores import open_vault
from tests.support.broker import free_ports
from tests.support.facts import SEALED, event
from tests.support.house_copy import running_copy
from tests.support.installation import authorization, installed, redress_of
from tests.support.mail_server import Server
from tests.support.postgres import Database, database

Done = subprocess.CompletedProcess[str]
AT_ONCE = 1000
"""Events of one append."""


@dataclass
class Night:
    """One installation, and what its engineer does and sees. ``house``: the copy whose code it runs."""

    settings: Settings
    environment: dict[str, str]
    house: Path
    keys: Database
    mail: Server
    said: dict[str, Done] = field(default_factory=dict)
    _mail_server: Any = None

    def mail_begins(self) -> None:
        """Let the mail server answer."""
        self._mail_server = Controller(self.mail, hostname="127.0.0.1", port=self.mail.port)
        self._mail_server.start()

    def mail_ends(self) -> None:
        """Let nobody answer there."""
        if self._mail_server is not None:
            self._mail_server.stop()
            self._mail_server = None

    def run(self, name: str, *arguments: str) -> Done:
        """Run a command; what it said is kept under a name."""
        place = ("--data", str(self.settings.data))
        self.said[name] = redress_of(self.house, *arguments, *place, **self.environment)
        return self.said[name]

    def post(self, key: str, body: Any) -> httpx.Response:
        """Post a complaint by telephone."""
        url = f"http://127.0.0.1:{self.settings.ports + 1}/v1/complaints/phone"
        headers = authorization(self.settings) | {"Idempotency-Key": key}
        return httpx.post(url, json=body, headers=headers, timeout=30)

    def ask(self, path: str, person: str = "luo.tian") -> httpx.Response:
        """A call of the console."""
        url = f"http://127.0.0.1:{self.settings.ports}{path}"
        return httpx.get(url, headers=authorization(self.settings, person, "person"), timeout=60)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a process a signal."""
        (pid,) = [row["pid"] for row in processes(self.settings) if row["name"] == name]
        os.kill(pid, number)

    def rows(self) -> dict[str, dict[str, Any]]:
        """What ``redress status`` tells, by process."""
        return {row["name"]: row for row in status(self.settings)}

    def alarms(self) -> str:
        """All alarms."""
        return "\n".join(alarm for row in self.rows().values() for alarm in row["alarms"])

    def at_rest(self) -> bool:
        """Whether all are ready, have read everything and owe nothing."""
        return all(
            row["ready"] and not (row["lag"] or row["owed"] or row["behind_records"]) for row in self.rows().values()
        )

    def records(self, case: str) -> list[Record]:
        """The records of a case in the log."""
        return [one for one in asyncio.run(read_topic(self.settings)) if one.key == case]

    def facts(self, case: str) -> Counter[str]:
        """What the log holds of a case."""
        return Counter(one.headers[HEADER_TYPE].decode().split(".")[1] for one in self.records(case))

    def acknowledged(self, case: str) -> bool:
        """Whether every service answered the receipt, and no letter is under way."""
        found = self.facts(case)
        answered = {"CaseRouted", "ClockStarted", "MessageSent"} <= found.keys()
        return answered and found["MessageSent"] == found["MessageSendStarted"]

    def set_clock(self, instant: str) -> None:
        """Let it be later, whatever waits."""
        asyncio.run(_appended(self.settings, clock_record(datetime.fromisoformat(instant)), CLOCK))

    def command(self, case: str, person: str, name: str, key: str, **body: Any) -> httpx.Response:
        """Somebody sends a command."""
        url = f"http://127.0.0.1:{self.settings.ports + 2}/v1/cases/{case}/commands/{name}"
        headers = authorization(self.settings, person, "person") | {"Idempotency-Key": key}
        return httpx.post(url, json=body, headers=headers, timeout=30)

    def append(self, case: str, type_: str, data: dict[str, Any]) -> None:
        """Let a newer version append a fact of casework to a case."""
        asyncio.run(_of_tomorrow(self.settings, case, type_, data))

    def interim_replies(self, case: str, number: int) -> None:
        """Let a case have so many more events."""
        asyncio.run(_interim_replies(self.settings, self.environment, case, number))


async def _appended(settings: Settings, record: Any, topic: str) -> None:
    log = KafkaLog(settings, topic)
    await log.append([record])
    await log.stop()


async def _of_tomorrow(settings: Settings, case: str, type_: str, data: dict[str, Any]) -> None:
    known = event(InterimReplyGiven.model_validate({"way": "phone", "words": SEALED}))
    fact = _placed(known, case, await _last_id(settings, case), 0)
    await _appended(settings, outgoing(fact._replace(type=type_, data=data)), EVENTS)


async def _last_id(settings: Settings, case: str) -> str:
    last = [one for one in await read_topic(settings) if one.key == case][-1]
    return last.headers[HEADER_ID].decode()


async def _interim_replies(settings: Settings, environment: dict[str, str], case: str, number: int) -> None:
    with_keys = Settings(data=settings.data, vault_url=environment["REDRESS_VAULT_URL"])
    async with open_vault(with_keys) as vault:
        words = await vault.seal(case, "words", "仍在处理。")
    fact = event(InterimReplyGiven.model_validate({"way": "phone", "words": words}))
    basis, log = await _last_id(settings, case), KafkaLog(settings)
    for start in range(0, number, AT_ONCE):
        await log.append([outgoing(_placed(fact, case, basis, start + n)) for n in range(AT_ONCE)])
    await log.stop()


def _placed(fact: Event, case: str, basis: str, number: int) -> Event:
    """One of many facts of a case: an id of its own, and a cause that nobody waits for."""
    id_, cause = derived("interim", case, str(number)), derived("interim cause", case, str(number))
    named = fact._replace(id=id_, causationid=cause, basisid=basis)
    return named._replace(subject=case, correlationid=case, actor="person:bai.xue")


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for a condition, bounded."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.2)


@contextmanager
def night(folder: Path, clock: str) -> Iterator[Night]:
    """An installation with a mail server and a vault's database of its own, run from a copy of the house."""
    port = free_ports(2)
    house = running_copy(folder / "house")
    with database(port + 1, folder / "postgres.log") as keys:
        environment = {"REDRESS_VAULT_URL": keys.address, "REDRESS_SMTP_PORT": str(port)}
        with installed(folder / "data", clock, house, **environment) as settings:
            found = Night(settings, environment, house, keys, Server(port))
            found.mail_begins()
            try:
                yield found
            finally:
                found.mail_ends()
