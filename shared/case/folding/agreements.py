"""What bank and customer agree on is changed by offers, answers, decisions, settlements and reopenings. Pure."""

from collections.abc import Callable
from sys import intern

from shared.case import agreements
from shared.case.agreements import Agreements, Choice, How, Plan
from shared.case.duties import Openings, all_of, states_of
from shared.case.duty_kinds import EXECUTE_REMEDY
from shared.contract.envelope import Event
from shared.contract.events.stored.agreements import NegotiationPlanAnsweredData, NegotiationPlanOfferedData
from shared.contract.events.stored.casework import DecisionMadeData, SettledOnTheSpotData
from shared.contract.events.stored.parts import RemedyData
from shared.contract.events.stored.second_looks import DecisionRevisedData


def evolve(agreed: Agreements, event: Event, openings: Openings) -> Agreements:
    """The agreements after an event of ``BRANCHES``. ``openings``: the duties, which tell how far each remedy is."""
    return BRANCHES[event.name](agreed, event, openings)


def _offered(agreed: Agreements, event: Event, openings: Openings) -> Agreements:
    data: NegotiationPlanOfferedData = event.data
    at = event.happened_at.timestamp()
    plan = Plan(event.id, data["plan_version"], at, (), tuple(map(intern, data["ways"])), tuple(data["times"]), ())
    return agreements.offered(agreed, plan, data["steps"], data["remedies"])


def _answered(agreed: Agreements, event: Event, openings: Openings) -> Agreements:
    data: NegotiationPlanAnsweredData = event.data
    choice = Choice(data["answer"], data["way"], data["at_time"], data["remind_at"])
    at, states = event.happened_at.timestamp(), states_of(all_of(openings), EXECUTE_REMEDY)
    return agreements.answered(agreed, data["plan"], choice, at, states)


def _settled(agreed: Agreements, event: Event, openings: Openings) -> Agreements:
    data: SettledOnTheSpotData = event.data
    return _granted(agreed, event, "settlement", [data["settlement"]["remedy"]], openings)


def _decided(agreed: Agreements, event: Event, openings: Openings) -> Agreements:
    data: DecisionMadeData = event.data
    return _granted(agreed, event, "decision", data["remedies_offered"], openings)


def _revised(agreed: Agreements, event: Event, openings: Openings) -> Agreements:
    data: DecisionRevisedData = event.data
    return _granted(agreed, event, "decision", data["remedies_offered"], openings, revises=True)


def _granted(
    agreed: Agreements, event: Event, how: How, remedies: list[RemedyData], openings: Openings, *, revises: bool = False
) -> Agreements:
    """The agreements with what is granted; what revises a decision takes its place."""
    by, states = (event.id, how, event.happened_at.timestamp()), states_of(all_of(openings), EXECUTE_REMEDY)
    return agreements.granted(agreed, by, remedies, states, revises=revises)


def _reopened(agreed: Agreements, event: Event, openings: Openings) -> Agreements:
    return agreements.begun_anew(agreed)


BRANCHES: dict[str, Callable[[Agreements, Event, Openings], Agreements]] = {
    "NegotiationPlanOffered": _offered,
    "NegotiationPlanAnswered": _answered,
    "SettledOnTheSpot": _settled,
    "DecisionMade": _decided,
    "DecisionRevised": _revised,
    "CaseReopened": _reopened,
}
"""The events that change what is agreed on, and how."""
