"""Every service folds the same core of a case by the table of this module. Pure.

An event that opens or ends duties lists them, so folding needs no rule of any channel; ``shared.case.crossings`` says
what counts where two services' facts crossed.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from operator import attrgetter
from sys import intern

from shared.case.core import NOTHING_SELDOM, Approval, Before, CaseCore, OwnerAct, Seldom
from shared.case.crossings import FINAL, OWNERSHIP, SETTING_ASIDE, overtaken
from shared.case.duties import CASEWORK_SOURCE, Place, once
from shared.case.folding import acts, agreements, duties, owners, second_looks, speakers
from shared.case.folding.acts import ACCEPTANCE
from shared.case.folding.owners import Owners, with_parties
from shared.case.speakers import speakers_received
from shared.contract.envelope import Event
from shared.contract.events.base import heard_by_everybody
from shared.contract.events.stored.approving import ApprovalGrantedData, ApprovalRefusedData, ApprovalRequestedData
from shared.contract.events.stored.casework import ComplaintClassifiedData
from shared.contract.events.stored.corrections import ReceiptCorrectedData
from shared.contract.events.stored.intake import ComplaintReceivedData, ReceiptAddedData
from shared.contract.events.stored.routing import CaseEscalatedData
from shared.contract.receipt_pointers import RECEIVED_AT, reached_after
from shared.contract.subjects import person_of

RECEIPT = "ComplaintReceived"
REFUSAL = "HandoverRefused"
CORE_FOLDS = heard_by_everybody()
"""The event types that change what every service knows."""
Change = Callable[[CaseCore, Event], CaseCore]


def evolve(core: CaseCore | None, event: Event) -> CaseCore:
    """The case after an event of ``CORE_FOLDS``.

    Raises:
        ValueError: a fact of a case that was never received.
    """
    name = event.name
    if core is None:
        if name != RECEIPT:
            raise ValueError(f"{event.type} of a case that was never received")
        return _received(event)
    if name == RECEIPT or is_overtaken(core, event):
        return core
    if name in SETTING_ASIDE and _says_who_owns(event):
        core = _set_aside(core, event)
    noted = _noted(core, event) if name in OWNERSHIP else None
    for change in BRANCHES[name]:
        core = change(core, event)
    counting = acts.counted(core.counting_acts, event)
    core = core if counting is core.counting_acts else core._replace(counting_acts=counting)
    return _owed(core if noted is None else core._replace(owner_acts=noted), event)


def _owed(core: CaseCore, event: Event) -> CaseCore:
    """The case with the duties that an event ends and opens."""
    openings = duties.end(core.openings, event, core.counting_acts)
    opening = duties.opening_of(openings, event, core.counting_acts)
    if opening is None:
        return core if openings is core.openings else core._replace(openings=openings)
    core = core._replace(openings=(*openings, opening))
    elsewhere = event.source != CASEWORK_SOURCE and any(duty["state"] == "open" for duty in duties.opened_by(event))
    return _opened_elsewhere(core, event) if elsewhere else core


def is_overtaken(core: CaseCore, event: Event) -> bool:
    """Whether an event is without effect, since it crossed another service's fact (``shared.case.crossings``)."""
    return overtaken(event.name, event.basis_ordinal, core.rerouted_ordinal, core.opened_elsewhere_ordinal)


def set_aside_by(core: CaseCore, event: Event) -> tuple[OwnerAct, ...]:
    """The acts that a routing sets aside, since neither had seen the other (``shared.case.crossings``, rule 1)."""
    if event.name not in SETTING_ASIDE or not _says_who_owns(event):
        return ()
    return tuple(act for act in core.owner_acts if act.ordinal > event.basis_ordinal)


def _says_who_owns(event: Event) -> bool:
    if event.name != "CaseEscalated":
        return True
    data: CaseEscalatedData = event.data
    return data["mode"] == "takes_over"


