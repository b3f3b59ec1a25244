"""The database's rows of a case: what is written is computed from the folded case alone. Pure."""

from typing import Any, NamedTuple

import orjson

from services.console.projection.clocks import ShownClock
from services.console.projection.messages import Message
from services.console.projection.state import Case, micros
from shared.case.duties import Duty, Place
from shared.case.duty_kinds import WATCHED

Row = dict[str, Any]
FOREVER = 2**62
"""Until when the newest fact of a case is known: no instant in microseconds is later."""


class Fact(NamedTuple):
    """What the statistics count of a case, as it was known at some time (contract 9, *Definitions*)."""

    received_on: str
    channel: str
    reason: str | None
    unit: str | None
    handler_unit: str | None
    outside: bool
    persons: int
    not_accepted: bool
    escalated: bool
    resolved: bool
    repeat: bool
    clocks_judged: int
    clocks_kept: int
    satisfaction: str | None
    same_matter: str | None


def fact_of(case: Case) -> Fact:
    """The fact of a case as it stands."""
    core, receipt, course, own = case.core, case.receipt, case.course, case.own_clocks
    return Fact(
        received_on=receipt.received_on,
        channel=core.channel,
        reason=core.reason,
        unit=core.complained_unit,
        handler_unit=core.handler.unit if core.handler else None,
        outside=receipt.outside,
        persons=receipt.persons,
        not_accepted=core.did("CaseNotAccepted"),
        escalated=course.escalated,
        resolved=case.resolved,
        repeat=receipt.relation == "repeat",
        clocks_judged=sum(clock.judged for clock in own),
        clocks_kept=sum(clock.kept for clock in own),
        satisfaction=course.satisfaction,
        same_matter=receipt.related_case if receipt.relation == "same_matter" else None,
    )


def case_row(case: Case) -> Row:
    """The row of table ``case`` but for its place in the log and whether it is blocked."""
    core, receipt, course, leading = case.core, case.receipt, case.course, case.leading
    own = case.own_clocks
    return {
        "case_number": receipt.case_number,
        "channel": core.channel,
        "origin_kind": receipt.origin_kind,
        "state": core.life,
        "class": own[-1].complaint_class if own else None,
        "reason": core.reason,
        "level": core.level,
        "received_at": receipt.received_at,
        "received_us": receipt.received_us,
        "received_on": receipt.received_on,
        "recorded_at": receipt.recorded_at,
        "receiving_unit": receipt.unit,
        "complained_unit": core.complained_unit,
        **_place("first_asked", core.first_asked),
        **_place("accepting", core.accepting),
        **_place("handler", core.handler),
        **_place("escalated_to", core.escalated_to),
        "agent": core.agent,
        "parties": _json(core.parties),
        "anonymous": core.anonymous,
        "relation": receipt.relation,
        "related_case": receipt.related_case,
        "persons": receipt.persons,
        "fault": course.fault,
        "outcome": course.outcome,
        "remedies": _json(course.remedies),
        "satisfaction": course.satisfaction,
        "jrt_channel": course.jrt[0],
        "jrt_business": course.jrt[1],
        "jrt_cause": course.jrt[2],
        "escalated": course.escalated,
        "decided_at": course.decided_at,
        "replied_at": course.replied_at,
        "reported_at": course.reported_at,
        "ended_at": course.ended_at,
        "retain_until": course.retain_until,
        "due_on": leading.due_on if leading else None,
        "due_us": micros(leading.due_at) if leading else None,
    }


def _place(name: str, place: Place | None) -> Row:
    unit, post, person = place or (None, None, None)
    return {f"{name}_unit": unit, f"{name}_post": post, f"{name}_person": person}


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def duty_rows(case: Case) -> list[Row]:
    """The rows of table ``duty``, in the order of opening. ``ended_seq`` is the place of the event that ended it."""
    of_duty = {clock.duty_id: clock for clock in case.clocks if clock.duty_id}
    rows = []
    for number, duty in enumerate(case.core.duties()):
        clock = of_duty.get(duty.id) or _own_clock(case, duty)
        creditor = duty.terms.creditor
        rows.append(
            {
                "number": number,
                "duty_id": duty.id,
                "kind": duty.terms.kind,
                "level": duty.terms.level,
                "state": duty.state,
                "debtor_unit": duty.terms.debtor.unit,
                "debtor_post": duty.terms.debtor.post,
                "debtor_person": duty.terms.debtor.person,
                "creditor": _json(creditor._asdict() if isinstance(creditor, Place) else creditor),
                "due_at": clock.due_at if clock else None,
                "ended_seq": duty.ended_at,
            }
        )
    return rows


def _own_clock(case: Case, duty: Duty) -> ShownClock | None:
    """The bank's own clock covers what has no limit of its own, in each round anew (rules: default-one-limit)."""
    own = case.own_clocks
    if duty.terms.kind not in WATCHED or not own:
        return None
    reopened_at = next((place for name, place in case.core.acts if name == "CaseReopened"), -1)
    former = duty.ended_at is not None and duty.ended_at <= reopened_at
    return own[-2] if former and len(own) > 1 else own[-1]


def clock_rows(clocks: tuple[ShownClock, ...]) -> list[Row]:
    """The rows of table ``clock``."""
    return [clock._asdict() | {"due_us": micros(clock.due_at)} for clock in clocks]


def message_rows(messages: tuple[Message, ...]) -> list[Row]:
    """The rows of table ``message``."""
    return [message._asdict() for message in messages]


def duties_changed(before: Case, after: Case) -> bool:
    """Whether a row of table ``duty`` may differ."""
    return before.core.openings is not after.core.openings or before.clocks is not after.clocks
