"""An independent fold of the log: plain, slow, and sharing no code with what it checks.

It reads the JSON of the log as it lies there and rebuilds, per service, what that service has to know. It imports
nothing of Redress but its own parts, ``naive_core``, ``naive_clocks`` and ``naive_agreements``: a mistake in the
services' folds cannot be repeated by import.
"""

import json
from collections.abc import Iterable
from typing import Any

from ops.verify.naive_agreements import NaiveAgreements
from ops.verify.naive_clocks import clock_rows
from ops.verify.naive_core import NaiveCase

Case = dict[str, Any]
BOX_FACTS = ("OpinionBoxReviewed", "BoxReviewMissed")


def fold(bodies: Iterable[bytes]) -> dict[str, dict[str, Case]]:
    """Per service and case what the services' dumps have to say, from the log's bodies in order per case."""
    cases: dict[str, list[dict[str, Any]]] = {}
    seen: set[str] = set()
    for body in bodies:
        event = json.loads(body)
        if event["id"] not in seen:
            seen.add(event["id"])
            cases.setdefault(event["subject"], []).append(event)
    boxes = {subject: events for subject, events in cases.items() if subject.startswith("opinion-box/")}
    # What was refused before anything was received is in the log, and no case yet.
    cases = {case: events for case, events in cases.items() if _named(events, "ComplaintReceived")}
    return {
        "routing": {case: _routing(events) for case, events in cases.items()},
        "casework": {case: _casework(events) for case, events in cases.items()},
        "sla": {case: {"clocks": clock_rows(events)} for case, events in cases.items()}
        | {box: _box(events) for box, events in boxes.items() if _named(events, *BOX_FACTS)},
        "notify": {case: _notify(events) for case, events in cases.items()}
        | {box: _notify(events) for box, events in boxes.items() if _named(events, "BoxReviewMissed")},
    }


def _named(events: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return [event for event in events if event["type"].split(".")[1] in names]


def _routing(events: list[dict[str, Any]]) -> Case:
    case = NaiveCase(events)
    routed = _named(events, "CaseRouted", "CaseRerouted")
    owners = {who: case.owners[who] for who in ("accepting", "first_asked", "handler")}
    return {"routed_by": routed[-1]["id"] if routed else None, **owners, "duties": case.duty_rows()}


def _casework(events: list[dict[str, Any]]) -> Case:
    case, agreed = NaiveCase(events), NaiveAgreements(events)
    owners = {who: case.owners[who] for who in ("accepting", "first_asked", "handler", "agent")}
    unit, satisfaction, determined_at = None, None, -1
    asked: dict[str, str] = {}
    for place, event in enumerate(events):
        name, data = event["type"].split(".")[1], event["data"]
        if name == "ComplaintReceived" and event is events[0]:
            unit = data["matter"]["complained_unit"]
        elif name in ("CaseRouted", "CaseRerouted") and determined_at <= case.basis(event):
            unit = data["decision"]["complained_unit"]
        elif name == "ComplainedUnitDetermined":
            unit, determined_at = data["unit"], place
        elif name == "SatisfactionRecorded":
            satisfaction = data["value"]
        elif name == "SettledOnTheSpot":
            satisfaction = data["settlement"]["satisfaction"]["value"]
        elif name == "CaseReopened":
            satisfaction, asked = None, {}
        elif name == "ApprovalRequested":
            asked[event["id"]] = data["act"]
        elif name in ("ApprovalGranted", "ApprovalRefused", "ApprovalRequestWithdrawn"):
            asked.pop(data["approval"], None)
    return {
        **owners,
        "escalated_to": case.owners["escalated"],
        "parties": sorted(case.parties),
        "complained_unit": unit,
        "life": case.life(),
        "acts": sorted(case.acts),
        "open_duties": [[row[0], row[1], row[3]] for row in case.duty_rows() if row[2] == "open"],
        "satisfaction": satisfaction,
        "asked": sorted(asked.values()),
        "plans": agreed.plan_rows(),
        "remedies": agreed.remedy_rows(),
    }


def _box(events: list[dict[str, Any]]) -> Case:
    """The days of an opinion box: reviewed in time, reviewed late, missed. Of a day's reviews the first counts."""
    reviews: dict[str, bool] = {}
    for event in _named(events, "OpinionBoxReviewed"):
        reviews.setdefault(event["data"]["date"], event["data"].get("late", False))
    return {
        "kept": sorted(day for day, late in reviews.items() if not late),
        "late": sorted(day for day, late in reviews.items() if late),
        "missed": sorted(event["data"]["date"] for event in _named(events, "BoxReviewMissed")),
    }


def _notify(events: list[dict[str, Any]]) -> Case:
    """Every message with who gets it and what became of it, and every deliberate no."""
    messages: dict[str, list[str]] = {}
    for event in _named(events, "MessageSendStarted", "MessageSent", "MessageFailed", "MessageSuppressed"):
        data, name = event["data"], event["type"].split(".")[1]
        state = {"MessageSendStarted": "started", "MessageSent": "sent", "MessageFailed": "failed"}.get(name)
        recipient, known = data.get("recipient") or {"address": None}, data.get("message_id") or ""
        who = "customer" if "address" in recipient else recipient.get("person") or recipient["unit"]
        messages[known or event["id"]] = [known, data["kind"], who, state or data["why"]]
    return {"messages": sorted(messages.values())}


def differences(expected: Any, found: Any, path: str = "") -> list[str]:
    """Where two rebuilt states differ, field by field."""
    if isinstance(expected, dict) and isinstance(found, dict):
        lines: list[str] = []
        for key in sorted(set(expected) | set(found)):
            if key not in found:
                lines.append(f"{path}/{key}: only in the log")
            elif key not in expected:
                lines.append(f"{path}/{key}: not in the log")
            else:
                lines += differences(expected[key], found[key], f"{path}/{key}")
        return lines
    return [] if expected == found else [f"{path}: the log says {expected!r}, the service {found!r}"]


def fields(value: Any) -> int:
    """How many values a state holds, to say how much was compared."""
    if isinstance(value, dict):
        return sum(fields(v) for v in value.values())
    if isinstance(value, list):
        return sum(fields(v) for v in value)
    return 1