def _set_aside(core: CaseCore, event: Event) -> CaseCore:
    """The case that a routing found, without the effect of what it had not seen."""
    for act in reversed(set_aside_by(core, event)):
        handler, agent, refused, parties, last, accepted = act.before
        counting = tuple(a for a in core.counting_acts if a[0] not in (act.name, ACCEPTANCE))
        if act.name != ACCEPTANCE and accepted is not None:
            counting = (*counting, once((ACCEPTANCE, accepted)))
        core = core._replace(
            handler=handler,
            agent=agent,
            refused_units=refused,
            parties=with_parties(parties, () if act.name == REFUSAL else core.parties),
            counting_acts=counting if last is None else (*counting, once((act.name, last))),
            openings=duties.without(core.openings, act.ordinal, event.ordinal),
        )
    return core._replace(owner_acts=(), rerouted_ordinal=event.ordinal)


def _noted(core: CaseCore, event: Event) -> tuple[OwnerAct, ...]:
    counting = dict(core.counting_acts)
    last, accepted = counting.get(event.name), counting.get(ACCEPTANCE)
    before = once((core.handler, core.agent, core.refused_units, core.parties, last, accepted))
    id_ = event.id if event.name == REFUSAL else None  # cases that went alike share the rest
    return once((*core.owner_acts, OwnerAct(intern(event.name), id_, event.ordinal, before)))


def _opened_elsewhere(core: CaseCore, event: Event) -> CaseCore:
    """Another service opened a duty: a closing that had not seen it has no effect (crossings, rule 2)."""
    unseen = [at for name, at in core.counting_acts if name in FINAL and at > event.basis_ordinal]
    kept = tuple(a for a in core.counting_acts if a[1] not in unseen)
    openings = core.openings
    for at in unseen:
        openings = duties.without(openings, at, event.ordinal)
    return core._replace(opened_elsewhere_ordinal=event.ordinal, counting_acts=kept, openings=openings)


def _received(event: Event) -> CaseCore:
    data: ComplaintReceivedData = event.data
    matter, by = data["matter"], data["received_by"]
    speaking = speakers_received(data["complainant"], data["group"])
    return CaseCore(
        channel=intern(data["channel"]),
        received_at=datetime.fromisoformat(data["received_at"]).timestamp(),
        anonymous=data["anonymous"],
        reachable_by=once(tuple(data["reachable_by"])),
        complained_unit=intern(matter["complained_unit"]) if matter["complained_unit"] else None,
        reason=intern(matter["reason"]) if matter["reason"] else None,
        parties=once(tuple(matter["complained_persons"])),
        first_asked=once(Place(by["unit"], None, by["person"])) if by["person"] else None,
        seldom=NOTHING_SELDOM if speaking is None else Seldom(speakers=speaking),
    )


def _receipt_added(core: CaseCore, event: Event) -> CaseCore:
    """The case with the further ways to reach the customer, and with who of the bank registered the receipt.

    Whom it complains about is concerned whatever is set aside that crossed it.
    """
    data: ReceiptAddedData = event.data
    named = data["matter"]["complained_persons"]
    noted = (act._replace(before=_concerned(act.before, named)) for act in core.owner_acts)
    person, known = person_of(event.actor), core.added_by
    added_by = known if person is None or person in known else (*known, person)
    return core._replace(
        anonymous=core.anonymous and data["anonymous"] is not False,
        reachable_by=once(tuple(dict.fromkeys((*core.reachable_by, *data["reachable_by"])))),
        owner_acts=tuple(noted) if named else core.owner_acts,
        seldom=core.seldom if added_by is known else core.seldom._replace(added_by=added_by),
    )


def _concerned(before: Before, named: list[str]) -> Before:
    handler, agent, refused, parties, last, accepted = before
    return once((handler, agent, refused, with_parties(parties, named), last, accepted))


def _receipt_corrected(core: CaseCore, event: Event) -> CaseCore:
    """The case with when the complaint was received, and how the customer is reached, as they are put right."""
    data: ReceiptCorrectedData = event.data
    pointer, value = data["pointer"], data["value"]
    if pointer == RECEIVED_AT and isinstance(value, str):
        return core._replace(received_at=datetime.fromisoformat(value).timestamp())
    reached = reached_after(core.reachable_by, pointer, value)
    return core if reached == core.reachable_by else core._replace(reachable_by=once(reached))


