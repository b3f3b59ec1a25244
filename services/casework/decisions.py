"""Casework decides: every command becomes its fact or a refusal, and a settlement at receipt does too."""

from collections.abc import Sequence
from datetime import UTC, datetime

import orjson

from services.casework import said_times
from services.casework.act import Act, Approval
from services.casework.asking import requested
from services.casework.bad_content import InvalidCommand
from services.casework.bad_state import ApprovalOvertaken, CaseNotRouted
from services.casework.bad_times import BeforeWhatItAnswers, LateWithoutProof
from services.casework.commands import (
    answers,
    approving,
    assignments,
    contact,
    corrections,
    delivery,
    ending,
    handling,
    media,
    ownership,
    passing,
    plans,
    remedies,
    reopening,
    second_looks,
    settlement,
    speakers,
    transferring_bodies,
)
from services.casework.commands.approving import asked_for
from services.casework.commands.declaration import REFUSED_AT_STAGE, Declaration, Stage
from services.casework.folding import FOLDS, evolve
from services.casework.refusals import NotEntitled
from services.casework.refusing import refused
from services.casework.rights import Rights
from services.casework.shown_state import dump
from services.casework.state import CaseworkState, moments, waits_for_routing
from services.casework.stored import STORED
from services.casework.waiting_acts import AtReceipt
from shared.bank.bank_day import instant_of
from shared.bank.in_force import bank_calendar, organisation_in_force
from shared.case.core import CaseCore
from shared.case.duty_kinds import APPROVE
from shared.case.numbers import UnknownCase
from shared.contract.commands import Command
from shared.contract.envelope import Event
from shared.contract.events.base import CaseworkEvent, CommandRef
from shared.contract.settlement_bodies import Settlement
from shared.errors import NotYet, RedressError
from shared.kernel.service import CommandTrigger, Context, Fact, LogTrigger, Service, Trigger

REACTS_TO = {"CaseRouted": datetime(2000, 1, 1, tzinfo=UTC)}
SUBJECTS = (
    ownership, speakers, contact, corrections, assignments, handling, settlement, plans, remedies, answers,
    second_looks, transferring_bodies, passing, media, delivery, approving, ending, reopening,
)  # fmt: skip
"""The modules that declare commands, as the reference page lists them."""
COMMANDS: dict[str, Declaration[Act]] = {declared.name: declared for module in SUBJECTS for declared in module.COMMANDS}
"""Every command by its name."""
SETTLE = "settle-on-the-spot"


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
            return _commanded(state, trigger.command, context)
        case LogTrigger() if state is not None and state.at_receipt is not None:
            return [_settled_at_receipt(state, state.at_receipt, context)]
        case _:
            raise TypeError(f"casework does not answer {trigger!r}")


def _commanded(state: CaseworkState | None, command: Command, context: Context) -> list[Fact]:
    declared = COMMANDS.get(command.name)
    if state is None:
        raise UnknownCase
    if declared is None:
        raise InvalidCommand
    rights = _rights(state, context)
    person = rights.person(command.actor)
    if state.core.accepting is None:
        raise CaseNotRouted
    part = rights.part(person, declared.who, command.body)
    _check_stage(state.core, declared)
    at = _happened_at(state, declared, command, rights, context)
    act = Act(
        state, rights, context, reference_to(command), command.actor, person, declared.body, command.body, at,
        part.side, part.acted_for,
    )  # fmt: skip
    if declared.name == APPROVE:
        return [declared.decide(act), _approved(act, command)]
    return [_made_or_asked(declared, act)]


def _made_or_asked(declared: Declaration[Act], act: Act) -> Fact:
    """The act's fact; where it needs a second person, and is possible, the request for his approval."""
    fact = declared.decide(act)
    second = declared.second_person
    approvers = second.approvers(act) if second is not None else None
    if second is None or approvers is None:
        return fact
    return requested(act, declared.name, approvers, _for_whom(fact), second.about)


def _for_whom(fact: Fact) -> str | None:
    if not isinstance(fact.data, CaseworkEvent):
        raise TypeError(f"{fact.data!r} is no fact of casework")
    return fact.data.acted_for


