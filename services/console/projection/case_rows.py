"""The rows that the database holds of a case are computed from the folded case alone. Pure."""

from typing import Any

import orjson

from services.console.projection.clocks import ShownClock
from services.console.projection.instants import micros
from services.console.projection.messages import ShownMessage
from services.console.projection.state import ShownCase
from services.console.projection.tables import Row
from services.console.statistics.counted_case import CountedCase
from shared.case.agreements import Agreements, Granted, all_granted
from shared.case.duties import Duty, Place, states_of
from shared.case.duty_kinds import EXECUTE_REMEDY, TO_BODY, WATCHED
from shared.case.speakers import Box, Speaker, Speakers
from shared.case.ties import ties_of


def counted(case: ShownCase) -> CountedCase:
    """A case as the statistics count it now."""
    core, receipt, result, own = case.core, case.receipt, case.result, case.own_clocks
    to_bodies = [clock for clock in case.clocks if clock.milestone == TO_BODY]
    return CountedCase(
        received_on=receipt.received_on,
        channel=core.channel,
        reason=core.reason,
        unit=core.complained_unit,
        product=receipt.product,
        handler_unit=core.handler.unit if core.handler else None,
        handler=core.handler.person if core.handler else None,
        origin=receipt.origin_kind,
        persons=receipt.persons,
        not_accepted=core.did("CaseNotAccepted"),
        escalated=result.escalated,
        resolved=case.resolved,
        repeat=receipt.relation == "repeat",
        bypassed=receipt.bypassed(core.channel),
        registered_late=receipt.registered_late,
        clocks_judged=sum(clock.judged for clock in own),
        clocks_kept=sum(clock.kept for clock in own),
        late_by_desk=sum(clock.late_whose == "desk" for clock in own),
        late_by_system=sum(clock.late_whose == "system" for clock in own),
        bodies_judged=sum(clock.judged for clock in to_bodies),
        bodies_kept=sum(clock.kept for clock in to_bodies),
        satisfaction=result.satisfaction,
        remedies=_json(_granted(case)),
        same_matter=receipt.related_case if receipt.relation == "same_matter" else None,
    )


def _granted(case: ShownCase) -> tuple[Granted, ...]:
    """What was granted in all rounds."""
    core = case.core
    return (*case.result.granted, *all_granted(core.agreed, states_of(core.duties(), EXECUTE_REMEDY)))


def remedy_rows(case: ShownCase) -> list[Row]:
    """The rows of table ``remedy``."""
    return [
        {"number": number, "kind": kind, "amount_minor": amount, "currency": currency, "executed": executed}
        for number, (kind, amount, currency, executed) in enumerate(_granted(case), 1)
    ]


def case_row(case: ShownCase) -> Row:
    """The row of table ``case`` but for its last position in the log and whether it is blocked."""
    return _receipt_row(case) | _standing_row(case) | _result_row(case) | _limits_row(case)


def _receipt_row(case: ShownCase) -> Row:
    """What the receipts say."""
    core, receipt = case.core, case.receipt
    return {
        "case_number": receipt.case_number,
        "channel": core.channel,
        "origin_kind": receipt.origin_kind,
        "received_at": receipt.received_at,
        "received_us": receipt.received_us,
        "received_on": receipt.received_on,
        "recorded_at": receipt.recorded_at,
        "receiving_unit": receipt.unit,
        "anonymous": core.anonymous,
        "relation": receipt.relation,
        "related_case": receipt.related_case,
        "persons": receipt.persons,
        "receipts": case.receipts,
    }


def _standing_row(case: ShownCase) -> Row:
    """How it stands, whose it is, and what was agreed on it."""
    core = case.core
    return {
        "state": core.life,
        "reason": core.reason,
        "level": core.level,
        "complained_unit": core.complained_unit,
        **_place("first_asked", core.first_asked),
        **_place("accepting", core.accepting),
        **_place("handler", core.handler),
        **_place("escalated_to", core.escalated_to),
        "agent": core.agent,
        "parties": _json(core.parties),
        "agreed": _agreed(core.agreed),
        "speakers": _speakers(core.speakers),
        "not_accepted": core.did("CaseNotAccepted"),
        "resolved": case.resolved,
    }


def _result_row(case: ShownCase) -> Row:
    """What came of it."""
    result, answered_at = case.result, _answered_at(case)
    return {
        "fault": result.fault,
        "outcome": result.outcome,
        "remedies": _json(result.remedies),
        "satisfaction": result.satisfaction,
        "jrt_channel": result.jrt[0],
        "jrt_business": result.jrt[1],
        "jrt_cause": result.jrt[2],
        "escalated": result.escalated,
        "escalated_from": result.escalated_from,
        "decided_at": result.decided_at,
        "replied_at": result.replied_at,
        "answered_at": answered_at,
        "answered_us": micros(answered_at) if answered_at else None,
        "reported_at": result.reported_at,
        "ended_at": result.ended_at,
        "retain_until": result.retain_until,
    }