def _classified(core: CaseCore, event: Event) -> CaseCore:
    data: ComplaintClassifiedData = event.data
    return core._replace(reason=intern(data["reason"]))


def _approval_requested(core: CaseCore, event: Event) -> CaseCore:
    data: ApprovalRequestedData = event.data
    asked = (*core.approvals, Approval(event.id, once(tuple(data["approvers"]))))
    return core._replace(seldom=core.seldom._replace(approvals=asked))


def _approval_answered(core: CaseCore, event: Event) -> CaseCore:
    data: ApprovalGrantedData | ApprovalRefusedData = event.data
    answered = Approval(data["approval"], tuple(filter(None, [person_of(event.actor)])))
    known = tuple(answered if a.request == answered.request else a for a in core.approvals)
    return core._replace(seldom=core.seldom._replace(approvals=known))


def _owned(core: CaseCore, event: Event) -> CaseCore:
    after = owners.evolve(Owners._make(_owners_of(core)), event, core.counting_acts)
    return core._replace(**after._asdict())


def _looked_at(core: CaseCore, event: Event) -> CaseCore:
    return core._replace(looks=second_looks.evolve(core.looks, event))


def _agreed(core: CaseCore, event: Event) -> CaseCore:
    after = agreements.evolve(core.agreed, event, core.openings)
    return core if after == core.agreed else core._replace(seldom=core.seldom._replace(agreed=after))


def _spoken(core: CaseCore, event: Event) -> CaseCore:
    after = speakers.evolve(core.speakers, event, not core.anonymous, core.counting_acts)
    return core if after == core.speakers else core._replace(seldom=core.seldom._replace(speakers=after))


_owners_of = attrgetter(*Owners._fields)
CHANGES: tuple[tuple[Collection[str], Change], ...] = (
    (owners.BRANCHES, _owned),
    (second_looks.BRANCHES, _looked_at),
    (agreements.BRANCHES, _agreed),
    (speakers.BRANCHES, _spoken),
    (("ReceiptAdded",), _receipt_added),
    (("ReceiptCorrected",), _receipt_corrected),
    (("ComplaintClassified",), _classified),
    (("ApprovalRequested",), _approval_requested),
    (("ApprovalGranted", "ApprovalRefused"), _approval_answered),
)
"""Which events change what of a case: its parts, then what belongs to none of them."""
ONLY_COUNT = frozenset((
    "ClockBreached", "MessageSent", "HandoverAccepted", "CustomerContacted", "InterimReplyGiven",
    "SettlementDenied", "NegotiationPlanStepExecuted", "RemedyExecuted", "CustomerReplied",
    "SatisfactionRecorded", "ResultReported", "ResultTracked",
    "TransferringBodyAnswered", "OverrunReasonReported", "OverrunExplained",
    "EscalationRequested", "DutyWaived", "ApprovalRequestWithdrawn", "DeliveryRecorded", "CaseWithdrawn",
    "CaseNotAccepted", "CaseClosed", "CaseArchived",
    "DispatchPassedDown", "ReportPassedUp", "MediaAnswered",
    "AssistanceRequested", "AssistanceGiven",
    "CorrectiveActionOpened", "CorrectiveActionCompleted", "SuggestionPassedUp", "SuggestionAnswered",
))  # fmt: skip
"""Events that change nothing else than what every event changes: what counts, and what is owed."""
BRANCHES: dict[str, tuple[Change, ...]] = {
    name: tuple(change for names, change in CHANGES if name in names)
    for name in ONLY_COUNT.union(*(names for names, _ in CHANGES))
}
"""Per event type what it changes. Whatever the type, the act counts, and the duties that it lists open and end.

A test holds the table against the catalogue: ``ComplaintReceived`` alone is missing, which makes the case.
"""
