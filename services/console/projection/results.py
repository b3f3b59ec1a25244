"""The result of a round of a case: what was found, decided and answered, and what is told of that. Pure."""

from collections.abc import Callable
from typing import NamedTuple

import orjson

from shared.case.agreements import Granted
from shared.contract.envelope import Event
from shared.contract.events.stored.casework import (
    ComplaintClassifiedData,
    DecisionMadeData,
    InvestigationRecordedData,
    SatisfactionRecordedData,
    SettledOnTheSpotData,
)
from shared.contract.events.stored.ending import CaseArchivedData
from shared.contract.events.stored.second_looks import DecisionRevisedData


class ShownResult(NamedTuple):
    """A result says what a round of the case found, decided and answered; a reopening keeps only what still holds.

    ``fault`` is JSON, sealed as it stands in the log. ``granted``: the remedies of former rounds, which the customer
    has; those of the present one stand in the core.
    """

    fault: str | None = None
    outcome: str | None = None
    remedies: tuple[str, ...] = ()
    granted: tuple[Granted, ...] = ()
    satisfaction: str | None = None
    jrt: tuple[str | None, str | None, str | None] = (None, None, None)
    escalated: bool = False
    escalated_from: str | None = None
    decided_at: str | None = None
    replied_at: str | None = None
    reported_at: str | None = None
    ended_at: str | None = None
    retain_until: str | None = None


def _escalated(result: ShownResult, event: Event) -> ShownResult:
    return result._replace(escalated=True)


def _classified(result: ShownResult, event: Event) -> ShownResult:
    data: ComplaintClassifiedData = event.data
    jrt = data["jrt"]
    return result._replace(jrt=(jrt["channel"], jrt["business"], jrt["cause"]))


def _investigated(result: ShownResult, event: Event) -> ShownResult:
    data: InvestigationRecordedData = event.data
    return result._replace(fault=orjson.dumps(data["fault"]).decode())


def _decided(result: ShownResult, event: Event) -> ShownResult:
    data: DecisionMadeData = event.data
    remedies = tuple(remedy["kind"] for remedy in data["remedies_offered"])
    return result._replace(outcome=data["outcome"], remedies=remedies, decided_at=event.time)


def _revised(result: ShownResult, event: Event) -> ShownResult:
    """The outcome as it is now; the complaint was decided when it was decided first."""
    data: DecisionRevisedData = event.data
    remedies = tuple(remedy["kind"] for remedy in data["remedies_offered"])
    return result._replace(outcome=data["outcome"], remedies=remedies)


def _settled(result: ShownResult, event: Event) -> ShownResult:
    data: SettledOnTheSpotData = event.data
    settlement = data["settlement"]
    return result._replace(
        outcome="settled",
        remedies=(settlement["remedy"]["kind"],),
        satisfaction=settlement["satisfaction"]["value"],
        decided_at=event.time,
        reported_at=event.time,
    )


def _satisfaction_recorded(result: ShownResult, event: Event) -> ShownResult:
    data: SatisfactionRecordedData = event.data
    return result._replace(satisfaction=data["value"])


def _reported(result: ShownResult, event: Event) -> ShownResult:
    return result._replace(reported_at=event.time)


def _archived(result: ShownResult, event: Event) -> ShownResult:
    data: CaseArchivedData = event.data
    return result._replace(retain_until=data["retain_until"])


def _reopened(result: ShownResult, event: Event) -> ShownResult:
    return ShownResult(result.fault, jrt=result.jrt, escalated=result.escalated, escalated_from=result.escalated_from)


RESULTS: dict[str, Callable[[ShownResult, Event], ShownResult]] = {
    "CaseEscalated": _escalated,
    "ComplaintClassified": _classified,
    "InvestigationRecorded": _investigated,
    "DecisionMade": _decided,
    "DecisionRevised": _revised,
    "SettledOnTheSpot": _settled,
    "SatisfactionRecorded": _satisfaction_recorded,
    "ResultReported": _reported,
    "CaseArchived": _archived,
    "CaseReopened": _reopened,
}
"""How a fact that counts moves the result of its round; every other fact that everybody hears leaves it."""
