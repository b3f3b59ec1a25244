"""Casework's decisions: every command becomes its fact or a refusal, and a settlement at receipt does too."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import orjson

from services.casework import (
    act_times as times,
)
from services.casework import (
    answers,
    contact,
    delivery,
    ending,
    handling,
    ownership,
    settlement,
)
from services.casework.acting import Act
from services.casework.bad_content import InvalidCommand
from services.casework.refusals import CaseEnded, CaseInArchive, CaseNotRouted, PartyConcerned
from services.casework.refusing import reference_to, refused
from services.casework.rights import FIRST_ASKED, Rights
from services.casework.state import AtReceipt, CaseworkState
from shared.bank.organisation_file import parse_organisation
from shared.case.numbers import UnknownCase
from shared.contract.commands import Command
from shared.contract.envelope import Event
from shared.contract.events.casework import CommandRef
from shared.errors import NotYet, RedressError
from shared.kernel.service import CommandTrigger, Context, Fact, LogTrigger, Trigger

REACTS_TO = {"CaseRouted": datetime(2000, 1, 1, tzinfo=UTC)}
SETTLE = "settle-on-the-spot"
DECISIONS: dict[str, Callable[[Act], Fact]] = {
    "accept-handover": ownership.accept_handover,
    "refuse-handover": ownership.refuse_handover,
    "assign-unit": ownership.assign_unit,
    "name-party": ownership.name_party,
    "delegate": ownership.delegate,
    "reassign": ownership.reassign,
    "escalate": ownership.escalate,
    "record-contact": contact.record_contact,
    "interim-reply": contact.interim_reply,
    "classify": handling.classify,
    "record-investigation": handling.record_investigation,
    "decide": handling.decide,
    SETTLE: settlement.settle,
    "reply-customer": answers.reply_customer,
    "record-satisfaction": answers.record_satisfaction,
    "report-result": answers.report_result,
    "confirm-result": answers.confirm_result,
    "report-overrun-reason": answers.report_overrun_reason,
    "explain-overrun": answers.explain_overrun,
    "waive-duty": ending.waive_duty,
    "withdraw": ending.withdraw,
    "not-accept": ending.not_accept,
    "close": ending.close,
    "archive": ending.archive,
    "reopen": ending.reopen,
    "record-delivery": delivery.record_delivery,
    "resend-message": delivery.resend_message,
}
"""Per command what decides on it, once rights, life and time allow it."""
AFTER_THE_END = frozenset(
    {"archive", "record-contact", "record-delivery", "record-satisfaction", "reopen", "resend-message", "waive-duty"}
)
"""What may be done on a case that has ended; in the archive only a reopening."""
STILL_OWED = {"reply-customer": "reply_customer"}
"""What may be done after the end while this is owed: a case that was not accepted is still answered."""


def owes(before: CaseworkState | None, event: Event) -> bool:
    """A settlement that came with the receipt is looked at once, when the case has its owners."""
    return before is not None and before.at_receipt is not None and before.core.accepting is None


def decide(state: CaseworkState | None, trigger: Trigger, context: Context) -> Sequence[Fact]:
    """Answer a command, or the settlement of a receipt, with one fact.

    Raises:
        RedressError: the command is refused with this error's code, status and pointers.
        NotYet: organisation or calendars are not published.
    """
    match trigger:
        case CommandTrigger():
            return [_commanded(state, trigger.command, context)]
        case LogTrigger() if state is not None and state.at_receipt is not None:
            return [_settled_at_receipt(state, state.at_receipt, context)]
        case _:
            raise TypeError(f"casework does not answer {trigger!r}")


def _commanded(state: CaseworkState | None, command: Command, context: Context) -> Fact:
    decision = DECISIONS.get(command.name)
    if state is None:
        raise UnknownCase
    if decision is None:
        raise InvalidCommand
    rights = _rights(state, context)
    person = rights.person(command.actor)
    if state.core.accepting is None:
        raise CaseNotRouted
    part = rights.part(person, command.name, command.body)
    _check_life(state, command.name)
    proven = command.body.get("proof") is not None
    at = times.happened_at(command.at, command.name, state, rights.organisation, context, proven)
    act = Act(
        state, rights, context, reference_to(command), command.actor, person, command.body, at, part.side,
        part.acted_for,
    )  # fmt: skip
    return decision(act)


def _rights(state: CaseworkState, context: Context) -> Rights:
    document = context.reference.in_force("organisation", "bank", context.now)
    organisation = context.reference.parsed(document, parse_organisation)
    return Rights(organisation, state.core, times.bank_date(organisation, context.now))


def _check_life(state: CaseworkState, command: str) -> None:
    """Raises CaseInArchive, CaseEnded."""
    core = state.core
    if core.did("CaseArchived") and command != "reopen":
        raise CaseInArchive
    still_owed = command in STILL_OWED and core.open_duties(STILL_OWED[command])
    if core.ended and command not in AFTER_THE_END and not still_owed:
        raise CaseEnded


def _settled_at_receipt(state: CaseworkState, found: AtReceipt, context: Context) -> Fact:
    """Whoever took the complaint settled it; a check that fails leaves the case to its handler."""
    at = datetime.fromtimestamp(state.core.received_at, UTC).astimezone(context.now.tzinfo)
    rights = _rights(state, context)
    kind, _, id_ = found.actor.partition(":")
    person = id_ if kind == "person" else None
    body = orjson.loads(found.settlement)
    act = Act(state, rights, context, None, found.actor, person, body, at, FIRST_ASKED)
    try:
        if person in rights.parties:
            raise PartyConcerned
        return settlement.settle(act)
    except NotYet:
        raise
    except RedressError as error:
        reference = CommandRef(name=SETTLE, fingerprint=found.fingerprint)
        return refused(reference, found.actor, error)
