"""One case among all services that decide: each has read a prefix of the log and decides on that, as on a broker."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from ops.verify.services import SERVICES
from services.casework.decisions import COMMANDS, refuse
from services.casework.http.corrected_value import value_and_receipt
from services.casework.http.sealed_command import Speaking, content_of, sealed_command
from shared.bank.reference import Reference
from shared.contract.commands import Command
from shared.contract.envelope import Event
from shared.contract.events import EventData
from shared.errors import RedressError
from shared.kernel.service import CommandTrigger, Fact, LogTrigger, NoLongerDue, ResultTrigger, Service
from tests.support.facts import CASE, NOW, Given, event

KEY = bytes(32)
NAMES = tuple(service.name for service in SERVICES)


class Reader:
    """One service: the prefix of the log that it has folded, and what it owes."""

    def __init__(self, service: Service[Any], known: Reference) -> None:
        self.service = service
        self.given = Given(service, known=known)
        self.read = 0
        self.owed: list[Event] = []


class World:
    """The log of one case and its readers; nothing is folded until a reader gets its turn.

    ``mail_works``: whether the mail server takes what is sent while everybody gets to the end.
    """

    BEGIN = NOW

    def __init__(self, received: EventData, known: Reference, now: datetime = NOW) -> None:
        self.log: list[Event] = [event(received)]
        self.now = now
        self.known = known
        self.readers = {service.name: Reader(service, known) for service in SERVICES}
        self.mail_works = True
        self._sent = 0

    # -- reading -----------------------------------------------------------------------------------------

    def catch_up(self, name: str, upto: int | None = None) -> Reader:
        """Let a service fold everything up to the end, or only so many events more."""
        reader = self.readers[name]
        end = len(self.log) if upto is None else min(len(self.log), reader.read + upto)
        for one in self.log[reader.read : end]:
            if one.source == f"/redress/{name}":
                reader.owed = [o for o in reader.owed if o.id != one.causationid]
            owes = reader.given.owes(one)
            gone = set(reader.given.discharged(one))
            reader.owed = [o for o in reader.owed if o.id not in gone]
            reader.given.fold(one)
            if owes:
                reader.owed.append(one)
        reader.read = max(reader.read, end)
        return reader

    def state(self, name: str) -> Any:
        """What a service has folded so far."""
        return self.readers[name].given.state

    # -- deciding ----------------------------------------------------------------------------------------

    def append(self, reader: Reader, cause: str, facts: Sequence[Fact]) -> None:
        """Append what a service decided on what it has read, then let it read that back."""
        basis = self.log[reader.read - 1].id
        for position, fact in enumerate(facts):
            made = event(fact.data, cause, position, fact.happened_at or self.now)
            actor = fact.actor or made.actor
            self.log.append(made._replace(basisid=basis, recordedtime=self.now.isoformat(), actor=actor))
        self.catch_up(reader.service.name)

    def answer(self, name: str) -> bool:
        """Let a service answer the first event that it owes a reaction to, on what it has read so far."""
        reader = self.readers[name]
        if not reader.owed:
            return False
        trigger = LogTrigger(reader.owed[0])
        self.append(reader, trigger.id, list(reader.given.when(trigger, self.now)))
        return True

    def recheck(self, name: str) -> bool:
        """Let a service decide anew what the reference data of now say otherwise; whether there was anything."""
        reader = self.readers[name]
        if reader.given.state is None:
            return False
        service, state = reader.service, reader.given.state
        if not any(service.touched(key, self.known, self.now) for key in service.keys(state)):
            return False
        found = list(service.stale(CASE, state, self.known, self.now))
        for trigger in found:
            try:
                facts = list(reader.given.when(trigger, self.now))
            except NoLongerDue:
                continue
            self.append(reader, trigger.id, facts)
        return bool(found)

    def fire(self) -> None:
        """The clock moves to the next due instant, and sla fires what it holds for due."""
        reader = self.catch_up("sla")
        while self.answer("sla"):
            pass  # a session answers what it owes before what falls due
        if reader.given.state is None:
            return
        due = sorted(reader.service.timers(CASE, reader.given.state), key=lambda timer: timer.due_at)
        if due:
            self.now = max(self.now, due[0].due_at)
        for timer in due:
            if timer.due_at <= self.now:
                with suppress(NoLongerDue):  # it is let go of, and makes way for the next one
                    self.append(reader, timer.id, list(reader.given.when(timer, self.now)))
                    return

    def command(self, actor: str, name: str, body: dict[str, Any]) -> Command:
        """What somebody sends, as the API passes it on.

        Raises:
            pydantic.ValidationError: it has not the shape.
            RedressError: the API refuses it itself.
        """
        self._sent += 1
        shape = COMMANDS[name].body
        key = str(self._sent)
        content = content_of(shape, body)
        field, speakers = COMMANDS[name].names_speakers, self.state("casework").core.speakers
        speaking = Speaking(field, speakers.names if speakers else ()) if field else None
        looked_up = value_and_receipt(content, self.log[0], KEY, UTC) if COMMANDS[name].reads_receipt else None
        made = sealed_command(
            name, content, actor=f"person:{actor}", case=CASE, key=key, secret=KEY, after=0,
            speaking=speaking, looked_up=looked_up,
        )  # fmt: skip
        return made._replace(fingerprint=f"f{key}")

    def may_act(self) -> bool:
        """Whether commands are looked at now: they wait while it is about to be said who has the case."""
        casework = self.readers["casework"]
        state = casework.given.state
        return state is not None and not casework.service.waits_for_others(state)

    def acts(self, actor: str, name: str, body: dict[str, Any]) -> bool:
        """Somebody sends a command, which is decided on what casework has read; whether it counts."""
        reader = self.readers["casework"]
        try:
            command = self.command(actor, name, body)
        except RedressError:
            return False
        try:
            facts, counts = list(reader.given.when(CommandTrigger(command), self.now)), True
        except RedressError as error:
            facts, counts = [refuse(command, error)], False
        self.append(reader, command.id, facts)
        return counts

    def receives(self, data: EventData) -> None:
        """Intake takes something more in; it decides on nothing."""
        self._sent += 1
        self.log.append(event(data, f"received {self._sent}", at=self.now))

    # -- sending -----------------------------------------------------------------------------------------

    def deliver(self, taken: bool) -> bool:
        """The mail server answers for the first sending that is open; whether there was one."""
        reader = self.readers["notify"]
        started = [one for one in self.log[: reader.read] if one.name == "MessageSendStarted"]
        for one in started:
            message = reader.given.state.message(one.data["message_id"])
            if message is not None and message.state == "started":
                trigger = ResultTrigger(one.id, CASE, result_of(one, taken))
                self.append(reader, one.id, list(reader.given.when(trigger, self.now)))
                return True
        return False

    # -- until nothing is left to say --------------------------------------------------------------------

    def settle(self, rounds: int = 200) -> None:
        """Until everybody has read everything, nothing is owed and no sending is open."""
        for _ in range(rounds):
            busy = False
            for name in self.readers:
                self.catch_up(name)
                busy |= self.answer(name)
            if not busy:
                busy = bool([name for name in self.readers if self.recheck(name)])
            if not busy and not self.deliver(self.mail_works):
                return
        raise AssertionError("the services go on answering each other")

    def passes(self, time: timedelta) -> None:
        """Time goes by."""
        self.now += time


def result_of(started: Event, taken: bool) -> dict[str, Any]:
    """What comes back of a sending."""
    said = started.data
    common = {key: said[key] for key in ("message_id", "kind", "duty_id", "recipient", "way", "smtp_message_id")}
    if not taken:
        return common | {"outcome": "failed", "code": 550, "reason": "refused"}
    reply = "250 ok" if said["way"] == "email" else None
    return common | {"outcome": "sent", "template": said["template"], "content_sha256": "0" * 64, "smtp_reply": reply}