def _approved(granting: Act, command: Command) -> Fact:
    """The act that was asked for, as it is possible now: by who asked, when it is approved.

    Raises:
        ApprovalOvertaken: the case or the rights of who asked have changed so that it cannot be done any more.
        NotEntitled: this is nobody who may approve it.
        BeforeWhatItAnswers, LateWithoutProof: approved before it was asked for, or entered late.
    """
    asked, state, context = asked_for(granting), granting.state, granting.context
    declared, body = COMMANDS[asked.act], orjson.loads(asked.body)
    if granting.at.timestamp() < asked.at:
        raise BeforeWhatItAnswers("/at", about=("requested",))
    at = _happened_at(state, declared, command, granting.rights, context)
    try:
        person = granting.rights.person(asked.actor)
        part = granting.rights.part(person, declared.who, body)
        _check_stage(state.core, declared)
        act = Act(
            state, granting.rights, context, granting.command, asked.actor, person, declared.body, body, at, part.side,
            part.acted_for, Approval(granting.person, asked.duty),
        )  # fmt: skip
        fact = declared.decide(act)
        approvers = declared.second_person.approvers(act) if declared.second_person else None
    except NotYet:
        raise
    except RedressError as error:
        raise ApprovalOvertaken(about=(error.code,)) from error
    if granting.person not in (asked.approvers if approvers is None else approvers):
        raise NotEntitled
    return fact


def _rights(state: CaseworkState, context: Context) -> Rights:
    organisation = organisation_in_force(context.reference, context.now).organisation
    return Rights(organisation, state.core, organisation.day.date_of(context.now))


def stage_of(core: CaseCore) -> Stage:
    """Tell how far a case is."""
    if core.did("CaseArchived"):
        return "archived"
    return "ended" if core.ended else "open"


def _check_stage(core: CaseCore, declared: Declaration[Act]) -> None:
    """Refuse a command that does not belong to the stage of the case. Raises CaseInArchive, CaseEnded, NotEnded."""
    stage = stage_of(core)
    owed = stage == "ended" and declared.while_owed is not None and core.open_duties(declared.while_owed)
    if stage not in declared.stages and not owed:
        raise REFUSED_AT_STAGE[stage]


def _happened_at(
    state: CaseworkState, declared: Declaration[Act], command: Command, rights: Rights, context: Context
) -> datetime:
    """Tell when the command's fact happened.

    Raises:
        InvalidCommand, TimeAhead, BeforeReceipt, BeforeWhatItAnswers, LateWithoutProof: it cannot be.
        NotYet: no calendar is published.
    """
    at = said_times.happened_at(command.at, context.now, state.since, moments(state, declared.not_before))
    if command.at is not None and command.body.get("proof") is None:
        breached_at = state.breached_at if declared.can_stop_clock else None
        if breached_at is not None and at.timestamp() < breached_at:
            raise LateWithoutProof("/at", "/proof")
        calendar = bank_calendar(context.reference, context.now).calendar
        said_times.check_entered_soon(rights.organisation.day.date_of(at), rights.on, calendar)
    return at


def _settled_at_receipt(state: CaseworkState, found: AtReceipt, context: Context) -> Fact:
    """Whoever took the complaint settled it himself; a check that fails leaves the case to its handler."""
    at = instant_of(state.core.received_at).astimezone(context.now.tzinfo)
    rights = _rights(state, context)
    body = orjson.loads(found.settlement)
    try:
        person = rights.person(found.actor)
        part = rights.part(person, COMMANDS[SETTLE].who, body)
        act = Act(state, rights, context, None, found.actor, person, Settlement, body, at, part.side, part.acted_for)
        _check_stage(state.core, COMMANDS[SETTLE])
        return _made_or_asked(COMMANDS[SETTLE], act)
    except NotYet:
        raise
    except RedressError as error:
        reference = CommandRef(name=SETTLE, fingerprint=found.fingerprint)
        return refused(reference, found.actor, error)


def refuse(command: Command, error: RedressError) -> Fact:
    """State that a command was refused: its code and what it is about, never its body."""
    return refused(reference_to(command), command.actor, error)


def reference_to(command: Command) -> CommandRef:
    """Name the command as the events that answer it do. A name that is none is not repeated: it may be anything."""
    name = command.name if command.name in COMMANDS else "unknown-command"
    return CommandRef(name=name, fingerprint=command.fingerprint)


SERVICE: Service[CaseworkState] = Service(
    name="casework",
    reacts_to=REACTS_TO,
    folds=FOLDS,
    evolve=evolve,
    owes=owes,
    decide=decide,
    dump=dump,
    refuse=refuse,
    waits_for_others=waits_for_routing,
    stored=STORED,
)
"""What the kernel gets of casework."""
