"""Notify's decisions: which letters a fact calls for, and what became of a sending."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from services.notify.state import Message, NotifyState, Person
from shared.envelope import Event
from shared.events.base import DutyEnded, EventData, Sealed, Versioned
from shared.events.notify import (
    CustomerRecipient,
    MessageFailed,
    MessageKind,
    MessageSendStarted,
    MessageSent,
    MessageSuppressed,
    StaffRecipient,
)
from shared.ids import message_id
from shared.organisation_file import parse_organisation
from shared.service import Context, Fact, LogTrigger, ResultTrigger, Trigger

BANK_LANGUAGE = "zh"
SINCE = datetime(2000, 1, 1, tzinfo=UTC)
REACTS_TO = dict.fromkeys(("CaseRouted", "ClockStarted", "ClockWarned", "TargetPassed", "ClockBreached"), SINCE)
CHASERS: dict[str, MessageKind] = {"ClockWarned": "warning_chaser", "TargetPassed": "target_chaser"}


def owes(before: NotifyState | None, event: Event) -> bool:
    """The first letters name owner and limit, so they are owed by whichever of the two facts comes second."""
    match event.name:
        case "CaseRouted":
            return before is not None and before.clock_started and before.accepting is None
        case "ClockStarted":
            return before is not None and before.accepting is not None and not before.clock_started
        case _:
            return event.data.get("duty_id") is None  # letters are about the case's limit, not about a duty's


def decide(state: NotifyState | None, trigger: Trigger, context: Context) -> Sequence[Fact]:
    """Answer a fact with the letters it calls for, or a sending's result with what became of it.

    Raises:
        NotYet: organisation or template are not published.
    """
    if state is None:
        raise ValueError("a letter about a case that was never received")
    match trigger:
        case LogTrigger():
            return [Fact(data) for data in Letters(state, trigger.event, context).called_for()]
        case ResultTrigger():
            return [Fact(_result(state, trigger))]
        case _:
            raise TypeError(f"notify does not answer {trigger!r}")


class Letters:
    """The letters that one fact calls for."""

    def __init__(self, state: NotifyState, cause: Event, context: Context) -> None:
        self.state = state
        self.cause = cause
        self.context = context
        document = context.reference.in_force("organisation", "bank", context.now)
        self.organisation = context.reference.parsed(document, parse_organisation)
        self.organisation_version = Versioned(id="bank", version=document.version)

    def called_for(self) -> Iterator[EventData]:
        """Each letter, started or suppressed."""
        name, state = self.cause.name, self.state
        if name in ("CaseRouted", "ClockStarted"):
            yield self._acknowledgement()
            yield self._to(state.handler, "written_notice", state.notice_duty)
        elif name in CHASERS:
            yield self._to(state.handler or state.accepting, CHASERS[name])
        else:
            yield self._to(state.handler or state.accepting, "breach_notice")
            if state.handler and state.accepting and state.accepting.person != state.handler.person:
                yield self._to(state.accepting, "breach_notice")

    def _acknowledgement(self) -> EventData:
        email = self.state.email
        if email is None:
            why = "anonymous" if self.state.anonymous else "not_reachable_by_email"
            return MessageSuppressed(kind="acknowledgement", duty_id=None, why=why)
        recipient = CustomerRecipient(address=Sealed(label=email[0], box=email[1]))
        return self._started("acknowledgement", None, recipient, "customer", self.state.language)

    def _to(self, person: Person | None, kind: MessageKind, duty: str | None = None) -> EventData:
        if person is None or person.person is None:
            return MessageSuppressed(kind=kind, duty_id=duty, why="nobody_to_tell")
        if person.person in self.state.parties:
            return MessageSuppressed(kind=kind, duty_id=duty, why="party_concerned")
        if self.organisation.people[person.person].email is None:
            return MessageSuppressed(kind=kind, duty_id=duty, why="no_email")
        recipient = StaffRecipient(person=person.person, unit=person.unit)
        return self._started(kind, duty, recipient, person.person, BANK_LANGUAGE)

    def _started(
        self,
        kind: MessageKind,
        duty: str | None,
        recipient: StaffRecipient | CustomerRecipient,
        name: str,
        language: str,
    ) -> MessageSendStarted:
        template = self.context.reference.in_force("template", f"{kind}.{language}", self.context.now)
        id_ = message_id(self.context.causation_id, kind, name)
        return MessageSendStarted(
            message_id=id_,
            kind=kind,
            duty_id=duty,
            about=self.cause.id,
            recipient=recipient,
            way="email",
            language="en" if language == "en" else "zh",
            template=Versioned(id=template.id, version=template.version),
            organisation=self.organisation_version,
            smtp_message_id=f"<{id_}@{self.organisation.bank.id}.redress>",
        )


def _result(state: NotifyState, trigger: ResultTrigger) -> MessageSent | MessageFailed:
    result = trigger.result
    message = next((m for m in state.messages if m.message_id == result["message_id"]), None)
    if message is None or message.state != "started":
        raise ValueError("the result of a sending that is not open")
    common = {key: result[key] for key in ("message_id", "kind", "duty_id", "recipient", "way", "smtp_message_id")}
    if result["outcome"] == "sent":
        sent = {key: result[key] for key in ("template", "content_sha256", "smtp_reply")}
        return MessageSent.model_validate({**common, **sent, "duties_ended": _discharged(message)})
    return MessageFailed.model_validate({**common, "code": result["code"], "reason": result["reason"]})


def _discharged(message: Message) -> tuple[DutyEnded, ...]:
    """A written notice that was sent discharges its duty; one that failed leaves it open."""
    if message.duty_id is None:
        return ()
    return (DutyEnded(id=message.duty_id, kind="deliver_written_notice", state="discharged"),)
