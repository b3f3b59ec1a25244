"""Who has a case, and whom it concerns, is changed by routing, by its owners, and by who is found concerned. Pure."""

from collections.abc import Callable, Iterable
from sys import intern
from typing import NamedTuple

from shared.case.duties import CountingActs, Place, once, place_of
from shared.case.levels import Chains
from shared.contract.envelope import Event
from shared.contract.events.stored.casework import InvestigationRecordedData
from shared.contract.events.stored.intake import ReceiptAddedData
from shared.contract.events.stored.ownership import (
    AgentNamedData,
    ComplainedUnitDeterminedData,
    HandlerReassignedData,
    HandoverRefusedData,
    PartyConcernedNamedData,
)
from shared.contract.events.stored.routing import CaseEscalatedData, CaseReroutedData, CaseRoutedData

UNIT = "ComplainedUnitDetermined"


class Owners(NamedTuple):
    """What a case keeps of its owners, under the same names (``CaseCore``): the part of it that is changed here."""

    complained_unit: str | None
    parties: tuple[str, ...]
    first_asked: Place | None
    accepting: Place | None
    handler: Place | None
    agent: str | None
    escalated_to: Place | None
    refused_units: tuple[str, ...]
    chains: Chains


def evolve(owners: Owners, event: Event, acts: CountingActs) -> Owners:
    """The owners after an event of ``BRANCHES``. ``acts``: what counts on the case."""
    return BRANCHES[event.name](owners, event, acts)


def with_parties(parties: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    """Who is concerned, once more people are: in the order in which they were named."""
    return once((*parties, *(person for person in more if person not in parties)))


def _receipt_added(owners: Owners, event: Event, acts: CountingActs) -> Owners:
    data: ReceiptAddedData = event.data
    return _concerned(owners, data["matter"]["complained_persons"])


def _routed(owners: Owners, event: Event, acts: CountingActs) -> Owners:
    """A unit that was determined meanwhile stays the complained one (``shared.case.crossings``)."""
    data: CaseRoutedData | CaseReroutedData = event.data
    decision = data["decision"]
    handler = place_of(decision["handler"]) if decision["handler"] else None
    same = handler is not None and owners.handler is not None and handler.person == owners.handler.person
    unit = decision["complained_unit"]
    determined = any(name == UNIT and at > event.basis_ordinal for name, at in acts)
    return owners._replace(
        complained_unit=owners.complained_unit if determined else intern(unit) if unit else None,
        first_asked=place_of(decision["first_asked"]),
        accepting=place_of(decision["accepting"]),
        handler=handler,
        agent=owners.agent if same else None,
        chains=once(Chains(once(tuple(decision["dispatch_chain"])), once(tuple(decision["report_chain"])))),
    )


def _escalated(owners: Owners, event: Event, acts: CountingActs) -> Owners:
    data: CaseEscalatedData = event.data
    owners = owners._replace(escalated_to=place_of(data["to"]))
    return owners._replace(handler=owners.escalated_to, agent=None) if data["mode"] == "takes_over" else owners


def _reassigned(owners: Owners, event: Event, acts: CountingActs) -> Owners:
    data: HandlerReassignedData = event.data
    return owners._replace(handler=place_of(data["handler"]), agent=None)


def _agent_named(owners: Owners, event: Event, acts: CountingActs) -> Owners:
    data: AgentNamedData = event.data
    return owners._replace(agent=intern(data["agent"]))


def _refused(owners: Owners, event: Event, acts: CountingActs) -> Owners:
    data: HandoverRefusedData = event.data
    person = data["handler"]["person"]
    owners = owners._replace(refused_units=once((*owners.refused_units, data["handler"]["unit"])))
    return _concerned(owners, [person] if data["ground"] == "party_concerned" and person is not None else [])


def _unit_determined(owners: Owners, event: Event, acts: CountingActs) -> Owners:
    data: ComplainedUnitDeterminedData = event.data
    return owners._replace(complained_unit=intern(data["unit"]))


def _party_named(owners: Owners, event: Event, acts: CountingActs) -> Owners:
    data: PartyConcernedNamedData = event.data
    return _concerned(owners, [data["person"]])


def _investigated(owners: Owners, event: Event, acts: CountingActs) -> Owners:
    data: InvestigationRecordedData = event.data
    return _concerned(owners, data["parties"])


def _concerned(owners: Owners, people: Iterable[str]) -> Owners:
    return owners._replace(parties=with_parties(owners.parties, people))


BRANCHES: dict[str, Callable[[Owners, Event, CountingActs], Owners]] = {
    "ReceiptAdded": _receipt_added,
    "CaseRouted": _routed,
    "CaseRerouted": _routed,
    "CaseEscalated": _escalated,
    "HandlerReassigned": _reassigned,
    "AgentNamed": _agent_named,
    "HandoverRefused": _refused,
    UNIT: _unit_determined,
    "PartyConcernedNamed": _party_named,
    "InvestigationRecorded": _investigated,
}
"""The events that change them, and how."""