def _limits_row(case: ShownCase) -> Row:
    """What is due first of all, and whether the bank kept its own limits."""
    own, leading = case.own_clocks, case.leading
    judged, kept = sum(clock.judged for clock in own), sum(clock.kept for clock in own)
    return {
        "class": own[-1].complaint_class if own else None,
        "due_on": leading.due_on if leading else None,
        "due_us": micros(leading.due_at) if leading else None,
        "answer_due_on": own[-1].due_on if own else None,
        "in_time": judged == kept if judged else None,
        "breached": any(clock.breached_at is not None for clock in own),
        "clocks_judged": judged,
        "clocks_kept": kept,
    }


def _answered_at(case: ShownCase) -> str | None:
    """When the customer got the bank's answer: a reply, or a settlement with him."""
    settled = case.core.did("SettledOnTheSpot")
    return case.result.replied_at or (case.result.decided_at if settled else None)


def _place(name: str, place: Place | None) -> Row:
    unit, post, person = place or (None, None, None)
    return {f"{name}_unit": unit, f"{name}_post": post, f"{name}_person": person}


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _agreed(agreed: Agreements) -> str | None:
    """Plans and remedies of the present round, as far as they stand in the clear; None where there are none."""
    if not agreed.plans and not agreed.grants:
        return None
    plans = [
        {"plan": p.id, "version": p.version, "answer": p.answer, "way": p.way, "at_time": p.at_time}
        for p in agreed.plans
    ]
    remedies = [
        {"remedy": number, "granted_by": grant.by, "granted_in": grant.how, **terms._asdict(), "level": at}
        for grant in agreed.grants
        for number, (terms, at) in enumerate(grant.listed, 1)
    ]
    return _json({"plans": plans, "remedies": remedies})


def _speakers(speakers: Speakers | None) -> str | None:
    """Who speaks besides the customer, names and addresses sealed as in the log; None where nobody does."""
    if speakers is None:
        return None
    return _json(
        {
            "himself": speakers.himself,
            "customer": _box(speakers.customer),
            "proxy": _speaker(speakers.proxy) if speakers.proxy is not None else None,
            "relation": speakers.relation,
            "authority": speakers.authority,
            "until": speakers.until,
            "representatives": [_speaker(one) for one in speakers.representatives],
        }
    )


def _speaker(one: Speaker) -> Row:
    ways = {"name": one.name, "phone": one.phone, "email": one.email, "address": one.address}
    return {name: _box(box) for name, box in ways.items()} | {"reachable_by": one.reachable_by}


def _box(box: Box | None) -> Row | None:
    return box._asdict() if box is not None else None


def duty_rows(case: ShownCase) -> list[Row]:
    """The rows of table ``duty``, in the order of opening. ``ended_ordinal`` tells which event ended it."""
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
                "owed_to": creditor.unit if isinstance(creditor, Place) else creditor,
                "due_at": clock.due_at if clock else None,
                "ended_ordinal": duty.ended_by_ordinal,
            }
        )
    return rows


def _own_clock(case: ShownCase, duty: Duty) -> ShownClock | None:
    """The bank's own clock covers what has no limit of its own, in each round anew (rules: default-one-limit)."""
    own = case.own_clocks
    if duty.terms.kind not in WATCHED or not own:
        return None
    reopened = next((ordinal for name, ordinal in case.core.counting_acts if name == "CaseReopened"), -1)
    former = duty.ended_by_ordinal is not None and duty.ended_by_ordinal <= reopened
    return own[-2] if former and len(own) > 1 else own[-1]


def tie_rows(case: ShownCase) -> list[Row]:
    """The rows of table ``case_tie``, sorted."""
    ties = ties_of(case.core, case.receipt.registered_by)
    return [{"tie": tie, "received_us": case.receipt.received_us} for tie in sorted(ties)]


def clock_rows(clocks: tuple[ShownClock, ...]) -> list[Row]:
    """The rows of table ``clock``."""
    return [clock._asdict() | _in_numbers(clock) for clock in clocks]


def _in_numbers(clock: ShownClock) -> Row:
    """When it is due, and how long after that its breach was recorded."""
    due_us, known = micros(clock.due_at), clock.breach_known_at
    late = (micros(known) - due_us) // 1_000_000 if known else None
    return {"due_us": due_us, "breach_known_late_seconds": late}


def message_rows(messages: tuple[ShownMessage, ...]) -> list[Row]:
    """The rows of table ``message``."""
    return [message._asdict() for message in messages]


def duties_changed(before: ShownCase, after: ShownCase) -> bool:
    """Whether a row of table ``duty`` may differ."""
    return before.core.openings is not after.core.openings or before.clocks is not after.clocks
